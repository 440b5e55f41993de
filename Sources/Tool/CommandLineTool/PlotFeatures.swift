import Diagnostics
import Figures
import LabelledArrays
import Lineage
import Recordings
import TableText
import Warehouse

/// What `evoke plot features STIMULUS` draws.
struct PlotFeatures {
  let stimulus: String
  var dataset: String?
  var element = "original"
  var space: String?
  var layer: String?
  /// Acquisition run; nil: the first of features that were made for each, and every run's ratings otherwise.
  var run: String?
  /// Seconds per row of the grid.
  var gridS = 1.0

  /// - Throws: `E-QRY-009` where nothing fits, `E-CNS-001` where consent keeps it in, `E-WH-...` for an ambiguous
  ///   stimulus, and what reading arrays throws.
  func plot(in warehouse: Warehouse) throws -> (plot: FeaturePlot, permit: DeparturePermit, note: String?) {
    let rows = try warehouse.read {
      try $0.stimulusFeatures(dataset: dataset, stimulus: stimulus)
    }
    let (row, runCount, note) = try chosen(rows)
    let layer = row.layerKey
    let name = row.featureSet + (layer.isEmpty ? "" : "/\(layer)")
    // Features of one run are analysed with the ratings of that run, features of no run with those of every run.
    let ratings = try PlottedRatings(of: stimulus, dataset: row.dataset, run: run ?? row.run, in: warehouse)
    let permit = try ratings.permit("features of \(row.stimulus)", beside: row.name, in: warehouse)
    let features = try ArrayReader.read(warehouse.reference(row))
    let isSeries = features.axes.count <= 2 && features.axes.first?.name == "time" && features.axes[0].numbers != nil
    let rate = row.rateHz.map { "\(NumberText.of($0, digits: 5)) rows per second" } ?? "irregular"
    let shape = features.axes.map(\.count).map(String.init).joined(separator: " x ")
    let drawn = [
      "dataset \(row.dataset)", "element \(row.element)",
      row.run.map { "run \($0)" + (runCount > 1 ? " of \(runCount) runs" : "") }, rate, shape,
      "drawn every \(NumberText.of(gridS, digits: 5)) s",
    ]
    return (
      try FeaturePlot(
        title: ["\(name) over \(row.stimulus)", row.run.map { "run \($0)" }].compactMap(\.self).joined(separator: ", "),
        subtitle: drawn.compactMap { $0 }.joined(separator: ", "),
        features: isSeries ? features.drawn(every: gridS, name: name, object: row.name) : features,
        annotations: ratings.series(dt: gridS, in: warehouse)), permit, note
    )
  }

  /// The array that was asked for; of a model without `--layer` its deepest, of several runs the first, of several rates
  /// the slowest. Beside it how many runs there are.
  private func chosen(_ rows: [Rows.StimulusFeatures]) throws -> (Rows.StimulusFeatures, runCount: Int, note: String?) {
    func names(_ column: (Rows.StimulusFeatures) -> String, _ rows: [Rows.StimulusFeatures]) -> [String] {
      Array(Set(rows.map(column))).sorted()
    }
    func refuse(_ what: String, _ there: [String], _ option: String) -> EvokeError {
      EvokeError(
        .nothingToPlot, "\(what) of \(stimulus)",
        reason: there.isEmpty
          ? "no features of this stimulus are stored" : "there are \(there.joined(separator: ", "))",
        remedy: there.isEmpty ? "evoke extract, or evoke features for what is there" : "choose with \(option)")
    }
    let datasets = names(\.dataset, rows)
    guard datasets.count <= 1 else { throw refuse("one dataset", datasets, "--dataset") }
    let ofElement = rows.filter { $0.element == element }
    guard !ofElement.isEmpty else { throw refuse("element \(element)", names(\.element, rows), "--element") }
    let spaces = names(\.featureSet, ofElement)
    guard let wanted = space ?? (spaces.count == 1 ? spaces[0] : nil), spaces.contains(wanted) else {
      throw refuse(space.map { "space \($0)" } ?? "one space", spaces, "--space")
    }
    let ofSpace = ofElement.filter { $0.featureSet == wanted }
    let layers = ofSpace.filter { layer == nil || $0.layerKey == layer }
    guard !layers.isEmpty else {
      throw refuse(layer.map { "layer \($0)" } ?? "one layer", names(\.layerKey, ofSpace), "--layer")
    }
    // nil where none has a depth.
    let deepest = layers.compactMap(\.depth).max()
    let atDepth = layers.filter { $0.depth == deepest }
    let runs = Set(atDepth.compactMap(\.run)).sorted()
    guard let row = ofRun(atDepth, runs) else { throw refuse(run.map { "run \($0)" } ?? "one array", runs, "--run") }
    let isOneOfMany = layer == nil && Set(ofSpace.map(\.layerKey)).count > 1
    let notes = [
      isOneOfMany ? "layer \(row.layerKey), the deepest; choose with --layer" : nil,
      run == nil && runs.count > 1 ? row.run.map { "features and ratings of run \($0); choose with --run" } : nil,
    ].compactMap { $0 }
    return (row, runs.count, notes.isEmpty ? nil : notes.joined(separator: "; "))
  }

  /// The slowest array of the run; where none is asked for, of those of no run, else of the first. Features of no run
  /// stand for any, as in a study.
  private func ofRun(_ rows: [Rows.StimulusFeatures], _ runs: [String]) -> Rows.StimulusFeatures? {
    let wanted = run ?? runs.first
    let isBest = { (row: Rows.StimulusFeatures) in (row.run == nil) == (run == nil) }
    let fitting = rows.filter { $0.run == nil || $0.run == wanted }
    return (fitting.contains(where: isBest) ? fitting.filter(isBest) : fitting).min {
      ($0.rateHz ?? .infinity, $0.name) < ($1.rateHz ?? .infinity, $1.name)
    }
  }
}
