extension ErrorCode {
  static let weights: [ErrorCode] = []
}
