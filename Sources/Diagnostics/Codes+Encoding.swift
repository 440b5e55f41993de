extension ErrorCode {
  static let encoding: [ErrorCode] = []
}
