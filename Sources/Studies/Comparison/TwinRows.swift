import ContentIdentity
import Encoding
import EncodingModels
import Statistics
import Vocabulary
import Warehouse
import Work

/// A trivial model's r fold by fold.
struct TwinScores {
  let twin: Twin
  /// Per cell.
  let folds: [FoldwiseScores]
  private let unit: String
  /// The model of its unit whose row holds its r.
  private let main: FitMode
  /// What is said of it per cell; nil for position, which has no row of its own.
  private let said: [SubjectFlags.Score]?

  /// - Parameter main: the model that stands for the features.
  /// - Throws: `E-EXE-007` where one of the twin's arrays is missing.
  init(_ twin: ComparisonStep.Parameters.Twin, of main: FitMode, in task: UnitTask) throws {
    let arrays = FitArrays(twin.unit, task)
    (self.twin, unit, self.main) = (twin.twin, twin.unit, main)
    guard twin.twin != .position else {
      (folds, said) = (try arrays.folds(of: .position), nil)
      return
    }
    folds = try arrays.folds(of: main)
    let scores = try arrays.read(.scores)
    let parameters = try StrictCoder.decode(ScoreParameters.self, from: scores.parameters)
    // The score of the main model comes first.
    let values = try scores.row(FitScore(mode: main, quantity: .r).label, of: twin.unit)
    said = values.indices.map {
      SubjectFlags.Score(
        value: values[$0], flags: Set(parameters.flags[0][$0]), stimulusCount: parameters.stimuliCounted[$0])
    }
  }

  func fitKey(_ column: Int) -> String { FitRows.key(unit, mode: main, column: column) }

  func said(_ column: Int) -> SubjectFlags.Score? { said?[column] }
}

/// Rows of `twin_contrast`: every fit less each of its twins, by corrected t over the outer folds or left-out stimuli of
/// both, and of subjects of the same stimuli one more of their mean difference. The largest p of a
/// fit says whether it beats them all; it says nothing of other trivial models.
struct TwinRows {
  /// A cell less one of its twins.
  private struct Pair {
    let cell: ComparisonCell
    let twin: TwinScores
    let contrast: ModelContrast

    init(_ cell: ComparisonCell, _ twin: TwinScores) {
      (self.cell, self.twin) = (cell, twin)
      contrast = ModelContrast(ModelContrast.Side([cell.folds]), ModelContrast.Side([twin.folds[cell.column]]))
    }

    /// Whether features and twin have a score.
    var isScored: Bool { cell.hasScore && !(twin.said(cell.column)?.value.isNaN ?? false) }

    /// All but the subject.
    var group: [String] {
      let keys = cell.keys
      return [
        keys.dataset, keys.cohort, keys.featureSet, FitKeys.spelled(keys.layerKey), keys.element.rawValue,
        keys.targetKind.rawValue, keys.target, keys.targetParameters, cell.name, twin.twin.rawValue,
      ]
    }
  }

  private let pairs: [Pair]

  init(_ members: [ComparisonMember]) {
    pairs = members.flatMap { member in
      member.twins.flatMap { twin in member.mainCells.map { Pair($0, twin) } }
    }
  }

  var table: ResultRows {
    let single = pairs.map { pair in
      row([pair], subjectCount: nil, pair.contrast.t, pair.contrast.interval, r: (pair.contrast.a, pair.contrast.b))
    }
    let groups = Dictionary(grouping: pairs.filter { $0.cell.keys.subject != nil && $0.isScored }, by: \.group)
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value).filter { $0.count >= 2 }
    let grouped = groups.map { pairs in
      let mean = GroupContrast(pairs.map(\.contrast))
      return row(pairs, subjectCount: pairs.count, mean.t, mean.interval, r: (mean.a, mean.b))
    }
    return ResultRows(single + grouped)
  }

  private func row(
    _ pairs: [Pair], subjectCount: Int?, _ t: CorrectedT, _ interval: ScoreInterval, r: (own: Double, twin: Double)
  ) -> TwinContrastRow {
    let first = pairs[0]
    let range = t.interval(level: 0.9)
    let said = said(of: pairs)
    let flags = t.count < CorrectedT.minimum ? said.flags.union([.fewFolds]) : said.flags
    return TwinContrastRow(
      fitKey: first.cell.fitKey, twin: first.twin.twin.rawValue, twinFitKey: first.twin.fitKey(first.cell.column),
      subjectCount: subjectCount, r: r.own, rTwin: r.twin, difference: t.mean, low: range?.lowerBound,
      high: range?.upperBound, intervalKind: interval.kind.rawValue,
      generalisesTo: interval.generalisesTo?.rawValue, p: t.p(), foldsCounted: t.count,
      foldsTotal: pairs.map(\.contrast.foldsTotal).reduce(0, max),
      stimuliCounted: pairs.map(\.contrast.stimuliCounted).reduce(.max, min), flags: Reportable.spelled(flags),
      valid: said.isValid && t.count >= CorrectedT.minimum ? 1 : 0)
  }

  /// What the fits of both sides say: of one target all of it, of several subjects what `SubjectFlags` makes of it.
  private func said(of pairs: [Pair]) -> (flags: Set<EncodingFlag>, isValid: Bool) {
    let (own, twins) = (pairs.map(\.cell.said), pairs.compactMap { $0.twin.said($0.cell.column) })
    guard pairs.count == 1 else {
      let said = SubjectFlags(twins.isEmpty ? [own] : [own, twins])
      return (said.flags, said.isValid)
    }
    let scores = own + twins
    return (
      scores.reduce(into: []) { $0.formUnion($1.flags) },
      scores.allSatisfy { Reportable.isValid($0.value, $0.flags, stimulusCount: $0.stimulusCount) }
    )
  }
}
