import Diagnostics
import Recordings
import StudyFiles
import Work

/// A kind of study that the registry lists: its file is read and checked.
package protocol RegisteredKind: Sendable {
  /// What the study file, its checks and `explain` know of it.
  var kind: StudyKind { get }
}

/// A kind of study that this version computes: it expands into units.
package protocol ComputedKind: RegisteredKind {
  /// The units of a study over what is in the warehouse, each after what it needs. The same warehouse gives the same
  /// units in the same order.
  ///
  /// What a cohort lacks becomes a unit that does not apply.
  ///
  /// - Throws: `E-WH-010` for names that are not there, and the kind's own refusals.
  func plan(_ context: StudyContext) throws -> Plan

  /// The units that run the study's own tests on planted targets.
  ///
  /// - Throws: `E-ENC-011` where the kind, or this study of it, cannot be calibrated.
  func calibration(_ context: StudyContext, _ request: CalibrationRequest) throws -> Plan
}

extension ComputedKind {
  package func calibration(_ context: StudyContext, _ request: CalibrationRequest) throws -> Plan {
    throw EvokeError(
      .notCalibrated, "study \(context.definition.name)", reason: "targets of a \(kind.name) are not planted",
      remedy: "calibrate a layer_sweep, covariate_control or isc_report")
  }
}
