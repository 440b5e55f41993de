import Diagnostics
import EncodingModels
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

@Suite struct SettingsTests {
  private func data(_ stimuli: Int, rows: Int = 110, offset: Double = 0, run: (Int) -> String? = { _ in nil })
    -> EncodingData
  {
    let pieces = (0..<stimuli).map { s in
      var x = autoregressive(rows, 3, 0.5, seed: 81, key: "x\(s)")
      var y = normals(rows, 2, seed: 82, key: "y\(s)")
      for t in 1..<rows { y[t, 0] += x[t - 1, 0] + offset * Double(s) }
      for i in x.values.indices { x.values[i] += offset * Double(s * s) }
      return Piece(stimulus: "s\(s)", run: run(s), features: [x], targets: y)
    }
    return EncodingData(bands: [Band("x", delays: [0, 1])], pieces: pieces, dt: 1, targetNames: ["a", "b"])
  }

  @Test("three stimuli of 100 s are left out one by one, fewer or short ones are cut into blocks")
  func automaticFolds() throws {
    let three = try EncodingModel().fit(data(3))
    #expect(three.full.folds.map(\.testStimuli) == [["s0"], ["s1"], ["s2"]])
    #expect(try EncodingModel().fit(data(2)).full.folds.count == 5)
    #expect(try EncodingModel().fit(data(3, rows: 60)).full.folds.count == 5)
    #expect(three.full.stimuliCounted(of: 0) == 3)
  }

  @Test("runs and chunks can be left out; one unit cannot")
  func otherFolds() throws {
    var settings = EncodingSettings()
    settings.outer = .leaveOne(.acquisitionRun)
    let runs = try EncodingModel(settings).fit(data(4) { "run-\($0 / 2)" })
    #expect(runs.full.folds.map(\.testStimuli) == [["s0 [run-0]", "s1 [run-0]"], ["s2 [run-1]", "s3 [run-1]"]])
    settings.outer = .chunks(seconds: 20, count: 2, repeats: 4)
    let chunks = try EncodingModel(settings).fit(data(2))
    #expect(chunks.full.folds.count == 4 && chunks.full.r[0] > 0.4)
    settings.outer = .leaveOne(.stimulus)
    #expect(throws: EvokeError.self) { try EncodingModel(settings).fit(data(1)) }
  }

  @Test("standardising per stimulus takes differences between stimuli out")
  func perStimulus() throws {
    var settings = EncodingSettings()
    settings.standardisation = .perStimulus
    let (plain, moved) = (
      try EncodingModel(settings).fit(data(3)), try EncodingModel(settings).fit(data(3, offset: 40))
    )
    #expect(largestDifference(plain.full.r, moved.full.r) < 1e-8)
  }

  @Test("zero edges keep the first rows, cropping drops them")
  func edges() throws {
    var settings = EncodingSettings()
    #expect(try EncodingModel(settings).fit(data(3)).full.predictions[0][0, 0].isNaN)
    settings.delayEdges = .zero
    let kept = try EncodingModel(settings).fit(data(3))
    #expect(kept.full.predictions[0][0, 0].isFinite && kept.droppedCount == [0, 0])
  }

