import ContentIdentity
import Encoding
import EncodingModels
import Statistics
import StudyFiles
import Vocabulary
import Warehouse
import Work

/// Peaks of layer sweeps and contrasts between layers and sets, per target cell.
struct SweepRows {
  private let contrasts: [ContrastSpec]
  private let cells: [ComparisonCell]

  init(_ parameters: ComparisonStep.Parameters, _ members: [ComparisonMember]) {
    contrasts = parameters.contrasts
    cells = members.flatMap(\.mainCells)
  }

  /// Peaks, contrasts and their checks.
  func tables() -> [ResultRows] {
    var peaks: [SweepLayerRow] = []
    var found: [CellContrast] = []
    let groups = Dictionary(grouping: cells, by: \.target)
    for (_, group) in groups.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      let models = Dictionary(grouping: group.filter { $0.keys.layerKey != nil }, by: \.keys.featureSet)
      for (_, layers) in models.sorted(by: { $0.key < $1.key }) {
        let ordered = layers.sorted { Self.rank($0) < Self.rank($1) }
        if ordered.count > 1 { peaks += self.peaks(ordered) }
        found += contrasts.filter(\.isOfLayers).compactMap { CellContrast($0, layers: ordered, others: group) }
      }
      // Two sets are contrasted once, however many models have layers beside them.
      found += contrasts.filter { !$0.isOfLayers }.compactMap { CellContrast($0, layers: [], others: group) }
    }
    let said = ContrastRows(found).findings
    return [ResultRows(peaks), ResultRows(said.map(\.row)), ResultRows(Self.checks(said.map { ($0.cells, $0.row) }))]
  }

  /// Of every contrast on a target that is nobody's alone: in how many regions its first side predicts more than its second.
  /// Of subjects it is the row over folds or stimuli that counts, the mean of all.
  private static func checks(_ found: [(cells: [CellContrast], row: ContrastRow)]) -> [CheckRow] {
    let ofAll = found.filter { cells, row in
      let keys = cells[0].first.keys
      return row.subjectCount == nil
        ? keys.subject == nil && keys.rater == nil : row.unit != InferenceUnit.subject.rawValue
    }
    return CohortRows.grouped(ofAll) { cells, row in
      let keys = cells[0].first.keys
      return [
        row.name, keys.dataset, keys.cohort, keys.featureSet, keys.element.rawValue, keys.covariateMode.rawValue,
        keys.targetKind.rawValue, keys.target, keys.targetParameters, row.subjectCount == nil ? "group" : "subjects",
      ]
    }.compactMap { regions in
      let rows = regions.map(\.row).filter { $0.valid == 1 }
      let count = SupportCount(rows.map { ($0.difference, $0.qBh) })
      guard let first = rows.first, let supported = count.supported, let isInMost = count.isInMost else { return nil }
      let observed: JSONValue = [
        "regions": .int(count.regions), "positive": .int(count.positive), "supported": .int(supported),
        "left_out": .int(regions.count - rows.count),
      ]
      return CheckRow(
        fitKey: first.fitKey, name: "\(first.name): its first side predicts more in most regions",
        expected: "a difference above 0 with a q of at most 0.05 in more than half of the regions that may be reported",
        observed: observed.canonical, pass: isInMost ? 1 : 0)
    }
  }

  /// Layers by depth, those that say nothing of it first, then by key.
  static func rank(_ cell: ComparisonCell) -> (Int, String) {
    (cell.keys.depth ?? -1, FitKeys.spelled(cell.keys.layerKey))
  }

  /// Which layer has the largest r, and in what share of the outer folds the inner folds choose each.
  private func peaks(_ layers: [ComparisonCell]) -> [SweepLayerRow] {
    let values = layers.map(\.value)
    let best = values.indices.filter { !values[$0].isNaN }.max { values[$0] < values[$1] }
    let shares = NestedChoice.shares(layers.map(\.folds))
    return layers.indices.map {
      SweepLayerRow(
        fitKey: layers[$0].fitKey, isPeak: $0 == best ? 1 : 0, peakShare: shares[$0].isNaN ? nil : shares[$0])
    }
  }
}

/// A contrast of one target cell.
struct CellContrast {
  let name: String
  /// Of both sides, those of `a` first.
  let cells: [ComparisonCell]
  let contrast: ModelContrast

  /// Whether all fits of both sides have a score.
  var isScored: Bool { cells.allSatisfy(\.hasScore) }

  /// nil where a side has no fit.
  init?(_ spec: ContrastSpec, layers: [ComparisonCell], others: [ComparisonCell]) {
    guard let a = spec.a.cells(layers, others), let b = spec.b.cells(layers, others) else { return nil }
    name = spec.name
    cells = a + b
    contrast = ModelContrast(
      ModelContrast.Side(a.map(\.folds), take: spec.a.take), ModelContrast.Side(b.map(\.folds), take: spec.b.take))
  }

  /// One model less another.
  init(_ name: String, _ a: ComparisonCell, _ b: ComparisonCell) {
    self.name = name
    cells = [a, b]
    contrast = ModelContrast(ModelContrast.Side([a.folds]), ModelContrast.Side([b.folds]))
  }

  /// The cell whose fit carries the keys: one with layers, where a side has some, so that rows tell of which model they are.
  var first: ComparisonCell { cells.first { $0.keys.layerKey != nil } ?? cells[0] }
}

extension ContrastSide {
  /// What is taken of several layers.
  fileprivate var take: ContrastTake { if case .relDepth(_, _, let take) = self { take } else { .mean } }

  /// The cells of this side; nil where there are none.
  fileprivate func cells(_ layers: [ComparisonCell], _ others: [ComparisonCell]) -> [ComparisonCell]? {
    var found = layers.filter { takes($0.keys) }
    switch self {
    case .relDepth: break
    case .layer(let key): if found.isEmpty, key == "last" { found = Array(layers.suffix(1)) }
    case .set: found = others.filter { takes($0.keys) }
    }
    return found.isEmpty ? nil : found
  }

  /// Whether the fit of these keys stands on this side.
  fileprivate func takes(_ keys: FitKeys) -> Bool {
    switch self {
    case .relDepth(let low, let high, _): keys.relDepth.map { $0 >= low - 1e-9 && $0 <= high + 1e-9 } ?? false
    case .layer(let key): keys.layerKey == key
    case .set(let set): keys.featureSet == set && keys.layerKey == nil
    }
  }
}

extension ContrastSpec {
  /// Whether a side is made of layers; two sets have a contrast of their own.
  fileprivate var isOfLayers: Bool {
    [a, b].contains { if case .set = $0 { false } else { true } }
  }

  /// Whether fits of these keys have both sides: layers of one model, or sets without layers beside them.
  func isFound(in keys: [FitKeys]) -> Bool {
    let sweeps = Dictionary(grouping: keys.filter { $0.layerKey != nil }, by: \.featureSet).values
    let sets = keys.filter { $0.layerKey == nil }
    return (sweeps.isEmpty ? [[]] : Array(sweeps)).contains { layers in
      [a, b].allSatisfy { side in
        (layers + sets).contains(where: side.takes) || (side == .layer("last") && !layers.isEmpty)
      }
    }
  }
}
