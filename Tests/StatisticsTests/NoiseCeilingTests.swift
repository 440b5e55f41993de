import LinearAlgebra
import Statistics
import Testing

/// Reliabilities of means over members whose single reliability is known: value and noise of equal variance, 1/2.
@Suite struct NoiseCeilingTests {
  /// Pieces of 2,000 rows and two columns: column 0 is value + noise, column 1 noise alone.
  private func pieces(_ memberCount: Int, scored: (Int) -> Bool = { _ in true }) -> [NoiseCeiling.Piece] {
    (0..<3).map { p in
      var stream = RandomStream(seed: 7, purpose: "ceiling", key: "\(p)")
      let value = (0..<2000).map { _ in stream.normal() }
      let members = (0..<memberCount).map { m -> Matrix? in
        var x = Matrix(rows: 2000, columns: 2)
        for t in 0..<2000 {
          // Members have their own level per piece, which means nothing for r inside pieces.
          x[t, 0] = value[t] + stream.normal() + 100 * Double(p * m)
          x[t, 1] = stream.normal()
        }
        return x
      }
      var mask = Matrix(rows: 2000, columns: 2)
      for t in 0..<2000 where !scored(t) { for c in 0..<2 { mask[t, c] = .nan } }
      return NoiseCeiling.Piece(members: members, scored: mask)
    }
  }

  @Test("halves stepped up give the reliability of the mean of all members, odd numbers too", arguments: [2, 5, 8])
  func splitHalf(_ count: Int) {
    let n = Double(count)
    let found = NoiseCeiling.splitHalf(pieces(count), splits: 60, seed: 1)
    // Sampling error of r over 6,000 rows is .013; stepping up enlarges it at most 1.5 times here.
    #expect(abs(found[0] - n * 0.5 / (1 + (n - 1) * 0.5)) < 0.03)
    #expect(abs(found[1]) < 0.08)
  }

  @Test("a member missing from a piece or a row is left out of its half, and rows that are not scored do not count")
  func missing() {
    var some = pieces(6) { $0 >= 1000 }
    some[1].members[2] = nil
    for t in 0..<1000 { for m in 0..<6 { some[0].members[m]?[t, 0] = Double(t * m) } }
    // In the piece whose members have one level: elsewhere a missing member moves the mean, of the target as of a half.
    for t in 1200..<1300 { some[0].members[3]?[t, 0] = .nan }
    let found = NoiseCeiling.splitHalf(some, splits: 60, seed: 1)
    #expect(abs(found[0] - 6 * 0.5 / (1 + 5 * 0.5)) < 0.04)
    let alone = NoiseCeiling.splitHalf(pieces(1), seed: 1)
    #expect(alone[0].isNaN && alone[1].isNaN)
  }

  @Test("Spearman and Brown: lengthening twice is lengthening by the product; parts that disagree are no reliability")
  func lengthening() {
    let twice = NoiseCeiling.spearmanBrown(NoiseCeiling.spearmanBrown(0.3, factor: 2), factor: 3)
    #expect(abs(twice - NoiseCeiling.spearmanBrown(0.3, factor: 6)) < 1e-12)
    #expect(abs(NoiseCeiling.spearmanBrown(0.5, factor: 2) - 2.0 / 3) < 1e-12)
    #expect(NoiseCeiling.spearmanBrown(-0.9, factor: 12) == 0)
    #expect(NoiseCeiling.spearmanBrown(.nan, factor: 2).isNaN)
    // Five subjects: halves of two, ten pairs against one.
    let halves = NoiseCeiling.ofHalves(0.2, subjectCount: 5)
    #expect(halves.overSubjects == NoiseCeiling.spearmanBrown(0.2, factor: 2))
    #expect(halves.overPairs == NoiseCeiling.spearmanBrown(0.2, factor: 10))
  }

  @Test("a member's bounds: r with the mean of the others, and with the mean of all")
  func bounds() {
    let found = NoiseCeiling.bounds(pieces(4), of: 1)
    #expect(abs(found.lower[0] - 1 / (2 * (1 + 1.0 / 3)).squareRoot()) < 0.03)
    #expect(abs(found.upper[0] - 1.25 / (2 * 1.25).squareRoot()) < 0.03)
    #expect(abs(found.lower[1]) < 0.05 && abs(found.upper[1] - 0.5) < 0.05)
  }
}
