extension ErrorCode {
  static let events: [ErrorCode] = [
    .eventColumns, .eventOutside, .eventMapColumns, .eventMapUnused, .eventsUnmapped, .showingTooShort,
    .showingsOverlap, .showingLengthUnknown, .eventsAmbiguous, .eventNotPlaced, .showingsAmbiguous,
    .showingsAreParts, .runsAssumed, .shownAgain,
  ]

  public static let eventColumns = ErrorCode(
    "E-EVT-001", "a table of events without its columns",
    "Events need a column onset (onset_s, onset_ms, time) and one that names them: event, trial_type, name, code, "
      + "marker, value, type, description, stimulus or stim_file."
  )
  public static let eventOutside = ErrorCode(
    "E-EVT-002", "an onset outside the recording",
    "The event that starts a stimulus lies before the first or after the last sample. Events and recording do not "
      + "belong together, or one of the clocks has another zero or unit."
  )
  public static let eventMapColumns = ErrorCode(
    "E-EVT-003", "a map of events that cannot be used",
    "The table has a column stimulus, at least one column that says when a row applies (event, trial_type, stim_file, "
      + "task, run ...), and may have stimulus_start_s, duration_s and onset_s."
  )
  public static let eventMapUnused = ErrorCode(
    "E-EVT-004", "a row of the map that no event fits", "Perhaps a misspelt code; nothing else depends on it.")
  public static let eventsUnmapped = ErrorCode(
    "E-EVT-005", "events that show no stimulus",
    "They are kept as events. `--event-map FILE` says which of them start which stimulus.")
  public static let showingTooShort = ErrorCode(
    "E-EVT-006", "a showing that is shorter than its stimulus",
    "The recording or the event ends before the stimulus does: it was stopped, the sampling rate is wrong, or another "
      + "version was shown. `--allow-short` imports what was shown; `alignment_audit` says `short`."
  )
  public static let showingsOverlap = ErrorCode(
    "E-EVT-007", "showings that overlap",
    "A stimulus starts while another one still lasts. Most often a marker that repeats was mapped instead of the one "
      + "that starts the stimulus."
  )
  public static let showingLengthUnknown = ErrorCode(
    "E-EVT-008", "the length of a showing is not known",
    "Neither the event, the map nor the stimulus says how long it lasts; it is taken to last until the next one or the "
      + "end."
  )
  public static let eventsAmbiguous = ErrorCode(
    "E-EVT-009", "events of several recordings in one table",
    "A template such as `{subject}_events.tsv`, or a column subject, session or run, says which recording they belong to."
  )
  public static let eventNotPlaced = ErrorCode(
    "E-EVT-010", "an event without an onset", "It has no place in the recording and is left out.")
  public static let showingsAmbiguous = ErrorCode(
    "E-EVT-011", "parts of a stimulus, or the whole again",
    "Several rows of a recording name one stimulus, and their lengths fit both. A column stimulus_start_s, in the events "
      + "or in the map, says where in the stimulus each begins."
  )
  public static let showingsAreParts = ErrorCode(
    "E-EVT-012", "rows that are parts of one stimulus",
    "Rows that follow each other and together last no longer than their stimulus are its parts; each begins where the one "
      + "before has ended. They are no repetitions and are never averaged.")
  public static let runsAssumed = ErrorCode(
    "E-EVT-013", "runs of one task without events",
    "Nothing says whether every run shows the whole stimulus again or another part of it. `--runs stimuli` makes each run "
      + "a stimulus of its own, `--runs repetitions` takes them as repetitions, and a map with the columns task, run, "
      + "stimulus and stimulus_start_s says it for each.")
  public static let shownAgain = ErrorCode(
    "E-EVT-014", "a stimulus shown again",
    "Several recordings of a subject show the same seconds of a stimulus, or rows of one recording name it with pauses "
      + "between them while its length is not known. They are counted as repetitions, by session and run, or by onset; "
      + "`filters: {repeats: average | first | separate}` says what a study makes of them. `--repetition` or {repetition} in "
      + "a template says so beforehand; `--stimulus-start-s` makes a recording another part of the stimulus, a column "
      + "stimulus_start_s of the events a row."
  )
}
