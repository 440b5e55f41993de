import Foundation
import Testing

/// The `evoke` program beside the tests, in a folder of its own.
final class Program: Sendable {
  let folder: String

  init() throws {
    folder = NSTemporaryDirectory() + "evoke-program-\(UUID().uuidString)"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  deinit { try? FileManager.default.removeItem(atPath: folder) }

  /// How a command ended and what it said.
  struct Ending {
    let reason: Process.TerminationReason
    let status: Int32
    let output: String
    let error: String
  }

  static var path: String {
    let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? ""
    return (tests as NSString).deletingLastPathComponent + "/evoke"
  }

  /// Runs `evoke` with these arguments in the folder. Words come by way of files, so that no pipe can fill up.
  ///
  /// - Parameters:
  ///   - launch: a program that starts it, with the words `before` the arguments.
  ///   - place: another folder to run in.
  @discardableResult
  func run(
    _ arguments: [String], _ variables: [String: String] = [:], launch: String = Program.path, before: [String] = [],
    in place: String? = nil
  ) throws -> Ending {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: launch)
    process.arguments = before + arguments
    process.currentDirectoryURL = URL(fileURLWithPath: place ?? folder)
    process.environment = ProcessInfo.processInfo.environment.merging(variables) { _, new in new }
    let names = ["out", "err"].map { "\(folder)/.\($0)-\(UUID().uuidString)" }
    for name in names { #expect(FileManager.default.createFile(atPath: name, contents: nil)) }
    defer { for name in names { try? FileManager.default.removeItem(atPath: name) } }
    process.standardOutput = FileHandle(forWritingAtPath: names[0])
    process.standardError = FileHandle(forWritingAtPath: names[1])
    process.standardInput = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return Ending(
      reason: process.terminationReason, status: process.terminationStatus,
      output: try String(contentsOfFile: names[0], encoding: .utf8),
      error: try String(contentsOfFile: names[1], encoding: .utf8))
  }

  /// Runs a command that must succeed.
  @discardableResult
  func succeed(_ arguments: [String]) throws -> Ending {
    let ending = try run(arguments)
    try #require(ending.status == 0, "\(arguments.joined(separator: " ")): \(ending.error)")
    return ending
  }

  /// The fields of every row of a query, without the header.
  func rows(_ query: String, in warehouse: String? = nil) throws -> [[String]] {
    let place = warehouse.map { ["-C", $0] } ?? []
    return try succeed(["sql", query, "--format", "csv"] + place).output.split(whereSeparator: \.isNewline).dropFirst()
      .map { $0.split(separator: ",", omittingEmptySubsequences: false).map(String.init) }
  }

  /// Changes the catalog of a warehouse behind the program's back.
  func edit(_ statements: String..., in warehouse: String = "toy.evoke") throws {
    let place = "\(folder)/\(warehouse)/catalog.sqlite"
    let ending = try run(["-bail", place] + statements, launch: "/usr/bin/sqlite3")
    try #require(ending.status == 0, "\(ending.error)")
  }

  /// The files below one of its folders, by their paths in it.
  func files(in name: String) throws -> Set<String> {
    let path = folder + "/" + name
    let names = try #require(FileManager.default.enumerator(atPath: path)).compactMap { $0 as? String }
    return Set(
      names.filter { name in
        var isFolder: ObjCBool = false
        return FileManager.default.fileExists(atPath: path + "/" + name, isDirectory: &isFolder) && !isFolder.boolValue
      })
  }

  func write(_ text: String, _ name: String) throws {
    try text.write(toFile: "\(folder)/\(name)", atomically: true, encoding: .utf8)
  }
}
