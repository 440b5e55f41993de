import EncodingModels
import LinearAlgebra
import Statistics
import Testing
import Vocabulary
import bench

/// What stands beside a score: features of other stimuli, features and target without memory.
@Suite struct ExchangeTests {
  private func data(_ lengths: [Int], weight: Double, course: Bool = false, seed: UInt64 = 30) -> EncodingData {
    let pieces = lengths.enumerated().map { index, rows in
      let x = autoregressive(rows, 3, 0.6, seed: seed, key: "x\(index)")
      var y = autoregressive(rows, 1, 0.6, seed: seed, key: "y\(index)")
      for t in 0..<rows { y[t, 0] += weight * x[t, 0] + (course && t % 12 < 4 ? 2 : 0) }
      return Piece(stimulus: "s\(index)", features: [x], targets: y)
    }
    return EncodingData(bands: [Band("x")], pieces: pieces, dt: 1, targetNames: ["y"])
  }

  private func control(_ data: EncodingData, draws: Int = 99) throws -> PositionControl {
    try PositionControl(data, settings: PositionTests.settings, draws: draws, seed: 5)
  }

  @Test("four stimuli have 24 permutations, five 120, six as many as are drawn")
  func permutations() throws {
    for (count, draws) in [(4, 23), (5, 119), (6, 99)] {
      let null = try #require(control(data([Int](repeating: 120, count: count), weight: 1)).mismatch).get()
      #expect(null.draws.rows == draws)
      #expect(null.p[0] == 1 / Double(draws + 1))
      #expect(null.observed[0] > (null.draws.column(0).max() ?? 1) + 0.1)
    }
  }

  @Test("features that all stimuli share say nothing against those of others")
  func sameFeatures() throws {
    var shared = data([120, 120, 120, 120], weight: 0)
    let x = shared.pieces[0].features
    for piece in shared.pieces.indices {
      shared.pieces[piece].features = x
      for t in 0..<120 { shared.pieces[piece].targets[t, 0] += x[0][t, 0] }
    }
    let found = try control(shared)
    let mismatch = try #require(found.mismatch).get()
    #expect(mismatch.p == [1])
    // Scores of draws, made without a filtered design, are those of the fit.
    #expect(mismatch.draws.values.allSatisfy { abs($0 - found.fit.full.r[0]) < 1e-9 })
    #expect(found.fit.full.r[0] > 0.5 && found.flags[0].contains(.sharedCourse))
  }

  @Test("each obstacle is named")
  func obstacles() throws {
    func obstacle(_ data: EncodingData) throws -> MismatchNull.Obstacle? {
      if case .failure(let obstacle) = try control(data, draws: 9).mismatch { obstacle } else { nil }
    }
    #expect(try obstacle(data([120, 120, 120], weight: 1)) == .fewStimuli)
    #expect(try obstacle(data([120, 120, 120, 160], weight: 1)) == .unequalLengths)
    #expect(try obstacle(data([120, 120, 120, 140], weight: 1)) == nil)
    var repeated = data([120, 120, 120, 120], weight: 1)
    repeated.pieces[3].stimulus = "s0"
    #expect(try obstacle(repeated) == .repeatedStimuli)
    #expect(try control(repeated, draws: 9).flags[0].contains(.courseNotChecked))
    #expect(!(try control(data([120, 120, 120], weight: 1), draws: 9).flags[0].contains(.courseNotChecked)))
    #expect(!(try control(data([240], weight: 1), draws: 9).flags[0].contains(.courseNotChecked)))
    #expect(!EncodingFlag.courseNotChecked.invalidates(stimulusCount: 2))
    var holes = data([120, 120, 120, 120], weight: 1)
    for piece in 0..<4 { for t in 0..<20 { holes.pieces[piece].features[0][10 + 25 * piece + t, 0] = .nan } }
    #expect(try obstacle(holes) == .missingRows)
    #expect(MismatchNull.Obstacle.allCases.allSatisfy { !$0.rawValue.isEmpty })
  }

