import Foundation

/// Why a study of planted data says nothing.
package struct StudyFailure: Error, CustomStringConvertible {
  package let description: String
}

/// The `evoke` that was built beside this program, at work in a folder of its own.
struct EvokeProgram {
  let folder: ToyFolder

  private static var path: String {
    get throws {
      let own = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
      return (own as NSString).deletingLastPathComponent + "/evoke"
    }
  }

  /// What `work` gives in a new folder, which goes away with it.
  static func inFolder<Answer>(_ work: (EvokeProgram) throws -> Answer) throws -> Answer {
    let path = NSTemporaryDirectory() + "evoke-planted-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
    defer { _ = try? FileManager.default.removeItem(atPath: path) }
    return try work(EvokeProgram(folder: ToyFolder(path: path)))
  }

  /// What a command writes. Words come by way of files, so that no pipe can fill up.
  ///
  /// - Throws: `StudyFailure` where it does not succeed.
  @discardableResult
  func run(_ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: try Self.path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.path)
    process.environment = ProcessInfo.processInfo.environment.merging(["OPENBLAS_NUM_THREADS": "1"]) { $1 }
    process.standardInput = FileHandle.nullDevice
    let words = ["out", "err"].map { "\(folder.path)/.\($0)" }
    for name in words { try Data().write(to: URL(fileURLWithPath: name)) }
    process.standardOutput = try FileHandle(forWritingTo: URL(fileURLWithPath: words[0]))
    process.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: words[1]))
    try process.run()
    process.waitUntilExit()
    let said = try words.map { try String(contentsOfFile: $0, encoding: .utf8) }
    guard process.terminationStatus == 0 else {
      throw StudyFailure(description: "evoke \(arguments.joined(separator: " ")): \(said[1])")
    }
    return said[0]
  }

  /// The fields of every row of a query that gives numbers and NULL; NaN stands for NULL.
  func numbers(_ query: String) throws -> [[Double]] {
    try run(["sql", query, "--format", "csv"]).split(whereSeparator: \.isNewline).dropFirst().map { line in
      try line.split(separator: ",", omittingEmptySubsequences: false).map { field in
        if field.isEmpty { return .nan }
        guard let number = Double(field) else {
          throw StudyFailure(description: "`\(field)` is no number: \(query)")
        }
        return number
      }
    }
  }
}
