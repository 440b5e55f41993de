import Diagnostics
import Vocabulary

/// What is done to a recording of EEG before it is analysed.
///
/// In this order: notch, band-pass, bad channels, independent components, interpolation, reference, and the new rate. The
/// steps after the filters are linear over channels, the new rate is linear over time: the order in which they are
/// computed does not matter, and the rate is lowered first.
public struct EEGPreparation: Sendable, Equatable {
  /// The mains frequency, Hz; its harmonics within the band go too. nil: no notch.
  public var notchHz: Double?
  /// Pass-band edges, Hz; nil: open on that side.
  public var lowHz: Double?
  public var highHz: Double?
  public var badChannels = BadChannelChoice.rule(.robust)
  public var components: ComponentChoice?
  public var interpolation = Interpolation.auto
  public var reference = EEGReference.average
  /// nil: the recording's own rate.
  public var newRateHz: Double?
  public var criteria = BadChannelCriteria()
  public var componentCriteria = ComponentCriteria()

  public init(notchHz: Double? = nil, lowHz: Double? = 1, highHz: Double? = 45, newRateHz: Double? = nil) {
    self.notchHz = notchHz
    self.lowHz = lowHz
    self.highHz = highHz
    self.newRateHz = newRateHz
  }
}

/// One recording to prepare: its clock, its channels and what is known of them.
public struct RawRecording: Sendable {
  /// For messages.
  public var name: String
  public var labels: [String]
  public var rateHz: Double
  public var sampleCount: Int
  /// Whether the values are volts: amplitudes are then judged by what a scalp can give.
  public var isVolts: Bool
  /// Channels known to be bad.
  public var bad: Set<String>
  /// Stretches that no measurement may use, `[from, to)` in samples.
  public var blank: [Range<Int>]
  /// Components to remove whatever they look like.
  public var rejectedComponents: Set<Int> = []

  public init(
    name: String, labels: [String], rateHz: Double, sampleCount: Int, isVolts: Bool = true, bad: Set<String> = [],
    blank: [Range<Int>] = []
  ) {
    precondition(rateHz > 0, "a rate is positive")
    self.name = name
    self.labels = labels
    self.rateHz = rateHz
    self.sampleCount = sampleCount
    self.isVolts = isVolts
    self.bad = bad
    self.blank = blank
  }
}

/// What was found and done to one channel.
public struct PreparedChannel: Sendable, Equatable {
  public let label: String
  public let type: ChannelType
  /// Whether its name has a 10-05 position.
  public let hasPosition: Bool
  public let quality: ChannelQuality?
  /// Why it is bad: the criteria it fails, `imported` and `named`.
  public var reasons: [String]
  /// Whether splines of the good channels replaced it.
  public var isInterpolated = false
  /// Standard deviation within the band, in the recording's unit, before reference; NaN where it cannot be measured.
  public var sd: Double
  /// Robust z over channels of the power of second differences over that within the band: noise above the band.
  public var noiseZ: Double

  public var isBad: Bool { !reasons.isEmpty }
  /// Whether the prepared recording has it, and not as missing.
  public var isUsable: Bool { type == .eeg && (!isBad || isInterpolated) }
}

/// Everything that was decided about one recording.
public struct PreparationReport: Sendable {
  public var channels: [PreparedChannel]
  public var components: [JudgedComponent]
  /// Labels of the prepared recording, in order.
  public var labels: [String]
  public var rank: DataRank
  /// Eigenvalues of the prepared channels' covariance that are not zero; what the whitener of an inverse must have.
  public var numericalRank: Int
  public var rateHz: Double
  public var sampleCount: Int
  /// Taps of the notch and of the band-pass; 0: none.
  public var notchTaps: Int
  public var bandTaps: Int
  /// `decimated`, `fourier` or `none`.
  public var resampling: String
  /// Whether the search for components converged; nil: there was none.
  public var componentsConverged: Bool?
  public var missingShare: Double
}
