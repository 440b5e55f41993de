/// What is wrong with an SQL file, where.
struct Problem: Error, CustomStringConvertible {
  let path: String
  /// From 1.
  let line: Int
  let message: String

  /// As compilers write it, so that editors find the place.
  var description: String { "\(path):\(line): error: \(message)" }
}
