import EncodingModels
import Foundation
import LinearAlgebra
import Testing
import Vocabulary

/// Values made by himalaya (Tests/Fixtures/encoding/make_group_ridge.py).
private struct GoldenGroups: Decodable {
  struct Check: Decodable {
    let x: Double
    let y: Double
  }
  /// Per outer fold: per target, and predictions of its rows 0 and 57.
  struct Search: Decodable {
    let gamma: [Double]?
    let alpha: [[Double]]
    let r: [[Double]]
    let prediction: [[[Double]]]
  }
  let check: Check
  let alphas: [Double]
  let two: Search
  let three: [Search]

  static func load() throws -> GoldenGroups {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/encoding/group_ridge.json")
    return try JSONDecoder().decode(GoldenGroups.self, from: Data(contentsOf: file))
  }
}

/// 200 x 30 columns, z-scored in every 25 rows, and 7 targets: the arithmetic of the script.
private struct GroupData {
  var x: Matrix
  var y: Matrix
  private var state = 1

  init() {
    (x, y) = (Matrix(rows: 0, columns: 0), Matrix(rows: 0, columns: 0))
    x = uniform(200, 30)
    for block in stride(from: 0, to: 200, by: 25) {
      for j in 0..<30 {
        let values = (block..<(block + 25)).map { x[$0, j] }
        let mean = values.reduce(0, +) / 25
        let sd = (values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / 25).squareRoot()
        for row in block..<(block + 25) { x[row, j] = (x[row, j] - mean) / sd }
      }
    }
    var w = uniform(30, 7)
    for t in 0..<7 { for j in 0..<30 where j / 6 % 3 != t % 3 { w[j, t] *= 0.1 } }
    let noise = uniform(200, 7)
    y = x.multiplied(by: w)
    for i in y.values.indices { y.values[i] += 6 * noise.values[i] }
  }

  private mutating func uniform(_ rows: Int, _ columns: Int) -> Matrix {
    var u = Matrix(rows: rows, columns: columns)
    for i in u.values.indices {
      state = (state * 1_103_515_245 + 12345) % 2_147_483_648
      u.values[i] = Double(state) / 2_147_483_648 - 0.5
    }
    return u
  }

  /// Groups of so many columns each, the penalty of each being λ / share.
  func data(_ widths: [Int], shares: [Double]) -> EncodingData {
    var first = 0
    let features = widths.map { width in
      defer { first += width }
      return x.selecting(columns: Array(first..<(first + width)))
    }
    let bands = shares.enumerated().map { Band("g\($0.offset)", penalty: .selected(weight: 1 / $0.element)) }
    return EncodingData(
      bands: bands, pieces: [Piece(stimulus: "s", features: features, targets: y)], dt: 1,
      targetNames: (0..<7).map { "y\($0)" })
  }
}

/// A penalty for each group of columns, against himalaya's random search in float64.
@Suite struct GroupRidgeTests {
  private static func settings(_ golden: GoldenGroups) -> EncodingSettings {
    var settings = EncodingSettings()
    settings.lambdas = LambdaGrid(values: golden.alphas, scale: .none)
    settings.outer = .blocks(2)
    settings.inner = .blocks(4)
    settings.gap = .seconds(0)
    settings.smallFold = .keep
    return settings
  }

  private func expect(_ fit: EncodingFit, equals golden: GoldenGroups.Search) {
    for (fold, score) in fit.full.folds.enumerated() {
      #expect(largestDifference(score.lambda, golden.alpha[fold]) < 1e-5)
      #expect(largestDifference(score.r, golden.r[fold]) < 1e-8)
      for (row, expected) in zip([0, 57], golden.prediction[fold]) {
        let own = (0..<7).map { fit.full.predictions[0][100 * fold + row, $0] }
        #expect(largestDifference(own, expected) < 1e-8)
      }
    }
  }

  @Test("two groups divide the penalty as himalaya's search of the same grid does")
  func twoGroups() throws {
    let (golden, own) = (try GoldenGroups.load(), GroupData())
    #expect(abs(own.x[199, 29] - golden.check.x) < 1e-12 && abs(own.y[199, 6] - golden.check.y) < 1e-12)
    var settings = Self.settings(golden)
    settings.bandSearch = true
    expect(try EncodingModel(settings).fit(own.data([12, 18], shares: [1, 1])), equals: golden.two)
  }

  @Test("three groups at divisions drawn at random have himalaya's lambdas, scores and predictions", arguments: 0..<6)
  func threeGroups(_ draw: Int) throws {
    let golden = try GoldenGroups.load()
    let expected = golden.three[draw]
    let data = GroupData().data([6, 10, 14], shares: try #require(expected.gamma))
    expect(try EncodingModel(Self.settings(golden)).fit(data), equals: expected)
  }
}
