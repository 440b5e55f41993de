extension ErrorCode {
  static let recordings: [ErrorCode] = []
}
