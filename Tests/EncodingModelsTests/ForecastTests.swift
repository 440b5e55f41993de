import Diagnostics
import EncodingModels
import LinearAlgebra
import Testing
import Vocabulary

/// What is said of a fit beforehand is what the fit says.
@Suite struct ForecastTests {
  /// A design, by name.
  struct Design: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let lengths: [Int]
    var memory = 0.5
    var delays = [0, 1, 2]
    var outer = FoldScheme.automatic
    var position = PositionSet.none
    var trim = EdgeTrim(start: 0, end: 0)
    var gap = PurgeGap.automatic
    /// Rows of the first piece in which target b is missing, and in which features are.
    var missingTarget = 0..<0
    var missingFeature = 0..<0
    var isConstantAtFirst = false
    /// Whether target a has one value per film.
    var isOfLevels = false

    var settings: EncodingSettings {
      var settings = EncodingSettings()
      settings.lambdas = LambdaGrid(values: [0.1, 10])
      (settings.outer, settings.position, settings.trim, settings.gap) = (outer, position, trim, gap)
      return settings
    }

    var data: EncodingData {
      let pieces = lengths.enumerated().map { s, rows in
        var x = normals(rows, 3, seed: 91, key: "x\(s)")
        var y = autoregressive(rows, 2, memory, seed: 92, key: "y\(s)")
        if s == 0 {
          for t in missingTarget { y[t, 1] = .nan }
          for t in missingFeature { for j in 0..<3 { x[t, j] = .nan } }
          if isConstantAtFirst { for t in 0..<rows { y[t, 0] = 1 } }
        }
        if isOfLevels { for t in 0..<rows { y[t, 0] = 0.1 * Double(s + 1) } }
        return Piece(stimulus: "s\(s)", features: [x], targets: y)
      }
      return EncodingData(
        bands: [Band("x", delays: delays)], pieces: pieces, dt: 1, targetNames: ["a", "b"])
    }
  }

  static let designs = [
    Design(testDescription: "one film", lengths: [600]),
    Design(testDescription: "one film, position", lengths: [600], position: .cosines),
    Design(testDescription: "one film, position where it is needed", lengths: [600], position: .automatic),
    Design(testDescription: "a slow target of one film", lengths: [300], memory: 0.995),
    Design(testDescription: "two short films", lengths: [60, 70], memory: 0.8),
    Design(testDescription: "four films of different length", lengths: [120, 150, 110, 30], memory: 0.7),
    Design(testDescription: "four films, position", lengths: [130, 150, 110, 120], memory: 0.9, position: .cosines),
    Design(testDescription: "most folds small", lengths: [200, 200, 20, 20, 20, 20, 20], outer: .leaveOne(.stimulus)),
    Design(
      testDescription: "trimmed, gap of 1 s", lengths: [200, 200], trim: .init(start: 10, end: 5), gap: .seconds(1)),
    Design(
      testDescription: "holes", lengths: [200, 200, 200], outer: .leaveOne(.stimulus), missingTarget: 20..<60,
      missingFeature: 50..<190),
    Design(testDescription: "a target that is not there", lengths: [200], missingTarget: 0..<200),
    Design(
      testDescription: "constant in one film", lengths: [150, 150, 150], outer: .leaveOne(.stimulus),
      isConstantAtFirst: true),
    Design(testDescription: "levels of films", lengths: [100, 90, 80], outer: .blocks(4), isOfLevels: true),
    Design(
      testDescription: "levels of films, position", lengths: [100, 90, 80], outer: .blocks(4), position: .cosines,
      isOfLevels: true),
    Design(testDescription: "more columns than rows", lengths: [100, 100], delays: Array(0..<40), gap: .seconds(1)),
  ]

  @Test("counts, effective n and flags are those of the fit", arguments: designs)
  func asFitted(_ design: Design) throws {
    // What a fit alone can tell.
    let later: Set<EncodingFlag> = [.lambdaAtEdge, .constantPrediction, .lowEffectiveCount]
    let data = design.data
    let fit = try EncodingModel(design.settings).fit(data)
    let forecast = try EncodingModel(design.settings).forecast(data, widths: [3])
    for (t, told) in forecast.enumerated() {
      #expect(told.rows == fit.rowCounts[t])
      #expect(told.foldsCounted == fit.full.foldsCounted(of: t) && told.foldsTotal == fit.full.foldsTotal(of: t))
      #expect(told.stimuliCounted == fit.full.stimuliCounted(of: t))
      #expect(told.flags == fit.flags[t].subtracting(later), "\(design.testDescription), \(told.target)")
      let counted = fit.full.folds.filter { $0.isCounted[t] && !$0.r[t].isNaN }
      let sum = counted.reduce(0) { $0 + $1.targetEffectiveCount[t] }
      #expect(sum.isNaN ? told.effectiveRows.isNaN : abs(told.effectiveRows - sum) < 1e-6 * sum + 1e-9)
      #expect(told.trainingRows == counted.map { $0.trainCount[t] }.min() ?? 0 || counted.count < told.foldsTotal)
      let isValid =
        !fit.full.r[t].isNaN
        && !fit.flags[t].contains { $0.invalidates(stimulusCount: fit.full.stimuliCounted(of: t)) }
      #expect(told.isValid == isValid)
      #expect(told.columns.tested == 3 * design.delays.count)
    }
  }

  @Test("what the features hold does not matter, only where they are")
  func placeholders() throws {
    let design = Self.designs[8]
    var blank = design.data
    for piece in blank.pieces.indices {
      let own = blank.pieces[piece].features[0]
      blank.pieces[piece].features = [
        Matrix(rows: own.rows, columns: 1, values: (0..<own.rows).map { own[$0, 0].isNaN ? .nan : 0 })
      ]
    }
    let known = try EncodingModel(design.settings).forecast(design.data, widths: [3])
    let told = try EncodingModel(design.settings).forecast(blank, widths: [nil])
    for (a, b) in zip(known, told) {
      #expect(a.rows == b.rows && a.flags == b.flags && a.foldsCounted == b.foldsCounted)
      #expect(b.columns.tested == nil && b.detectable == nil && a.detectable?.score.isNaN == false)
    }
  }

  @Test("where there is no fit there is no forecast, for the same reason")
  func refusals() throws {
    let hopeless = [
      Design(testDescription: "40 s, nine delays", lengths: [40], memory: 0.9, delays: Array(0..<9)),
      Design(testDescription: "delays as long as the film", lengths: [30], delays: [0, 40]),
      Design(testDescription: "one film left out", lengths: [200], outer: .leaveOne(.stimulus)),
      Design(testDescription: "all trimmed", lengths: [100], trim: .init(start: 60, end: 60)),
    ]
    for design in hopeless {
      let data = design.data
      let fitted = #expect(throws: EvokeError.self) { try EncodingModel(design.settings).fit(data) }
      let told = #expect(throws: EvokeError.self) { try EncodingModel(design.settings).forecast(data, widths: [3]) }
      #expect(fitted?.description == told?.description, "\(design.testDescription)")
    }
  }
}
