extension ErrorCode {
  static let tables: [ErrorCode] = []
}
