import EncodingModels
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

/// Which rows count and why the others do not, and what folds say of what they tested.
@Suite struct RowCountTests {
  @Test("rows are counted by the first reason that applies; trimming starts where both series do")
  func reasons() throws {
    let rows = 200
    var x = normals(rows, 2, seed: 60)
    var y = normals(rows, 2, seed: 61)
    for t in 0..<7 { x[t, 0] = .nan }
    for t in 195..<rows { for target in 0..<2 { y[t, target] = .nan } }
    for t in 50..<60 { y[t, 1] = .nan }
    x[100, 1] = .nan
    var settings = EncodingSettings()
    settings.trim = .init(start: 10, end: 5)
    settings.minimumEffectiveCount = 0
    let data = EncodingData(
      bands: [Band("x", delays: [0, 2])], pieces: [Piece(stimulus: "s", features: [x], targets: y)], dt: 1,
      targetNames: ["a", "b"])
    let fit = try EncodingModel(settings).fit(data)
    var wanted = RowCounts()
    wanted.outside = 7 + 5
    wanted.trimmed = 10 + 5
    wanted.missingFeature = 2
    wanted.kept = rows - 12 - 15 - 2
    #expect(fit.rowCounts[0] == wanted && fit.sampleCount[0] == wanted.kept)
    wanted.missingTarget = 10
    wanted.kept -= 10
    #expect(fit.rowCounts[1] == wanted && fit.droppedCount[1] == rows - wanted.kept)
  }

  @Test("rows that a delay leads out of the piece are counted, unless edges are filled")
  func edges() throws {
    let data = EncodingData(
      bands: [Band("x", delays: [-1, 3])],
      pieces: (0..<2).map {
        Piece(stimulus: "s\($0)", features: [normals(90, 2, seed: 62, key: "\($0)")], targets: normals(90, 1, seed: 63))
      }, dt: 1, targetNames: ["a"])
    var settings = EncodingSettings()
    #expect(try EncodingModel(settings).fit(data).rowCounts[0].delayEdge == 8)
    settings.trim = .init(start: 2, end: 0)
    let trimmed = try EncodingModel(settings).fit(data).rowCounts[0]
    #expect(trimmed.trimmed == 4 && trimmed.delayEdge == 4 && trimmed.kept == 172)
    settings.delayEdges = .zero
    #expect(try EncodingModel(settings).fit(data).rowCounts[0].delayEdge == 0)
  }

  @Test("every fold says what it tested and trained on, and that no tested second was trained on")
  func checks() throws {
    let pieces = ["a", "b", "a", "c"].enumerated().map { index, name in
      Piece(
        stimulus: name, run: "run \(index)", start: index == 2 ? 3 : 0,
        features: [normals(100, 2, seed: 64, key: "\(index)")], targets: normals(100, 1, seed: 65, key: "\(index)"))
    }
    let data = EncodingData(bands: [Band("x")], pieces: pieces, dt: 1, targetNames: ["y"])
    for scheme in [FoldScheme.leaveOne(.stimulus), .blocks(4), .chunks(seconds: 10, count: 3, repeats: 3)] {
      var settings = EncodingSettings()
      settings.outer = scheme
      settings.gap = .seconds(0)
      let fit = try EncodingModel(settings).fit(data)
      #expect(fit.evidence.allSatisfy { $0.overlap == 0 && !$0.testStimuli.isEmpty && !$0.trainStimuli.isEmpty })
      guard scheme == .leaveOne(.stimulus) else { continue }
      #expect(fit.evidence.map(\.testStimuli) == [["a"], ["b"], ["c"]])
      #expect(fit.evidence.map(\.trainStimuli) == [["b", "c"], ["a", "c"], ["a", "b"]])
    }
  }

  /// Runs of two stimuli each, the second of them as the first goes on, and rows missing here and there.
  private func inRuns(order: [Int], isFlat: Bool = false) -> EncodingData {
    let pieces = order.map { index in
      var y = normals(80, 1, seed: 67, key: "\(index)")
      for t in 1..<80 { y[t, 0] = isFlat ? y[0, 0] : 0.9 * y[t - 1, 0] + 0.3 * y[t, 0] }
      for t in [10, 11, 40 + index] { y[t, 0] = .nan }
      return Piece(
        stimulus: "s\(index)", runs: ["run \(index / 2)"], features: [normals(80, 2, seed: 68, key: "\(index)")],
        targets: y)
    }
    return EncodingData(bands: [Band("x")], pieces: pieces, dt: 1, targetNames: ["y"])
  }

