import LinearAlgebra
import Statistics
import Testing

@Suite struct RepeatedMeasuresTests {
  private func made(_ subjects: Int, _ cells: Int, seed: UInt64 = 1) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: "anova")
    return (0..<subjects * cells).map { _ in stream.normal() }
  }

  @Test("one factor: sums, F, epsilons and corrected p equal pingouin's")
  func oneFactor() throws {
    let golden = try StatisticsReference.load().one
    let found = RepeatedMeasures(matrix(of: golden.y))
    #expect(found.subjectCount == 9 && found.levelCount == 4)
    for (value, expected) in [
      (found.effectSum, golden.ssEffect), (found.errorSum, golden.ssError), (found.f, golden.f),
      (found.df1, golden.df1), (found.df2, golden.df2), (found.p, golden.p), (found.epsilonGG, golden.epsilonGg),
      (found.epsilonHF, golden.epsilonHf), (found.pGG, golden.pGg), (found.pHF, golden.pHf),
      (found.partialEta2, golden.partialEta2),
    ] { #expect(agree(value, expected), "\(value) \(expected)") }
  }

  @Test(
    "two factors: F and p equal statsmodels', corrected p equal those of R's anova.mlm", arguments: ["a", "b", "ab"])
  func twoFactors(_ effect: String) throws {
    let golden = try StatisticsReference.load().two
    let found = RepeatedMeasures.twoWay(golden.y.flatMap { $0 }, subjects: 11, levels: (a: 3, b: 4))
    let own = effect == "a" ? found.a : effect == "b" ? found.b : found.interaction
    let (python, r) = (try #require(golden.statsmodels[effect]), try #require(golden.r[effect]))
    // statsmodels solves for sums of squares with 11 digits.
    for (value, expected) in zip([own.f, own.df1, own.df2, own.p], python) { #expect(agree(value, expected, 1e-8)) }
    for (value, expected) in zip([own.f, own.df1, own.df2, own.p, own.pGG, own.pHF], r) {
      #expect(agree(value, expected, 1e-9), "\(value) \(expected)")
    }
    // R prints four digits, and Huynh and Feldt's before it is cut at 1.
    #expect(abs(own.epsilonGG - r[6]) < 6e-5 && abs(own.epsilonHF - min(1, r[7])) < 6e-5)
  }

  @Test("of two levels F is the square of the paired t, and no sphere can fail")
  func twoLevels() {
    let y = Matrix(rows: 8, columns: 2, values: made(8, 2))
    let found = RepeatedMeasures(y)
    let t = GroupTest.t((0..<8).map { y[$0, 1] - y[$0, 0] }, twoSided: true)
    #expect(agree(found.f, t.statistic * t.statistic) && agree(found.p, t.p))
    #expect(agree(found.epsilonGG, 1) && found.epsilonHF == 1 && agree(found.pGG, found.p))
  }

  @Test(
    "a subject's level, the order of subjects and levels, and the unit change nothing; a factor of one kind is one-way")
  func invariances() {
    let values = made(7, 5)
    let found = RepeatedMeasures(Matrix(rows: 7, columns: 5, values: values))
    let moved = values.indices.map { place -> Double in
      let (subject, level) = (place / 5, place % 5)
      return Double(40 + subject) - 3 * values[subject * 5 + 4 - level]
    }
    let other = RepeatedMeasures(
      Matrix(rows: 7, columns: 5, values: (0..<7).reversed().flatMap { moved[($0 * 5)..<($0 * 5 + 5)] }))
    #expect(agree(found.f, other.f) && agree(found.epsilonGG, other.epsilonGG) && agree(found.pHF, other.pHF))
    #expect((0.25...1).contains(found.epsilonGG) && found.epsilonHF >= found.epsilonGG)
    // Sums over the levels of b are those of a one-way design.
    let two = RepeatedMeasures.twoWay(made(7, 6), subjects: 7, levels: (a: 2, b: 3))
    let sums = made(7, 6)
    let means = (0..<14).map { Moments.mean(Array(sums[($0 * 3)..<($0 * 3 + 3)])) }
    #expect(agree(two.a.f, RepeatedMeasures(Matrix(rows: 7, columns: 2, values: means)).f))
    #expect(two.interaction.levelCount == 6 && two.interaction.df1 == 2 && two.b.levelCount == 3)
  }

  @Test("subjects with a missing value are left out; fewer than two, or no spread, have no F")
  func missing() {
    var values = made(6, 3)
    let whole = RepeatedMeasures(Matrix(rows: 5, columns: 3, values: Array(values[..<15])))
    values[16] = .nan
    #expect(RepeatedMeasures(Matrix(rows: 6, columns: 3, values: values)) == whole)
    #expect(RepeatedMeasures(Matrix(rows: 1, columns: 3, values: [1, 2, 3])).p.isNaN)
    let flat = RepeatedMeasures(Matrix(rows: 4, columns: 3, values: [Double](repeating: 2, count: 12)))
    #expect(flat.f.isNaN && flat.p.isNaN && flat.pGG.isNaN && flat.epsilonHF.isNaN)
  }

  @Test("signed ranks equal SciPy's: exact with few values, tied or not, normal with many, and without zeros")
  func signedRanks() throws {
    let golden = try StatisticsReference.load()
    #expect(golden.wilcoxon.count == 4)
    for (name, expected) in golden.wilcoxon {
      let greater = GroupTest.wilcoxon(expected.x)
      #expect(greater.statistic == expected.statistic, "\(name)")
      #expect(abs(greater.p - expected.greater) < 1e-12, "\(name)")
      #expect(abs(GroupTest.wilcoxon(expected.x, twoSided: true).p - expected.twoSided) < 1e-12, "\(name)")
    }
    let signs = golden.signFlip
    #expect(abs(GroupTest.signFlip(signs.x).p - signs.greater) < 1e-15)
    #expect(abs(GroupTest.signFlip(signs.x, twoSided: true).p - signs.twoSided) < 1e-15)
  }
}
