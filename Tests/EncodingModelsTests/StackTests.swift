import EncodingModels
import Foundation
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

/// Values made by scikit-learn and SciPy (Tests/Fixtures/encoding/make_joint.py).
private struct GoldenJoint: Decodable {
  /// Per model, by its sets: fold x target.
  let r2: [String: [Double]]
  let stackR: [Double]
  let stackR2: [Double]
  /// Delay x column x target.
  let weightsRaw: [Double]
  let weightsPca: [Double]
  let patternsRaw: [Double]
  let patternsPca: [Double]

  static func load() throws -> GoldenJoint {
    let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/encoding/joint.json")
    return try JSONDecoder().decode(GoldenJoint.self, from: Data(contentsOf: file))
  }
}

/// The data of the golden ridge with its six columns as three sets.
private func threeSets(_ golden: Golden) -> EncodingData {
  var data = NestedRidgeTests.data(golden, reduce: false)
  data.bands = (0..<3).map { Band("set\($0)", delays: [0, 1, 2]) }
  for piece in data.pieces.indices {
    let x = data.pieces[piece].features[0]
    data.pieces[piece].features = (0..<3).map { x.selecting(columns: [2 * $0, 2 * $0 + 1]) }
  }
  return data
}

/// White columns over 600 s, and a target of some of them.
private func film(_ widths: [Int], seed: UInt64 = 5, target: (_ sets: [Matrix], _ t: Int) -> Double) -> EncodingData {
  let sets = widths.enumerated().map { normals(600, $0.element, seed: seed, key: "set\($0.offset)") }
  var y = normals(600, 1, seed: seed, key: "noise")
  for t in 0..<600 { y[t, 0] += target(sets, t) }
  return EncodingData(
    bands: widths.indices.map { Band("set\($0)") }, pieces: [Piece(stimulus: "film", features: sets, targets: y)],
    dt: 1, targetNames: ["y"])
}

/// Three sets together, and sets whose predictions are weighed.
@Suite struct StackTests {
  @Test("R² of seven models equals scikit-learn's, and its parts add up")
  func sevenModels() throws {
    let (golden, expected) = (try Golden.load(), try GoldenJoint.load())
    let joint = try JointSets(threeSets(golden), settings: NestedRidgeTests.settings(golden))
    let models =
      [("012", joint.all)] + joint.alone.enumerated().map { ("\($0.offset)", $0.element) }
      + zip(["12", "02", "01"], joint.others)
    for (name, fit) in models {
      #expect(largestDifference(fit.full.folds.flatMap(\.r2), try #require(expected.r2[name])) < 1e-9, "\(name)")
    }
    let (pairs, common) = (try #require(joint.othersSharedR2), try #require(joint.commonR2))
    for t in 0..<3 {
      let parts = (0..<3).reduce(common[t]) { $0 + joint.uniqueR2[$1][t] + pairs[$1][t] }
      #expect(abs(parts - joint.all.full.r2[t]) < 1e-12)
      for set in 0..<3 {
        let own = (0..<3).filter { $0 != set }.reduce(common[t]) { $0 + pairs[$1][t] }
        #expect(abs(own - joint.sharedR2[set][t]) < 1e-12)
      }
    }
  }

  @Test("r and R² of a stack equal those of scikit-learn's ridges weighed by SciPy")
  func stack() throws {
    let (golden, expected) = (try Golden.load(), try GoldenJoint.load())
    let fit = try EncodingModel(NestedRidgeTests.settings(golden), stacksBands: true).fit(threeSets(golden))
    #expect(largestDifference(fit.full.folds.flatMap(\.r), expected.stackR) < 1e-8)
    #expect(largestDifference(fit.full.folds.flatMap(\.r2), expected.stackR2) < 1e-8)
    #expect(fit.full.folds.allSatisfy { $0.lambda.allSatisfy(\.isNaN) && $0.innerR.allSatisfy { abs($0) < 1 } })
  }

  @Test("neither the order nor the units of sets matter to a stack")
  func indifference() throws {
    let golden = try Golden.load()
    let model = EncodingModel(NestedRidgeTests.settings(golden), stacksBands: true)
    let data = threeSets(golden)
    let fit = try model.fit(data)
    let other = try model.fit(data.selecting(bands: [2, 0, 1]))
    #expect(largestDifference(fit.full.r2, other.full.r2) < 1e-9)
    var scaled = data
    for piece in scaled.pieces.indices {
      for i in scaled.pieces[piece].features[1].values.indices { scaled.pieces[piece].features[1].values[i] *= 1e3 }
    }
    #expect(largestDifference(fit.full.r2, try model.fit(scaled).full.r2) < 1e-9)
    let single = try model.fit(data.selecting(bands: [1]))
    let ordinary = try EncodingModel(model.settings).fit(data.selecting(bands: [1]))
    #expect(single.full.r == ordinary.full.r && single.full.folds.map(\.lambda) == ordinary.full.folds.map(\.lambda))
  }

  @Test("a wide set of noise takes nothing from a small one, and only what is planted is unique")
  func planted() throws {
    var settings = EncodingSettings()
    settings.outer = .blocks(4)
    let single = film([2, 150]) { sets, t in sets[0][t, 0] }
    let ordinary = try EncodingModel(settings).fit(single).full.r2[0]
    #expect(try EncodingModel(settings, stacksBands: true).fit(single).full.r2[0] > ordinary + 0.05)
    // Weights add up to 1: a stack of two sets that each hold a third shrinks both and explains half.
    let data = film([2, 150, 3]) { sets, t in sets[0][t, 0] + sets[2][t, 0] }
    let joint = try JointSets(data, settings: settings, isStacked: true)
    #expect(abs(joint.all.full.r2[0] - 0.5) < 0.1)
    #expect(joint.uniqueR2[0][0] > 0.08 && joint.uniqueR2[2][0] > 0.08 && abs(joint.uniqueR2[1][0]) < 0.03)
    let r = Moments.mean(joint.all.full.folds.map { $0.r[0] })
    #expect(abs(joint.productR.reduce(0) { $0 + $1[0] } - r) < 1e-9 && abs(joint.productR[1][0]) < 0.05)
    let nulls = try (0..<2).map { try joint.null(of: $0, draws: 39, seed: 3) }
    #expect(nulls[0].p[0] == 1.0 / 40 && nulls[1].p[0] > 0.05)
    #expect(abs(nulls[0].observed[0] - joint.uniqueR2[0][0]) < 1e-12)
  }
}

/// What columns weigh, and forward patterns.
@Suite struct BandWeightTests {
  @Test("weights and patterns equal scikit-learn's in units of the columns", arguments: [false, true])
  func scikit(_ reduce: Bool) throws {
    let (golden, expected) = (try Golden.load(), try GoldenJoint.load())
    var settings = NestedRidgeTests.settings(golden)
    settings.smallFold = .keep
    let band = try EncodingModel(settings).fit(NestedRidgeTests.data(golden, reduce: reduce)).bandWeights()[0]
    #expect(band.delays == [0, 1, 2])
    let (weights, patterns) = (band.weights.flatMap(\.values), band.patterns.flatMap(\.values))
    #expect(largestDifference(weights, reduce ? expected.weightsPca : expected.weightsRaw) < 1e-8)
    #expect(largestDifference(patterns, reduce ? expected.patternsPca : expected.patternsRaw) < 1e-8)
  }

