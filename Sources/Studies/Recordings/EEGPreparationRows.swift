import ContentIdentity
import Electrophysiology
import Warehouse
import Work

/// What was decided about a recording, as rows.
struct PreparationRows {
  private let parameters: EEGPreparationStep.Parameters
  private let report: PreparationReport
  /// Name of the prepared recording.
  private let array: String

  init(_ parameters: EEGPreparationStep.Parameters, _ report: PreparationReport, array: String) {
    (self.parameters, self.report, self.array) = (parameters, report, array)
  }

  var tables: [ResultRows] {
    [ResultRows([recording]), ResultRows(channels), ResultRows(report.components.map(row(of:)))]
  }

  private var owner: RecordingOwner { parameters.owner }

  private var recording: RecordingPreparationRow {
    RecordingPreparationRow(
      dataset: owner.dataset, subject: owner.subject, session: owner.session, run: owner.run,
      recording: parameters.recording, array: array, parameters: parameters.asInStudy.canonical,
      rateHz: parameters.rateHz, preparedRateHz: report.rateHz, resampling: report.resampling,
      notchTaps: report.notchTaps, bandTaps: report.bandTaps, channelCount: report.labels.count,
      badCount: report.channels.count { $0.type == .eeg && $0.isBad },
      interpolatedCount: report.rank.interpolatedCount, removedComponentCount: report.rank.removedComponentCount,
      componentsConverged: report.componentsConverged.map { $0 ? 1 : 0 }, rank: report.rank.rank,
      numericalRank: report.numericalRank, missingShare: report.missingShare)
  }

  private var channels: [ChannelQualityRow] {
    report.channels.enumerated().map { position, channel in
      let quality = channel.quality
      return ChannelQualityRow(
        dataset: owner.dataset, subject: owner.subject, session: owner.session, run: owner.run,
        recording: parameters.recording, position: position, channel: channel.label, type: channel.type.rawValue,
        hasPosition: channel.hasPosition ? 1 : 0, isBad: channel.isBad ? 1 : 0,
        reasons: channel.reasons.joined(separator: " "), isInterpolated: channel.isInterpolated ? 1 : 0,
        sdV: channel.sd.finite, deviationZ: quality?.varianceZ.finite, noiseZ: channel.noiseZ.finite,
        correlation: quality?.correlation.finite, disagreeingShare: quality?.disagreeingShare.finite,
        flatS: quality?.flatSeconds, missingShare: quality?.missingShare.finite)
    }
  }

  private func row(of component: JudgedComponent) -> ComponentQualityRow {
    ComponentQualityRow(
      dataset: owner.dataset, subject: owner.subject, session: owner.session, run: owner.run,
      recording: parameters.recording, component: component.index, isRemoved: component.isRemoved ? 1 : 0,
      reasons: component.reasons.joined(separator: " "), varianceShare: component.varianceShare,
      eogR: component.eogCorrelation.finite, eogZ: component.eogZ.finite, kurtosis: component.kurtosis,
      focality: component.focality, peakChannel: component.peakChannel, slope: component.slope.finite)
  }
}

extension Double {
  /// nil where it is infinite or no number.
  var finite: Double? { isFinite ? self : nil }
}
