extension ErrorCode {
  static let plans: [ErrorCode] = []
}
