extension ErrorCode {
  static let recordings: [ErrorCode] = [
    .axesMissing, .axisCount, .axisName, .axisOrder, .rateMissing, .unitsUnknown, .badChannel, .allChannelsBad,
    .recordingTwice, .recordingsIdentical, .infiniteSamples, .missingSamples, .templateNoMatch, .labelsUnusable,
    .renameIncomplete, .unitsImplausible, .noStimulusNamed, .onsetAssumed, .cropOutside, .badNameUnknown,
    .dataAmbiguous, .labelsInvented, .tooFewSamples, .unevenStamps,
  ]

  public static let axesMissing = ErrorCode(
    "E-REC-001", "the meaning of the axes is not given", exit: .usage,
    "An array does not say which axis is time. `--axes channel,time` names them in file order.")
  public static let axisCount = ErrorCode(
    "E-REC-002", "another number of axes", "`--axes` must name every axis of the dataset, in file order.")
  public static let axisName = ErrorCode(
    "E-REC-003", "an axis that cannot be used here", exit: .usage,
    "Axes are subject, session, trial, time, channel, region, voxel, component, layer, feature; each once, time always."
  )
  public static let axisOrder = ErrorCode(
    "E-REC-004", "the axes do not fit the labels or the rate",
    "The axis lengths contradict the labels, or more channels than samples: most often the axes are given in "
      + "the wrong order."
  )
  public static let rateMissing = ErrorCode(
    "E-REC-005", "no sampling rate", exit: .usage,
    "`--rate-hz`, `--tr-s` or `--rate-attr NAME` gives it, unless the dataset has a time scale.")
  public static let unitsUnknown = ErrorCode(
    "E-REC-006", "the unit is not known", exit: .usage,
    "EEG needs `--units` (V, mV, uV, nV, au): a factor of a million would pass unseen otherwise.")
  public static let badChannel = ErrorCode(
    "E-REC-007", "a constant or empty channel or region",
    "It cannot be correlated with anything. `--bad mark` imports it as bad, `--bad drop` leaves it out.")
  public static let allChannelsBad = ErrorCode(
    "E-REC-008", "no good channel or region is left",
    "Every channel or region of the recording is constant, empty or marked bad.")
  public static let recordingTwice = ErrorCode(
    "E-REC-009", "the same recording twice in one import",
    "Two datasets give the same subject, session, run, stimulus and signal. Name what tells them apart, or give "
      + "one of them."
  )
  public static let recordingsIdentical = ErrorCode(
    "E-REC-010", "two recordings are identical",
    "Every sample agrees: one subject's file was copied under another name. Synchrony between them would be 1.")
  public static let infiniteSamples = ErrorCode(
    "E-REC-011", "infinite samples",
    "Missing samples are NaN; infinities come from a division by zero before the export.")
  public static let missingSamples = ErrorCode(
    "E-REC-012", "missing samples", "They stay NaN and are counted; statistics leave them out as their NaN rule says.")
  public static let templateNoMatch = ErrorCode(
    "E-REC-013", "nothing matches the template", exit: .missingInput,
    "{subject} {session} {run} {stimulus} {channel} stand for what varies, * for anything; the message lists "
      + "what there is."
  )
  public static let labelsUnusable = ErrorCode(
    "E-REC-014", "labels that cannot be used",
    "Labels come from a dataset, an attribute (`PATH@NAME`), a text file or a list; each is unique.")
  public static let renameIncomplete = ErrorCode(
    "E-REC-015", "a code without a name", "The table of `--rename` must name every code that occurs.")
  public static let unitsImplausible = ErrorCode(
    "E-REC-016", "amplitudes that the unit cannot explain",
    "Scalp EEG varies by microvolts to millivolts. Check `--units`; standardised data have the unit au. "
      + "`--any-amplitude` imports what is no scalp EEG.")
  public static let noStimulusNamed = ErrorCode(
    "E-REC-017", "no stimulus named",
    "The recording is kept without a presentation; studies that relate it to a stimulus will not find it.")
  public static let onsetAssumed = ErrorCode(
    "E-REC-018", "the onset is assumed",
    "Without `--onset-s` the stimulus is taken to start with the recording; every result says so.")
  public static let cropOutside = ErrorCode(
    "E-REC-019", "the crop lies outside the recording",
    "`--crop A:B` keeps the seconds A to B of the recording's clock.")
  public static let badNameUnknown = ErrorCode(
    "E-REC-020", "no such channel", "`--bad` names a channel or region that the recording does not have.")
  public static let dataAmbiguous = ErrorCode(
    "E-REC-021", "several datasets could be meant", exit: .usage, "`--data PATH` says which one.")
  public static let labelsInvented = ErrorCode(
    "E-REC-022", "names were made up",
    "The file names no labels for the axis and none were given; `--labels` gives them.")
  public static let tooFewSamples = ErrorCode(
    "E-REC-023", "too few samples", "A series needs at least two samples.")
  public static let unevenStamps = ErrorCode(
    "E-REC-024", "a recording is sampled unevenly",
    "Filters, windows and correlations need samples at equal distances. Resample it first, or import it with its rate.")
}
