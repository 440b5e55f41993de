import ContentIdentity
import Encoding
import LinearAlgebra
import Statistics
import StudyFiles
import Vocabulary
import Warehouse
import Work

/// What needs all fits of a study: corrected p values of declared families, peaks, contrasts, tests over subjects.
struct ComparisonStep: WorkStep {
  struct Parameters: Codable, Sendable {
    /// One fit of the study.
    struct Member: Codable, Sendable {
      /// Key of the unit that made it.
      let unit: String
      let keys: FitKeys
      let kind: FitKind
      /// What its r is to beat.
      let twins: [Twin]
    }

    /// A trivial model of a member's target.
    struct Twin: Codable, Sendable {
      let twin: Vocabulary.Twin
      /// Key of the unit that fitted it.
      let unit: String
    }

    let members: [Member]
    /// Whether the fits drew from a null and keep the draws.
    let hasDraws: Bool
    /// Dimensions that a family pools.
    let family: [FamilyDimension]
    let correction: [Correction]
    let contrasts: [ContrastSpec]
    /// The largest number of patterns of signs of subjects.
    let draws: Int
    let seed: UInt64
    /// Atlases whose images say which regions touch, where clusters are corrected.
    let atlases: [RegionClusters.Atlas]
  }

  let name = "comparison"
  let version = 11
  let summary = "max-statistic and BH over families, peaks of layer sweeps, contrasts, group tests, twins"
  let tables: [any ResultRow.Type] = [
    FamilyRow.self, FamilyMemberRow.self, FamilyClusterRow.self, SweepLayerRow.self, ContrastRow.self,
    GroupTestRow.self, CheckRow.self,
    TwinContrastRow.self,
  ]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let members = try parameters.members.map {
      try ComparisonMember($0, hasDraws: parameters.hasDraws, in: task)
    }
    progress(0.3)
    let scores = Set(members.flatMap { $0.draws.keys }).sorted { $0.label < $1.label }
    let clusters = try RegionClusters(parameters.atlases, task)
    var families = FamilyRows(unit: task.key, correction: parameters.correction, clusters: clusters)
    for score in scores { families.add(members.flatMap { $0.cells(score) }, pooling: Set(parameters.family)) }
    progress(0.6)
    let sweeps = SweepRows(parameters, members)
    let groups = GroupRows(members, family: parameters.family, clusters: clusters)
    let twins = TwinRows(members)
    return
      (families.tables + sweeps.tables() + [
        groups.table(scores, flips: (parameters.draws, parameters.seed)), twins.table,
      ]).filter { !$0.rows.isEmpty }
  }
}

/// A cell of a family: what is observed, and the draws that it has in common with the others.
struct FamilyScore {
  let fitKey: String
  let value: Double
  let draws: [Double]
  /// nil: nothing touches it.
  var place: MapPlace?
}

/// Families and what they say of their members.
struct FamilyRows {
  private let unit: String
  private let correction: [Correction]
  private(set) var families: [FamilyRow] = []
  private(set) var members: [FamilyMemberRow] = []
  private let clusters: RegionClusters?
  private var clustered: [FamilyClusterRow] = []

  /// - Parameter clusters: nil: none are corrected.
  init(unit: String, correction: [Correction], clusters: RegionClusters? = nil) {
    self.unit = String(unit.prefix(24))
    (self.correction, self.clusters) = (correction, clusters)
  }

  var tables: [ResultRows] { [ResultRows(families), ResultRows(members), ResultRows(clustered)] }

  /// Divides cells of one score into families: the pooled dimensions share one correction, every other dimension
  /// separates. Target kinds, datasets and cohorts always separate.
  mutating func add(_ cells: [ComparisonCell], pooling pooled: Set<FamilyDimension>) {
    let groups = Dictionary(grouping: cells) { CellFamily($0, pooling: pooled) }
    for (family, group) in groups.sorted(by: { $0.key.values.lexicographicallyPrecedes($1.key.values) }) {
      add(
        group.map { FamilyScore(fitKey: $0.fitKey, value: $0.value, draws: $0.draws(), place: MapPlace($0)) },
        name: family.name,
        quantity: group[0].score.quantity.rawValue)
    }
  }

