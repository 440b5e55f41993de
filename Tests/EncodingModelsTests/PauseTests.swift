import EncodingModels
import LinearAlgebra
import Testing
import Vocabulary

/// Films that a pause divides into parts.
@Suite struct PauseTests {
  private static func settings(gap: PurgeGap, outer: FoldScheme = .automatic) -> EncodingSettings {
    var settings = PositionTests.settings
    (settings.gap, settings.outer) = (gap, outer)
    return settings
  }

  private func data(_ lengths: [Int], memory: Double, delays: [Int] = [0], weight: Double = 1) -> EncodingData {
    let pieces = lengths.enumerated().map { film, rows in
      let x = autoregressive(rows, 3, memory, seed: 91, key: "x\(film)")
      var y = autoregressive(rows, 1, memory, seed: 91, key: "y\(film)")
      for t in 0..<rows { y[t, 0] += weight * x[t, 0] }
      return Piece(stimulus: "s\(film)", features: [x], targets: y)
    }
    return EncodingData(bands: [Band("x", delays: delays)], pieces: pieces, dt: 1, targetNames: ["y"])
  }

  /// The data with a film in these seconds of it alone, each a part, or a run.
  private func divided(
    _ data: EncodingData, film: Int, _ seconds: [Range<Int>], areRuns: Bool = false
  ) -> EncodingData {
    var copy = data
    let whole = data.pieces[film]
    let parts = seconds.enumerated().map { place, own in
      Piece(
        stimulus: whole.stimulus, run: areRuns ? "\(place)" : nil,
        part: areRuns ? nil : "from \(own.lowerBound) s", material: ["\(whole.stimulus) from \(own.lowerBound) s"],
        start: Double(own.lowerBound), features: whole.features.map { $0.selecting(rows: Array(own)) },
        targets: whole.targets.selecting(rows: Array(own)))
    }
    copy.pieces.replaceSubrange(film...film, with: parts)
    return copy
  }

  @Test(
    "a pause, short parts and slivers leave the gap as it is",
    arguments: [FoldScheme.leaveOne(.stimulus), .blocks(5)])
  func gap(_ outer: FoldScheme) throws {
    let whole = data([600, 600, 600, 600], memory: 0.99)
    func gaps(_ data: EncodingData) throws -> Set<Double> {
      let fit = try EncodingModel(Self.settings(gap: .automatic, outer: outer)).fit(data)
      return Set(fit.full.folds.filter { $0.isPlanned[0] }.map { $0.gap[0] })
    }
    // The time is that of each fold's training rows, at most 30 s.
    #expect(try gaps(whole).isSubset(of: [24, 30]))
    for seconds in [[0..<300, 302..<600], [0..<300, 300..<302, 302..<600], [0..<560, 560..<600]] {
      #expect(try gaps(divided(whole, film: 1, seconds)).isSubset(of: [24, 30]), "\(seconds)")
    }
  }

  @Test("rows within the gap are left out on the other side of a pause, too")
  func border() throws {
    var settings = Self.settings(gap: .seconds(10), outer: .blocks(5))
    settings.position = .none
    let whole = data([300], memory: 0.5)
    let fit = try EncodingModel(settings).fit(divided(whole, film: 0, [0..<150, 150..<300]))
    // 60 rows are tested; 10 are left out behind either block, and 10 before the second, at most one more by rounding.
    #expect((209...210).contains(fit.full.folds[0].trainCount[0]), "\(fit.full.folds[0].trainCount)")
    // A stretch that was left out counts as time.
    let apart = try EncodingModel(settings).fit(divided(whole, film: 0, [0..<150, 155..<300]))
    #expect((210...211).contains(apart.full.folds[0].trainCount[0]), "\(apart.full.folds[0].trainCount)")
    // Other runs were other times.
    let runs = try EncodingModel(settings).fit(divided(whole, film: 0, [0..<150, 150..<300], areRuns: true))
    #expect(runs.full.folds[0].trainCount[0] == 220)
  }

  @Test("a film that was seen with a pause, or in runs, is compared with others as one", arguments: [false, true])
  func mismatch(areRuns: Bool) throws {
    let whole = data([120, 120, 120, 120], memory: 0.6, delays: [0, 3])
    func null(_ data: EncodingData) throws -> MismatchNull? {
      let control = try PositionControl(data, settings: PositionTests.settings, draws: 99, seed: 5)
      #expect(!control.flags[0].contains(.courseNotChecked))
      return try control.mismatch?.get()
    }
    let expected = try #require(try null(whole))
    let parts = divided(whole, film: 1, [0..<60, 62..<120], areRuns: areRuns)
    let found = try #require(try null(parts))
    #expect(found.p == expected.p && found.p[0] < 0.05)
    #expect(abs(found.observed[0] - expected.observed[0]) < 0.1)
    // What delays reach from over the border is no row of it: the first rows of a part are in no fit.
    var poisoned = parts
    for row in 0..<3 { poisoned.pieces[2].targets[row, 0] = 1e6 }
    #expect(try #require(try null(poisoned)).observed == found.observed)
    // The same seconds again are a repetition.
    let again = divided(whole, film: 1, [0..<70, 60..<120], areRuns: areRuns)
    let refused = try PositionControl(again, settings: PositionTests.settings, draws: 9, seed: 5)
    #expect(throws: MismatchNull.Obstacle.repeatedStimuli) { try refused.mismatch?.get() }
  }
}
