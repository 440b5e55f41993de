import ContentIdentity
import Electrophysiology
import Plans
import Warehouse

/// What was decided about a recording, as rows.
enum PreparationRows {
  static func of(_ task: UnitTask, _ report: PreparationReport, _ spec: EEGPreparationSpec) -> [ResultRows] {
    [recording(task, report, spec), channels(task, report), components(task, report)]
  }

  private static let who = ["dataset", "subject", "session", "run", "recording"]

  private static func who(_ task: UnitTask) -> [SQLValue] {
    [
      .text(task.text("dataset", "")), .text(task.text("subject", "")),
      .optional(task.parameters["session"]?.stringValue), .optional(task.parameters["run"]?.stringValue),
      .text(task.text("recording", "")),
    ]
  }

  private static func recording(_ task: UnitTask, _ report: PreparationReport, _ spec: EEGPreparationSpec) -> ResultRows
  {
    ResultRows(
      table: "recording_preparation",
      columns: who + [
        "array", "parameters", "rate_hz", "prepared_rate_hz", "resampling", "notch_taps", "band_taps", "channel_count",
        "bad_count", "interpolated_count", "removed_component_count", "components_converged", "rank", "numerical_rank",
        "missing_share",
      ],
      rows: [
        who(task) + [
          .text(EEGPreparationStep.arrayName(recording: task.text("recording", ""), key: task.key)),
          .text(spec.parameters.canonical), .real(task.number("rate_hz", 0)), .real(report.rateHz),
          .text(report.resampling), .int(report.notchTaps), .int(report.bandTaps), .int(report.labels.count),
          .int(report.channels.count { $0.type == .eeg && $0.isBad }), .int(report.rank.interpolatedCount),
          .int(report.rank.removedComponentCount), .optional(report.componentsConverged.map { $0 ? 1 : 0 }),
          .int(report.rank.rank), .int(report.numericalRank), .real(report.missingShare),
        ]
      ])
  }

  private static func number(_ value: Double?) -> SQLValue { .optional(value.flatMap { $0.isFinite ? $0 : nil }) }

  private static func channels(_ task: UnitTask, _ report: PreparationReport) -> ResultRows {
    ResultRows(
      table: "channel_quality",
      columns: who + [
        "position", "channel", "type", "has_position", "is_bad", "reasons", "is_interpolated", "sd_v", "deviation_z",
        "noise_z", "correlation", "disagreeing_share", "flat_s", "missing_share",
      ],
      rows: report.channels.enumerated().map { position, one in
        who(task) + [
          .int(position), .text(one.label), .text(one.type.rawValue), .int(one.hasPosition ? 1 : 0),
          .int(one.isBad ? 1 : 0), .text(one.reasons.joined(separator: " ")), .int(one.isInterpolated ? 1 : 0),
          number(one.sd), number(one.quality?.varianceZ), number(one.noiseZ), number(one.quality?.correlation),
          number(one.quality?.disagreeingShare), .optional(one.quality.map(\.flatSeconds)),
          number(one.quality?.missingShare),
        ]
      })
  }

  private static func components(_ task: UnitTask, _ report: PreparationReport) -> ResultRows {
    ResultRows(
      table: "component_quality",
      columns: who + [
        "component", "is_removed", "reasons", "variance_share", "eog_r", "eog_z", "kurtosis", "focality",
        "peak_channel",
        "slope",
      ],
      rows: report.components.map { one in
        who(task) + [
          .int(one.index), .int(one.isRemoved ? 1 : 0), .text(one.reasons.joined(separator: " ")),
          number(one.varianceShare), number(one.eogCorrelation), number(one.eogZ), number(one.kurtosis),
          number(one.focality), .text(one.peakChannel), number(one.slope),
        ]
      })
  }
}
