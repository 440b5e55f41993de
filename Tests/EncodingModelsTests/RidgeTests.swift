import EncodingModels
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

func normals(_ rows: Int, _ columns: Int, seed: UInt64, key: String = "") -> Matrix {
  var stream = RandomStream(seed: seed, purpose: "test", key: key)
  return Matrix(rows: rows, columns: columns, values: (0..<(rows * columns)).map { _ in stream.normal() })
}

/// AR(1) columns of unit variance.
func autoregressive(_ rows: Int, _ columns: Int, _ a: Double, seed: UInt64, key: String = "") -> Matrix {
  var x = normals(rows, columns, seed: seed, key: key)
  for t in 1..<rows {
    for j in 0..<columns { x[t, j] = a * x[t - 1, j] + (1 - a * a).squareRoot() * x[t, j] }
  }
  return x
}

@Suite struct RidgeSolverTests {
  @Test("every solver gives the singular value solution", arguments: RidgeSolver.allCases)
  func agreement(_ solver: RidgeSolver) throws {
    for (n, p) in [(50, 20), (20, 50), (150, 90)] {
      let z = normals(n, p, seed: 1)
      let y = normals(n, 5, seed: 2)
      let lambdas = [0.5, 1, 10, 10, 1000]
      let reference = try RidgeSolver.svd.weights(z, y, lambdas: lambdas)
      let weights = try solver.weights(z, y, lambdas: lambdas)
      #expect(largestDifference(weights.values, reference.values) < 1e-10)
    }
  }

  @Test("weights equal himalaya's", arguments: RidgeSolver.allCases)
  func himalaya(_ solver: RidgeSolver) throws {
    let golden = try Golden.load().himalaya
    let w = try solver.weights(matrix(golden.x), matrix(golden.y), lambdas: golden.alpha)
    #expect(largestDifference(w.values, golden.w.flatMap { $0 }) < 1e-10)
  }

  @Test("two copies of a column at lambda act as one column at half of it")
  func duplicateColumns() throws {
    let z = normals(60, 1, seed: 3)
    let y = normals(60, 2, seed: 4)
    let twice = Matrix(rows: 60, columns: 2, values: z.values.flatMap { [$0, $0] })
    let one = try RidgeSolver.cholesky.weights(z, y, lambdas: [3, 8])
    let two = try RidgeSolver.cholesky.weights(twice, y, lambdas: [6, 16])
    for t in 0..<2 { #expect(abs(two[0, t] + two[1, t] - one[0, t]) < 1e-12) }
  }

  @Test("a vanishing lambda gives least squares, a huge one nothing")
  func limits() throws {
    let z = normals(40, 6, seed: 5)
    let y = normals(40, 1, seed: 6)
    let w = try RidgeSolver.eigen.weights(z, y, lambdas: [1e-12])
    // Normal equations: the residual is orthogonal to every column.
    let fitted = z.multiplied(by: w)
    let residual = Matrix(rows: 40, columns: 1, values: zip(y.values, fitted.values).map { $0 - $1 })
    #expect(z.transposeMultiplied(by: residual).values.allSatisfy { abs($0) < 1e-9 })
    let none = try RidgeSolver.cholesky.weights(z, y, lambdas: [1e15])
    #expect(none.values.allSatisfy { abs($0) < 1e-12 })
  }
}

@Suite struct NestedRidgeTests {
  static func data(_ golden: Golden, reduce: Bool) -> EncodingData {
    let reduction = Reduction(components: 3, fit: .trainFold, scale: .zscore)
    let band = Band("x", reduction: reduce ? reduction : nil, delays: [0, 1, 2])
    let pieces = golden.pieces.enumerated().map { index, piece in
      Piece(
        stimulus: "s\(index)", features: [matrix(piece.x)], targets: matrix(piece.y.map { $0.map { $0 ?? .nan } }))
    }
    return EncodingData(bands: [band], pieces: pieces, dt: 1, targetNames: ["a", "b", "c"])
  }

  static func settings(_ golden: Golden) -> EncodingSettings {
    var settings = EncodingSettings()
    settings.lambdas = LambdaGrid(values: golden.lambdas, scale: .trainCount)
    settings.outer = .blocks(4)
    settings.inner = .blocks(3)
    settings.gap = .seconds(4)
    return settings
  }

  @Test("scores, chosen lambdas and predictions equal scikit-learn's on the same folds", arguments: [false, true])
  func scikit(_ reduce: Bool) throws {
    let golden = try Golden.load()
    let fit = try EncodingModel(Self.settings(golden)).fit(Self.data(golden, reduce: reduce))
    let expected = reduce ? golden.pca : golden.raw
    for (fold, score) in fit.full.folds.enumerated() {
      #expect(largestDifference(score.lambda, expected.lambda[fold]) < 1e-9)
      #expect(largestDifference(score.r, expected.r[fold]) < 1e-9)
      #expect(largestDifference(score.r2, expected.r2[fold]) < 1e-9)
      #expect(largestDifference(score.r2Test, expected.r2Test[fold]) < 1e-9)
    }
    let predictions = fit.full.predictions.flatMap(\.values)
    #expect(largestDifference(predictions, expected.prediction.flatMap { $0.map { $0 ?? .nan } }) < 1e-8)
  }

