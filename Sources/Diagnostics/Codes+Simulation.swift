extension ErrorCode {
  static let simulation: [ErrorCode] = [.driverUnfit, .driverConstant, .simulationSpec]

  public static let driverUnfit = ErrorCode(
    "E-SIM-001", "the driver does not fit the stimulus",
    "A simulated target needs its driver's scores for every second of the stimulus, all of them numbers.")
  public static let driverConstant = ErrorCode(
    "E-SIM-002", "the driver does not vary", "A constant series drives nothing; choose another layer or feature set.")
  public static let simulationSpec = ErrorCode(
    "E-SIM-003", "the simulation cannot be made", exit: .usage,
    "The share, the lag, the synchrony or the length asked for is out of range; the message gives them.")
}
