import ContentIdentity
import Encoding
import EncodingModels
import Statistics
import Warehouse

/// Rows of `cohort_contrast`: every two cohorts on every target cell and feature space, and on the depth of every network;
/// checks of every two cohorts.
struct CohortRows {
  private let found: [(pair: CohortPair, finding: CohortPair.Finding)]

  /// - Parameter subjects: behind the target of every fit, by its unit.
  init(_ members: [ComparisonMember], _ subjects: [String: Int], _ stimuli: CohortStimuli, _ people: CohortPeople) {
    self.init(
      Self.grouped(members) { $0.keys.ofAnyCohort }.flatMap { CohortCells.byCell($0) }.flatMap { cohorts in
        cohorts.indices.flatMap { i in
          cohorts[(i + 1)...].map {
            CohortPair(cohorts[i], $0, subjects: subjects, stimuli: stimuli, people: people)
          }
        }
      })
  }

  init(_ pairs: [CohortPair]) {
    let sweeps = Self.grouped(pairs.filter { $0.a.first.keys.relDepth != nil }) { pair in
      [pair.a.name, pair.b.name, pair.a.first.name] + pair.a.first.keys.ofAnyLayer
    }
    found =
      pairs.flatMap { pair in pair.findings.map { (pair, $0) } }
      + sweeps.compactMap { layers in CohortPair.slope(layers).map { (layers[0], $0) } }
  }

  /// Those that have a key in common, in the order in which keys are met.
  static func grouped<Value, Key: Hashable>(_ values: [Value], by key: (Value) -> Key) -> [[Value]] {
    var order: [Key] = []
    var groups: [Key: [Value]] = [:]
    for value in values {
      let own = key(value)
      if groups[own] == nil { order.append(own) }
      groups[own, default: []].append(value)
    }
    return order.compactMap { groups[$0] }
  }

  var contrasts: [CohortContrastRow] { compared.map(\.row) }

  /// The rows with the pairs they are of; with Benjamini and Hochberg's q over what is comparable of each family.
  var compared: [(pair: CohortPair, row: CohortContrastRow)] {
    var q = [Double](repeating: .nan, count: found.count)
    let comparable = found.indices.filter { found[$0].finding.obstacle == nil }
    for places in Dictionary(grouping: comparable, by: { found[$0].pair.family(found[$0].finding) }).values {
      let corrected = MultipleTesting.benjaminiHochberg(places.map { found[$0].finding.contrast.p })
      for (place, value) in zip(places, corrected) { q[place] = value }
    }
    return zip(found, q).map { ($0.pair, $0.pair.row($0.finding, q: $1)) }
  }

  /// Of every two cohorts: whether they differ in nothing that scores depend on.
  var checks: [CheckRow] {
    Self.grouped(found) { [$0.pair.a.name, $0.pair.b.name] }.map { pair in
      let obstacles = pair.compactMap(\.finding.obstacle)
      let observed: JSONValue = [
        "comparable": .int(pair.count - obstacles.count), "not_comparable": .int(obstacles.count),
        "cohorts": [.string(pair[0].pair.a.name), .string(pair[0].pair.b.name)],
      ]
      return CheckRow(
        fitKey: pair[0].pair.a.first.fitKey, name: "cohorts are comparable",
        expected: "alike in subjects behind a target, its ceiling, and stimuli", observed: observed.canonical,
        pass: obstacles.isEmpty ? 1 : 0)
    }
  }
}

extension FitKeys {
  /// What the layers of one sweep have in common, beside the cohort.
  fileprivate var ofAnyLayer: [String] {
    [
      featureSet, element.rawValue, covariateMode.rawValue, targetKind.rawValue, target, targetParameters,
    ]
  }
}
