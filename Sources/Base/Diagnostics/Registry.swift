extension ErrorCode {
  /// Every code, in the order of its domain; drives `evoke explain`, the docs and the uniqueness test.
  public static let all: [ErrorCode] =
    [
      warehouse,
      questions,
      results, comparison,
      citations,
      importing,
      execution,
      studies,
      files,
      media,
      weights,
      tables,
      scores,
      merging,
      recordings,
      events,
      bids,
      annotations,
      alignment,
      clock,
      eeg,
      encoding,
      synchrony,
      simulation,
      plans,
      descriptors,
      pyTorch,
      weightFormats,
      matlab,
      features,
      filters,
      separation,
      nifti,
      haemodynamics,
      electrophysiology,
      leadfields,
      containment,
    ].flatMap { $0 }

  /// The code with this text, if there is one.
  public static func named(_ id: String) -> ErrorCode? {
    all.first { $0.id.lowercased() == id.lowercased() }
  }
}
