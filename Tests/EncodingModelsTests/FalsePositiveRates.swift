import EncodingModels
import Foundation
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

/// A scenario without any effect: how often is p at most .05? (T = 240 s, 12 features, 5 folds.)
///
/// `EVOKE_FALSE_POSITIVE_RUNS=2000 swift test -c release --filter FalsePositiveTests` makes the table in
/// Tests/Benchmarks/RESULTS.md; without it a seeded subset runs.
enum NullScenario: String, CaseIterable, Sendable {
  /// AR(.95) features, 10 s moving-average target.
  case autoregressive = "AR(.95) features, moving-average target"
  /// 12 subjects whose responses share a component (ISC .2), tested by `group_phase`.
  case sharedResponse = "shared group response, ISC .2 (group_phase)"
  /// The target follows covariates that correlate .8 with the features: banded zeroed r by `phase_residual`.
  case covariateZeroed = "correlated covariate, zeroed r (phase_residual)"
  /// The same data, unique R² of the banded fit by `phase`.
  case covariateUnique = "correlated covariate, unique R2 (phase)"
  case slow = "AR(.98) features and target"
  case onsetRamp = "onset ramp in features and target"
  case onsetRampTrimmed = "onset ramp, first and last 20 s trimmed"
  /// What the defaults are for: the same data with no gap and phases that see the jump from end to start.
  case slowBare = "AR(.98), no gap, not mirrored"
  case onsetRampBare = "onset ramp, no gap, not mirrored"
  /// Twelve cells (4 layers, 3 targets) and the studentised maximum: any rejection in the family.
  case family = "max-statistic over 12 null cells, any p < .05"
  /// Broken on purpose.
  case shuffledFolds = "broken: shuffled folds"
  case iidPermutation = "broken: iid permutation of the target"
  case parametricGroup = "broken: group t test at ISC .4"

  enum Expectation { case nominal, conservative, tolerable, shown, family, broken }

  var expectation: Expectation {
    switch self {
    case .autoregressive, .sharedResponse, .covariateZeroed: .nominal
    // An independent simulation measures .027 for unique R² of the banded fit.
    case .covariateUnique: .conservative
    case .slow, .onsetRamp, .onsetRampTrimmed: .tolerable
    case .slowBare, .onsetRampBare: .shown
    case .family: .family
    case .shuffledFolds, .iidPermutation, .parametricGroup: .broken
    }
  }
}

struct NullRun {
  static let rows = 240
  static let draws = 99
  let scenario: NullScenario
  let seed: UInt64

  private func series(_ key: String, _ columns: Int, _ a: Double) -> Matrix {
    autoregressive(Self.rows + 50, columns, a, seed: seed, key: "\(scenario.rawValue)|\(key)")
      .selecting(rows: Array(50..<(Self.rows + 50)))
  }

  private func smoothed(_ key: String, _ columns: Int) -> Matrix {
    InferenceTests.movingAverage(series(key, columns, 0), 10)
  }

  private var settings: EncodingSettings {
    var settings = EncodingSettings()
    settings.outer = .blocks(5)
    settings.inner = .blocks(4)
    settings.lambdas = LambdaGrid(values: [1e-3, 1e-2, 1e-1, 1, 10, 100], scale: .trainCount)
    return settings
  }

  private func data(_ x: Matrix, _ y: Matrix, covariates: Matrix? = nil) -> EncodingData {
    var bands = [Band("x")]
    var features = [x]
    if let covariates {
      bands.append(Band("c", role: .covariate, penalty: .smallestStable))
      features.append(covariates)
    }
    return EncodingData(
      bands: bands, pieces: [Piece(stimulus: "film", features: features, targets: y)], dt: 1,
      targetNames: (0..<y.columns).map { "y\($0)" })
  }

  private func phaseP(
    _ data: EncodingData, _ settings: EncodingSettings? = nil, _ kind: NullKind = .phase,
    _ statistic: NullStatistic = .r, cells: [[Int]]? = nil
  ) throws -> Double {
    let fit = try EncodingModel(settings ?? self.settings).fit(data)
    return try fit.null(NullRequest(kind, statistic: statistic, draws: Self.draws, seed: seed, cells: cells)).p[0]
  }

  /// p of one run.
  func p() throws -> Double {
    switch scenario {
    case .autoregressive: return try phaseP(data(series("x", 12, 0.95), smoothed("y", 1)))
    case .sharedResponse:
      return try phaseP(
        data(series("x", 12, 0.95), subjects(0.2)), nil, .groupPhase, cells: [Array(0..<12)])
    case .covariateZeroed: return try phaseP(confounded(), nil, .phaseResidual, .zeroedR)
    case .covariateUnique: return try phaseP(confounded(), nil, .phase, .uniqueR2)
    case .slow: return try phaseP(data(series("x", 12, 0.98), series("y", 1, 0.98)))
    case .onsetRamp: return try phaseP(ramped())
    case .onsetRampTrimmed:
      var trimmed = settings
      trimmed.trim = .init(start: 20, end: 20)
      return try phaseP(ramped(), trimmed)
    case .slowBare: return try bareP(data(series("x", 12, 0.98), series("y", 1, 0.98)))
    case .onsetRampBare: return try bareP(ramped())
    case .family: return try familyP()
    case .shuffledFolds: return try shuffledFolds()
    case .iidPermutation: return try iidPermutation()
    case .parametricGroup:
      let fit = try EncodingModel(settings).fit(data(series("x", 12, 0.95), subjects(0.4)))
      return GroupTest.t(fit.full.r.map(Correlation.fisherZ), twoSided: true).p
    }
  }

