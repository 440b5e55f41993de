import Diagnostics
import SignalProcessing
import Vocabulary
import Warehouse

/// What a lab should know of a sound before it trusts its features: kept of every stimulus and imported stem.
package struct SoundPassport: Sendable, Equatable {
  package var channels: Int
  /// Of the first two; nil for mono.
  package var channelCorrelation: Double?
  package var monoLossDB: Double
  package var clippedShare: Double
  package var offset: Double
  /// Share of seconds below -60 dBFS over two channels.
  package var silentShare: Double
  package var firstSoundS: Double?
  package var lastSoundS: Double?
  /// Over two channels, as the levels of stems are.
  package var stereoDBFS: Double

  package init(_ survey: SoundSurvey) {
    channels = survey.channelCount
    channelCorrelation = survey.channelCorrelation
    monoLossDB = survey.mixingLossDB
    clippedShare = survey.clippedShare
    offset = survey.offset
    silentShare = survey.levels.silentFraction
    (firstSoundS, lastSoundS) = (survey.firstSoundS, survey.lastSoundS)
    stereoDBFS = survey.levels.decibels
  }
}

extension SoundPassport {
  func row(activity: Int, stimulus: Int, element: String) -> SoundRow {
    SoundRow(
      activityID: activity, stimulusID: stimulus, element: element, channels: channels,
      channelCorrelation: channelCorrelation, monoLossDb: monoLossDB, clippedShare: clippedShare, dc: offset,
      silentShare: silentShare, firstSoundS: firstSoundS, lastSoundS: lastSoundS, stereoDbfs: stereoDBFS,
      remarkable: remarks(isOriginal: element == "original").map(\.rawValue).joined(separator: " "))
  }

  private func remarks(isOriginal: Bool) -> [SoundRemark] {
    SoundRemark.all(
      channels: channels, mixingLossDB: monoLossDB, clippedShare: clippedShare, offset: offset,
      silentShare: isOriginal ? silentShare : nil)
  }

  package func findings(_ object: String, isOriginal: Bool) -> [Diagnostic] {
    remarks(isOriginal: isOriginal).map { remark in
      let (code, reason, remedy) = words(remark)
      return Diagnostic(.warning, code, object, reason: reason, remedy: remedy)
    }
  }

  /// In the words of its code, with its numbers.
  private func words(_ remark: SoundRemark) -> (ErrorCode, reason: String, remedy: String) {
    switch remark {
    case .cancels:
      let parts = [
        "mixed down to mono its channels", channelCorrelation.map { "(their correlation is \(Self.text($0, 2)))" },
        "lose \(Self.text(monoLossDB, 1)) dB",
      ]
      return (
        .mediaChannelsCancel, parts.compactMap { $0 }.joined(separator: " "),
        "turn the polarity of one channel, or import the sound of one channel: features of mono are of what is left"
      )
    case .clipped:
      return (
        .mediaClipped, "\(Self.text(100 * clippedShare, 2)) % of its samples are at full scale",
        "take the sound from a source that was not driven too high"
      )
    case .offset:
      return (
        .mediaOffset, "the mean of a channel is \(Self.text(offset, 3)) of full scale",
        "remove the offset, which adds to levels and spectra, before importing it"
      )
    case .silent:
      return (
        .mediaMostlySilent, "\(Self.text(100 * silentShare, 0)) % of its seconds are below -60 dBFS",
        "nothing if that is meant; else choose another stream, or the file before its level was changed"
      )
    }
  }

  private static func text(_ value: Double, _ digits: Int) -> String {
    let scale = [1.0, 10, 100, 1_000][digits]
    let rounded = (value * scale).rounded() / scale
    return digits == 0 ? "\(Int(rounded))" : "\(rounded)"
  }
}

extension SoundRemark {
  private var code: ErrorCode {
    switch self {
    case .cancels: .mediaChannelsCancel
    case .clipped: .mediaClipped
    case .offset: .mediaOffset
    case .silent: .mediaMostlySilent
    }
  }

  /// All of it, for people.
  package var explanation: String {
    """
    Flag \(rawValue): a sound behind the row has \(code.title) (\(code.id)).
    \(code.explanation)
    A row that carries it may be reported.

    """
  }
}
