import LinearAlgebra
import Statistics
import Testing

@Suite struct NoiseCeilingTests {
  @Test("halves are disjoint and of one size, and the same for the same seed, key and split")
  func halves() {
    for count in 2...9 {
      let (first, second) = NoiseCeiling.randomHalves(of: count, split: 3, seed: 5)
      #expect(first.count == count / 2 && second.count == count / 2 && Set(first + second).count == 2 * (count / 2))
      let again = NoiseCeiling.randomHalves(of: count, split: 3, seed: 5)
      #expect(again.first == first && again.second == second)
    }
    let splits = (0..<20).map { NoiseCeiling.randomHalves(of: 8, split: $0, seed: 5).first }
    #expect(Set(splits.map { Set($0) }).count > 10)
  }

  @Test("means leave out what is missing")
  func parts() {
    func column(_ values: [Double]) -> Matrix { Matrix(rows: 3, columns: 1, values: values) }
    let mean = NoiseCeiling.mean([column([1, 2, .nan]), nil, column([3, .nan, .nan])])
    #expect(mean?.values[0] == 2 && mean?.values[1] == 2 && mean?.values[2].isNaN == true)
    #expect(NoiseCeiling.mean([nil, nil]) == nil)
  }

  @Test("r is divided by the ceiling, variance by its square, and neither where the ceiling is low or unknown")
  func normalised() {
    #expect(NoiseCeiling.normalised(0.3, ceiling: 0.5) == 0.6)
    #expect(abs(NoiseCeiling.normalisedVariance(0.09, ceiling: 0.5) - 0.36) < 1e-15)
    for ceiling in [0.29, 0, .nan] {
      #expect(NoiseCeiling.normalised(0.3, ceiling: ceiling).isNaN)
      #expect(NoiseCeiling.normalisedVariance(0.3, ceiling: ceiling).isNaN)
    }
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
}
