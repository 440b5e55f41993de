extension ErrorCode {
  static let execution: [ErrorCode] = [
    .unitsFailed, .workerEnded, .taskChanged, .unknownStep, .rowsRefused, .workersUnavailable, .inputMissing,
    .stepFault, .resultRejected,
  ]

  public static let unitsFailed = ErrorCode(
    "E-EXE-001", "some units failed", exit: .temporary,
    "The other units are stored. `evoke query unit_status` shows each failed unit's message; after the cause is removed, run the study again."
  )
  public static let workerEnded = ErrorCode(
    "E-EXE-002", "a worker process ended while it computed", exit: .temporary,
    "A worker was killed or crashed, twice on the same unit. Signal 9 is most often the kernel's answer to lack of memory: use fewer workers (-j)."
  )
  public static let taskChanged = ErrorCode(
    "E-EXE-003", "a task file is not what was planned", exit: .inputOutput,
    "Workers compute frozen tasks only; the file in the spool does not match its hash. Run the study again.")
  public static let unknownStep = ErrorCode(
    "E-EXE-004", "this program does not know the step", exit: .configuration,
    "The unit was planned by another version of Evoke. Plan the study again with this one.")
  public static let rowsRefused = ErrorCode(
    "E-EXE-005", "a step's rows do not fit the catalog", exit: .internal,
    "A step returned rows for a table it does not declare, an infinite number, or none where the table always has one. This is a defect of Evoke; report it with the unit's label."
  )
  public static let workersUnavailable = ErrorCode(
    "E-EXE-006", "workers do not start", exit: .unavailable,
    "The worker processes ended before they took work. The reason quotes what they said.")
  public static let inputMissing = ErrorCode(
    "E-EXE-007", "an input of a unit is not in the warehouse", exit: .missingInput,
    "What the unit was planned on has been forgotten or removed since. Plan and run the study again.")
  public static let stepFault = ErrorCode(
    "E-EXE-008", "a step failed unexpectedly", exit: .internal,
    "The computation threw something that is not a data error. This is a defect of Evoke; report it with the unit's label."
  )
  public static let resultRejected = ErrorCode(
    "E-EXE-009", "a worker's result is not what a worker writes", exit: .inputOutput,
    "What the worker wrote is not what was read back: a broken disk or memory, or a file of another version of Evoke. Its hash, every key, every table with its columns, and the type of every value are checked; nothing of it was stored."
  )
}
