import Foundation
import IntersubjectCorrelation
import Testing

/// Reference arrays beside the script that made them, and series made from a seed.
enum Fixture {
  static let (subjects, samples, regions) = (6, 120, 11)
  static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "Fixtures/synchrony")

  static func series(_ name: String, rateHz: Double) throws -> SubjectSeries {
    let data = try Data(contentsOf: folder.appending(path: name))
    let values = data.withUnsafeBytes { Array($0.bindMemory(to: Float.self)) }
    let size = samples * regions
    return try SubjectSeries(
      (0..<subjects).map { Array(values[$0 * size..<($0 + 1) * size]) }, regionCount: regions, rateHz: rateHz)
  }

  static func reference(_ name: String) throws -> [Double] {
    let text = try String(contentsOf: folder.appending(path: "reference.txt"), encoding: .utf8)
    let line = try #require(text.split(separator: "\n").first { $0.hasPrefix(name + " ") })
    let values = try #require(line.split(separator: ":").last)
    return values.split(separator: " ").compactMap { Double($0) }
  }
}

/// SplitMix64: test data only.
struct TestNumbers: RandomNumberGenerator {
  var state: UInt64
  init(_ seed: UInt64, _ subject: Int = 0, _ draw: Int = 0) {
    state = seed &* 0x9E37_79B9_7F4A_7C15 ^ (UInt64(subject) << 40) ^ (UInt64(draw) << 8)
    _ = next()
  }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  mutating func normal() -> Float {
    let (u, v) = (Double.random(in: 1e-12..<1, using: &self), Double.random(in: 0..<1, using: &self))
    return Float((-2 * log(u)).squareRoot() * cos(2 * .pi * v))
  }
}

/// White series `sqrt(rho) shared + sqrt(1 - rho) own`, `[subject][samples * regions]`.
func equicorrelated(_ rho: Float, subjects: Int, samples: Int, regions: Int, seed: UInt64) -> [[Float]] {
  var numbers = TestNumbers(seed)
  let shared = (0..<samples * regions).map { _ in numbers.normal() }
  return (0..<subjects).map { _ in
    shared.map { rho.squareRoot() * $0 + (1 - rho).squareRoot() * numbers.normal() }
  }
}

func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).map { $0.isNaN && $1.isNaN ? 0 : $0.isNaN != $1.isNaN ? .infinity : abs($0 - $1) }.max() ?? 0
}
