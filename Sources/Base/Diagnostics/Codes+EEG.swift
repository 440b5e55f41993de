extension ErrorCode {
  static let eeg: [ErrorCode] = [
    .eegUnit, .eegChannelNames, .eegTruncated, .eegHeader, .eegDataFile, .eegDiscontinuous, .eegChannelsLeftOut,
    .eegEventOutside, .eegRateAssumed, .eegFormatUnread,
  ]

  public static let eegUnit = ErrorCode(
    "E-EEG-001", "a channel's unit is not known",
    "The file gives a channel no unit, or one that is no voltage. `--units uV` says what it is.")
  public static let eegChannelNames = ErrorCode(
    "E-EEG-002", "channel names that cannot be used",
    "Two channels have the same name, a channel has none, or names and channels differ in number. "
      + "`--labels FILE` names them in the file's order.")
  public static let eegTruncated = ErrorCode(
    "E-EEG-003", "the recording is cut short",
    "The file holds fewer samples than its header says: a copy or a recording that did not finish. Fetch it again, "
      + "or repair its header in the recorder's own program.")
  public static let eegHeader = ErrorCode(
    "E-EEG-004", "a header that cannot be right",
    "A field of the header is missing, no number, or contradicts another. Export the recording again.")
  public static let eegDataFile = ErrorCode(
    "E-EEG-005", "the file of samples is missing", exit: .missingInput,
    "Headers name the file that holds the samples (.fdt, .eeg, .vmrk). After renaming, the name inside the header has to "
      + "be renamed too.")
  public static let eegDiscontinuous = ErrorCode(
    "E-EEG-006", "a recording with gaps",
    "The recording was paused. `--crop A:B` imports one piece that has no gap; the message lists the pieces.")
  public static let eegChannelsLeftOut = ErrorCode(
    "E-EEG-007", "channels that are left out",
    "Triggers, temperatures and the like are no voltages, and channels at another rate than most do not fit into one "
      + "array.")
  public static let eegEventOutside = ErrorCode(
    "E-EEG-008", "events outside the recording", "Events before the first or after the last sample are not kept.")
  public static let eegRateAssumed = ErrorCode(
    "E-EEG-009", "the sampling rate is assumed",
    "The file gives none; the rate of the dataset with this layout is taken. `--rate-hz` says it.")
  public static let eegFormatUnread = ErrorCode(
    "E-EEG-010", "a format that is not read",
    "FIF, Neuroscan and the like are converted by two lines of Python: `raw = mne.io.read_raw_fif(\"sub-01_raw.fif\")`, then "
      + "`mne.export.export_raw(\"sub-01.vhdr\", raw)`. Of pairs and triples the header is named.")
}
