import AudioModels
import Diagnostics
import Foundation
import LinearAlgebra
import NeuralLayers
import Statistics
import Testing

/// Products in bfloat16: where the processor has them, exactly what rounding the inputs gives; elsewhere refused.
@Suite struct PrecisionTests {
  static let isAvailable = MatrixUnits.refusal == nil

  private func values(_ count: Int, seed: UInt64) -> [Float] {
    var state = seed
    return (0..<count).map { _ in
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return Float(state >> 40) / Float(1 << 23) - 1
    }
  }

  /// The nearest bfloat16, ties to even.
  private func rounded(_ value: Float) -> Double {
    let bits = value.bitPattern
    return Double(Float(bitPattern: (bits &+ 0x7fff &+ (bits >> 16 & 1)) & 0xffff_0000))
  }

  @Test("a machine without bfloat16 products refuses them with the reason, one with them names oneDNN")
  func availability() throws {
    if let reason = MatrixUnits.refusal {
      let error = EncoderFixtures.error {
        _ = try SpeechEncoder(folder: EncoderFixtures.encoder("w2v2-tiny-random"), precision: .bfloat16)
      }
      #expect(error?.code == .precisionUnavailable && error?.reason == reason && MatrixUnits.name == nil)
    } else {
      #expect(MatrixUnits.name?.hasPrefix("oneDNN ") == true)
    }
    let openL3 = EncoderFixtures.folder.appendingPathComponent("pytorch/views.pth").path
    #expect(EncoderFixtures.error { _ = try ModelFamilies.open(openL3, precision: .bfloat16) } != nil)
  }

  @Test(
    "products equal float64 sums of rounded inputs, for overlapping rows, any shape and any number of lanes",
    .enabled(if: isAvailable), arguments: [(1, 24, 30), (37, 100, 72), (300, 96, 256)])
  func products(rows: Int, outputs: Int, inner: Int) {
    let weights = values(outputs * inner, seed: 1)
    let step = inner / 2
    let x = values(3 + (rows - 1) * step + inner, seed: 2)
    let matrix = BrainMatrix(weights, outputs: outputs, inner: inner)
    for lanes in [1, 3] {
      var y = [Float](repeating: .nan, count: 5 + rows * (outputs + 2))
      Lanes.sharing(among: lanes) {
        matrix.multiply(
          x, SingleView(offset: 3, stride: step), rows: rows, into: &y, SingleView(offset: 5, stride: outputs + 2))
      }
      for r in [0, rows / 2, rows - 1] {
        for o in 0..<outputs {
          let sum = (0..<inner).reduce(0.0) { $0 + rounded(x[3 + r * step + $1]) * rounded(weights[o * inner + $1]) }
          // float32 sums of at most 256 products below one
          #expect(abs(Double(y[5 + r * (outputs + 2) + o]) - sum) < 1e-4, "row \(r), output \(o)")
        }
      }
      #expect(y[0..<5].allSatisfy(\.isNaN) && y[5 + outputs].isNaN, "nothing is written beside the result")
    }
  }

  @Test(
    "every layer stays near float32 and is not float32, for every family", .enabled(if: isAvailable),
    arguments: ["w2v2-large-tiny-random", "hubert-batchnorm-tiny-random", "wavlm-tiny-random"])
  func layers(name: String) throws {
    let sound = try EncoderFixtures.sound()
    let full = try SpeechEncoder(folder: EncoderFixtures.encoder(name))
    let brain = try SpeechEncoder(folder: EncoderFixtures.encoder(name), precision: .bfloat16)
    #expect(full.precision == .float32 && brain.weightsSHA256 == full.weightsSHA256)
    let keys = full.layers.map(\.key)
    let a = try EncoderFixtures.extract(full, sound, keys)
    let b = try EncoderFixtures.extract(brain, sound, keys)
    for key in keys {
      let (x, y) = (a[key, default: []], b[key, default: []])
      var (xy, xx, yy) = (0.0, 0.0, 0.0)
      for (x, y) in zip(x, y) {
        xy += Double(x) * Double(y)
        xx += Double(x) * Double(x)
        yy += Double(y) * Double(y)
      }
      #expect(xy / (xx * yy).squareRoot() > 0.995, "\(key)")
      #expect((x == y) == (key == "conv.0"), "\(key)")
    }
  }

  @Test(
    "scores of the first twelve principal components per second change by r >= .9995 in a trained encoder",
    .enabled(if: isAvailable))
  func componentScores() throws {
    let sound = try EncoderFixtures.speech()
    let full = try SpeechEncoder(folder: EncoderFixtures.trained)
    let brain = try SpeechEncoder(folder: EncoderFixtures.trained, precision: .bfloat16)
    let keys = full.layers.map(\.key).filter { $0.hasPrefix("hs") }
    let a = try EncoderFixtures.extract(full, sound, keys, rate: .perSecond, chunking: .standard)
    let b = try EncoderFixtures.extract(brain, sound, keys, rate: .perSecond, chunking: .standard)
    for key in keys {
      let width = try full.layer(key).dimension
      func matrix(_ rows: [Float]) -> Matrix {
        Matrix(rows: rows.count / width, columns: width, values: rows.map(Double.init))
      }
      let (x, y) = (matrix(a[key, default: []]), matrix(b[key, default: []]))
      let components = try #require(PrincipalComponents(x, count: 12))
      let (one, other) = (components.scores(x), components.scores(y))
      for c in 0..<12 {
        let r = correlation((0..<x.rows).map { one[$0, c] }, (0..<x.rows).map { other[$0, c] })
        #expect(r >= 0.9995, "\(key), component \(c): \(r)")
      }
    }
  }

  private func correlation(_ a: [Double], _ b: [Double]) -> Double {
    let n = Double(a.count)
    let (ma, mb) = (a.reduce(0, +) / n, b.reduce(0, +) / n)
    var (ab, aa, bb) = (0.0, 0.0, 0.0)
    for (x, y) in zip(a, b) {
      ab += (x - ma) * (y - mb)
      aa += (x - ma) * (x - ma)
      bb += (y - mb) * (y - mb)
    }
    return ab / (aa * bb).squareRoot()
  }
}
