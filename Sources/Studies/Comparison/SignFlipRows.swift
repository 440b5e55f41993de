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
    let values = samples.map { $0.values(of: subjects) }
    let draws = flips.means(values)
    // Added up as those of the draws, so that patterns that give the same mean give it to the bit.
    let observed = values.map { own in Moments.mean(own.filter { !$0.isNaN }) }
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

  /// As the mean is of, in the order of `people`; NaN of one who has none.
  fileprivate func values(of people: [String]) -> [Double] {
    let places = Dictionary(uniqueKeysWithValues: zip(people, people.indices))
    var all = [Double](repeating: .nan, count: people.count)
    for (subject, value) in zip(subjects, values) {
      if let place = places[subject] { all[place] = value }
    }
    return all
  }
}