  @Test("a fast course of three stimuli is flagged, with and without a course of four an effect is not")
  func fastCourse() throws {
    var course = data([150, 150, 150], weight: 0, course: true)
    for piece in course.pieces.indices {
      for t in 0..<150 where t % 12 < 4 { course.pieces[piece].features[0][t, 1] += 2 }
    }
    let found = try control(course)
    #expect(found.fit.full.r[0] > 0.3 && found.flags[0].contains(.sharedCourse))
    #expect(EncodingFlag.sharedCourse.invalidates(stimulusCount: 3))
    #expect(!(try control(data([150, 150, 150], weight: 0.8)).flags[0].contains(.sharedCourse)))
    #expect(!(try control(data([150, 150, 150, 150], weight: 0.8, course: true)).flags[0].contains(.sharedCourse)))
  }

  @Test("prewhitening takes the target's memory to the nearest .05 and keeps an effect")
  func prewhitened() throws {
    let pieces = (0..<3).map { s in
      let x = autoregressive(200, 2, 0.9, seed: 40, key: "x\(s)")
      var y = autoregressive(200, 2, 0.9, seed: 41, key: "y\(s)")
      for t in 0..<200 { (y[t, 0], y[t, 1]) = (y[t, 0] + 0.5 * x[t, 0], normals(200, 1, seed: 42, key: "\(s)")[t, 0]) }
      return Piece(stimulus: "s\(s)", features: [x], targets: y)
    }
    let data = EncodingData(bands: [Band("x")], pieces: pieces, dt: 1, targetNames: ["slow", "white"])
    let score = try #require(control(data).prewhitened)
    #expect((0.75...0.95).contains(score.coefficients[0]) && abs(score.coefficients[1]) <= 0.1)
    #expect(score.coefficients.allSatisfy { abs($0 * 20 - ($0 * 20).rounded()) < 1e-9 })
    #expect(score.p[0] <= 0.02 && score.r[0] > 0.3 && score.p[1] > 0.02)
  }

  @Test("a target of which hardly two neighbours are there has its score, and no prewhitened one")
  func sparse() throws {
    var sparse = data([240, 240], weight: 1.5)
    for piece in sparse.pieces.indices {
      for t in 0..<240 where t % 3 != 0 && !(piece == 0 && t < 6) { sparse.pieces[piece].targets[t, 0] = .nan }
    }
    let found = try control(sparse, draws: 9)
    let score = try #require(found.prewhitened)
    #expect(found.fit.full.r[0] > 0.4)
    #expect(!score.coefficients[0].isNaN && score.r[0].isNaN && score.p[0].isNaN)
  }

  @Test("what stands beside r is the mean over the folds that r is the mean of")
  func sameFolds() throws {
    var drifting = data([300], weight: 1)
    for t in 120..<300 { drifting.pieces[0].targets[t, 0] += Double(t) / 6 }
    var settings = PositionTests.settings
    settings.outer = .blocks(5)
    let found = try PositionControl(drifting, settings: settings, draws: 0, seed: 1)
    // By itself the plain fit would leave the folds of the drift out.
    let alone = try EncodingModel(settings.withoutPosition).fit(drifting).full
    #expect(alone.foldsCounted(of: 0) < 5 && found.fit.full.foldsCounted(of: 0) == 5)
    for beside in [found.plain, found.position] {
      #expect(beside.full.folds.map(\.key) == found.fit.full.folds.map(\.key))
      #expect(beside.full.foldsCounted(of: 0) == 5)
    }
    #expect(abs(found.plain.full.r[0] - Correlation.fisherMean(alone.folds.map { $0.r[0] })) < 1e-12)
  }

  @Test("a single film whose target is slow to the end is not to be reported")
  func nearNonstationary() throws {
    #expect(EncodingFlag.nearNonstationary.invalidates(stimulusCount: 1))
    #expect(!EncodingFlag.nearNonstationary.invalidates(stimulusCount: 2))
    #expect(!EncodingFlag.lambdaAtEdge.invalidates(stimulusCount: 1))
    // A walk sampled at 20 Hz stays slow beyond what position takes out; at 1 Hz it does not.
    let walk = CourseSimulation(.walk, seconds: 2400).stimuli(seed: 1)[0]
    for (dt, isFlagged) in [(0.05, true), (1, false)] {
      let data = EncodingData(
        bands: [Band("x")], pieces: [Piece(stimulus: "film", features: [walk.features], targets: walk.target)], dt: dt,
        targetNames: ["y"])
      let fit = try EncodingModel(PositionTests.settings).fit(data)
      #expect(fit.flags[0].contains(.nearNonstationary) == isFlagged)
    }
  }
}
