import Diagnostics
import EncodingModels
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

/// Values in rows that do not count change no bit of any result.
@Suite struct KeptRowsTests {
  private static let rows = 90
  private static let delays = [2, 3, 5]

  /// One way to fit the data, by name.
  struct Variant: CustomTestStringConvertible, Sendable {
    let testDescription: String
    var trim = EdgeTrim(start: 0, end: 0)
    var standardisation = Standardisation.trainFold
    var reduction: Reduction?
    var hasCovariate = false
    var edges = DelayEdges.crop

    var settings: EncodingSettings {
      var settings = EncodingSettings()
      settings.trim = trim
      settings.standardisation = standardisation
      settings.delayEdges = edges
      settings.lambdas = LambdaGrid(values: [0.01, 1, 100])
      settings.outer = .leaveOne(.stimulus)
      settings.inner = .blocks(3)
      settings.minimumEffectiveCount = 0
      return settings
    }
  }

  static let variants = [
    Variant(testDescription: "trimmed, per stimulus", trim: .init(start: 12, end: 9), standardisation: .perStimulus),
    Variant(testDescription: "trimmed, per fold", trim: .init(start: 12, end: 9)),
    Variant(testDescription: "delays and missing targets alone", standardisation: .perStimulus),
    Variant(
      testDescription: "components of the fold", trim: .init(start: 12, end: 9), standardisation: .perStimulus,
      reduction: Reduction(components: 2, fit: .trainFold, scale: .zscore)),
    Variant(
      testDescription: "components of all rows", trim: .init(start: 12, end: 9),
      reduction: Reduction(components: 2, fit: .dataset, scale: .zscore)),
    Variant(
      testDescription: "covariates", trim: .init(start: 12, end: 9), standardisation: .perStimulus, hasCovariate: true),
    Variant(testDescription: "zero edges", trim: .init(start: 12, end: 9), standardisation: .perStimulus, edges: .zero),
  ]

  private static func data(_ variant: Variant) -> EncodingData {
    let pieces = (0..<4).map { s in
      let x = autoregressive(rows, 4, 0.6, seed: 5, key: "x\(s)")
      let c = autoregressive(rows, 2, 0.6, seed: 6, key: "c\(s)")
      var y = normals(rows, 2, seed: 7, key: "y\(s)")
      for t in 2..<rows { y[t, 0] += x[t - 2, 0] }
      // A hole longer than the delays, common to both targets, and one of the second alone.
      for t in 40..<52 { for target in 0..<2 { y[t, target] = .nan } }
      for t in 60..<63 { y[t, 1] = .nan }
      return Piece(stimulus: "s\(s)", features: variant.hasCovariate ? [x, c] : [x], targets: y)
    }
    let bands = [Band("x", reduction: variant.reduction, delays: delays)]
    let covariates = variant.hasCovariate ? [Band("c", role: .covariate, delays: delays, penalty: .smallestStable)] : []
    return EncodingData(bands: bands + covariates, pieces: pieces, dt: 1, targetNames: ["a", "b"])
  }

  /// The same data with a wild value wherever nothing counts.
  private static func spiked(_ data: EncodingData, _ variant: Variant) -> EncodingData {
    var copy = data
    let (head, tail) = (Int(variant.trim.start), rows - Int(variant.trim.end))
    let first = variant.edges == .crop ? max(head, delays.max() ?? 0) : head
    for piece in copy.pieces.indices {
      var counts = [Bool](repeating: false, count: rows)
      for t in 0..<rows {
        for target in 0..<2 {
          if first..<tail ~= t, data.pieces[piece].targets[t, target].isFinite {
            counts[t] = true
          } else if data.pieces[piece].targets[t, target].isFinite {
            copy.pieces[piece].targets[t, target] = 1e6
          }
        }
      }
      for t in 0..<rows where !(t...min(rows - 1, t + 5)).contains(where: { counts[$0] }) {
        for band in copy.bands.indices {
          for j in 0..<copy.pieces[piece].features[band].columns { copy.pieces[piece].features[band][t, j] = -3e5 }
        }
      }
    }
    return copy
  }

  /// Everything a fit says.
  private static func results(_ data: EncodingData, _ variant: Variant) throws -> [String] {
    let fit = try EncodingModel(variant.settings).fit(data)
    var said = [
      "\(fit.full)", "\(fit.flags.map { $0.sorted() })", "\(fit.sampleCount)", "\(fit.effectiveCount)",
      "\(fit.droppedCount)", "\(fit.lag1)", "\(fit.evidence)", "\(fit.full.foldwise(of: 1))",
      "\(fit.full.interval(of: 0))",
    ]
    for kind in [NullKind.phase, .phaseTarget, .circularShift, .block] {
      said.append("\(kind): \(try fit.null(NullRequest(kind, draws: 5, seed: 2)))")
    }
    guard variant.hasCovariate else { return said }
    said.append("\(try fit.null(NullRequest(.phaseResidual, statistic: .zeroedR, draws: 5, seed: 2)))")
    let control = try CovariateControl(data, settings: variant.settings)
    let nulls = try control.nulls(draws: 5, seed: 3)
    return said + ["\(control.uniqueR2)", "\(control.audioVisualR2)", "\(control.joint.full)", "\(nulls)"]
  }

