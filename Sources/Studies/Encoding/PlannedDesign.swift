import Diagnostics
import EncodingModels
import Recordings
import Vocabulary

/// What the fits of one feature space, all layers of it, to one target rest on, before anything is computed.
package struct PlannedDesign: Sendable {
  /// Of the first layer.
  package let keys: FitKeys
  /// The layers that it stands for; empty where the features have none.
  package let layers: [String]
  /// The units that fit them.
  package let units: Int
  /// What is not made yet of the inputs.
  package let pending: Set<PendingPart>
  /// nil where the pieces could not be put together.
  package let layout: DesignLayout?
  /// Of every cell, or why there would be no fit.
  package let outcome: Result<[DesignForecast], EvokeError>

  /// Parts of a design that the units of the same plan make.
  package enum PendingPart: String, Sendable, CaseIterable { case target, features }

  /// None where there would be no fit.
  package var cells: [DesignForecast] { if case .success(let cells) = outcome { cells } else { [] } }

  /// Cells whose score may be reported, as far as can be told.
  package var validCount: Int { cells.count(where: \.isValid) }
}

/// The pieces of a design.
package struct DesignLayout: Sendable {
  package struct Length: Sendable {
    package let stimulus: String
    package let seconds: Double
  }

  /// Seconds per row.
  package let stepS: Double
  /// Rows of every stimulus, in seconds.
  package let lengths: [Length]
  /// Rows of the target in stimuli without features.
  package let rowsWithoutFeatures: Int

  package var rows: Int { Int((lengths.reduce(0) { $0 + $1.seconds } / stepS).rounded()) }
}
