import Diagnostics
import Foundation
import IntersubjectCorrelation
import LinearAlgebra
import Testing

private let (subjects, samples, channels) = (5, 400, 6)

private func reference(_ name: String) throws -> [Double] {
  let url = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/haemodynamics/reference.json")
  let all = try JSONDecoder().decode([String: [Double]].self, from: Data(contentsOf: url))
  return try #require(all[name])
}

private func series() throws -> [[Double]] {
  let values = try reference("corrca-x")
  let size = samples * channels
  return (0..<subjects).map { Array(values[($0 * size)..<(($0 + 1) * size)]) }
}

private func code(_ body: () throws -> Void) -> ErrorCode? {
  do { try body() } catch { return (error as? EvokeError)?.code }
  return nil
}

/// Uniform numbers of a linear congruence, enough for data without structure.
private func noise(_ count: Int, seed: UInt64) -> [Double] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / 0x1p53 - 0.5
  }
}

@Suite struct CorrelatedComponentsTests {
  @Test("Components, patterns and correlations of subjects are those of isceeg")
  func isceeg() throws {
    let components = try correlatedComponents(series(), channelCount: channels)
    #expect(largestDifference(components.eigenvalues, try reference("corrca-values")) < 1e-10)
    #expect(largestDifference(components.weights.values, try reference("corrca-w")) < 1e-10)
    #expect(largestDifference(components.patterns.values, try reference("corrca-a")) < 1e-10)
    #expect(largestDifference(components.subjects.values, try reference("corrca-subjects")) < 1e-10)
  }

  @Test("Windows with fixed weights are those of isceeg; one window over all is the static result")
  func windows() throws {
    let series = try series()
    let components = try correlatedComponents(series, channelCount: channels, shrinkage: 0)
    let whole = try componentCorrelations(series, components: components, windows: [0..<samples])
    #expect(largestDifference(whole, components.eigenvalues) < 1e-10)
    let shrunk = try correlatedComponents(series, channelCount: channels)
    let ranges = stride(from: 0, through: 350, by: 25).map { $0..<($0 + 50) }
    let windows = try componentCorrelations(series, components: shrunk, windows: ranges)
    #expect(largestDifference(windows, try reference("corrca-windows")) < 1e-10)
  }

  @Test("Identical subjects correlate perfectly in every component")
  func identical() throws {
    let one = noise(300 * 4, seed: 1)
    let components = try correlatedComponents([one, one, one], channelCount: 4, shrinkage: 0)
    #expect(components.eigenvalues.allSatisfy { abs($0 - 1) < 1e-10 })
    #expect(components.subjects.values.allSatisfy { abs($0 - 1) < 1e-10 })
  }

  @Test("Eigenvalues lie in [-1/(N-1), 1], and offsets and units of channels do not change them")
  func bounds() throws {
    let series = (0..<4).map { noise(200 * 5, seed: UInt64($0 + 7)) }
    let components = try correlatedComponents(series, channelCount: 5, shrinkage: 0)
    #expect(components.eigenvalues.allSatisfy { $0 >= -1.0 / 3 - 1e-12 && $0 <= 1 + 1e-12 })
    #expect(components.eigenvalues == components.eigenvalues.sorted(by: >))
    let scaled = series.map { $0.enumerated().map { $1 * Double(1 + $0 % 5) * 10 + Double($0 % 5) } }
    let other = try correlatedComponents(scaled, channelCount: 5, shrinkage: 0)
    #expect(largestDifference(other.eigenvalues, components.eigenvalues) < 1e-10)
  }

  @Test("A source shared by all subjects is the first component's, with its own pattern")
  func recovery() throws {
    let shared = noise(2_000, seed: 99)
    let pattern = [1.0, -0.5, 0.25, 0]
    let series = (0..<6).map { subject in
      let own = noise(2_000 * 4, seed: UInt64(subject + 20))
      return own.indices.map { own[$0] + pattern[$0 % 4] * shared[$0 / 4] }
    }
    let components = try correlatedComponents(series, channelCount: 4)
    let found = components.patterns.column(0)
    let product = zip(found, pattern).reduce(0) { $0 + $1.0 * $1.1 }
    let lengths = (found.reduce(0) { $0 + $1 * $1 } * pattern.reduce(0) { $0 + $1 * $1 }).squareRoot()
    #expect(product / lengths > 0.99)
    // Signal 1.3125 against noise 1 in the direction of the pattern; others have none.
    #expect(components.subjects.values.prefix(6).allSatisfy { abs($0 - 1.3125 / 2.3125) < 0.06 })
    #expect(components.eigenvalues.dropFirst().allSatisfy { abs($0) < 0.05 })
  }

  @Test("What has no components is refused")
  func refused() throws {
    let one = noise(40, seed: 3)
    #expect(code { _ = try correlatedComponents([one], channelCount: 4) } == .tooFewSubjects)
    #expect(code { _ = try correlatedComponents([one, Array(one.dropLast(4))], channelCount: 4) } == .unequalSeries)
    #expect(code { _ = try correlatedComponents([[1, 2], [1, 3]], channelCount: 1) } == .windowTooShort)
    var gap = one
    gap[5] = .nan
    #expect(code { _ = try correlatedComponents([one, gap], channelCount: 4) } == .componentsUndefined)
    let flat = [Double](repeating: 1, count: 40)
    #expect(code { _ = try correlatedComponents([flat, flat], channelCount: 4) } == .componentsUndefined)
    let twin = one.indices.map { one[$0 / 2 * 2] }
    #expect(code { _ = try correlatedComponents([twin, twin], channelCount: 2, shrinkage: 0) } == .componentsUndefined)
  }
}