  @Test("poisoned test rows change no fitted transform, lambda or weight", arguments: [Double.nan, 1e9])
  func poison(_ value: Double) throws {
    let golden = try Golden.load()
    var data = Self.data(golden, reduce: true)
    let clean = try EncodingModel(Self.settings(golden)).fit(data)
    // The first fold tests the first quarter of both pieces.
    for piece in data.pieces.indices {
      for row in 0..<16 {
        for j in 0..<data.pieces[piece].features[0].columns { data.pieces[piece].features[0][row, j] = value }
        for t in 0..<3 { data.pieces[piece].targets[row, t] = value.isNaN ? 7 : value }
      }
    }
    // Rows of NaN leave the folds' bounds; keep them where they were by poisoning with numbers only there.
    if value.isNaN { return try poisonTargets(golden, clean) }
    let poisoned = try EncodingModel(Self.settings(golden)).fit(data)
    let (a, b) = (clean.evidence.filter { $0.fold == 0 }, poisoned.evidence.filter { $0.fold == 0 })
    #expect(!a.isEmpty && a == b)
    #expect(clean.full.folds[0].lambda == poisoned.full.folds[0].lambda)
    #expect(clean.evidence.filter { $0.fold == 1 } != poisoned.evidence.filter { $0.fold == 1 })
  }

  private func poisonTargets(_ golden: Golden, _ clean: EncodingFit) throws {
    var data = Self.data(golden, reduce: true)
    for row in 4..<16 { for t in 0..<3 { data.pieces[1].targets[row, t] = 1e6 } }
    let poisoned = try EncodingModel(Self.settings(golden)).fit(data)
    #expect(clean.evidence.filter { $0.fold == 0 } == poisoned.evidence.filter { $0.fold == 0 })
  }

  @Test("delays never reach into another stimulus")
  func joins() throws {
    let golden = try Golden.load()
    let settings = Self.settings(golden)
    let data = Self.data(golden, reduce: false)
    let fit = try EncodingModel(settings).fit(data)
    for piece in fit.full.predictions {
      for row in 0..<2 { #expect(piece[row, 0].isNaN) }
      #expect(piece[2, 0].isFinite)
    }
  }

  @Test("a planted delay is recovered and an unrelated target is not")
  func recovery() throws {
    let x = autoregressive(400, 4, 0.5, seed: 9)
    let noise = normals(400, 2, seed: 10)
    var y = Matrix(rows: 400, columns: 2)
    for t in 3..<400 {
      y[t, 0] = x[t - 3, 1] + 0.5 * noise[t, 0]
      y[t, 1] = noise[t, 1]
    }
    let data = EncodingData(
      bands: [Band("x", delays: [0, 1, 2, 3, 4])], pieces: [Piece(stimulus: "s", features: [x], targets: y)], dt: 1,
      targetNames: ["driven", "free"])
    let fit = try EncodingModel().fit(data)
    #expect(fit.full.r[0] > 0.8)
    #expect(abs(fit.full.r[1]) < 0.2)
    let null = try fit.null(NullRequest(.phase, draws: 99, seed: 4))
    #expect(null.p[0] == 0.01)
    #expect(null.p[1] > 0.05)
    var late = data
    late.bands[0].delays = [0, 1]
    #expect(try EncodingModel().fit(late).full.r[0] < 0.4)
  }

  @Test("features that come five seconds later or earlier lead by as much less or more", arguments: [0, 5, -5])
  func shiftedFeatures(_ shift: Int) throws {
    let source = autoregressive(420, 3, 0.5, seed: 41)
    let noise = normals(400, 1, seed: 42)
    // Row t of the target is second t + 10 of the source.
    let x = source.selecting(rows: (0..<400).map { $0 + 10 - shift })
    var y = noise
    for t in 0..<400 { y[t, 0] = source[t + 10 - 2, 1] + 0.5 * noise[t, 0] }
    let data = EncodingData(
      bands: [Band("x")], pieces: [Piece(stimulus: "s", features: [x], targets: y)], dt: 1, targetNames: ["y"])
    let search = try LagSearch(data, delays: Array(-8...8), settings: EncodingSettings(), null: nil)
    let r = search.fits.map { $0.full.r[0] }
    let best = try #require(r.indices.max { r[$0] < r[$1] })
    #expect(search.delays[best] == 2 - shift && r[best] > 0.75, "\(r)")
  }

  @Test("the gap is kept in seconds on both sides of a test block")
  func gapInSeconds() throws {
    let x = normals(200, 2, seed: 12)
    var settings = EncodingSettings()
    settings.gap = .seconds(10)
    for (dt, rows) in [(1.0, 10), (2.0, 5), (0.5, 20)] {
      let data = EncodingData(
        bands: [Band("x")], pieces: [Piece(stimulus: "s", features: [x], targets: normals(200, 1, seed: 13))], dt: dt,
        targetNames: ["y"])
      let fit = try EncodingModel(settings).fit(data)
      #expect(
        fit.full.folds.map { $0.trainCount[0] } == [
          160 - rows, 160 - 2 * rows, 160 - 2 * rows, 160 - 2 * rows, 160 - rows,
        ])
    }
  }
}
