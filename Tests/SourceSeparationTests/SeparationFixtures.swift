import Diagnostics
import Foundation
import HDF5File
import SignalProcessing
import SourceSeparation
import TensorFiles

/// The small checkpoint, the sound its reference was made from, and helpers.
enum SeparationFixtures {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures/separation").path
  static let tiny = folder + "/spleeter-tiny"
  static let published = folder + "/spleeter-published"
  /// Samples of the reference's sound.
  static let count = 573_331

  static func separator() throws -> Separator { Separator(weights: try SeparationWeights(folder: tiny)) }

  /// The sound of `make_separation_reference.py`: integers, so that it is the same everywhere.
  static let sound: StereoPiece = {
    var state: UInt64 = 1
    var (left, right): ([Float], [Float]) = ([], [])
    for i in 0..<2 * count {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let value = Int(state >> 40 & 0xffff) - 32_768
      let sample = Float(value) / 32_768 * Float(i / 2 / 4_410 % 7 + 1) / 16
      if i % 2 == 0 { left.append(sample) } else { right.append(sample) }
    }
    return StereoPiece(left: left, right: right)
  }()

  /// The first samples of it.
  static func sound(_ count: Int) -> StereoPiece {
    StereoPiece(left: Array(sound.left[0..<count]), right: Array(sound.right[0..<count]))
  }

  static func separate(
    _ x: StereoPiece, by separator: Separator, extension: MaskExtension = .zeros
  ) throws -> (voice: StereoPiece, soundtrack: StereoPiece) {
    var out = (StereoPiece(left: [], right: []), StereoPiece(left: [], right: []))
    let source = ArrayStereoSource(left: x.left, right: x.right, rateHz: 44_100)
    try separator.separate(source, extension: `extension`) { voice, soundtrack in
      out.0.left += voice.left
      out.0.right += voice.right
      out.1.left += soundtrack.left
      out.1.right += soundtrack.right
    }
    return out
  }

  /// Ratio of energies of reference and difference in dB.
  static func signalToNoise(_ found: [Float], _ expected: [Float]) -> Double {
    var (signal, noise) = (0.0, 0.0)
    for (a, b) in zip(found, expected) {
      signal += Double(b) * Double(b)
      noise += Double(a - b) * Double(a - b)
    }
    return 10 * log10(signal / max(noise, 1e-300))
  }

  static func error(_ body: () throws -> Void) -> EvokeError? {
    do { try body() } catch { return error as? EvokeError }
    return nil
  }

  /// A folder that is removed after `body`.
  static func inFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("separation-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try body(path)
  }

  /// A safetensors file of float32 tensors.
  static func writeSafetensors(_ tensors: [(name: String, shape: [Int], values: [Float])], to path: String) throws {
    var entries: [String] = []
    var data = Data()
    for tensor in tensors {
      let start = data.count
      for value in tensor.values {
        unsafe withUnsafeBytes(of: value.bitPattern.littleEndian) { unsafe data.append(contentsOf: $0) }
      }
      entries.append(
        "\"\(tensor.name)\":{\"dtype\":\"F32\",\"shape\":\(tensor.shape),\"data_offsets\":[\(start),\(data.count)]}")
    }
    let header = Data("{\(entries.joined(separator: ","))}".utf8)
    var file = Data((0..<8).map { UInt8(truncatingIfNeeded: header.count >> (8 * $0)) })
    file.append(header)
    file.append(data)
    try file.write(to: URL(fileURLWithPath: path))
  }
}

extension SeparationWeights {
  init(folder: String) throws { try self.init(ModelFiles(folder)) }
  static func isSeparation(folder: String) -> Bool { isSeparation(ModelFiles(folder)) }
}
