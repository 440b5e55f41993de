import Foundation

/// `bench gates` and `bench gate-table`.
struct GateCommand {
  /// Parts of ids; none: all gates.
  private var names: [String] = []
  private var runs: Int?
  private var seed: UInt64?
  private var shard = (index: 0, count: 1)
  private var path = "gates.tsv"
  private var isList = false

  /// nil where the arguments are not as in the usage.
  init?(_ arguments: [String]) {
    var rest = arguments[...]
    while let argument = rest.popFirst() {
      guard argument.hasPrefix("--") else {
        names.append(argument)
        continue
      }
      if argument == "--list" {
        isList = true
        continue
      }
      guard let value = rest.popFirst() else { return nil }
      switch argument {
      case "--runs": runs = Int(value)
      case "--seed": seed = UInt64(value)
      case "--into": path = value
      case "--shard":
        let parts = value.split(separator: "/").compactMap { Int($0) }
        guard parts.count == 2, parts[0] >= 1, parts[0] <= parts[1] else { return nil }
        shard = (parts[0] - 1, parts[1])
      default: return nil
      }
      if argument == "--runs", runs == nil { return nil }
      if argument == "--seed", seed == nil { return nil }
    }
  }

  private var gates: [Gate] {
    GateList.all.filter { gate in names.isEmpty || names.contains { gate.id.contains($0) } }
  }

  /// Runs what is not yet in the file, and appends every run as soon as it is there.
  func perform() throws {
    if isList {
      for gate in gates { print("\(gate.id)\t\(gate.runs)\t\(gate.scenario)") }
      return
    }
    let known = Set(try GateFile.lines(path).map { "\($0.gate) \($0.seed)" })
    for gate in gates {
      let first = seed ?? gate.seed
      let start = clock()
      var count = 0
      for run in first..<(first + UInt64(runs ?? gate.runs))
      where Int(run % UInt64(shard.count)) == shard.index && !known.contains("\(gate.id) \(run)") {
        try GateFile.append(try gate.lines(seed: run), to: path)
        count += 1
      }
      guard count > 0 else { continue }
      let seconds = Double(clock() - start) / Double(CLOCKS_PER_SEC)
      let each = String(format: "%.3f", seconds / Double(count))
      // Unbuffered, so that a long list shows how far it is.
      FileHandle.standardOutput.write(Data("\(gate.id): \(count) runs, \(each) s of a processor each\n".utf8))
    }
  }

  /// Writes the tables of a file of results into another file.
  static func table(_ results: String, into path: String) throws {
    _ = try StudyThresholds.frozen.get()
    let tables = GateTables(try GateFile.lines(results)).text
    let text = try String(contentsOfFile: path, encoding: .utf8)
    try GateTables.replacing(tables, in: text).write(toFile: path, atomically: true, encoding: .utf8)
  }
}

/// A file of results, which several programs may append to.
enum GateFile {
  /// What it holds; nothing where there is no file yet.
  static func lines(_ path: String) throws -> [GateLine] {
    guard FileManager.default.fileExists(atPath: path) else { return [] }
    var seen = Set<String>()
    return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").compactMap { GateLine($0) }
      .filter { seen.insert("\($0.gate) \($0.seed) \($0.question)").inserted }
  }

  static func append(_ lines: [GateLine], to path: String) throws {
    if !FileManager.default.fileExists(atPath: path) {
      try Data((GateLine.head + "\n").utf8).write(to: URL(fileURLWithPath: path))
    }
    let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
    defer { file.closeFile() }
    file.seekToEndOfFile()
    file.write(Data(lines.map { $0.text + "\n" }.joined().utf8))
  }
}
