extension ErrorCode {
  static let electrophysiology: [ErrorCode] = [
    .filterBand, .seriesNotFinite, .seriesTooShort, .resamplingRate, .channelPosition, .tooFewChannels,
    .leadfieldUnusable, .noiseCovariance, .inverseParameter, .regionWithoutSources, .dipoleOutside,
    .decompositionFailed, .componentSearch, .implausibleAmplitude, .noGoodChannels, .channelNotThere,
  ]

  public static let filterBand = ErrorCode(
    "E-ELE-001", "a filter that does not exist at this rate", exit: .usage,
    "Cut-off frequencies are positive, below half the sampling rate, and low < high; notches keep two hertz apart.")
  public static let seriesNotFinite = ErrorCode(
    "E-ELE-002", "a channel with samples that are not numbers",
    "A filter would smear one NaN over seconds. Mark the channel bad or exclude the segment before filtering.")
  public static let seriesTooShort = ErrorCode(
    "E-ELE-003", "a recording too short for this step", "The message says how many samples the step needs.")
  public static let resamplingRate = ErrorCode(
    "E-ELE-004", "a rate that cannot be resampled to", exit: .usage,
    "Rates are positive, and the low-pass must not exceed 0.4 times the new rate.")
  public static let channelPosition = ErrorCode(
    "E-ELE-005", "a channel without a usable position",
    "Interpolation and leadfields need every electrode's position off the centre of the head.")
  public static let tooFewChannels = ErrorCode(
    "E-ELE-006", "too few good channels", "Average reference needs two good channels, spherical splines four.")
  public static let leadfieldUnusable = ErrorCode(
    "E-ELE-007", "a leadfield that cannot be inverted",
    "Every value must be finite and some sources must reach the electrodes. Leave out the channels that are NaN.")
  public static let noiseCovariance = ErrorCode(
    "E-ELE-008", "a noise covariance that cannot whiten",
    "It must be symmetric, finite and of positive rank, and its rank at most the number of channels.")
  public static let inverseParameter = ErrorCode(
    "E-ELE-009", "a parameter of the inverse out of range", exit: .usage,
    "The regularisation (1 / SNR²) is positive, the depth exponent lies in 0...1 and the depth limit is above 1.")
  public static let regionWithoutSources = ErrorCode(
    "E-ELE-010", "a region without sources", "No vertex of the leadfield carries the region's label.")
  public static let dipoleOutside = ErrorCode(
    "E-ELE-011", "a dipole that is not inside the sphere",
    "The closed form holds for sources inside the conductor; check the unit (metres) and the radius.")
  public static let decompositionFailed = ErrorCode(
    "E-ELE-012", "a decomposition failed", exit: .failed,
    "LAPACK did not converge, which finite data do not cause. Please report it.")
  public static let componentSearch = ErrorCode(
    "E-ELE-013", "independent components that cannot be searched for",
    "There must be more samples than channels, and no more components than the rank of the good channels.")
  public static let implausibleAmplitude = ErrorCode(
    "E-ELE-014", "amplitudes that no scalp gives",
    "The typical standard deviation of EEG within 1-45 Hz is 1 to 100 microvolts; beyond 10 nV to 1 mV the unit of the file is wrong. Import again with --units."
  )
  public static let noGoodChannels = ErrorCode(
    "E-ELE-015", "a recording without enough good channels",
    "Most channels fail the criteria of bad channels, so the good ones cannot be told. Exclude the recording, or name its bad channels in the study."
  )
  public static let channelNotThere = ErrorCode(
    "E-ELE-016", "a channel that the recording does not have", exit: .usage,
    "Channels of bad_channels, reference and ica: eog are names of the recording's own channels.")
}
