import EncodingModels
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

/// Delays of one band, whose products come from lags, against the same delays as bands of their own, whose columns are
/// gathered.
@Suite struct LaggedDesignTests {
  /// One study at random: pieces, gaps, trims, delays, edges, a second band.
  private struct Draw {
    var data: EncodingData
    var settings = EncodingSettings()
    private var stream: RandomStream

    init(seed: UInt64) {
      stream = RandomStream(seed: seed, purpose: "lagged design")
      data = EncodingData(bands: [], pieces: [], dt: 1, targetNames: ["a", "b"])
      let step = 1 + stream.integer(below: 3)
      data.bands = [band("x", step: step, count: 5 + stream.integer(below: 4))]
      if stream.integer(below: 2) == 0 { data.bands.append(band("z", step: step, count: 1 + stream.integer(below: 6))) }
      let widths = data.bands.map { _ in 1 + stream.integer(below: 4) }
      data.pieces = (0..<(1 + stream.integer(below: 3))).map { piece("s\($0)", widths, seed: seed) }
      settings.lambdas = LambdaGrid(values: [0.1, 1, 10], scale: .trainCount)
      settings.outer = .blocks(3)
      settings.inner = .blocks(2)
      settings.smallFold = .keep
      settings.gap = .seconds(Double(stream.integer(below: 4)))
      settings.trim = EdgeTrim(start: Double(stream.integer(below: 5)), end: Double(stream.integer(below: 5)))
      settings.delayEdges = stream.integer(below: 2) == 0 ? .crop : .zero
    }

    private mutating func band(_ name: String, step: Int, count: Int) -> Band {
      let first = stream.integer(below: 7) - 3
      return Band(name, delays: (0..<count).map { first + $0 * step })
    }

    private mutating func piece(_ name: String, _ widths: [Int], seed: UInt64) -> Piece {
      let rows = 150 + stream.integer(below: 150)
      var features = widths.enumerated().map {
        autoregressive(rows, $0.element, 0.7, seed: seed, key: "\(name)\($0.offset)")
      }
      var y = normals(rows, 2, seed: seed, key: name)
      for t in 5..<rows { y[t, 0] += features[0][t - 2, 0] + features[0][t - 5, 0] }
      // An offset, and a value that stands alone, cost no digits.
      for i in features[0].values.indices { features[0].values[i] += 40 }
      for _ in 0..<stream.integer(below: 4) {
        let row = stream.integer(below: rows)
        for j in 0..<widths[0] { features[0][row, j] = .nan }
        for t in row..<min(rows, row + stream.integer(below: 6)) { for target in 0..<2 { y[t, target] = .nan } }
      }
      return Piece(stimulus: name, features: features, targets: y)
    }

    /// Every delay a band of its own.
    var apart: EncodingData {
      var result = data
      result.bands = data.bands.flatMap { band in band.delays.map { Band("\(band.name) \($0)", delays: [$0]) } }
      for piece in data.pieces.indices {
        result.pieces[piece].features = zip(data.bands, data.pieces[piece].features).flatMap { band, feature in
          band.delays.map { _ in feature }
        }
      }
      return result
    }
  }

  @Test("products by lags predict what gathered columns do, whatever the delays, gaps, trims, edges and pieces")
  func sameAsGathered() throws {
    var differences: [Double] = []
    for seed in 0..<60 {
      let draw = Draw(seed: UInt64(seed))
      let model = EncodingModel(draw.settings)
      let (lagged, gathered) = (try model.fit(draw.data), try model.fit(draw.apart))
      #expect(lagged.full.folds.map(\.lambda) == gathered.full.folds.map(\.lambda), "seed \(seed)")
      let difference = largestDifference(
        lagged.full.predictions.flatMap(\.values), gathered.full.predictions.flatMap(\.values))
      #expect(difference < 1e-10, "seed \(seed)")
      differences.append(difference)
    }
    // The two are not the same arithmetic: some bits differ.
    #expect(differences.count { $0 > 0 } > 30)
  }

  @Test("so do draws of a null, with position and without", arguments: [PositionSet.none, .cosines])
  func sameDraws(_ position: PositionSet) throws {
    for seed in 100..<106 {
      var draw = Draw(seed: UInt64(seed))
      draw.settings.position = position
      let model = EncodingModel(draw.settings)
      let request = NullRequest(.phase, draws: 3, seed: 1)
      let (lagged, gathered) = (
        try model.fit(draw.data).null(request), try model.fit(draw.apart).null(request)
      )
      #expect(largestDifference(lagged.draws.values, gathered.draws.values) < 1e-10, "seed \(seed)")
    }
  }

  @Test("so do fits and draws in which every target chooses its delay", arguments: [PositionSet.none, .cosines])
  func chosenDelays(_ position: PositionSet) throws {
    for seed in 200..<208 {
      var draw = Draw(seed: UInt64(seed))
      draw.settings.position = position
      draw.data.bands[0].delayColumns = .chosen(0...5)
      var apart = draw.data
      // A band of nothing, whose delays are no neighbours: columns are gathered.
      apart.bands.append(Band("nothing", delays: [0, 4]))
      for piece in apart.pieces.indices {
        apart.pieces[piece].features.append(Matrix(rows: apart.pieces[piece].targets.rows, columns: 1))
      }
      let model = EncodingModel(draw.settings)
      let (lagged, gathered) = (try model.fit(draw.data), try model.fit(apart))
      #expect(lagged.full.folds.map(\.lambda) == gathered.full.folds.map(\.lambda), "seed \(seed)")
      #expect(lagged.full.folds.map(\.delay) == gathered.full.folds.map(\.delay), "seed \(seed)")
      #expect(
        largestDifference(lagged.full.predictions.flatMap(\.values), gathered.full.predictions.flatMap(\.values))
          < 1e-10,
        "seed \(seed)")
      let request = NullRequest(.phase, draws: 3, seed: 1)
      #expect(
        largestDifference(try lagged.null(request).draws.values, try gathered.null(request).draws.values) < 1e-10,
        "seed \(seed)")
    }
  }

  @Test("a column without variance in the training rows is constant, also where its series varies at other delays")
  func constantAtOneDelay() throws {
    let rows = 240
    var x = Matrix(rows: rows, columns: 1)
    // Training rows see the first samples at the largest delays alone, and the last ones at the smallest.
    for t in 0..<3 { (x[t, 0], x[rows - 1 - t, 0]) = (1e6 * Double(t + 1), 1e6 * Double(t + 1)) }
    let other = normals(rows, 1, seed: 3)
    var y = normals(rows, 2, seed: 4)
    for t in 0..<rows { y[t, 0] += other[t, 0] }
    var draw = Draw(seed: 1)
    draw.data.bands = [Band("x", delays: Array(0...6)), Band("z", delays: [0])]
    draw.data.pieces = [Piece(stimulus: "s", features: [x, other], targets: y)]
    draw.settings.trim = EdgeTrim(start: 0, end: 0)
    draw.settings.delayEdges = .crop
    let model = EncodingModel(draw.settings)
    let (lagged, gathered) = (try model.fit(draw.data), try model.fit(draw.apart))
    #expect(
      largestDifference(lagged.full.predictions.flatMap(\.values), gathered.full.predictions.flatMap(\.values)) < 1e-10)
  }
}
