extension ErrorCode {
  static let simulation: [ErrorCode] = []
}
