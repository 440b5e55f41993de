extension ErrorCode {
  static let clock: [ErrorCode] = [
    .clockForeign, .clockText, .clockPictures, .rowsUnclear, .eventDuration, .eventsOverlap, .seriesEndsEarly,
    .clocksDisagree, .recordingPaused, .streamsDiffer, .recordingLengthDiffers, .clockOffset,
  ]

  public static let clockForeign = ErrorCode(
    "E-CLK-001", "stamps of another clock",
    "Seconds since 1970, a time of day or a device's uptime are no seconds of the stimulus. `--time-zero STAMP` says which "
      + "stamp is second 0 of the stimulus, `--time-zero first` that each series begins with it.")
  public static let clockText = ErrorCode(
    "E-CLK-002", "a time that cannot be read",
    "Times are seconds, milliseconds or h:mm:ss with a fraction; with `--fps` also h:mm:ss:pictures. 1:30 alone may be "
      + "minutes or hours.")
  public static let clockPictures = ErrorCode(
    "E-CLK-003", "numbers of pictures without their rate", exit: .usage,
    "A column of picture numbers becomes seconds by `--fps`, the pictures per second of the film that was rated.")
  public static let rowsUnclear = ErrorCode(
    "E-CLK-004", "events or samples", exit: .usage,
    "A row with a duration is an event, whose value lasts, or a sample of a series. `--as events` holds each value over "
      + "its duration, `--as samples` takes rows as they are.")
  public static let eventDuration = ErrorCode(
    "E-CLK-005", "an event without a duration",
    "A table of events has a column onset and a column duration (or offset), both filled in every row.")
  public static let eventsOverlap = ErrorCode(
    "E-CLK-006", "events that overlap",
    "Two rows of one series hold a value for the same time. Rows of several people or stimuli need their keys.")
  public static let seriesEndsEarly = ErrorCode(
    "E-CLK-007", "a series shorter than its stimulus",
    "It ends before the film or sound does: it was cut, its rate or unit is wrong, or it belongs to another version. "
      + "`--allow-short` imports what there is; `alignment_audit` says `short`.")
  public static let clocksDisagree = ErrorCode(
    "E-CLK-008", "statements about time that disagree",
    "Header, JSON and options say different things of one clock. An explicit option counts over both, in BIDS folders "
      + "JSON counts over the header, and `--trust header|json|option` decides otherwise. Table `clock_ledger` keeps all."
  )
  public static let recordingPaused = ErrorCode(
    "E-CLK-009", "a recording that was paused",
    "Samples that stand side by side were recorded with a pause of unknown length between them; what follows it has "
      + "another onset. Events after the pause place it, or `--crop A:B` keeps one stretch.")
  public static let streamsDiffer = ErrorCode(
    "E-CLK-010", "sound and picture do not begin or end together",
    "The stimulus begins and ends with its sound; pictures before and after it are not used.")

  public static let recordingLengthDiffers = ErrorCode(
    "E-CLK-011", "a recording of another length than is said of it",
    "What lies beside the recording (`RecordingDuration` or `EpochLength` of its JSON) says that it is longer or shorter by "
      + "more than a second and a thousandth: it was cut, or the statement belongs to another file. `--allow-short` "
      + "imports what is there. Table `clock_ledger` keeps both.")
  public static let clockOffset = ErrorCode(
    "E-CLK-012", "a recording whose clock does not begin at 0",
    "Its file gives its first sample another time than 0, as sessions of several recordings do. Onsets (`--onset-s`, "
      + "`--events`, `--crop`) count from the first sample.")
}
