import Encoding
import LinearAlgebra
import Statistics
import Warehouse

/// Rows of sign flips of one score, one pattern of signs common to all of its cells.
struct SignFlipRows {
  let rows: [GroupTestRow]

  /// - Parameters:
  ///   - draws: the largest number of patterns.
  init(_ samples: [GroupSample], _ groups: GroupRows, draws: Int, seed: UInt64) {
    let families = Dictionary(grouping: samples, by: groups.family)
    rows = families.sorted { $0.key.values.lexicographicallyPrecedes($1.key.values) }.flatMap { family, own in
      let subjects = Set(own.flatMap(\.subjects)).sorted()
      let flips = SignFlips(subjects: subjects.count, draws: draws, seed: seed)
      return Self.rows(own, of: subjects, flips, family: family.name, groups.clusters)
    }
  }

  private static func rows(
    _ samples: [GroupSample], of subjects: [String], _ flips: SignFlips, family: String,
    _ clusters: RegionClusters?
  ) -> [GroupTestRow] {
    let draws = flips.means(samples.map { sample in subjects.map(sample.value(of:)) })
    let observed = samples.map(\.mean)
    let summaries = observed.indices.map { NullSummary(observed: observed[$0], draws: draws.column($0)) }
    let pMax = MultipleTesting.maxStatistic(observed: observed, draws: draws)
    let found = clusters?.found(samples.map(\.place), observed: observed, draws: draws)
    let q = MultipleTesting.benjaminiHochberg(summaries.map(\.p))
    return samples.indices.map { place in
      samples[place].row(
        GroupSample.Test(
          name: GroupTest.Kind.signFlip.rawValue, statistic: observed[place],
          null: (GroupTest.Kind.signFlip.rawValue, summaries[place], flips.count), p: summaries[place].p,
          pFloor: flips.pFloor(of: samples[place].values.count), generalisesTo: .subjects, family: family, q: q[place],
          pMax: pMax[place], cluster: found?[place], reason: pMax[place].isNaN ? "the subjects' values are 0" : nil))
    }
  }
}

extension GroupSample {
  var subjects: [String] { cells.map { FitKeys.spelled($0.keys.subject) } }

  /// As the mean is of; NaN of one who has none.
  func value(of subject: String) -> Double {
    guard let place = subjects.firstIndex(of: subject) else { return .nan }
    return values[place]
  }
}
