extension ErrorCode {
  static let alignment: [ErrorCode] = [.alignmentFailed, .alignmentReference]

  public static let alignmentFailed = ErrorCode(
    "E-ALI-001", "a series does not lie on its stimulus' clock", exit: .failed,
    "Its rate, its drift or its lag behind the sound contradicts what was declared. `evoke query alignment_audit` shows "
      + "all of them; import the recording again with the right --onset-s, --rate-hz or events.")
  public static let alignmentReference = ErrorCode(
    "E-ALI-002", "no sound to compare with",
    "The media of the stimulus were not imported, have no sound, or are not where they were: `evoke relocate`.")
}