  @Test("a shared lambda is one for all targets, and inner r may choose it")
  func lambdaScope() throws {
    var settings = EncodingSettings()
    settings.lambdaScope = .shared
    for fold in try EncodingModel(settings).fit(data(3)).full.folds { #expect(fold.lambda[0] == fold.lambda[1]) }
    settings.lambdaScope = .perTarget
    settings.selection = .r
    #expect(try EncodingModel(settings).fit(data(3)).full.r[0] > 0.5)
    #expect(LambdaGrid(alphas: [2, 3]).values == [4, 9])
  }

  @Test("a constant target or feature gives no score, missing rows are counted, nothing to fit is refused")
  func degenerate() throws {
    var flat = data(3)
    for p in flat.pieces.indices { for t in 0..<110 { flat.pieces[p].targets[t, 1] = 5 } }
    let fit = try EncodingModel().fit(flat)
    #expect(fit.full.r[1].isNaN && fit.flags[1].contains(.constantTarget) && fit.full.r[0] > 0.5)
    var dull = data(3)
    for p in dull.pieces.indices {
      for i in dull.pieces[p].features[0].values.indices { dull.pieces[p].features[0].values[i] = 0.1 }
    }
    let constant = try EncodingModel().fit(dull)
    #expect(constant.full.r == [0, 0] && constant.flags[0].contains(.constantPrediction))
    var holes = data(3)
    for t in 10..<20 { holes.pieces[0].targets[t, 1] = .nan }
    let missing = try EncodingModel().fit(holes)
    #expect(missing.droppedCount == [3, 13] && missing.sampleCount == [327, 317])
    for t in 0..<110 { for p in 0..<3 { holes.pieces[p].targets[t, 1] = .nan } }
    let half = try EncodingModel().fit(holes)
    #expect(half.full.r[1].isNaN && half.full.r[0] == missing.full.r[0])
    let null = try half.null(NullRequest(.phase, draws: 5, seed: 1))
    #expect(null.p[1].isNaN && null.p[0].isFinite)
    for t in 0..<110 { for p in 0..<3 { holes.pieces[p].targets[t, 0] = .nan } }
    #expect(throws: EvokeError.self) { try EncodingModel().fit(holes) }
    var small = EncodingSettings()
    small.smallFold = .refuse
    small.minimumEffectiveCount = 1000
    #expect(throws: EvokeError.self) { try EncodingModel(small).fit(data(3)) }
  }

  @Test("a target's score does not depend on the targets fitted with it: each has the gap of its own autocorrelation")
  func gapsArePerTarget() throws {
    var both = data(2)
    let slow = (0..<2).map { autoregressive(110, 1, 0.97, seed: 83, key: "slow\($0)") }
    for p in 0..<2 { for t in 0..<110 { both.pieces[p].targets[t, 1] = slow[p][t, 0] } }
    let fit = try EncodingModel().fit(both)
    #expect(fit.full.folds.allSatisfy { $0.gap[0] < $0.gap[1] && $0.trainCount[0] > $0.trainCount[1] })
    for target in 0..<2 {
      var alone = both
      alone.targetNames = [both.targetNames[target]]
      for p in 0..<2 { alone.pieces[p].targets = both.pieces[p].targets.selecting(columns: [target]) }
      let own = try EncodingModel().fit(alone)
      #expect(own.full.r[0] == fit.full.r[target])
      let request = NullRequest(.phase, draws: 20, seed: 4)
      #expect(try own.null(request).draws.column(0) == fit.null(request).draws.column(target))
      #expect("\(own.full.foldwise(of: 0))" == "\(fit.full.foldwise(of: target))")
    }
  }

  @Test("a fold of effective n below 10 does not count; where fewer than two would, all do and the score is flagged")
  func smallFolds() throws {
    var uneven = data(1, rows: 150)
    // The third of five test parts is a slow drift of few independent values.
    for t in 58..<92 { uneven.pieces[0].targets[t, 0] = Double(t - 75) / 6 }
    let fit = try EncodingModel().fit(uneven)
    let counted = fit.full.folds.map { $0.isCounted[0] }
    #expect(counted == [true, true, false, true, true] && fit.full.folds[2].targetEffectiveCount[0] < 10)
    #expect(fit.flags[0].contains(.smallFoldsLeftOut) && !fit.flags[0].contains(.foldsTooSmall))
    let z = fit.full.folds.filter { $0.isCounted[0] }.map { Correlation.fisherZ($0.r[0]) }
    #expect(abs(fit.full.r[0] - Correlation.inverseFisherZ(z.reduce(0, +) / 4)) < 1e-12)
    #expect(fit.full.r[1] == (try EncodingModel().fit(data(1, rows: 150))).full.r[1])
    var strict = EncodingSettings()
    strict.minimumEffectiveCount = 1000
    let none = try EncodingModel(strict).fit(uneven)
    #expect(none.full.folds.allSatisfy { $0.isCounted == [true, true] })
    #expect(none.flags.allSatisfy { $0.contains(.foldsTooSmall) && !$0.contains(.smallFoldsLeftOut) })
  }
}
