extension ErrorCode {
  static let descriptors: [ErrorCode] = [.descriptorBins, .descriptorSamples]

  public static let descriptorBins = ErrorCode(
    "E-LLD-001", "bins of no length", exit: .usage,
    "Descriptors are averaged over bins of a millisecond or more. Ask for a rate of at most 1000 rows per second, or for `native`."
  )
  public static let descriptorSamples = ErrorCode(
    "E-LLD-002", "sound with values that are not numbers",
    "The sound holds NaN or infinity, and a descriptor of it would be none. Repair or rewrite the sound; no value can be guessed."
  )
}
