import AudioFeatures
import Foundation
import MediaSources
import SignalProcessing

/// A file of the fixtures of sound.
func soundFixture(_ name: String) -> String {
  URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/audio/\(name)").path
}

/// Columns of a CSV with a header; what is no number is NaN.
func table(_ name: String) throws -> [String: [Double]] {
  let lines = try String(contentsOfFile: soundFixture(name), encoding: .utf8).split(separator: "\n")
  let header = lines[0].split(separator: ",").map(String.init)
  let rows = lines.dropFirst().map { $0.split(separator: ",").map { Double($0) ?? .nan } }
  return Dictionary(uniqueKeysWithValues: header.enumerated().map { i, name in (name, rows.map { $0[i] }) })
}

func source(_ x: [Double]) -> ArraySampleSource { ArraySampleSource(x.map(Float.init), rateHz: 16_000) }

/// The samples of a fixture.
func recording(_ name: String) throws -> [Double] {
  let sound = try WaveformSource(path: soundFixture(name))
  return try sound.samples(0..<sound.sampleCount).map(Double.init)
}

func sine(_ hz: Double, seconds: Double, amplitude: Double = 0.5) -> [Double] {
  (0..<Int(16_000 * seconds)).map { amplitude * sin(2 * Double.pi * hz * Double($0) / 16_000) }
}

/// Uniform numbers in [0, 1), reproducible.
struct Uniform {
  private var state: UInt64
  init(seed: UInt64) { state = seed }
  mutating func next() -> Double {
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(state >> 11) / Double(UInt64(1) << 53)
  }
}

/// Gaussian noise of standard deviation 0.1 by sums of twelve uniforms, reproducible.
func gaussianNoise(_ count: Int, seed: UInt64 = 7) -> [Double] {
  var uniform = Uniform(seed: seed)
  return (0..<count).map { _ in (0..<12).reduce(-6.0) { sum, _ in sum + uniform.next() } * 0.1 }
}

extension DescriptorRows {
  /// One column of a set's rows.
  func column(_ name: String, of set: DescriptorSet) -> [Float] {
    guard let at = set.columns.firstIndex(where: { $0.name == name }) else { return [] }
    return stride(from: at, to: values.count, by: set.columns.count).map { values[$0] }
  }
}
