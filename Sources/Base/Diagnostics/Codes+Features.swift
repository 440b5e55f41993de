extension ErrorCode {
  static let features: [ErrorCode] = [.memoryTooSmall]

  public static let memoryTooSmall = ErrorCode(
    "E-FEA-001", "a unit needs more memory than --mem allows", exit: .unavailable,
    "The memory of a unit follows from the model, the length of its chunks and the arrays it reads; `evoke plan STUDY --estimate` shows it. It cannot be made smaller without changing the result. Raise --mem, or use shorter chunks (chunk_s), which are other features."
  )
}
