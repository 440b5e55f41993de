import Diagnostics
import EncodingModels
import LinearAlgebra
import Statistics
import Testing
import Vocabulary

@Suite struct InferenceTests {
  static func movingAverage(_ x: Matrix, _ w: Int) -> Matrix {
    var y = Matrix(rows: x.rows, columns: x.columns)
    for t in 0..<x.rows {
      for j in 0..<x.columns {
        let lo = max(0, t - w / 2)
        let hi = min(x.rows, t + w - w / 2)
        y[t, j] = (lo..<hi).reduce(0.0) { $0 + x[$1, j] } / Double(hi - lo)
      }
    }
    return y
  }

  /// Unrelated series with memory. Seconds drawn at random as test parts are predicted from their neighbours (r of .44 in
  /// NumPy); that is told, and not to be reported.
  @Test("neighbours that predict each other are flagged, and contiguous folds with their gap predict nothing")
  func neighbours() throws {
    func data(_ run: Int) -> EncodingData {
      let x = autoregressive(290, 12, 0.95, seed: UInt64(run), key: "x of neighbours")
      let y = Self.movingAverage(normals(240, 1, seed: UInt64(run), key: "y of neighbours"), 10)
      return EncodingData(
        bands: [Band("x")],
        pieces: [Piece(stimulus: "film", features: [x.selecting(rows: Array(50..<290))], targets: y)], dt: 1,
        targetNames: ["y"])
    }
    func model(_ outer: FoldScheme, _ gap: PurgeGap) -> EncodingModel {
      var settings = EncodingSettings()
      settings.lambdas = LambdaGrid(values: [1e-3, 1e-2, 1e-1, 1, 10, 100])
      (settings.outer, settings.gap) = (outer, gap)
      return EncodingModel(settings)
    }
    func isFlagged(_ fit: EncodingFit) -> Bool { fit.flags[0].contains(.neighboursTrainedOn) }
    let leaking = model(.chunks(seconds: 1, count: 48, repeats: 5), .seconds(0))
    let leaked = try (0..<20).map { try leaking.fit(data($0)) }
    #expect(Moments.mean(leaked.map { $0.full.r[0] }) > 0.2 && leaked.allSatisfy(isFlagged))
    #expect(try !leaking.forecast(data(0), widths: [12])[0].isValid)
    #expect(EncodingFlag.neighboursTrainedOn.invalidates(stimulusCount: 9))
    // A standard error of .014.
    let apart = try (0..<300).map { try model(.blocks(5), .automatic).fit(data($0)) }
    #expect(abs(Moments.mean(apart.map { $0.full.r[0] })) < 0.05 && !apart.contains(where: isFlagged))
    // Of long parts without a gap few rows have such neighbours.
    #expect(try !isFlagged(model(.blocks(5), .seconds(0)).fit(data(0))))
  }

  @Test("correlated covariates leak through one shared lambda and not through the banded model")
  func covariateLeak() throws {
    // The zeroed r of one run has either sign, since its small weights fit noise: means over runs are compared.
    var (shared, banded, unique, audioOnly): ([Double], [Double], [Double], [Double]) = ([], [], [], [])
    var product: [Double] = []
    for run in 0..<12 {
      let data = Self.visionDriven(400, seed: UInt64(run))
      var settings = EncodingSettings()
      settings.gap = .seconds(0)
      settings.lambdas = LambdaGrid(values: [1], scale: .trainCount)
      shared.append(try CovariateControl(data, settings: settings).joint.zeroed?.r[0] ?? .nan)
      settings.lambdas = LambdaGrid(values: [1e-4, 1], scale: .trainCount)
      let control = try CovariateControl(data, settings: settings)
      banded.append(control.banded.zeroed?.r[0] ?? .nan)
      unique.append(control.uniqueR2[0])
      audioOnly.append(control.audioOnly.full.r[0])
      product.append(control.productR.tested[0])
      // The parts of audio and vision add up to r.
      let folds = control.banded.full.folds.filter { $0.isCounted[0] }.map { $0.r[0] }
      #expect(abs(control.productR.tested[0] + control.productR.covariates[0] - Moments.mean(folds)) < 1e-9)
      #expect(abs(control.audioVisualR2 - 0.64) < 0.1)
    }
    #expect(Moments.mean(audioOnly) > 0.4)
    #expect(abs(Moments.mean(product)) < 0.05)
    #expect(Moments.mean(shared) > 0.3)
    // The standard error over the runs is about .06.
    #expect(abs(Moments.mean(banded)) < 0.18)
    #expect(abs(Moments.mean(unique)) < 0.02)
    let nulls = try CovariateControl(Self.visionDriven(400, seed: 1)).nulls(draws: 99, seed: 5)
    #expect(nulls.zeroedBanded.p[0] > 0.02 && nulls.uniqueR2.p[0] > 0.02)
    // The plain phase null of audio alone certifies the confound.
    #expect(nulls.audioOnly.p[0] < 0.05)
  }

