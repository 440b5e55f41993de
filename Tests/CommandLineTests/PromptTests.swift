import Foundation
import Testing

/// `evoke sql` at a terminal, typed through a pseudo-terminal.
@Suite struct PromptTests {
  private static let script = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("prompt.py").path

  private func type(_ keys: [String], in program: Program) throws -> Program.Ending {
    try program.run(
      [Self.script, Program.path, "w.evoke", program.folder + "/state"] + keys, launch: "/usr/bin/python3")
  }

  /// A root without /dev/pts, such as a bare one that another program changed into, has none.
  private static let hasTerminals = FileManager.default.fileExists(atPath: "/dev/pts/ptmx")

  @Test(.enabled(if: PromptTests.hasTerminals))
  func `it answers, completes, hides empty columns, keeps its history and goes on after a mistake`() throws {
    let program = try Program()
    try program.succeed(["init", "w.evoke"])
    try program.write("time,arousal\n0,1\n1,2\n2,3\n", "ratings.csv")
    try FileManager.default.createDirectory(atPath: program.folder + "/other", withIntermediateDirectories: false)
    try program.succeed(["init", "other/o.evoke"])
    try program.succeed(["import", "annotations", "ratings.csv", "--dataset", "held", "--stimulus", "clip"])
    let ending = try type(
      [
        #"SELECT 6*7 AS answer, NULL AS a, NULL AS b;\r"#, #"SELECT name\r"#, #"FROM dataset WHERE name = 'he\t"#,
        #"';\r"#,
        #"SELECT nothing;\r"#, #".schema datas\t\r"#, #".views\r"#, #"DELETE FROM dataset;\r"#, #"SELECT 1\x03"#,
        #"\x1b[A\x1b[A\r"#, #".attach o other/o.evoke\r"#, #"SELECT count(*) + 7 AS n FROM o.dataset;\r"#,
        #".nonsense\r"#,
      ], in: program)
    let shown = ending.output
    #expect(ending.status == 0, "\(ending)")
    #expect(
      shown.contains("42") && shown.contains(#/\n *7\s/#) && shown.contains("1 row; 2 empty columns hidden: a, b"))
    #expect(shown.contains("'held'") && shown.contains("E-QRY-002") && shown.contains("E-WH-014"))
    #expect(shown.contains("consent") && shown.contains("layer_sweep") && shown.contains("there is no such command"))
    let history = try String(contentsOfFile: program.folder + "/state/evoke/history", encoding: .utf8)
    let lines = history.split(separator: "\n").map(String.init)
    #expect(lines.first == "SELECT 6*7 AS answer, NULL AS a, NULL AS b;" && lines.last == ".nonsense")
    #expect(lines.contains(".schema dataset") && !lines.contains("SELECT 1"))
    // The line before the last one, again.
    #expect(lines.count(where: { $0 == ".views" }) == 2)
  }

  @Test(.enabled(if: PromptTests.hasTerminals))
  func `a pager has the terminal for itself, and gives it back`() throws {
    let program = try Program()
    try program.succeed(["init", "w.evoke"])
    try FileManager.default.createDirectory(atPath: program.folder + "/state", withIntermediateDirectories: false)
    // Who sets a terminal that is not its own is stopped; Ctrl-Z stops who has it.
    let pager = "kill -TSTP $$; cat > paged; kill -TSTP $$; stty -echo < /dev/tty; stty echo < /dev/tty"
    try program.write(pager + "; echo turned the page", "state/pager")
    let ending = try type([#".schema encoding_score\r"#, #"SELECT 6*7 AS answer;\r"#], in: program)
    #expect(ending.status == 0 && ending.output.contains("turned the page"), "\(ending)")
    #expect(ending.output.contains("42"), "\(ending)")
    #expect(try String(contentsOfFile: program.folder + "/paged", encoding: .utf8).contains("unit_key"))
  }

  @Test func `without a terminal it is not asked`() throws {
    let program = try Program()
    try program.succeed(["init", "w.evoke"])
    let ending = try program.run(["sql"])
    #expect(ending.status == 64 && ending.error.contains("-f FILE"))
  }
}
