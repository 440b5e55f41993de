import Foundation
import IntersubjectCorrelation
import Statistics
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

func testNumbers(_ seed: UInt64, _ subject: Int = 0, _ draw: Int = 0) -> RandomStream {
  RandomStream(seed: seed, purpose: "test", key: "\(subject)", draw: draw)
}

/// White series `sqrt(rho) shared + sqrt(1 - rho) own`, `[subject][samples * regions]`.
func equicorrelated(_ rho: Float, subjects: Int, samples: Int, regions: Int, seed: UInt64) -> [[Float]] {
  var numbers = testNumbers(seed)
  let shared = (0..<samples * regions).map { _ in Float(numbers.normal()) }
  return (0..<subjects).map { _ in
    shared.map { rho.squareRoot() * $0 + (1 - rho).squareRoot() * Float(numbers.normal()) }
  }
}

func largestDifference(_ a: [Double], _ b: [Double]) -> Double {
  guard a.count == b.count else { return .infinity }
  return zip(a, b).map { $0.isNaN && $1.isNaN ? 0 : $0.isNaN != $1.isNaN ? .infinity : abs($0 - $1) }.max() ?? 0
}
