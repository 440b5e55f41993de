import EncodingModels
import Statistics
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Correlations without the course that any two series of a stimulus can share.
@Suite struct CourseFreeTests {
  private static func noise(_ count: Int, _ stream: inout RandomStream) -> [Double] {
    (0..<count).map { _ in stream.normal() }
  }

  private static func slow(_ count: Int, _ memory: Double, _ stream: inout RandomStream) -> [Double] {
    var level = 0.0
    return (0..<count).map { _ in
      level = memory * level + (1 - memory * memory).squareRoot() * stream.normal()
      return level
    }
  }

  private static func correlation(_ x: [Double], _ y: [Double], draws: Int = 39, seed: Int = 0) -> CourseFreeCorrelation
  {
    CourseFreeCorrelation(x, y, dt: 1, draws: draws) {
      RandomStream(seed: 7, purpose: "test", key: "\(seed)", draw: $0)
    }
  }

  @Test func aCourseSlowerThanFortySecondsTellsNothing() {
    var stream = RandomStream(seed: 1, purpose: "course", key: "a", draw: 0)
    let (x, y) = (Self.slow(240, 0.8, &stream), Self.slow(240, 0.8, &stream))
    let plain = Self.correlation(x, y)
    func moved(_ series: [Double], _ size: Double) -> [Double] {
      series.enumerated().map { row, value in
        3 * value + size * cos(Double.pi * 5 * (Double(row) + 0.5) / 240) + size * exp(-(Double(row) + 0.5) / 10) - 2
      }
    }
    let shared = Self.correlation(moved(x, 20), moved(y, 30))
    #expect(abs(shared.r - plain.r) < 1e-9 && abs(shared.plain - plain.plain) > 0.3)
    #expect(zip(shared.draws, plain.draws).allSatisfy { abs($0 - $1) < 1e-9 })
  }

  @Test func missingRowsAndWhatStandsInThemTellNothing() {
    var stream = RandomStream(seed: 2, purpose: "course", key: "a", draw: 0)
    var (x, y) = (Self.slow(200, 0.8, &stream), Self.slow(200, 0.8, &stream))
    for row in 60..<70 { x[row] = .nan }
    let first = Self.correlation(x, y)
    for row in 60..<70 { y[row] = 1e6 }
    let second = Self.correlation(x, y)
    #expect(first.count == 190 && first.r == second.r && first.draws == second.draws)
    #expect(Self.correlation(x, [Double](repeating: 4, count: 200)).r.isNaN)
    #expect(Self.correlation(Array(x[..<2]), Array(y[..<2])).r.isNaN)
  }

  @Test func theSmootherOfBothSeriesTellsTheMemory() {
    var stream = RandomStream(seed: 5, purpose: "course", key: "a", draw: 0)
    let smooth = (0..<400).map { sin(2 * Double.pi * Double($0) / 60) + 0.01 * stream.normal() }
    let rough = Self.noise(400, &stream)
    func tested(_ x: [Double], _ y: [Double]) -> CourseFreeCorrelation {
      CourseFreeCorrelation(x, y, dt: 0.5, draws: 0) { RandomStream(seed: 7, purpose: "test", draw: $0) }
    }
    let (one, other) = (tested(smooth, rough), tested(rough, smooth))
    #expect(one.lag1 > 0.98 && one.lag1 == other.lag1 && one.r == other.r)
    #expect(tested(rough, Self.noise(400, &stream)).lag1 < 0.3)
  }

  /// Independent walks and a shared sigmoid: both agree by their courses alone. Bounds: .05 and .95 with 3.1 standard errors.
  @Test func coursesAreNoAgreementAndIntervalsCover() {
    var (found, missed) = (0, 0)
    let runs = 120
    for run in 0..<runs {
      var stream = RandomStream(seed: 3, purpose: "course", key: "\(run)", draw: 0)
      let step = (0..<200).map { 5 / (1 + exp(-(Double($0) - 100) / 20)) }
      var (x, y) = (Self.slow(200, 0.8, &stream), Self.slow(200, 0.8, &stream))
      if run % 2 == 0 {
        x = zip(x, step).map { $0 + $1 }
        y = zip(y, step).map { $0 + $1 }
      } else {
        for row in 1..<200 {
          x[row] = x[row - 1] + stream.normal()
          y[row] = y[row - 1] + stream.normal()
        }
      }
      let tested = Self.correlation(x, y, seed: run)
      if let p = tested.null?.p, p <= 0.05 { found += 1 }
      if let interval = tested.interval, !interval.contains(0) { missed += 1 }
    }
    let most = Double(runs) * 0.05 + 3.1 * (Double(runs) * 0.05 * 0.95).squareRoot()
    #expect(Double(found) <= most && Double(missed) <= most, "\(found) \(missed)")
  }

  @Test func plantedAgreementIsFoundWithItsSizeInTheInterval() {
    var stream = RandomStream(seed: 4, purpose: "course", key: "a", draw: 0)
    let common = Self.slow(600, 0.8, &stream)
    func half() -> [Double] { zip(common, Self.slow(600, 0.8, &stream)).map { ($0 + $1) / 2.0.squareRoot() } }
    let tested = Self.correlation(half(), half(), draws: 99)
    #expect(tested.null?.p == 0.01 && tested.interval?.contains(0.5) == true, "\(tested.r)")
    #expect(tested.effectiveCount > 50 && tested.effectiveCount < 600)
  }
}
