extension ErrorCode {
  static let warehouse: [ErrorCode] = [
    .notAWarehouse, .warehouseExists, .warehouseLocked, .newerSchema, .catalogFailed, .arrayMissing, .arrayCorrupt,
    .diskFull, .writeFailed, .unknownName, .nothingToDo, .sourceMissing, .sourceChanged, .refusedSQL, .otherCatalog,
    .catalogEdited, .permissionDenied, .catalogRead, .catalogUnsettled, .repairIncomplete, .noBackup,
  ]

  public static let notAWarehouse = ErrorCode(
    "E-WH-001", "not a warehouse", exit: .missingInput,
    "The folder has no catalog.sqlite written by Evoke. `evoke init DIR.evoke` makes one; -C or EVOKE_WAREHOUSE names one."
  )
  public static let warehouseExists = ErrorCode(
    "E-WH-002", "something else stands there", exit: .cannotCreate,
    "The folder holds files that are not a warehouse; Evoke creates a warehouse in a new or empty folder only.")
  public static let warehouseLocked = ErrorCode(
    "E-WH-003", "the catalog is being written", exit: .temporary,
    "One process writes at a time. The message names the holder; wait for it or stop it, then run the same command again."
  )
  public static let newerSchema = ErrorCode(
    "E-WH-004", "the catalog is newer than this program", exit: .configuration,
    "A newer Evoke wrote this catalog. It can be read, not written, by this one; install the newer Evoke.")
  public static let catalogFailed = ErrorCode(
    "E-WH-005", "the catalog failed", exit: .inputOutput,
    "SQLite reported an error that is not a lock. `evoke doctor` checks the file; `evoke verify` checks everything.")
  public static let arrayMissing = ErrorCode(
    "E-WH-006", "an array file is missing", exit: .failed,
    "The catalog names an array whose file is not in arrays/. Restore it, or run the study again after `evoke gc`.")
  public static let arrayCorrupt = ErrorCode(
    "E-WH-007", "an array does not match its hash", exit: .failed,
    "The stored bytes changed after they were written. `evoke verify` lists what depends on the array.")
  public static let diskFull = ErrorCode(
    "E-WH-008", "no space left", exit: .inputOutput,
    "The disk is full; nothing was committed. Free space and run the same command again.")
  public static let writeFailed = ErrorCode(
    "E-WH-009", "a file could not be written", exit: .inputOutput,
    "The operating system refused the write; nothing was committed.")
  public static let unknownName = ErrorCode(
    "E-WH-010", "no such name in the warehouse", exit: .missingInput,
    "Nothing of that name has been imported or computed. The message names the nearest ones.")
  public static let nothingToDo = ErrorCode(
    "E-WH-011", "nothing to do", exit: .missingInput, "The command's selection is empty.")
  public static let sourceMissing = ErrorCode(
    "E-WH-012", "a source file is not where it was imported from", exit: .missingInput,
    "Evoke reads media and weights from where they were. `evoke relocate OLD NEW` tells it where they are now.")
  public static let sourceChanged = ErrorCode(
    "E-WH-013", "a source file has changed since it was imported", exit: .badData,
    "Its SHA-256 differs from the one recorded. Restore the file, or import the new one under another name.")
  public static let refusedSQL = ErrorCode(
    "E-WH-014", "the statement would write", exit: .usage,
    "`evoke sql` reads only. Writing goes through the verbs, so that lineage stays true.")
  public static let otherCatalog = ErrorCode(
    "E-WH-015", "the catalog is not this program's", exit: .configuration,
    "Another build made the catalog, with tables this one does not know. Use that build, or import and run again in a new warehouse."
  )
  public static let catalogEdited = ErrorCode(
    "E-WH-016", "rows are not what was written", exit: .failed,
    "Somebody else changed rows of the catalog, or its file is damaged. Nothing is written on top of that. `evoke verify` names each row by table, key and column. Put a backup in its place, or record the change with `evoke repair --accept-edit REASON`."
  )
  public static let permissionDenied = ErrorCode(
    "E-WH-020", "permission denied", exit: .notPermitted,
    "The operating system does not let this user read or write there. Nothing was changed.")
  public static let catalogRead = ErrorCode(
    "E-WH-021", "a reader keeps the catalog", exit: .temporary,
    "Another program reads the catalog in a transaction that has not ended; writing waits for it. The message names it where it can be known."
  )
  public static let catalogUnsettled = ErrorCode(
    "E-WH-022", "an interrupted writer's journal cannot be taken in", exit: .inputOutput,
    "The catalog lies on media that are only read, beside the journal of a writer that was interrupted. It is read through a private copy, for which there was no place."
  )
  public static let repairIncomplete = ErrorCode(
    "E-WH-023", "not everything could be repaired", exit: .failed,
    "What was damaged is in quarantine/. Imports are made again by the commands that are listed, or restored by `evoke repair --from BACKUP`; then `evoke repair` computes what was left."
  )
  public static let noBackup = ErrorCode(
    "E-WH-024", "not a backup of this warehouse", exit: .missingInput,
    "A backup is what `evoke backup DIR` makes: a warehouse whose catalog and arrays pass their checks.")
}

extension ErrorCode {
  static let importing: [ErrorCode] = [
    .alreadyImported, .importRefused, .stimulusHasMedia, .fileChanged, .nameNear, .filesSetAside,
  ]

  public static let alreadyImported = ErrorCode(
    "E-IMP-001", "something of that name is already there", exit: .cannotCreate,
    "Another import brought a series of the same dataset, stimulus, name and run. Give this one another --name or forget the other."
  )
  public static let importRefused = ErrorCode(
    "E-IMP-002", "the import was refused",
    "At least one finding is an error; nothing was stored. All findings are listed: correct them and import again.")
  public static let stimulusHasMedia = ErrorCode(
    "E-IMP-003", "the stimulus has other media already", exit: .cannotCreate,
    "A stimulus has one media file. Import the other one under another --name, or forget the first import.")
  public static let fileChanged = ErrorCode(
    "E-IMP-004", "a file changed while it was read", exit: .temporary,
    "What was hashed would not be what was read. Nothing was stored; import again when nothing writes to the file.")
  public static let nameNear = ErrorCode(
    "E-IMP-005", "a new name that is almost a known one",
    "A misspelt name makes a second annotation, feature space or dataset, which studies never bring together with the first."
  )
  public static let filesSetAside = ErrorCode(
    "E-IMP-006", "some files were set aside",
    "They have faults of their own and were not read; all others were stored. `evoke query import_log` names them with their reasons. Mend them and run the same command again: what is stored stays, what was set aside is added. With --strict nothing is stored where a file is faulty."
  )
}

extension ErrorCode {
  static let studies: [ErrorCode] = [.noCommonData, .extractOptions]

  public static let noCommonData = ErrorCode(
    "E-RUN-001", "no data to fit",
    "The unit's stimuli, runs, subjects or regions do not meet: no stimulus has both the features and the target.")
  public static let extractOptions = ErrorCode(
    "E-RUN-003", "extract's options do not fit", exit: .usage,
    "Name one of --model and --set, and a rate that it offers.")
}
