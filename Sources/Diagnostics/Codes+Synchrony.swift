extension ErrorCode {
  static let synchrony: [ErrorCode] = []
}
