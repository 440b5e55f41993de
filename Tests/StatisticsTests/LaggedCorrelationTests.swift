import Foundation
import Statistics
import Testing

@Suite struct LaggedCorrelationTests {
  @Test("r of every lag is SciPy's over the pairs that both series have, lags of either sign")
  func reference() throws {
    let golden = try StatisticsReference.load().lags
    func series(_ values: [Double?]) -> [Double] { values.map { $0 ?? .nan } }
    let found = LaggedCorrelation(
      series(golden.leader), series(golden.follower), lags: golden.curve.map { Int($0[0]) })
    for (place, expected) in golden.curve.enumerated() {
      #expect(agree(found.r[place], expected[1], 1e-12) && Double(found.counts[place]) == expected[2])
    }
    #expect(found.peak == 3 && found.maximum == found.r[3] && found.lags[3] == 2)
  }

  @Test("what follows by three rows peaks there; levels and units do not tell, and a sign turns r")
  func planted() {
    var stream = RandomStream(seed: 2, purpose: "lags")
    let leader = (0..<200).map { _ in stream.normal() }
    let follower = leader.indices.map { $0 < 3 ? 0 : leader[$0 - 3] + 0.5 * stream.normal() }
    let found = LaggedCorrelation(leader, follower, lags: Array(0...5))
    #expect(found.peak == 3 && found.maximum > 0.8 && found.counts == [200, 199, 198, 197, 196, 195])
    let other = LaggedCorrelation(leader.map { 7 - 3 * $0 }, follower.map { 100 + 2 * $0 }, lags: Array(0...5))
    for (a, b) in zip(found.r, other.r) { #expect(abs(a + b) < 1e-12) }
    let swapped = LaggedCorrelation(follower, leader, lags: Array(-5...0))
    #expect(zip(found.r, swapped.r.reversed()).allSatisfy { abs($0 - $1) < 1e-14 })
  }

  @Test("what one of the series has before the other begins or after it ends does not count")
  func span() {
    var stream = RandomStream(seed: 3, purpose: "lags")
    let (leader, follower) = ((0..<50).map { _ in stream.normal() }, (0..<50).map { _ in stream.normal() })
    let plain = LaggedCorrelation(leader, follower, lags: [0, 2, 4])
    let missing = [Double](repeating: .nan, count: 7)
    let longer = LaggedCorrelation(
      missing + leader + missing, leader[..<7] + follower + leader[..<7], lags: [0, 2, 4])
    #expect(longer == plain && plain.counts == [50, 48, 46])
  }

  @Test("equal values, and fewer than three pairs, have no r; of equal maxima the first counts")
  func none() {
    let flat = LaggedCorrelation([0.1, 0.1, 0.1, 0.1], [1, 2, 3, 5], lags: [0, 2, 9])
    #expect(flat.r.allSatisfy(\.isNaN) && flat.counts == [4, 2, 0] && flat.peak == nil && flat.maximum.isNaN)
    #expect(LaggedCorrelation([], [], lags: [0]).r[0].isNaN)
    let alike = LaggedCorrelation([1, 2, 3, 4, 5, 6], [1, 2, 3, 4, 5, 6], lags: [2, 1, 0])
    #expect(alike.peak == 0)
  }
}
