extension ErrorCode {
  static let files: [ErrorCode] = []
}
