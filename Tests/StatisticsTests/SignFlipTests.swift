import LinearAlgebra
import Statistics
import Testing

/// Signs of subjects turned, one pattern for all cells.
@Suite struct SignFlipTests {
  private static let values = [0.4, -0.1, 0.3, 0.25, 0.6]

  /// All patterns but the given one: p is that of the exact test.
  @Test func fewSubjectsHaveEveryPatternOnce() {
    let flips = SignFlips(subjects: 5, draws: 31, seed: 1)
    #expect(flips.isExact && flips.count == 31)
    let means = flips.means([Self.values]).values
    #expect(Set(means.map { ($0 * 1e9).rounded() }).count > 20)
    // With the pattern that turns nothing the means add up to 0.
    let sum = means.reduce(0, +) + Self.values.reduce(0, +) / 5
    #expect(abs(sum) < 1e-12)
    let summary = NullSummary(observed: Self.values.reduce(0, +) / 5, draws: means)
    let exact = GroupTest.signFlip(Self.values)
    #expect(abs(summary.p - exact.p) < 1e-12 && exact.p == 2.0 / 32)
  }

  @Test func manySubjectsHaveDrawnPatternsThatTheSeedKeys() {
    let flips = SignFlips(subjects: 70, draws: 200, seed: 3)
    #expect(!flips.isExact && flips.count == 200)
    #expect(
      flips == SignFlips(subjects: 70, draws: 200, seed: 3) && flips != SignFlips(subjects: 70, draws: 200, seed: 4))
    // Each subject's sign is turned in about half of the draws, those beyond the first 64, too.
    for subject in [0, 33, 63, 64, 69] {
      var one = [Double](repeating: 0, count: 70)
      one[subject] = 70
      let turned = flips.means([one]).values.count { $0 < 0 }
      #expect((70...130).contains(turned), "\(subject): \(turned)")
    }
    #expect(!SignFlips(subjects: 5, draws: 30, seed: 1).isExact)
  }

  /// Whoever is missing from a cell halves its patterns: no mean of four has a p below 1/16, whoever else the family has.
  @Test func whoeverIsMissingRaisesTheSmallestP() {
    let flips = SignFlips(subjects: 5, draws: 31, seed: 1)
    for (values, floor) in [
      ([1, 2, 3, 4, 5], 1.0 / 32), ([1, 2, .nan, 4, 5], 2.0 / 32), ([1, 2, .nan, 4, .nan], 4.0 / 32),
      // Ties are ties of sums that are rounded.
      ([0.1, 0.7, .nan, 0.2, 0.3], 2.0 / 32),
    ] {
      let there = values.filter { !$0.isNaN }
      let draws = flips.means([values]).values
      #expect(flips.pFloor(of: there.count) == floor)
      #expect(NullSummary(observed: there.reduce(0, +) / Double(there.count), draws: draws).p == floor)
    }
    #expect(SignFlips(subjects: 70, draws: 200, seed: 3).pFloor(of: 60) == 1.0 / 201)
  }

  /// One pattern stands for one pattern in all cells, and whoever is missing from a cell has no say in it.
  @Test func cellsShareThePatternsAndMissingSubjectsAreLeftOut() {
    let flips = SignFlips(subjects: 5, draws: 31, seed: 1)
    let missing = [0.4, .nan, 0.3, 0.25, 0.6]
    let found = flips.means([Self.values, Self.values.map { 2 * $0 }, missing, Self.values.map { _ in .nan }])
    for draw in 0..<found.rows {
      #expect(abs(found[draw, 1] - 2 * found[draw, 0]) < 1e-12 && found[draw, 3].isNaN)
    }
    let without = flips.means([[0.4, 0, 0.3, 0.25, 0.6]])
    for draw in 0..<found.rows { #expect(abs(found[draw, 2] - without[draw, 0] * 5 / 4) < 1e-12) }
  }
}
