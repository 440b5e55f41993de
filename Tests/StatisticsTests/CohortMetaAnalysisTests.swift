import Foundation
import Statistics
import Testing

/// What clubSandwich and nlme found (`Fixtures/cohorts`).
private struct CohortReference: Decodable {
  struct Clustered: Decodable { let y, v, clusters, found: [Double] }
  struct Samples: Decodable {
    let samples: [[Double]]
    let found: [Double]
  }
  let pairs, uneven: Clustered
  let spread, alike: Samples

  static func load() throws -> CohortReference {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/cohorts/cohorts.json")
    return try JSONDecoder().decode(CohortReference.self, from: Data(contentsOf: file))
  }
}

@Suite struct CohortMetaAnalysisTests {
  @Test("clustered error, degrees of freedom and p equal clubSandwich's CR2 with Satterthwaite")
  func clubSandwich() throws {
    let reference = try CohortReference.load()
    for golden in [reference.pairs, reference.uneven] {
      let meta = MetaAnalysis(effects: golden.y, variances: golden.v)
      let found = try #require(ClusteredMean(meta, clusters: golden.clusters.map { Int($0) }))
      for (value, expected) in zip([found.estimate, found.error, found.degreesOfFreedom, found.p], golden.found) {
        #expect(agree(value, expected, 1e-6), "\(value) \(expected)")
      }
      let interval = found.interval()
      #expect((interval.lowerBound > 0) == (found.p < 0.05))
      #expect(found.predictionInterval().lowerBound < interval.lowerBound)
    }
  }

  @Test("names and order of clusters do not tell, missing effects neither; one cluster alone has no error")
  func clusters() throws {
    let golden = try CohortReference.load().uneven
    let clusters = golden.clusters.map { Int($0) }
    let found = try #require(ClusteredMean(MetaAnalysis(effects: golden.y, variances: golden.v), clusters: clusters))
    let reversed = MetaAnalysis(effects: golden.y.reversed() + [.nan], variances: golden.v.reversed() + [1])
    let other = try #require(ClusteredMean(reversed, clusters: clusters.reversed().map { 9 - $0 } + [7]))
    #expect(agree(other.error, found.error, 1e-9) && agree(other.p, found.p, 1e-9))
    let one = [Int](repeating: 3, count: golden.y.count)
    #expect(ClusteredMean(MetaAnalysis(effects: golden.y, variances: golden.v), clusters: one) == nil)
  }

  @Test("of one stage both variances are those of the restricted likelihood's maximum, the mean is nlme's")
  func oneStage() throws {
    let reference = try CohortReference.load()
    let spread = MetaAnalysis(samples: reference.spread.samples)
    #expect(agree(spread.estimate, reference.spread.found[0], 1e-6))
    #expect(agree(spread.tau2, reference.spread.found[3], 1e-5))
    let alike = MetaAnalysis(samples: reference.alike.samples)
    #expect(alike.tau2 == 0 && agree(alike.estimate, reference.alike.found[0], 1e-6))
  }

  @Test("cohorts of one size are the t of their means, in one stage too; a cohort of none is left out")
  func balanced() throws {
    let samples = [[0.1, 0.3, 0.2], [0.5, 0.7, 0.4], [0.2, 0.1, 0.0], [0.4, 0.6, 0.8]]
    let found = MetaAnalysis(samples: samples + [[.nan]])
    let t = GroupTest.t(samples.map { $0.reduce(0, +) / 3 }, twoSided: true)
    #expect(found.count == 4 && found.places == [0, 1, 2, 3] && found.isExploratory && agree(found.p, t.p, 1e-9))
    // Of mean squares .1808 between and .0208 within: τ² = (between - within) / n.
    #expect(agree(found.tau2, 0.16 / 3, 1e-9))
    let flat = MetaAnalysis(samples: [[0.1, 0.1], [0.2, 0.2]])
    #expect(flat.tau2.isNaN && flat.p.isNaN)
  }
}
