extension ErrorCode {
  static let media: [ErrorCode] = []
}
