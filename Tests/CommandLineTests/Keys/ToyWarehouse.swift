import ContentIdentity
import Foundation
import Kinds
import StudyFiles
import Synchronization
import Testing

/// The toy warehouse and what studies say in copies of it, each study once.
final class ToyWarehouse: Sendable {
  /// What a study gave: how the program ended, what it said, and every result.
  struct Outcome: Sendable {
    let status: Int32
    let message: String
    let results: ToyResults
  }

  static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures").path

  /// The one of this process.
  static let shared = Result { try ToyWarehouse() }

  /// Where copies of a warehouse live for the length of a run: in memory where that can be, since nothing need last.
  private static let scratch =
    FileManager.default.isWritableFile(atPath: "/dev/shm") ? "/dev/shm" : NSTemporaryDirectory()

  private let program: Program
  private let question: String
  private let outcomes = Mutex<[String: Outcome]>([:])

  /// A warehouse of the toy files, by the commands of `imports.txt`; `change` alters files before they are imported.
  init(change: (ToyFolder) throws -> Void = { _ in }, commands: ([String]) -> [String] = { $0 }) throws {
    program = try Program()
    var data = ToyData(program.folder)
    try data.write()
    try change(data.folder)
    try program.succeed(["init", "toy.evoke"])
    let lines = try String(contentsOfFile: Self.fixtures + "/keys/imports.txt", encoding: .utf8)
      .split(whereSeparator: \.isNewline).map(String.init).filter { !$0.hasPrefix("#") }
    for line in commands(lines) { try program.succeed(Self.words(line) + ["-C", "toy.evoke"]) }
    question = try ToyResults.question(program)
  }

  /// A command line in words; quotes keep one together.
  private static func words(_ line: String) -> [String] {
    line.split(separator: "\"", omittingEmptySubsequences: false).enumerated().flatMap { i, part in
      i % 2 == 1 ? [String(part)] : part.split(separator: " ").map(String.init)
    }.map { $0.replacing("FIXTURES", with: fixtures) }
  }

  /// What tells a study from others: the file with every default, so that a written default is no other study.
  private static func complete(_ study: JSONValue) -> String {
    let read = try? StudyDefinition(parsing: study.canonical, grammar: StudyKinds.all.grammar)
    return read?.canonical.canonical ?? study.canonical
  }

  /// Runs the studies that have not run yet, two at a time.
  func run(_ studies: [JSONValue]) {
    let known = outcomes.withLock { Set($0.keys) }
    let missing = Dictionary(studies.map { (Self.complete($0), $0.canonical) }, uniquingKeysWith: { first, _ in first })
      .filter { !known.contains($0.key) }.sorted { $0.key < $1.key }
    DispatchQueue.concurrentPerform(iterations: missing.count) { i in
      do {
        let outcome = try self.compute(missing[i].value)
        self.outcomes.withLock { $0[missing[i].key] = outcome }
      } catch {
        Issue.record(error)
      }
    }
  }

  func outcome(_ study: JSONValue) throws -> Outcome {
    let key = Self.complete(study)
    if let known = outcomes.withLock({ $0[key] }) { return known }
    let outcome = try compute(study.canonical)
    outcomes.withLock { $0[key] = outcome }
    return outcome
  }

  /// A copy of the warehouse as it was imported, `toy.evoke` in the folder of a program of its own.
  func copy() throws -> Program {
    let other = try Program()
    try FileManager.default.copyItem(atPath: program.folder + "/toy.evoke", toPath: other.folder + "/toy.evoke")
    return other
  }

  /// Where the toy files are.
  var folder: String { program.folder }

  /// Runs a study in a copy of the warehouse.
  private func compute(_ study: String) throws -> Outcome {
    let place = Self.scratch + "/evoke-toy-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: place) }
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try FileManager.default.copyItem(atPath: program.folder + "/toy.evoke", toPath: place + "/toy.evoke")
    // JSON is YAML.
    if let source = try KeyTable.source(of: JSONValue(parsing: study)) {
      try source.canonical.write(toFile: place + "/source.yaml", atomically: false, encoding: .utf8)
      try program.succeed(["run", place + "/source.yaml", "-q", "--allow-invalid", "-C", place + "/toy.evoke"])
    }
    try study.write(toFile: place + "/toy.yaml", atomically: false, encoding: .utf8)
    // Toys are too short for some keys to leave a row that may be reported.
    let ending = try program.run(["run", place + "/toy.yaml", "-q", "--allow-invalid", "-C", place + "/toy.evoke"])
    guard ending.status == 0 else {
      return Outcome(status: ending.status, message: ending.error, results: try ToyResults(""))
    }
    let answer = try program.succeed(["sql", question, "--format", "ndjson", "-C", place + "/toy.evoke"])
    let results = try ToyResults(answer.output)
    #expect(results.wrongCounts == [], "\(study)")
    return Outcome(status: ending.status, message: ending.error, results: results)
  }
}
