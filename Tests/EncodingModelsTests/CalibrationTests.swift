import EncodingModels
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

#if canImport(Glibc)
  import Glibc
#endif

/// Targets in which nothing, or a known score, is planted.
@Suite struct CalibrationTests {
  private static let rows = 150

  private static func slow(_ count: Int, _ phi: Double, _ stream: inout RandomStream) -> [Double] {
    var value = 0.0
    return (0..<(count + 50)).map { _ in
      value = phi * value + stream.normal()
      return value
    }.suffix(count)
  }

  /// One feature of several stimuli, and targets that follow it with a weight and share a course.
  private static func data(stimuli: Int, weight: Double, course: Double, level: Double = 0) -> EncodingData {
    var stream = RandomStream(seed: 3, purpose: "calibration-tests")
    let pieces = (0..<stimuli).map { index in
      let x = slow(rows, 0.8, &stream)
      let noise = slow(rows, 0.8, &stream)
      let values = (0..<rows).map { row in
        let shared = course / (1 + exp(-(Double(row) - 75) / 4))
        return weight * x[row] + noise[row] + shared + level * Double(index)
      }
      return Piece(
        stimulus: "s\(index)", features: [Matrix(rows: rows, columns: 1, values: x)],
        targets: Matrix(rows: rows, columns: 1, values: values))
    }
    return EncodingData(bands: [Band("x")], pieces: pieces, dt: 1, targetNames: ["y"])
  }

  private static var settings: EncodingSettings {
    var settings = EncodingSettings()
    settings.lambdas = LambdaGrid(values: [1e-3])
    settings.outer = .leaveOne(.stimulus)
    settings.seed = 5
    return settings
  }

  @Test func surrogatesKeepLevelVarianceAndGapsAndNothingOfTheRelation() throws {
    var data = Self.data(stimuli: 4, weight: 1, course: 0, level: 10)
    for row in [0, 40, 41, 149] { data.pieces[1].targets[row, 0] = .nan }
    let worlds = try CalibrationWorlds(data, planting: 0, settings: Self.settings)
    var (correlations, ratios, levels) = ([Double](), [Double](), [Double]())
    for run in 0..<60 {
      for (own, piece) in zip(data.pieces, worlds.data(run: run).pieces) {
        let (y, drawn) = (own.targets.column(0), piece.targets.column(0))
        #expect(zip(y, drawn).allSatisfy { $0.isNaN == $1.isNaN })
        let there = y.indices.filter { !y[$0].isNaN }
        let (a, b) = (there.map { y[$0] }, there.map { drawn[$0] })
        levels.append(Moments.mean(b) - Moments.mean(a))
        ratios.append(Moments.standardDeviation(b) / Moments.standardDeviation(a))
        correlations.append(Correlation.pearson(there.map { own.features[0][$0, 0] }, b))
        #expect(piece.features == own.features)
      }
    }
    // Half of a mirrored series varies in level and spread by itself: means over 240.
    #expect(abs(Moments.mean(levels)) < 0.2 && abs(Moments.mean(ratios) - 1) < 0.1)
    #expect(abs(Moments.mean(correlations)) < 0.05)
  }

  /// A logistic step of height 6 has a variance of 9 beside noise of 1 / (1 - .64) = 2.8: .76 of the whole.
  @Test func theCourseThatStimuliShareIsPlantedBack() throws {
    let data = Self.data(stimuli: 6, weight: 0, course: 6)
    let worlds = try CalibrationWorlds(data, planting: 0, settings: Self.settings)
    #expect(abs(worlds.courseShare[0] - 0.76) < 0.06)
    for piece in worlds.data(run: 0).pieces {
      let y = piece.targets.column(0)
      #expect(Moments.mean(Array(y[100..<150])) - Moments.mean(Array(y[0..<50])) > 2)
    }
    let alone = try CalibrationWorlds(
      Self.data(stimuli: 1, weight: 0, course: 6), planting: 0,
      settings: {
        var settings = Self.settings
        settings.outer = .blocks(5)
        return settings
      }())
    #expect(alone.courseShare[0].isNaN)
  }

  /// With one feature the fitted model is the true one up to its sign, so its mean score is the planted one.
  @Test(arguments: [(0.3, PositionSet.none), (0.5, .none), (0.5, .cosines)])
  func theTrueModelScoresWhatIsPlanted(r: Double, position: PositionSet) throws {
    var settings = Self.settings
    settings.position = position
    let worlds = try CalibrationWorlds(
      Self.data(stimuli: 4, weight: 1, course: 0), planting: r, settings: settings)
    let scores = try (0..<80).map { try EncodingModel(settings).fit(worlds.data(run: $0)).full.r[0] }
    let z = scores.map(Correlation.fisherZ)
    let error = Moments.standardDeviation(z) / 80.0.squareRoot()
    #expect(error < 0.02)
    #expect(abs(Moments.mean(z) - Correlation.fisherZ(r)) < 3.1 * error + 0.01)
  }

  @Test func aRunIsTheSameInEveryDesignAndAloneInItsSeed() throws {
    let data = Self.data(stimuli: 3, weight: 1, course: 1)
    var other = data
    for piece in other.pieces.indices { other.pieces[piece].features[0].values.reverse() }
    let (first, second) = (
      try CalibrationWorlds(data, planting: 0, settings: Self.settings),
      try CalibrationWorlds(other, planting: 0, settings: Self.settings)
    )
    #expect(first.data(run: 7).pieces.map(\.targets) == second.data(run: 7).pieces.map(\.targets))
    #expect(first.data(run: 7).pieces[0].targets != first.data(run: 8).pieces[0].targets)
    #expect(Set((0..<50).map { first.nullSeed(run: $0) }).count == 50)
  }

  @Test func featuresThatDoNotVaryCannotBePlanted() throws {
    var data = Self.data(stimuli: 4, weight: 1, course: 0)
    for piece in data.pieces.indices { for row in 0..<Self.rows { data.pieces[piece].features[0][row, 0] = 1 } }
    #expect(throws: (any Error).self) { try CalibrationWorlds(data, planting: 0.3, settings: Self.settings) }
  }
}
