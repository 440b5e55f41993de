import ContentIdentity
import EncodingModels
import Warehouse

extension FitRows {
  /// The check that no second of what a fold tests is trained on, in this or another showing of it: the
  /// stimuli of both parts of every fold, and how many training rows are of tested seconds. All cells of a model have one.
  mutating func addCheck(of fit: EncodingFit, mode: FitMode) {
    func names(_ stimuli: [String]) -> JSONValue {
      var seen: Set<String> = []
      return .array(stimuli.filter { seen.insert($0).inserted }.map { .string($0) })
    }
    let byFold = Dictionary(grouping: fit.evidence, by: \.fold).sorted { $0.key < $1.key }
    let folds = byFold.map { fold, parts -> JSONValue in
      [
        "fold": .int(fold), "test_stimuli": names(parts.flatMap(\.testStimuli)),
        "train_stimuli": names(parts.flatMap(\.trainStimuli)), "overlap": .int(parts.map(\.overlap).reduce(0, max)),
      ]
    }
    let overlap = fit.evidence.map(\.overlap).reduce(0, max)
    let observed: JSONValue = ["overlap": .int(overlap), "folds": .array(folds)]
    addCheck(
      CheckRow(
        fitKey: key(mode, 0), name: "no tested second in training", expected: "overlap 0", observed: observed.canonical,
        pass: overlap == 0 ? 1 : 0))
  }
}
