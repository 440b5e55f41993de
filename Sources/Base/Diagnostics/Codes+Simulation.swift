extension ErrorCode {
  static let simulation: [ErrorCode] = [
    .driverUnfit, .driverConstant, .simulationSpec, .driverMissing, .simulationExists, .truthUnreadable,
    .nothingToGrade, .simulationFileName,
    .cohortQuery, .cohortIsDataset,
  ]

  public static let driverUnfit = ErrorCode(
    "E-SIM-001", "the driver does not fit the stimulus",
    "A simulated target needs its driver's scores for every second of the stimulus, all of them numbers.")
  public static let driverConstant = ErrorCode(
    "E-SIM-002", "the driver does not vary", "A constant series drives nothing; choose another layer or feature set.")
  public static let simulationSpec = ErrorCode(
    "E-SIM-003", "the simulation cannot be made", exit: .usage,
    "The share, the lag, the synchrony or the length asked for is out of range; the message gives them.")
  public static let driverMissing = ErrorCode(
    "E-SIM-004", "the driver's features are not in the warehouse", exit: .missingInput,
    "A simulation is driven by stored features at 1 Hz; evoke extract computes them, and the message gives the command."
  )
  public static let simulationExists = ErrorCode(
    "E-SIM-005", "the folder of the simulation is there already", exit: .cannotCreate,
    "A simulation never writes over files; remove the folder or name another.")
  public static let truthUnreadable = ErrorCode(
    "E-SIM-006", "not a truth file", "evoke grade reads the truth.json that evoke simulate wrote beside the files.")
  public static let nothingToGrade = ErrorCode(
    "E-SIM-007", "the study has no result of a planted target", exit: .missingInput,
    "Import the simulated files into the dataset the truth names, and run a study on them before grading it.")
  public static let simulationFileName = ErrorCode(
    "E-SIM-008", "a name of the simulation is no file name", exit: .configuration,
    "The simulation, its stimuli and its targets give files their names: no /, neither . nor .., no control characters."
  )
  public static let cohortQuery = ErrorCode(
    "E-COH-001", "the query does not choose members", exit: .usage,
    "A cohort's query is one SELECT that returns subject_id (stimulus_id), or subject (stimulus) or name, and dataset.")
  public static let cohortIsDataset = ErrorCode(
    "E-COH-002", "a dataset has the cohort's name", exit: .usage,
    "Every dataset is a cohort of its own name; a chosen cohort needs another.")
}