  /// One family.
  mutating func add(_ cells: [FamilyScore], name: String, quantity: String) {
    // Cells of unlike length have unlike numbers of circular shifts: the family has the draws that all of them have.
    guard let count = cells.map(\.draws.count).min(), count > 0 else {
      preconditionFailure("a family is of drawn cells")
    }
    var draws = Matrix(rows: count, columns: cells.count)
    for (c, cell) in cells.enumerated() { for row in 0..<count { draws[row, c] = cell.draws[row] } }
    let observed = cells.map(\.value)
    let p = cells.map { NullSummary(observed: $0.value, draws: $0.draws).p }
    let q = correction.contains(.bh) ? MultipleTesting.benjaminiHochberg(p) : nil
    let pMax = correction.contains(.max) ? MultipleTesting.maxStatistic(observed: observed, draws: draws) : nil
    func reason(_ place: Int) -> String? {
      guard !observed[place].isNaN else { return "the cell has no score" }
      return pMax.map { $0[place].isNaN } == true ? "its draws do not vary, or one of them has no score" : nil
    }
    let key = "\(unit)/\(families.count)"
    families.append(
      FamilyRow(
        familyKey: key, name: name, quantity: quantity, memberCount: cells.count, nullDraws: count,
        smallestQ: MultipleTesting.smallestReachableQ(cells: cells.count, draws: count),
        correction: JSONValue.array(correction.map { .string($0.rawValue) }).canonical))
    for (i, cell) in cells.enumerated() {
      members.append(
        FamilyMemberRow(
          familyKey: key, fitKey: cell.fitKey, quantity: quantity, qBh: q?[i], pMax: pMax?[i], reason: reason(i)))
    }
    addClusters(cells, family: key, quantity: quantity, draws: draws)
  }

  private mutating func addClusters(_ cells: [FamilyScore], family: String, quantity: String, draws: Matrix) {
    let places = cells.compactMap(\.place)
    guard let clusters, places.count == cells.count else { return }
    let found = clusters.found(places, observed: cells.map(\.value), draws: draws)
    for (cell, cluster) in zip(cells, found) {
      guard let cluster else { continue }
      clustered.append(
        FamilyClusterRow(
          familyKey: family, fitKey: cell.fitKey, quantity: quantity, cluster: cluster.cluster,
          cellCount: cluster.cellCount, mass: cluster.mass, threshold: RegionClusters.threshold, pCluster: cluster.p))
    }
  }
}

/// What the cells of a family have in common.
struct CellFamily: Hashable {
  /// Of what always separates, and of every dimension that is not pooled.
  let values: [String]
  let name: String

  /// `pooling` the given dimensions; what a test over subjects has pooled already separates nothing.
  init(_ cell: some FamilyCell, pooling pooled: Set<FamilyDimension>, overSubjects: Bool = false) {
    let separating = FamilyDimension.allCases.filter {
      !pooled.contains($0) && $0 != .stimulus && $0 != .lag && !(overSubjects && $0 == .subject)
    }
    values =
      [cell.keys.dataset, cell.keys.cohort, cell.keys.targetKind.rawValue, cell.score.mode.label]
      + separating.map(cell.value(of:))
    let names = ["dataset", "cohort", "target_kind", "mode"] + separating.map(\.rawValue)
    let constants = zip(names, values).filter { !$0.1.isEmpty }.map { "\($0.0)=\($0.1)" }
    let shared = FamilyDimension.allCases.filter(pooled.contains).map(\.rawValue).joined(separator: ",")
    name = "\(shared) | \(constants.joined(separator: "; "))"
  }
}

/// A score of a cell that a family may hold.
protocol FamilyCell {
  var keys: FitKeys { get }
  /// The column's name: a region, or the target itself.
  var name: String { get }
  var score: FitScore { get }
}

extension FamilyCell {
  /// The value of one family dimension; empty where it has none.
  fileprivate func value(of dimension: FamilyDimension) -> String {
    switch dimension {
    case .target: keys.target + " " + keys.targetParameters
    case .region: keys.targetKind == .annotation ? "" : name
    case .layer: FitKeys.spelled(keys.layerKey)
    case .model: FitKeys.spelled(keys.model)
    case .featureSet: keys.featureSet
    case .element: keys.element.rawValue
    case .subject: FitKeys.spelled(keys.subject) + FitKeys.spelled(keys.rater)
    case .covariateMode: score.mode.label
    case .stimulus, .lag: preconditionFailure("fits pool stimuli and have one lag")
    }
  }
}