  @Test("a planted weight is found in its units at its delay, whatever makes the columns", arguments: [false, true])
  func planted(_ isStacked: Bool) throws {
    var data = film([2, 2]) { sets, t in t < 3 ? 0 : 3 * sets[0][t - 3, 1] + 0.02 * Double(t) }
    for t in 0..<600 { data.pieces[0].features[0][t, 1] *= 100 }
    data.bands[0].delayColumns = .single(Array(0...6))
    var settings = EncodingSettings()
    settings.position = .cosines
    let bands = try EncodingModel(settings, stacksBands: isStacked).fit(data).bandWeights()
    #expect(bands.map(\.band) == ["set0", "set1"] && bands[0].delays == Array(0...6) && bands[1].delays == [0])
    for (d, weights) in bands[0].weights.enumerated() {
      #expect(abs(weights[1, 0] - (d == 3 ? 0.03 : 0)) < 0.003 && abs(weights[0, 0]) < 0.3)
    }
    // cov(x, 3 x) / var(3 x), in units of x.
    #expect(abs(bands[0].patterns[3][1, 0] - 100.0 / 3) < 4 && abs(bands[0].patterns[0][1, 0]) < 6)
    data.bands[0].delayColumns = .chosen(0...6)
    let found = try EncodingModel(settings, stacksBands: isStacked).fit(data).bandWeights()[0]
    #expect(found.delays == Array(0...6))
    for (d, weights) in found.weights.enumerated() {
      #expect(d == 3 ? abs(weights[1, 0] - 0.03) < 0.003 : weights.values.allSatisfy { $0 == 0 })
    }
    #expect(abs(found.patterns[3][1, 0] - 100.0 / 3) < 4)
  }

