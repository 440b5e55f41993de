extension ErrorCode {
  static let features: [ErrorCode] = [.memoryTooSmall, .spaceUnnamed]

  public static let memoryTooSmall = ErrorCode(
    "E-FEA-001", "a unit needs more memory than --mem allows", exit: .unavailable,
    "The memory of a unit follows from the model, the length of its chunks and the arrays it reads; `evoke plan STUDY --estimate` shows it. It cannot be made smaller without changing the result. Raise --mem, or use shorter chunks (chunk_s), which are other features."
  )
  public static let spaceUnnamed = ErrorCode(
    "E-FEA-002", "a feature space without a name",
    "Studies name a feature space, which is one over all stimuli. Files are called by their stimuli, so that a file gives no name to a space: `--name` or `--space` does, or what is fixed in a template such as 'env_{stimulus}.csv'."
  )
}
