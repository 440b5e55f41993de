import ContentIdentity
import Encoding
import EncodingModels
import Statistics
import StudyFiles
import Vocabulary
import Warehouse

/// Rows of `depth_bin` and `contrast` for each model and target cell, and of subjects of the same stimuli those of their
/// means; a check for each target cell that counts the models whose middle is above their end.
struct ArchitectureRows {
  private static let contrast = "middle_minus_final"

  private let curves: [DepthCurve]
  private let findings: [(cells: [CellContrast], row: ContrastRow)]
  private let design: DepthBins

  init(_ parameters: ArchitectureComparisonStep.Parameters, _ members: [ComparisonMember]) {
    design = DepthBins(parameters.bins)
    let spec = ContrastSpec(
      name: Self.contrast,
      a: .relDepth(low: parameters.middleLow, high: parameters.middleHigh, take: parameters.take), b: .layer("last"))
    let targets = Dictionary(grouping: members.flatMap(\.mainCells)) { $0.target + [$0.keys.covariateMode.rawValue] }
    curves = targets.sorted { $0.key.lexicographicallyPrecedes($1.key) }.flatMap { _, cells in
      let models = Dictionary(grouping: cells, by: \.keys.featureSet).sorted { $0.key < $1.key }
      return models.map { DepthCurve($0.value, among: cells, contrast: spec) }
    }
    findings = ContrastRows(curves.compactMap(\.contrast)).findings.map { ($0.cells, $0.row) }
  }

  var contrasts: [ContrastRow] { findings.map(\.row) }

  // MARK: Curves

  var bins: [DepthBinRow] {
    curves.flatMap { rows(of: [$0], subjectCount: nil) }
      + groups.flatMap { rows(of: $0, subjectCount: $0.count) }
  }