  /// y follows vision only; audio correlates .8 with vision.
  static func visionDriven(_ n: Int, seed: UInt64) -> EncodingData {
    let vision = autoregressive(n, 4, 0.5, seed: seed, key: "v")
    var audio = autoregressive(n, 4, 0.5, seed: seed, key: "a")
    for i in audio.values.indices { audio.values[i] = 0.8 * vision.values[i] + 0.6 * audio.values[i] }
    let noise = normals(n, 1, seed: seed, key: "n")
    var y = Matrix(rows: n, columns: 1)
    for t in 0..<n { y[t, 0] = 0.5 * (0..<4).reduce(0.0) { $0 + vision[t, $1] } + 1.2 * noise[t, 0] }
    return EncodingData(
      bands: [Band("audio"), Band("vision", role: .covariate)],
      pieces: [Piece(stimulus: "s", features: [audio, vision], targets: y)], dt: 1, targetNames: ["y"])
  }

  @Test("the banded model equals ordinary ridge on columns divided by the root of their penalty")
  func eliminationIsExact() throws {
    let x = normals(120, 3, seed: 31)
    let c = normals(120, 2, seed: 32)
    let y = normals(120, 2, seed: 33)
    var settings = EncodingSettings()
    settings.lambdas = LambdaGrid(values: [20], scale: .none)
    settings.gap = .seconds(0)
    let pieces = [Piece(stimulus: "s", features: [x, c], targets: y)]
    let fixed = EncodingData(
      bands: [Band("x"), Band("c", role: .covariate, penalty: .fixed(5))], pieces: pieces, dt: 1,
      targetNames: ["a", "b"])
    var weighted = fixed
    weighted.bands[1].penalty = .selected(weight: 0.25)
    let (a, b) = (try EncodingModel(settings).fit(fixed), try EncodingModel(settings).fit(weighted))
    #expect(largestDifference(a.full.predictions[0].values, b.full.predictions[0].values) < 1e-10)
    #expect(largestDifference(a.zeroed?.predictions[0].values ?? [], b.zeroed?.predictions[0].values ?? []) < 1e-10)
  }

  @Test("the pooled r of unrelated series is negative where the mean over folds is near zero")
  func pooledTrap() throws {
    var pooled: [Double] = []
    var folds: [Double] = []
    for run in 0..<20 {
      let x = autoregressive(240, 3, 0.9, seed: UInt64(run), key: "x")
      let y = Self.movingAverage(normals(240, 1, seed: UInt64(run), key: "y"), 10)
      let fit = try EncodingModel().fit(
        EncodingData(
          bands: [Band("x")], pieces: [Piece(stimulus: "s", features: [x], targets: y)], dt: 1, targetNames: ["y"]))
      pooled.append(fit.full.pooledR[0])
      folds.append(fit.full.r[0])
    }
    #expect(Moments.mean(pooled) < -0.03)
    #expect(abs(Moments.mean(folds)) < 0.12)
  }

