import AudioModels
import Diagnostics
import Foundation
import LinearAlgebra
import SignalProcessing
import Statistics
import TensorFiles
import Testing

/// The untrained network: against NumPy, by what must not matter, and by what its layers share.
@Suite struct SimnetTests {
  private struct Expected: Decodable {
    struct Row: Decodable {
      let row: Int
      let values: [[Float]]
    }
    let weights_sha256: String
    let rows: [Row]
  }

  private static let path = ExampleFixtures.path("simnet/seed7.simnet")

  /// Noise that is louder and softer by half seconds, as simnet.py has it.
  private static func sound(_ seconds: Int) -> [Float] {
    let levels = ExampleFixtures.hashed(2, 2 * seconds)
    return ExampleFixtures.hashed(1, seconds * 16_000).enumerated().map { $1 * abs(levels[$0 / 8000]) }
  }

  @Test("weights have the hash and layers the numbers that NumPy gives")
  func reference() throws {
    let file = try Data(contentsOf: URL(fileURLWithPath: ExampleFixtures.path("simnet/expected.json")))
    let expected = try JSONDecoder().decode(Expected.self, from: file)
    let model = try ModelFamilies.open(ModelFiles(Self.path))
    #expect(model.weightsSHA256 == expected.weights_sha256 && model.family == "simnet")
    #expect(model.layers.map(\.key) == (1...12).map { "hs.\($0)" } && model.layers.allSatisfy { $0.dimension == 12 })
    let rows = try ExampleFixtures.extract(model, Self.sound(6))
    for row in expected.rows {
      for (layer, values) in row.values.enumerated() {
        let found = try #require(rows["hs.\(layer + 1)"])[12 * row.row..<12 * (row.row + 1)]
        #expect(zip(found, values).allSatisfy { abs($0 - $1) < 2e-4 }, "row \(row.row) of hs.\(layer + 1)")
      }
    }
  }

  @Test("chunks do not matter, half a second of silence before the sound moves the rows by one")
  func shifts() throws {
    let model = try ModelFamilies.open(ModelFiles(Self.path))
    let sound = Self.sound(8)
    let rows = try ExampleFixtures.extract(model, sound, ["hs.1", "hs.12"])
    let small = Chunking(coreFrames: 3, contextFrames: 0)
    #expect(try ExampleFixtures.extract(model, sound, ["hs.1", "hs.12"], chunking: small) == rows)
    let later = try ExampleFixtures.extract(model, [Float](repeating: 0, count: 8000) + sound, ["hs.1", "hs.12"])
    for (key, values) in rows { #expect(Array(try #require(later[key]).dropFirst(12)) == values) }
    #expect(try #require(rows["hs.12"]).count == 16 * 12)
  }

  @Test("neighbours share less than a mean canonical correlation of .9, and something; far layers share less")
  func layersDiffer() throws {
    let model = try ModelFamilies.open(ModelFiles(Self.path))
    let seconds = 120
    let rows = try ExampleFixtures.extract(model, Self.sound(seconds), rate: .perSecond)
    let white = try (1...12).map { layer in
      let values = try #require(rows["hs.\(layer)"]).map(Double.init)
      let matrix = Matrix(rows: seconds, columns: 12, values: values)
      return try #require(PrincipalComponents(matrix, count: 12)).scores(matrix, unitVariance: true)
    }
    // The mean square of canonical correlations, whose root is no smaller than their mean.
    func shared(_ a: Matrix, _ b: Matrix) -> Double {
      var sum = 0.0
      for i in 0..<12 {
        for j in 0..<12 {
          let product = (0..<seconds).reduce(0.0) { $0 + a[$1, i] * b[$1, j] } / Double(seconds)
          sum += product * product
        }
      }
      return (sum / 12).squareRoot()
    }
    let neighbours = (0..<11).map { shared(white[$0], white[$0 + 1]) }
    let far = (0..<6).map { shared(white[$0], white[$0 + 6]) }
    #expect(neighbours.allSatisfy { $0 < 0.9 }, "\(neighbours)")
    let (near, distant): (Double, Double) = (neighbours.reduce(0, +) / 11, far.reduce(0, +) / 6)
    #expect(near > distant + 0.05, "\(neighbours) \(far)")
  }

  @Test(
    "another seed is another network, and a file that says something else is refused",
    arguments: [
      "{}", "{\"schema\":\"evoke.simnet/1\",\"seed\":-1}", "{\"schema\":\"evoke.simnet/2\",\"seed\":7}", "seed: 7",
    ])
  func files(text: String) throws {
    let folder = try ExampleFixtures.temporary()
    defer { try? FileManager.default.removeItem(atPath: folder) }
    let place = ModelFiles(folder + "/other.simnet")
    try text.write(toFile: place.path, atomically: true, encoding: .utf8)
    #expect(EncoderFixtures.error { _ = try ModelFamilies.open(place) }?.code == .modelConfigurationBad)
    try SimnetFile(seed: 8).text.write(toFile: place.path, atomically: true, encoding: .utf8)
    let (own, other) = (try ModelFamilies.open(ModelFiles(Self.path)), try ModelFamilies.open(place))
    #expect(own.weightsSHA256 != other.weightsSHA256)
    #expect(try String(contentsOfFile: Self.path, encoding: .utf8) == SimnetFile(seed: 7).text)
  }
}
