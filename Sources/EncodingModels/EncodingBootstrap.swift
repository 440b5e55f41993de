import LinearAlgebra
import Statistics

/// A score with its interval.
public struct ScoreInterval: Sendable, Equatable {
  /// What the interval's unit is, and how it was made.
  public enum Kind: String, Sendable, CaseIterable {
    /// t interval on Fisher z over stimuli (5 to 11).
    case stimulusT = "stimulus_t"
    /// BCa over stimuli (from 12).
    case stimulusBCa = "stimulus_bca"
    case subjectT = "subject_t"
    case subjectBCa = "subject_bca"
    /// Moving-block bootstrap of (y, ŷ) pairs inside the test folds.
    case timeBlocks = "time_blocks"
    /// Too little of everything: low and high are NaN.
    case none
  }

  public let low: Double
  public let high: Double
  public let kind: Kind
  public let unitCount: Int
}

/// Scores per bootstrap draw; the same `seed` gives the same resampled rows for every fit of the same pieces and folds,
/// so that layers and contrasts can be compared draw by draw.
public struct BootstrapScores: Sendable {
  /// `[draws, targets]`.
  public let draws: Matrix
  /// Rows per block.
  public let blockLength: Int
}
