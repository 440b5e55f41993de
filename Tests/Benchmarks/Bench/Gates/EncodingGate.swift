import EncodingModels
import LinearAlgebra
import Statistics
import Vocabulary

/// How often a design finds something, judged as `run` judges it: simulated stimuli through
/// `PositionControl` and its nulls.
struct EncodingGate: Sendable {
  /// What one run said of one target.
  struct Outcome: Sendable, Equatable {
    let r: Double
    let p: Double
    /// NaN where no draws were asked for, with p.
    let rPlain: Double
    let pPlain: Double
    /// NaN where there is none.
    let pMismatch: Double
    let pPrewhitened: Double
    let isValid: Bool
    let isValidPlain: Bool
    let flags: Set<EncodingFlag>
  }

  let simulation: CourseSimulation
  let settings: EncodingSettings
  /// nil: one delay of the span of the target's kind, found by the training rows.
  let delayColumns: DelayColumns?

  init(_ simulation: CourseSimulation, settings: EncodingSettings, delayColumns: DelayColumns? = nil) {
    self.simulation = simulation
    self.settings = settings
    self.delayColumns = delayColumns
  }

  /// Seconds over which annotations follow, or synchrony.
  var span: ClosedRange<Int> { simulation.isWindowed ? 0...5 : 0...8 }

  /// The data of one run, the same for every program that is given the seed.
  func data(seed: UInt64) -> EncodingData {
    let pieces = simulation.stimuli(seed: seed).enumerated().map { index, stimulus in
      Piece(stimulus: "stimulus \(index)", features: [stimulus.features], targets: stimulus.target)
    }
    var data = EncodingData(
      bands: [Band("features")], pieces: pieces, dt: 1,
      targetNames: (0..<simulation.targetCount).map { "target \($0)" },
      window: simulation.isWindowed ? TargetWindow(seconds: 10, step: 1) : nil)
    data.bands[0].delayColumns = delayColumns ?? .chosen(span)
    return data
  }

  /// One outcome per target.
  ///
  /// - Parameters:
  ///   - companionDraws: of what stands beside the score; 0: nothing does.
  ///   - plainDraws: of the score with nothing taken out.
  func outcomes(
    seed: UInt64, draws: Int, companionDraws: Int, plainDraws: Int
  ) throws -> [Outcome] {
    let data = data(seed: seed)
    let control =
      companionDraws + plainDraws > 0
      ? try PositionControl(data, settings: settings, draws: companionDraws, seed: seed) : nil
    let fit = try control?.fit ?? EncodingModel(settings).fit(data)
    let null = try fit.null(NullRequest(.phase, draws: draws, seed: seed))
    let plain = plainDraws > 0 ? control?.plain : nil
    let plainNull = try plain?.null(NullRequest(.phase, draws: plainDraws, seed: seed))
    return (0..<simulation.targetCount).map { target in
      let mismatch: Double
      if case .success(let found) = control?.mismatch { mismatch = found.p[target] } else { mismatch = .nan }
      return Outcome(
        r: fit.full.r[target], p: null.p[target], rPlain: plain?.full.r[target] ?? .nan,
        pPlain: plainNull?.p[target] ?? .nan, pMismatch: mismatch,
        pPrewhitened: control?.prewhitened?.p[target] ?? .nan,
        isValid: fit.isReportable(target, flags: control?.flags[target]),
        isValidPlain: plain?.isReportable(target) ?? false, flags: control?.flags[target] ?? fit.flags[target])
    }
  }
}

extension EncodingFit {
  /// Whether the row of a target may be reported, with its own flags or those that companions add.
  func isReportable(_ target: Int, flags: Set<EncodingFlag>? = nil) -> Bool {
    Reportable.isValid(
      full.r[target], flags ?? self.flags[target], stimulusCount: full.stimuliCounted(of: target))
  }
}