  @Test("one draw is the same for every layer, and follows the seed")
  func drawsAreShared() throws {
    let x = autoregressive(150, 2, 0.7, seed: 41)
    let y = normals(150, 1, seed: 42)
    let data = EncodingData(
      bands: [Band("x")], pieces: [Piece(stimulus: "s", features: [x], targets: y)], dt: 1, targetNames: ["y"])
    let fit = try EncodingModel().fit(data)
    var renamed = data
    renamed.bands[0].name = "other layer"
    let again = try EncodingModel().fit(renamed)
    let request = NullRequest(.phase, draws: 9, seed: 7)
    let first = try fit.null(request)
    #expect(first.draws == (try again.null(request)).draws)
    #expect(first.draws != (try fit.null(NullRequest(.phase, draws: 9, seed: 8))).draws)
    // Fewer draws are the first of more.
    let more = try fit.null(NullRequest(.phase, draws: 12, seed: 7))
    #expect(Array(more.draws.values[0..<9]) == first.draws.values)
  }

  @Test("group cells average Fisher z over subjects, circular shifts count distinct shifts")
  func cellsAndShifts() throws {
    let x = autoregressive(160, 2, 0.6, seed: 51)
    let y = normals(160, 3, seed: 52)
    let data = EncodingData(
      bands: [Band("x")], pieces: [Piece(stimulus: "s", features: [x], targets: y)], dt: 1,
      targetNames: ["s1", "s2", "s3"])
    let fit = try EncodingModel().fit(data)
    let group = try fit.null(NullRequest(.groupPhase, draws: 5, seed: 1, cells: [[0, 1, 2]]))
    #expect(abs(group.observed[0] - Correlation.fisherMean(fit.full.r)) < 1e-12)
    let shifted = try fit.null(NullRequest(.circularShift, draws: 100_000, seed: 1))
    #expect(shifted.draws.rows == 121)
    #expect(shifted.pFloor == 1 / 122.0)
    for kind in [NullKind.block, .phaseTarget] {
      let null = try fit.null(NullRequest(kind, draws: 7, seed: 1))
      #expect(null.draws.rows == 7 && null.draws.values.allSatisfy(\.isFinite))
    }
    #expect(throws: EvokeError.self) {
      try fit.null(NullRequest(.phaseResidual, statistic: .zeroedR, draws: 3, seed: 1))
    }
  }

  /// It would be the plain phase null under another name.
  @Test("the residual null is refused where a fold has fewer rows than covariates")
  func residualsOfTooFewRows() throws {
    let (x, c, y) = (normals(200, 1, seed: 61), normals(200, 200, seed: 62), normals(200, 1, seed: 63))
    func fit(_ covariates: Matrix) throws -> EncodingFit {
      try EncodingModel().fit(
        EncodingData(
          bands: [Band("x"), Band("c", role: .covariate, penalty: .smallestStable)],
          pieces: [Piece(stimulus: "s", features: [x, covariates], targets: y)], dt: 1, targetNames: ["y"]))
    }
    let request = NullRequest(.phaseResidual, statistic: .zeroedR, draws: 3, seed: 1)
    let error = #expect(throws: EvokeError.self) { try fit(c).null(request) }
    #expect(error?.code == .nullUnavailable && error?.reason.contains("201 columns") == true)
    #expect(try fit(c.selecting(columns: [0, 1])).null(request).draws.values.allSatisfy(\.isFinite))
  }

  @Test("windowed targets take averaged features, or delays that span the window")
  func windows() throws {
    let x = autoregressive(200, 1, 0.3, seed: 71)
    let smooth = Self.movingAverage(x, 10)
    var y = smooth
    for t in 0..<200 where t < 5 || t >= 195 { y[t, 0] = .nan }
    var data = EncodingData(
      bands: [Band("x", delays: [0, 1])], pieces: [Piece(stimulus: "s", features: [x], targets: y)], dt: 1,
      targetNames: ["y"], window: TargetWindow(seconds: 10, step: 1))
    #expect(try EncodingModel().fit(data).full.r[0] > 0.999)
    data.window?.averagesFeatures = false
    #expect(throws: EvokeError.self) { try EncodingModel().fit(data) }
    data.bands[0].delays = Array(-4...5)
    #expect(try EncodingModel().fit(data).full.r[0] > 0.99)
  }
}
