import EncodingModels
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

/// Sets of features fitted together: unique and shared variance, bands that divide the penalty.
@Suite struct JointTests {
  /// Sets of `widths` columns over 600 s; the target is `weights` of the sets' first columns plus noise.
  private func data(_ widths: [Int], weights: [Double], common: Double = 0, seed: UInt64 = 31) -> EncodingData {
    let rows = 600
    let shared = normals(rows, 1, seed: seed, key: "shared")
    let features = widths.enumerated().map { set, width -> Matrix in
      var x = normals(rows, width, seed: seed, key: "set\(set)")
      for t in 0..<rows { x[t, 0] = common.squareRoot() * shared[t, 0] + (1 - common).squareRoot() * x[t, 0] }
      return x
    }
    let noise = normals(rows, 1, seed: seed, key: "noise")
    var y = Matrix(rows: rows, columns: 1)
    for t in 0..<rows {
      y[t, 0] = noise[t, 0] + zip(features, weights).reduce(0) { $0 + $1.0[t, 0] * $1.1 }
    }
    return EncodingData(
      bands: widths.indices.map { Band("set\($0)") }, pieces: [Piece(stimulus: "film", features: features, targets: y)],
      dt: 1, targetNames: ["y"])
  }

  @Test("what one of three independent sets explains is its own, and the parts add up")
  func independent() throws {
    let joint = try JointSets(data([3, 3, 3], weights: [1, 1, 0]))
    // Of variance 3 each driving set holds a third; 600 rows leave about .03.
    #expect(abs(joint.uniqueR2[0][0] - 1.0 / 3) < 0.06 && abs(joint.uniqueR2[1][0] - 1.0 / 3) < 0.06)
    #expect(abs(joint.uniqueR2[2][0]) < 0.02 && joint.sharedR2.allSatisfy { abs($0[0]) < 0.04 })
    for set in 0..<3 {
      #expect(abs(joint.uniqueR2[set][0] - joint.all.full.r2[0] + joint.others[set].full.r2[0]) < 1e-12)
      #expect(abs(joint.uniqueR2[set][0] + joint.sharedR2[set][0] - joint.alone[set].full.r2[0]) < 1e-12)
    }
    let r = Moments.mean(joint.all.full.folds.map { $0.r[0] })
    #expect(abs(joint.productR.reduce(0) { $0 + $1[0] } - r) < 1e-9)
  }

  @Test("parts of r add up to the mean over folds where some predictions are constant, too")
  func constantPredictions() throws {
    var film = data([2, 2], weights: [1, 1])
    // A column that varies in the second half alone: the training rows of no other block see it.
    for t in 0..<600 { film.pieces[0].features[0][t, 0] *= t < 300 ? 0 : 1 }
    for set in 0..<2 {
      for t in 0..<600 { for j in 0..<2 where set == 1 || j == 1 { film.pieces[0].features[set][t, j] = 0 } }
    }
    var settings = EncodingSettings()
    settings.outer = .blocks(2)
    settings.gap = .seconds(0)
    let joint = try JointSets(film, settings: settings)
    let r = joint.all.full.folds.map { $0.r[0] }
    #expect(r.contains(0) && r.count == 2)
    #expect(abs(joint.productR.reduce(0) { $0 + $1[0] } - Moments.mean(r)) < 1e-12)
  }

  @Test("what two sets have in common is shared, and only the unique part has a small p")
  func shared() throws {
    let joint = try JointSets(data([2, 2], weights: [1, 0], common: 0.8))
    #expect(joint.sharedR2[0][0] > 0.2 && abs(joint.sharedR2[0][0] - joint.sharedR2[1][0]) < 1e-12)
    #expect(joint.uniqueR2[0][0] > 0.08 && abs(joint.uniqueR2[1][0]) < 0.02)
    let nulls = try (0..<2).map { try joint.null(of: $0, draws: 99, seed: 3) }
    #expect(nulls[0].p[0] == 0.01 && nulls[1].p[0] > 0.02)
    #expect(nulls[0].observed[0] == joint.uniqueR2[0][0])
  }

  @Test("bands that divide a penalty have its shares, those of a stack their own, those of one lambda none")
  func penalties() throws {
    let sets = data([2, 3, 4], weights: [1, 0.5])
    var settings = EncodingSettings()
    settings.outer = .blocks(4)
    #expect(try EncodingModel(settings).fit(sets).bandPenalties.isEmpty)
    let stack = try EncodingModel(settings, stacksBands: true).fit(sets).bandPenalties
    for band in sets.bands.indices {
      let alone = try EncodingModel(settings).fit(sets.selecting(bands: [band])).full
      let own = stack.filter { $0.band == sets.bands[band].name }
      #expect(own.map(\.penalty) == alone.folds.map { $0.lambda[0] })
    }
    for fold in 0..<4 {
      let weights = stack.filter { $0.fold == fold }.compactMap(\.weight)
      #expect(weights.count == 3 && abs(weights.reduce(0, +) - 1) < 1e-9)
    }
    settings.bandSearch = true
    let divided = try EncodingModel(settings).fit(sets)
    for fold in divided.full.folds {
      let own = divided.bandPenalties.filter { $0.fold == fold.fold }
      #expect(own.map(\.band) == sets.bands.map(\.name) && own.allSatisfy { $0.weight == nil })
      // Shares below 1e-6 are taken for that.
      #expect(abs(own.reduce(0) { $0 + fold.lambda[0] / $1.penalty } - 1) < 1e-5)
    }
    // A covariate of a fixed penalty has that one, the features theirs.
    var controlled = sets
    for band in 1..<3 { controlled.bands[band].role = .covariate }
    (controlled.bands[1].penalty, controlled.bands[2].penalty) = (.fixed(3), .fixed(7))
    settings.bandSearch = false
    let fixed = try EncodingModel(settings).fit(controlled)
    let lambdas = fixed.full.folds.map { $0.lambda[0] }
    #expect(fixed.bandPenalties.map(\.penalty) == lambdas.flatMap { [$0, 3, 7] })
  }

  @Test("bands that divide the penalty keep a small set beside a wide one of noise", arguments: [2, 3])
  func bands(_ count: Int) throws {
    let widths = [2] + [Int](repeating: 150, count: count - 1)
    let wide = data(widths, weights: [1])
    var settings = EncodingSettings()
    settings.outer = .blocks(4)
    settings.lambdas = LambdaGrid(values: [1e-2, 1e-1, 1, 10, 100])
    let ordinary = try EncodingModel(settings).fit(wide).full.r[0]
    settings.bandSearch = true
    let banded = try EncodingModel(settings).fit(wide).full.r[0]
    // The true model reaches .71; one lambda for all has to shrink both.
    #expect(banded > ordinary + 0.05 && banded > 0.66)
  }

  @Test("one band has nothing to search, and two that matter alike lose nothing by it")
  func equalShares() throws {
    let both = data([3, 3], weights: [1, 1])
    var settings = EncodingSettings()
    settings.lambdas = LambdaGrid(values: [1])
    let ordinary = try EncodingModel(settings).fit(both)
    settings.bandSearch = true
    var plain = settings
    plain.bandSearch = false
    let (searched, single) = (
      try EncodingModel(settings).fit(data([3], weights: [1])), try EncodingModel(plain).fit(data([3], weights: [1]))
    )
    #expect(searched.full.r == single.full.r)
    // Whatever share wins, it cannot do worse than .05 below the equal one on data where both sets matter alike.
    let banded = try EncodingModel(settings).fit(both)
    #expect(abs(banded.full.r[0] - ordinary.full.r[0]) < 0.05)
  }
}
