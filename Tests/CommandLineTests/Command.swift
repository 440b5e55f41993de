import Foundation
import Testing

/// The built `evoke` program, run as a user runs it.
enum Command {
  struct Result {
    let status: Int32
    let output: String
    let errors: String
  }

  static let path: String = {
    if let named = ProcessInfo.processInfo.environment["EVOKE_BINARY"] { return named }
    let beside = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent(
      "evoke")
    if FileManager.default.isExecutableFile(atPath: beside.path) { return beside.path }
    return URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().appendingPathComponent(".build/release/evoke").path
  }()

  static func run(_ arguments: [String], in folder: String, environment: [String: String] = [:]) throws -> Result {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: path)
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder)
    var variables = ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("EVOKE_") }
    variables.merge(environment) { _, new in new }
    variables["OPENBLAS_NUM_THREADS"] = "1"
    process.environment = variables
    process.standardInput = FileHandle.nullDevice
    let errors = URL(fileURLWithPath: NSTemporaryDirectory()).appendingPathComponent(
      "evoke-stderr-\(UUID().uuidString)")
    _ = FileManager.default.createFile(atPath: errors.path, contents: nil)
    defer { try? FileManager.default.removeItem(at: errors) }
    process.standardError = try FileHandle(forWritingTo: errors)
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let output = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Result(
      status: process.terminationStatus, output: String(decoding: output, as: UTF8.self),
      errors: String(decoding: try Data(contentsOf: errors), as: UTF8.self))
  }
}

/// A folder that goes away with the test.
final class CommandFolder {
  let path: String

  init() throws {
    path = NSTemporaryDirectory() + "evoke-cli-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: path) }
}