  @Test("a column in other units weighs inversely, and a target in others alike")
  func units() throws {
    let golden = try Golden.load()
    let data = NestedRidgeTests.data(golden, reduce: false)
    let model = EncodingModel(NestedRidgeTests.settings(golden))
    var other = data
    for piece in other.pieces.indices {
      for i in 0..<other.pieces[piece].rowCount {
        other.pieces[piece].features[0][i, 2] = 8 * other.pieces[piece].features[0][i, 2] + 5
        other.pieces[piece].targets[i, 0] = 4 * other.pieces[piece].targets[i, 0] - 1
      }
    }
    let (a, b) = (try model.fit(data).bandWeights()[0], try model.fit(other).bandWeights()[0])
    for d in a.delays.indices {
      for j in 0..<6 {
        for t in 0..<3 {
          let (column, target) = (j == 2 ? 8.0 : 1, t == 0 ? 4.0 : 1)
          #expect(abs(b.weights[d][j, t] * column / target - a.weights[d][j, t]) < 1e-9)
          #expect(abs(b.patterns[d][j, t] * target / column - a.patterns[d][j, t]) < 1e-9)
        }
      }
    }
  }
}

/// Many targets.
@Suite struct ManyTargetTests {
  @Test("thousands of targets are fitted as each batch of them, with the same draws", arguments: [false, true])
  func batches(_ isWide: Bool) throws {
    let (rows, count) = (120, 2400)
    let x = autoregressive(rows, isWide ? 90 : 3, 0.5, seed: 7)
    var y = normals(rows, count, seed: 8)
    for t in 0..<rows { for k in 0..<count where k % 3 == 0 { y[t, k] += x[t, k % x.columns] } }
    // Targets of two sorts: one lacks a row, which the others say is read.
    for k in 0..<count where k % 5 == 0 { y[60, k] = .nan }
    let data = EncodingData(
      bands: [Band("x")], pieces: [Piece(stimulus: "film", features: [x], targets: y)], dt: 1,
      targetNames: (0..<count).map { "v\($0)" })
    var settings = EncodingSettings()
    (settings.outer, settings.inner, settings.gap) = (.blocks(3), .blocks(2), .seconds(2))
    settings.lambdas = LambdaGrid(values: [0.01, 1, 100])
    let model = EncodingModel(settings)
    let whole = try model.fit(data)
    let request = NullRequest(draws: 2, seed: 4)
    let draws = try whole.null(request).draws
    for batch in [0..<701, 701..<702, 702..<2400] {
      let part = try model.fit(data.selecting(targets: Array(batch)))
      for (a, b) in zip(whole.full.folds, part.full.folds) {
        #expect(Array(a.lambda[batch]) == b.lambda && a.key == b.key)
        #expect(largestDifference(Array(a.r[batch]), b.r) < 1e-10)
      }
      let own = try part.null(request).draws
      #expect(largestDifference(own.values, draws.selecting(columns: Array(batch)).values) < 1e-10)
    }
    let idle = (0..<count).filter { $0 % 3 == 1 }.map { whole.full.r[$0] }
    #expect(abs(Moments.mean(idle)) < 0.1 && (isWide || whole.full.r[3] > 0.3))
  }
}

/// The settings of Huth and others: alphas, chunks of time drawn as inner folds, zeros beyond the edges, r chooses.
@Suite struct ChunkedAlphaTests {
  @Test("a planted delay is found with a penalty of the squared alphas, whatever the units")
  func planted() throws {
    func data(_ unit: Double) -> EncodingData {
      let pieces = (0..<3).map { stimulus -> Piece in
        var x = autoregressive(200, 4, 0.5, seed: 21, key: "x\(stimulus)")
        var y = normals(200, 2, seed: 22, key: "y\(stimulus)")
        for t in 2..<200 { y[t, 0] += 1.5 * x[t - 2, 1] }
        for i in x.values.indices { x.values[i] *= unit }
        return Piece(stimulus: "story \(stimulus)", features: [x], targets: y)
      }
      return EncodingData(bands: [Band("x", delays: [1, 2, 3, 4])], pieces: pieces, dt: 2, targetNames: ["a", "b"])
    }
    let alphas = (0..<10).map { pow(10, 1 + 2 * Double($0) / 9) }
    var settings = EncodingSettings()
    settings.lambdas = LambdaGrid(alphas: alphas)
    (settings.selection, settings.delayEdges, settings.gap) = (.r, .zero, .seconds(0))
    (settings.outer, settings.inner) = (.leaveOne(.stimulus), .chunks(seconds: 40, count: 4, repeats: 5))
    let fit = try EncodingModel(settings).fit(data(1))
    #expect(fit.full.r[0] > 0.7 && abs(fit.full.r[1]) < 0.15)
    let lambdas = Set(alphas.map { $0 * $0 })
    #expect(fit.full.folds.allSatisfy { $0.lambda.allSatisfy(lambdas.contains) })
    settings.lambdas = LambdaGrid(values: alphas.map { $0 * $0 }, scale: .none)
    #expect(try EncodingModel(settings).fit(data(1)).full.r == fit.full.r)
    let other = try EncodingModel(settings).fit(data(1000))
    #expect(largestDifference(other.full.r, fit.full.r) < 1e-9)
    #expect(other.full.folds.map(\.lambda) == fit.full.folds.map(\.lambda))
  }
}