  /// Curves of subjects that differ in nothing but the subject and have a score in every layer, two or more; one of each.
  private var groups: [[DepthCurve]] {
    Dictionary(grouping: curves.filter { $0.first.keys.subject != nil && $0.isScored }, by: \.group)
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }.map(\.value).filter { $0.count >= 2 }
  }

  /// The parts of the depth that have layers in all curves; of several subjects their means.
  private func rows(of curves: [DepthCurve], subjectCount: Int?) -> [DepthBinRow] {
    (0..<design.count).compactMap { place in
      let parts = curves.map { $0.layers(in: place, of: design) }
      guard let first = parts[0].first, parts.allSatisfy({ !$0.isEmpty }) else { return nil }
      let means = zip(parts, curves).map { FoldwiseValues(meanOf: $0.map(\.folds), beside: $1.beside) }
      let mean = means.count == 1 ? means[0] : FoldwiseValues(over: means)
      let interval = mean.score
      let said = Self.said(of: parts)
      return DepthBinRow(
        fitKey: first.fitKey, contrastFitKey: curves[0].contrast?.first.fitKey, subjectCount: subjectCount,
        binLow: design.range(of: place).lowerBound, binHigh: design.range(of: place).upperBound,
        layerCount: parts[0].count, r: interval.value, low: interval.low, high: interval.high,
        intervalKind: interval.kind.rawValue, generalisesTo: interval.generalisesTo?.rawValue,
        foldsCounted: mean.foldsCounted, foldsTotal: mean.foldsTotal, stimuliCounted: mean.stimuliCounted,
        flags: Reportable.spelled(said.flags), valid: said.isValid && !interval.value.isNaN ? 1 : 0)
    }
  }

  /// What the layers of a part say: of one target all of it, of several subjects what `SubjectFlags` makes of it.
  private static func said(of parts: [[ComparisonCell]]) -> (flags: Set<EncodingFlag>, isValid: Bool) {
    guard parts.count > 1 else {
      return (parts[0].reduce(into: []) { $0.formUnion($1.flags) }, parts[0].allSatisfy(\.isValid))
    }
    let layers = Dictionary(grouping: parts.joined()) { FitKeys.spelled($0.keys.layerKey) }
    let said = SubjectFlags(layers.values.map { $0.map(\.said) })
    return (said.flags, said.isValid)
  }

  /// Of every target cell, whoever the subject is, what models and parts of their depth do over subjects.
  var effects: [DepthEffectRow] {
    Dictionary(grouping: curves) { DepthCurve.target(of: $0.first) }
      .sorted { $0.key.lexicographicallyPrecedes($1.key) }
      .compactMap { DepthDesign($0.value, bins: design) }.flatMap(\.rows)
  }

  // MARK: Checks

  /// Of every target cell, subjects taken together: in how many models the middle is above the end.
  var checks: [CheckRow] {
    let heads = findings.filter { found in
      found.row.test == "corrected_t" && found.row.valid == 1 && found.row.difference.map { !$0.isNaN } ?? false
    }
    let targets = Dictionary(grouping: heads) { DepthCurve.target(of: $0.cells[0].first) }
    return targets.sorted { $0.key.lexicographicallyPrecedes($1.key) }.compactMap { _, all in
      let overSubjects = all.filter { $0.row.subjectCount != nil }
      return Self.check(overSubjects.isEmpty ? all : overSubjects)
    }
  }

  private static func check(_ models: [(cells: [CellContrast], row: ContrastRow)]) -> CheckRow? {
    guard models.count >= 2 else { return nil }
    let above = models.count { $0.row.difference.map { $0 > 0 } ?? false }
    let reached = models.count { found in
      found.row.difference.map { $0 > 0 } ?? false && Significance.isReached(by: found.row.p)
    }
    let p = Distributions.binomialTail(above, of: models.count, probability: 0.5)
    let observed: JSONValue = [
      "models": .int(models.count), "middle_above_final": .int(above), "with_p_of_05": .int(reached),
      "sign_test_p": .number(p),
    ]
    return CheckRow(
      fitKey: models[0].row.fitKey, name: "the middle of most models is above their end",
      expected: "\(contrast) above 0 in more than half of the models", observed: observed.canonical,
      pass: 2 * above > models.count ? 1 : 0)
  }
}

/// The layers of one model on one target cell.
struct DepthCurve {
  /// By depth.
  private let layers: [ComparisonCell]
  /// Folds of every model of the target cell: a fold counts where it counts in all.
  let beside: [FoldwiseScores]
  /// nil where the model has no layer in the middle, or none at its end, which is no part of the middle.
  let contrast: CellContrast?

  init(_ layers: [ComparisonCell], among all: [ComparisonCell], contrast spec: ContrastSpec) {
    self.layers = layers.sorted { SweepRows.rank($0) < SweepRows.rank($1) }
    beside = all.map(\.folds)
    let depths = self.layers.compactMap(\.keys.relDepth)
    let reachesEnd = depths.contains { $0 > 1 - 1e-9 }
    contrast = reachesEnd ? CellContrast(spec, layers: self.layers, others: []) : nil
  }

  var first: ComparisonCell { layers[0] }

  /// Whether every layer has a score.
  var isScored: Bool { layers.allSatisfy(\.hasScore) }

  func layers(in place: Int, of bins: DepthBins) -> [ComparisonCell] {
    layers.filter { layer in layer.keys.relDepth.map { bins.place(of: $0) == place } ?? false }
  }

  /// What subjects' curves of one model have in common.
  var group: [String] { [first.keys.featureSet] + Self.target(of: first) }

  /// A target cell, whoever the subject is.
  static func target(of cell: ComparisonCell) -> [String] {
    let keys = cell.keys
    return [
      keys.dataset, keys.cohort, keys.subject == nil ? FitKeys.spelled(keys.rater) : "", keys.targetKind.rawValue,
      keys.target, keys.targetParameters, keys.element.rawValue, keys.covariateMode.rawValue, cell.name,
    ]
  }
}
