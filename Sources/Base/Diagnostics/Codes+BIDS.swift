extension ErrorCode {
  static let bids: [ErrorCode] = [
    .bidsFolder, .bidsNotFetched, .bidsNotRead, .bidsSidecar, .bidsNothing, .bidsSpaces, .bidsChannels,
    .bidsSeriesLength, .bidsNoRatings, .bidsFilter, .bidsParticipant,
  ]

  public static let bidsFolder = ErrorCode(
    "E-BID-001", "not a BIDS folder", exit: .missingInput,
    "A BIDS folder has dataset_description.json and folders sub-LABEL at its top.")
  public static let bidsNotFetched = ErrorCode(
    "E-BID-002", "content that was not fetched",
    "A git-annex (DataLad) link or pointer stands in for the file. `datalad get PATH` or `git annex get PATH` fetches it; "
      + "its size stands in the key.")
  public static let bidsNotRead = ErrorCode(
    "E-BID-003", "a file that is not read",
    "The import names every file it passes over, and why.")
  public static let bidsSidecar = ErrorCode(
    "E-BID-004", "metadata that cannot be used",
    "A sidecar is missing, is no JSON, lacks a field or writes a number as text, or two of them apply equally (the "
      + "inheritance principle allows one per folder).")
  public static let bidsNothing = ErrorCode(
    "E-BID-005", "nothing to import", exit: .missingInput,
    "No recording, series or participant of the folder can be read; the table says why for each file.")
  public static let bidsSpaces = ErrorCode(
    "E-BID-006", "several spaces or resolutions", exit: .usage,
    "The derivatives hold each run in several spaces. `--space NAME` chooses one, that of the atlas.")
  public static let bidsChannels = ErrorCode(
    "E-BID-007", "channels.tsv and the recording differ",
    "A channel stands in one of them only or has no type there, or their units contradict each other.")
  public static let bidsSeriesLength = ErrorCode(
    "E-BID-008", "a physio or stim file that does not fit its description",
    "Every row of a *_physio.tsv.gz or *_stim.tsv.gz has as many cells as its JSON names Columns; the file has no header "
      + "line.")
  public static let bidsNoRatings = ErrorCode(
    "E-BID-009", "no ratings in the folder",
    "The folder holds no continuous ratings, or none were named. `--ratings COL,...` reads columns of *_stim, *_physio "
      + "and *_beh files; tables elsewhere are read by `import annotations`.")
  public static let bidsFilter = ErrorCode(
    "E-BID-011", "a filter that fits nothing", "`--subjects`, `--sessions` or `--task` names what the folder lacks.")
  public static let bidsParticipant = ErrorCode(
    "E-BID-012", "participants.tsv and folders differ",
    "A participant without a folder, or a folder without a row; both are imported as far as they go.")
}
