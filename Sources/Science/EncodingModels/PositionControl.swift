import LinearAlgebra
import Statistics
import Vocabulary

/// A fit with what is asked of it before it is believed: what it would be without position, what position alone gives, and
/// whether other stimuli's features, or features and target without memory, do as well.
public struct PositionControl: Sendable {
  public let fit: EncodingFit
  /// Nothing taken out (`r_plain`), over the folds that `fit` counts; `fit` itself where it takes nothing out.
  public let plain: EncodingFit
  /// The position columns that all stimuli share as the only features, on the same rows and folds (`r_position`).
  public let position: EncodingFit
  /// Per target, what `fit` says and what follows from the check.
  public let flags: [Set<EncodingFlag>]
  /// nil without draws.
  public let check: ScoreCheck?

  public var mismatch: Result<MismatchNull, MismatchNull.Obstacle>? { check?.mismatch }
  public var prewhitened: PrewhitenedScore? { check?.prewhitened }

  /// - Parameters:
  ///   - draws: of the check's nulls; 0: there is none, and a shared course is not looked for.
  /// - Throws: `E-ENC-...` where the data do not allow the fit.
  public init(_ data: EncodingData, settings: EncodingSettings, draws: Int, seed: UInt64) throws {
    let cache = BandCache()
    let fit = try EncodingModel(settings).fit(data, cache)
    self.fit = fit
    plain =
      fit.problem.treatments.allSatisfy { $0 == .nothing }
      ? fit : try EncodingModel(settings.withoutPosition).fit(data, cache, countedAs: fit)
    position = try fit.positionAlone()
    let check = draws > 0 ? try ScoreCheck(data, settings: settings, draws: draws, seed: seed) : nil
    flags = fit.flags.enumerated().map { target, own in own.union(check?.flags(of: target) ?? []) }
    self.check = check
  }
}

extension EncodingSettings {
  /// The same with nothing taken out.
  public var withoutPosition: EncodingSettings {
    var copy = self
    copy.position = .none
    return copy
  }
}

extension EncodingFit {
  /// The position columns that all stimuli share as the only features of the same targets, on the same rows and folds, of
  /// which the same count; lambda is chosen as ever. Those of single stimuli would share the weights of the others and predict nothing in a
  /// stimulus that is left out.
  public func positionAlone() throws -> EncodingFit {
    let position = problem.position ?? PositionColumns(problem, .cosines)
    let columns = position.values.selecting(columns: Array(0..<position.sharedCount))
    let pieces = problem.pieces.enumerated().map { index, rows in
      Piece(
        stimulus: problem.stimuli[index], run: problem.runs[index], part: problem.parts[index],
        runs: problem.sources[index], material: problem.material[index], start: problem.starts[index],
        features: [columns.selecting(rows: Array(rows))], targets: problem.targets.selecting(rows: Array(rows)))
    }
    var settings = problem.settings.withoutPosition
    settings.bandSearch = false
    // The window's part of the gap as a delay: the columns themselves are not averaged over it.
    let delays = problem.bands.flatMap(\.delays) + settings.extraDelays
    let (first, last) = (delays.reduce(0, min), delays.reduce(0, max))
    settings.extraDelays = [first, first + FoldPlan(problem).baseGap, last]
    return try EncodingModel(settings).fit(
      EncodingData(
        bands: [Band("position")], pieces: pieces, dt: problem.dt, targetNames: problem.targetNames),
      BandCache(), kept: problem.kept, countedAs: self)
  }
}
