import AudioModels
import Diagnostics
import Foundation
import LinearAlgebra
import SignalProcessing
import TensorFiles
import Vocabulary

/// Where the fixtures are, and small helpers every suite uses.
enum EncoderFixtures {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures")
  static func encoder(_ name: String) -> String { folder.appendingPathComponent("encoders/\(name)").path }
  static let trained = folder.appendingPathComponent("weights/hubert-tiny-speech").path

  /// The fixture sound: 16-bit mono behind a 44-byte header.
  static func sound() throws -> [Float] {
    let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent("encoders/ref_3p1s_16k.wav"))).dropFirst(44)
    let data = Array(bytes)
    return (0..<data.count / 2).map {
      Float(Int16(bitPattern: UInt16(data[2 * $0]) | UInt16(data[2 * $0 + 1]) << 8)) / 32768
    }
  }

  /// A minute of speech: the recording of Fixtures/audio forwards and backwards at several speeds.
  static func speech() throws -> [Float] {
    let bytes = [UInt8](try Data(contentsOf: folder.appendingPathComponent("audio/jfk.wav"))).dropFirst(44)
    let data = Array(bytes)
    let sound = (0..<data.count / 2).map {
      Float(Int16(bitPattern: UInt16(data[2 * $0]) | UInt16(data[2 * $0 + 1]) << 8)) / 32768
    }
    return [1.0, -1, 0.7, -0.8, 1.2, -1.3].flatMap { speed in
      (0..<Int(Double(sound.count - 1) / abs(speed))).map { i in
        let at = Int(Double(i) * abs(speed))
        return sound[speed > 0 ? at : sound.count - 1 - at]
      }
    }
  }

  /// Noise whose loudness changes over seconds, so that chunks differ.
  static func noise(seconds: Double, seed: UInt64 = 1) -> [Float] {
    var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
    return (0..<Int(seconds * 16_000)).map { i in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      let uniform = Float(state >> 40) / Float(1 << 23) - 1
      return uniform * (0.3 + 0.25 * Float(sin(Double(i) / 16_000 * 1.7)))
    }
  }

  /// All rows of the named layers, concatenated in the order they arrive; rows out of order trap.
  static func extract(
    _ encoder: SpeechEncoder, _ sound: [Float], _ layers: [String], rate: FeatureRate = .native,
    chunking: Chunking = .whole
  ) throws -> [String: [Float]] {
    var rows: [String: [Float]] = [:]
    try encoder.extract(
      from: ArraySampleSource(sound, rateHz: Double(encoder.inputRateHz)), layers: layers, rate: rate,
      chunking: chunking
    ) { layer, first, values in
      let width = try encoder.layer(layer).dimension
      precondition(rows[layer, default: []].count == first * width, "rows out of order")
      rows[layer, default: []] += values
    }
    return rows
  }

  static func largestDifference(_ a: [Float], _ b: [Float]) -> Float {
    guard a.count == b.count else { return .infinity }
    return zip(a, b).reduce(0) { $1.0.isFinite && $1.1.isFinite ? max($0, abs($1.0 - $1.1)) : .infinity }
  }

  /// A copy of a fixture encoder in a new temporary folder.
  static func copy(_ name: String) throws -> String {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("encoder-" + UUID().uuidString).path
    try FileManager.default.copyItem(atPath: encoder(name), toPath: path)
    return path
  }

  static func rewrite(_ path: String, _ change: (String) -> String) throws {
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try change(text).write(toFile: path, atomically: true, encoding: .utf8)
  }

  /// The error a body throws, if it is Evoke's.
  static func error(_ body: () throws -> Void) -> EvokeError? {
    do { try body() } catch let error as EvokeError { return error } catch { return nil }
    return nil
  }
}

/// A tensor to be written by a test.
struct RawTensor {
  var name: String
  var dtype: String
  var shape: [Int]
  var bytes: [UInt8]

  /// The tensors of a file, bytes included.
  static func read(_ path: String) throws -> [RawTensor] {
    let data = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
    return try TensorFile(path: path).tensors.map {
      RawTensor(name: $0.name, dtype: $0.dtype, shape: $0.shape, bytes: Array(data[$0.bytes]))
    }
  }

  /// Writes a valid safetensors file.
  static func write(_ tensors: [RawTensor], to path: String) throws {
    var entries: [String] = []
    var at = 0
    for tensor in tensors {
      entries.append(
        "\"\(tensor.name)\":{\"dtype\":\"\(tensor.dtype)\",\"shape\":\(tensor.shape),"
          + "\"data_offsets\":[\(at),\(at + tensor.bytes.count)]}")
      at += tensor.bytes.count
    }
    try writeRaw(header: "{" + entries.joined(separator: ",") + "}", data: tensors.flatMap(\.bytes), to: path)
  }

  static func writeRaw(header: String, data: [UInt8], to path: String) throws {
    let text = Array(header.utf8)
    let length = (0..<8).map { UInt8(truncatingIfNeeded: text.count >> (8 * $0)) }
    try Data(length + text + data).write(to: URL(fileURLWithPath: path))
  }
}

extension SpeechEncoder {
  convenience init(folder: String, precision: Precision = .float32) throws {
    try self.init(ModelFiles(folder), precision: precision)
  }
}

extension ModelFamilies {
  static func open(_ path: String, precision: Precision = .float32) throws -> any AudioModel {
    try open(ModelFiles(path), precision: precision)
  }

  static func recognising(_ path: String) -> (any ModelFamily)? { recognising(ModelFiles(path)) }
}

extension WeightsFamily {
  func recognises(_ path: String) -> Bool { recognises(ModelFiles(path)) }
  func inspect(_ path: String) throws -> ModelInspection { try inspect(ModelFiles(path)) }
}
