import LinearAlgebra
import Statistics

/// The data of a design with other targets, run by run: nothing planted, or a relation to the features whose true model
/// has a given score. Not thread-safe.
public final class CalibrationWorlds {
  private let data: EncodingData
  private let seed: UInt64
  private let surrogates: TargetSurrogates
  private let relation: PlantedRelation?

  /// - Parameters:
  ///   - r: what the true model scores; 0: nothing is planted.
  ///   - settings: of the design, whose folds and position the score refers to.
  /// - Throws: `E-ENC-011` where the features predict nothing; `E-ENC-...` where the data do not allow the fit.
  public init(_ data: EncodingData, planting r: Double, settings: EncodingSettings) throws {
    self.data = data
    seed = settings.seed
    let surrogates = TargetSurrogates(data)
    self.surrogates = surrogates
    guard r > 0 else {
      relation = nil
      return
    }
    let tested = data.bands.indices.filter { data.bands[$0].role == .tested }
    let fit = try EncodingModel(settings).fit(data.selecting(bands: tested))
    relation = try PlantedRelation(r, of: fit) {
      surrogates.targets(draw: $0, seed: settings.seed, purpose: "calibration_scale")
    }
  }

  /// Per target: the share of its variance within stimuli that is planted as a course of all; NaN with one stimulus.
  public var courseShare: [Double] { surrogates.courseShare }

  /// The data of one run.
  public func data(run: Int) -> EncodingData {
    var world = data
    for (piece, drawn) in surrogates.targets(draw: run, seed: seed, purpose: "calibration").enumerated() {
      var targets = drawn
      if let part = relation?.parts[piece] {
        for i in targets.values.indices { targets.values[i] += part.values[i] }
      }
      world.pieces[piece].targets = targets
    }
    return world
  }

  /// The seed of the null draws of one run: every run has its own, all designs of it the same.
  public func nullSeed(run: Int) -> UInt64 {
    var stream = RandomStream(seed: seed, purpose: "calibration_null", draw: run)
    return stream.next()
  }
}
