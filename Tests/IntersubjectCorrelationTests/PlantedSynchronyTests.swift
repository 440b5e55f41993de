import IntersubjectCorrelation
import Statistics
import Testing
import Vocabulary

/// Surrogates of subjects with nothing, or a known synchrony, in common.
@Suite struct PlantedSynchronyTests {
  private func series() throws -> SubjectSeries {
    var values = equicorrelated(0.6, subjects: 5, samples: 400, regions: 3, seed: 11)
    for i in 0..<30 { values[2][3 * (100 + i) + 1] = .nan }
    for i in 0..<400 { values[4][3 * i + 2] = 7 }
    return try SubjectSeries(values, regionCount: 3, rateHz: 1)
  }

  private func drawn(_ planted: PlantedSynchrony, _ rho: Double, _ run: Int) throws -> SubjectSeries {
    try planted.drawn(synchrony: rho) { subject in
      RandomStream(
        seed: 1, purpose: subject == nil ? "common" : "own", key: subject.map(String.init) ?? "all", draw: run)
    }
  }

  @Test(arguments: [0, 0.2, 0.7]) func twoSubjectsCorrelateByWhatIsPlanted(_ rho: Double) throws {
    let planted = try PlantedSynchrony(series())
    let found = try (0..<40).map { try staticSynchrony(drawn(planted, rho, $0)).values(.pairwise)[0] }
    let error = Moments.standardDeviation(found) / 40.0.squareRoot()
    #expect(error < 0.01)
    #expect(abs(Moments.mean(found) - rho) < 3.1 * error + 0.01)
  }

  @Test func whatIsMissingAndWhatIsConstantStaySo() throws {
    let planted = try PlantedSynchrony(series())
    let one = try drawn(planted, 0.3, 0)
    let missing = try one.read(2, 0..<400)
    #expect(missing.indices.filter { missing[$0].isNaN } == (100..<130).map { 3 * $0 + 1 })
    let constant = try one.read(4, 0..<400)
    #expect((0..<400).allSatisfy { constant[3 * $0 + 2] == 0 && constant[3 * $0] != 0 })
  }

  @Test func aDrawIsItsOwn() throws {
    let planted = try PlantedSynchrony(series())
    #expect(try drawn(planted, 0.3, 1).read(0, 0..<400) == drawn(planted, 0.3, 1).read(0, 0..<400))
    #expect(try drawn(planted, 0.3, 1).read(0, 0..<400) != drawn(planted, 0.3, 2).read(0, 0..<400))
  }
}