  @Test("an effective n goes on over missing rows and never from one stimulus into the next")
  func effectiveRows() throws {
    var settings = EncodingSettings()
    (settings.position, settings.outer) = (.none, .leaveOne(.acquisitionRun))
    settings.minimumEffectiveCount = 0
    let data = inRuns(order: [0, 1, 2, 3, 4, 5])
    let folds = try EncodingModel(settings).fit(data).full.folds
    try #require(folds.count == 3)
    for fold in folds {
      let own = data.pieces.filter { fold.stimuli.contains($0.stimulus) }.map { $0.targets.column(0) }
      let wanted = Autocorrelation.effectiveCount(own, own)
      #expect(own.count == 2 && abs(fold.targetEffectiveCount[0] - wanted) < 1e-9 * wanted)
    }
    let others = try EncodingModel(settings).fit(inRuns(order: [5, 1, 3, 0, 4, 2])).full.folds
    for fold in folds {
      let other = try #require(others.first { Set($0.stimuli) == Set(fold.stimuli) })
      #expect(abs(other.targetEffectiveCount[0] - fold.targetEffectiveCount[0]) < 1e-9)
      #expect(abs(other.effectiveCount[0] - fold.effectiveCount[0]) < 1e-6)
    }
  }

  @Test("a row that several folds test is one row, and tells as much as one", arguments: [2, 20])
  func testedAgain(_ repeats: Int) throws {
    var settings = EncodingSettings()
    settings.outer = .chunks(seconds: 10, count: 12, repeats: repeats)
    let data = inRuns(order: Array(0..<6))
    let fit = try EncodingModel(settings).fit(data)
    let tested = fit.full.folds.reduce(0) { $0 + $1.testCount[0] }
    let rows = fit.full.predictions.reduce(0) { sum, piece in sum + piece.values.count { !$0.isNaN } }
    #expect(fit.sampleCount[0] == rows && rows <= 6 * 77 && tested > rows)
    #expect(fit.effectiveCount[0] <= Double(rows))
  }

  @Test("a target of one level per stimulus has no effective n, and its score is not to be reported")
  func levelsAlone() throws {
    for (position, outer) in [(PositionSet.none, FoldScheme.blocks(4)), (.cosines, .blocks(4)), (.none, .automatic)] {
      var settings = EncodingSettings()
      (settings.position, settings.outer) = (position, outer)
      let fit = try EncodingModel(settings).fit(inRuns(order: Array(0..<6), isFlat: true))
      #expect(fit.full.folds.allSatisfy { $0.targetEffectiveCount[0].isNaN } && fit.effectiveCount[0].isNaN)
      #expect(fit.flags[0].contains { $0.invalidates(stimulusCount: 6) })
      #expect(position == .none || fit.full.r[0].isNaN)
    }
  }

  @Test("a longer recording finds a smaller r; more columns need a better model, more folds a larger score")
  func detectable() {
    let base = DetectableScore(effectiveRows: 100, columns: 12, folds: 5)
    // tanh(2.4865 / √85)
    #expect(abs(base.score - 0.2633) < 1e-3 && base.truth > base.score)
    #expect(DetectableScore(effectiveRows: 400, columns: 12, folds: 5).truth < base.truth)
    let wide = DetectableScore(effectiveRows: 100, columns: 60, folds: 5)
    #expect(wide.truth > base.truth && wide.score == base.score)
    #expect(DetectableScore(effectiveRows: 100, columns: 12, folds: 10).score > base.score)
    #expect(DetectableScore(effectiveRows: 12, columns: 2, folds: 5).score.isNaN)
    // Nothing to fit: the score is the true model's.
    let free = DetectableScore(effectiveRows: 200, columns: 0, folds: 4)
    #expect(abs(free.truth - free.score) < 1e-6)
  }
}