  @Test("values in rows that do not count change no bit", arguments: variants)
  func nothingElseTells(_ variant: Variant) throws {
    let plain = Self.data(variant)
    let wild = Self.spiked(plain, variant)
    #expect("\(plain.pieces)" != "\(wild.pieces)")
    let (a, b) = (try Self.results(plain, variant), try Self.results(wild, variant))
    for (one, other) in zip(a, b) { #expect(one == other) }
  }

  /// Two showings of each of two films; the target is the film's own noise, which nothing predicts.
  private func films(_ runs: [[String]], rows: Int = 120) -> EncodingData {
    let pieces = (0..<2).flatMap { film in
      let x = normals(rows, 40, seed: 11, key: "x\(film)")
      let y = normals(rows, 1, seed: 12, key: "y\(film)")
      return runs[film].map { Piece(stimulus: "film\(film)", run: $0, features: [x], targets: y) }
    }
    return EncodingData(bands: [Band("x")], pieces: pieces, dt: 1, targetNames: ["y"])
  }

  @Test("runs that share a stimulus are left out together, or not at all")
  func runsOfOneStimulus() throws {
    var settings = EncodingSettings()
    settings.outer = .leaveOne(.acquisitionRun)
    let apart = try EncodingModel(settings).fit(films([["r1", "r2"], ["r3", "r4"]]))
    #expect(
      apart.full.folds.map(\.testStimuli) == [["film0 [r1]", "film0 [r2]"], ["film1 [r3]", "film1 [r4]"]])
    #expect(abs(apart.full.r[0]) < 0.2)
    let error = try #require(throws: EvokeError.self) {
      try EncodingModel(settings).fit(films([["r1", "r2"], ["r1", "r2"]]))
    }
    #expect(error.code == .tooFewFolds && error.remedy.contains("leave_one: stimulus"))
    #expect(error.remedy.contains("leave_one: overlapping_run"))
  }

  @Test("runs that share a stimulus are taken apart by force alone, and then the score is not to be reported")
  func runsTakenApart() throws {
    var settings = EncodingSettings()
    settings.outer = .leaveOne(.overlappingRun)
    let forced = try EncodingModel(settings).fit(films([["r1", "r2"], ["r1", "r2"]]))
    #expect(forced.full.folds.map(\.testStimuli) == [["film0 [r1]", "film1 [r1]"], ["film0 [r2]", "film1 [r2]"]])
    // Noise that is trained on and tested again.
    #expect(forced.full.r[0] > 0.25)
    #expect(forced.evidence.allSatisfy { $0.overlap == 240 })
    #expect(forced.flags[0].contains(.trainedOnTest))
    #expect(EncodingFlag.trainedOnTest.invalidates(stimulusCount: 2))
    // The same scheme over runs that share nothing trains on nothing that it tests.
    var apart = films([["r1"], ["r2"]])
    apart.pieces.append(
      Piece(
        stimulus: "film2", run: "r3", features: [normals(120, 40, seed: 13)], targets: normals(120, 1, seed: 14)))
    let clean = try EncodingModel(settings).fit(apart)
    #expect(!clean.flags[0].contains(.trainedOnTest) && clean.evidence.allSatisfy { $0.overlap == 0 })
    settings.outer = .leaveOne(.acquisitionRun)
    #expect(try EncodingModel(settings).fit(apart).full.r == clean.full.r)
    // Showings that were averaged before folds leave no run to take apart.
    var averaged = films([["r1"], ["r1"]])
    for i in averaged.pieces.indices {
      averaged.pieces[i].run = nil
      averaged.pieces[i].runs = ["r1", "r2"]
    }
    settings.outer = .leaveOne(.overlappingRun)
    let error = try #require(throws: EvokeError.self) { try EncodingModel(settings).fit(averaged) }
    #expect(error.code == .tooFewFolds && error.remedy.contains("repeats: separate"))
  }

  @Test("no second of a stimulus is tested in one showing and trained on in another")
  func otherShowings() throws {
    var settings = EncodingSettings()
    settings.outer = .chunks(seconds: 20, count: 3, repeats: 6)
    settings.gap = .seconds(0)
    let fit = try EncodingModel(settings).fit(films([["r1", "r2"], ["r3", "r4"]]))
    #expect(abs(fit.full.r[0]) < 0.2)
  }
}