  private func bareP(_ data: EncodingData) throws -> Double {
    var bare = settings
    bare.gap = .seconds(0)
    let fit = try EncodingModel(bare).fit(data)
    var request = NullRequest(.phase, draws: Self.draws, seed: seed)
    request.mirrored = false
    return try fit.null(request).p[0]
  }

  private func familyP() throws -> Double {
    let base = series("base", 6, 0.9)
    let y = smoothed("y", 3)
    var draws = Matrix(rows: Self.draws, columns: 12)
    var observed: [Double] = []
    for layer in 0..<4 {
      let own = series("layer\(layer)", 6, 0.9)
      var x = base
      for i in x.values.indices { x.values[i] = 0.7 * base.values[i] + 0.7 * own.values[i] }
      let null = try EncodingModel(settings).fit(data(x, y)).null(NullRequest(.phase, draws: Self.draws, seed: seed))
      for d in 0..<Self.draws { for t in 0..<3 { draws[d, observed.count + t] = null.draws[d, t] } }
      observed += null.observed
    }
    // p = .05 is attainable with 99 draws and does not count as below .05.
    let least = MultipleTesting.maxStatistic(observed: observed, draws: draws).min() ?? 1
    return least < 0.05 ? least : 1
  }

  private func subjects(_ isc: Double) -> Matrix {
    let (common, own) = (smoothed("common", 1), smoothed("own", 12))
    var y = own
    for t in 0..<y.rows {
      for s in 0..<12 { y[t, s] = isc.squareRoot() * common[t, 0] + (1 - isc).squareRoot() * own[t, s] }
    }
    return y
  }

  private func confounded() -> EncodingData {
    let (vision, own, noise) = (series("v", 4, 0.9), series("a", 4, 0.9), smoothed("n", 1))
    var audio = own
    for i in audio.values.indices { audio.values[i] = 0.8 * vision.values[i] + 0.6 * own.values[i] }
    var y = Matrix(rows: Self.rows, columns: 1)
    for t in 0..<Self.rows { y[t, 0] = 0.5 * (0..<4).reduce(0.0) { $0 + vision[t, $1] } + 3 * noise[t, 0] }
    return data(audio, y, covariates: vision)
  }

  private func ramped() -> EncodingData {
    var (x, y) = (series("x", 12, 0.9), smoothed("y", 1))
    for t in 0..<Self.rows {
      let ramp = 2 * exp(-Double(t) / 8)
      for j in 0..<12 { x[t, j] += ramp }
      y[t, 0] += ramp / 3
    }
    return data(x, y)
  }

  /// Random rows in the folds, no gap: the folds leak, and the parametric p of the pooled r believes them.
  private func shuffledFolds() throws -> Double {
    var stream = RandomStream(seed: seed, purpose: "shuffle")
    let order = stream.permutation(of: Self.rows)
    var open = settings
    open.gap = .seconds(0)
    let (x, y) = (series("x", 12, 0.95), smoothed("y", 1))
    let fit = try EncodingModel(open).fit(data(x.selecting(rows: order), y.selecting(rows: order)))
    let r = fit.full.r[0]
    let t = r * (Double(Self.rows - 2) / (1 - r * r)).squareRoot()
    return 1 - Distributions.studentCDF(t, degreesOfFreedom: Double(Self.rows - 2))
  }

  private func iidPermutation() throws -> Double {
    let (x, y) = (series("x", 1, 0.95), smoothed("y", 1))
    let observed = abs(Correlation.pearson(x.values, y.values))
    let exceed = (0..<Self.draws).count { draw in
      var stream = RandomStream(seed: seed, purpose: "iid", draw: draw)
      return abs(Correlation.pearson(x.values, stream.permutation(of: Self.rows).map { y.values[$0] })) >= observed
    }
    return Double(exceed + 1) / Double(Self.draws + 1)
  }
}

@Suite(.serialized) struct FalsePositiveTests {
  private static var runs: Int {
    ProcessInfo.processInfo.environment["EVOKE_FALSE_POSITIVE_RUNS"].flatMap(Int.init) ?? 30
  }

  @Test("false-positive rates at .05", arguments: NullScenario.allCases)
  func rate(_ scenario: NullScenario) throws {
    let n = Self.runs
    let started = Date()
    let rejected = try (0..<n).count { try NullRun(scenario: scenario, seed: UInt64($0)).p() <= 0.05 }
    let rate = Double(rejected) / Double(n)
    if n > 30 {
      let seconds = Int(Date().timeIntervalSince(started))
      print("| \(scenario.rawValue) | \(n) | \(rejected) | \(String(format: "%.4f", rate)) | \(seconds) s |")
    }
    let error = (0.05 * 0.95 / Double(n)).squareRoot()
    switch scenario.expectation {
    case .nominal, .conservative:
      // Two standard errors in the full table; four in the small seeded subset.
      #expect(rate <= 0.05 + (n >= 2000 ? 2 : 4) * error)
      if n >= 2000 { #expect(rate > (scenario.expectation == .nominal ? 0.03 : 0.02)) }
    case .tolerable: #expect(rate <= (n >= 2000 ? 0.08 : 0.08 + 4 * error))
    case .shown: break
    case .family: #expect(rate <= 0.07 + (n >= 200 ? 0 : 4 * error))
    // The mildest of them rejects 308 of 2,000; 30 runs know that to .07.
    case .broken: #expect(rate > (n >= 2000 ? 0.15 : 0.1))
    }
  }
}
