import Foundation
import Testing

/// What a catalog keeps of what scores come to, against the scores.
enum KeptSummaries {
  private static let views = ["score_over_layers", "score_over_subjects"]

  /// What the views show, and what they show without what is kept; the current runs of which nothing is kept.
  static func shown(
    _ program: Program, in warehouse: String = "toy.evoke"
  ) throws -> (kept: [String], counted: [String], lacking: [String]) {
    let copy = program.folder + "/summaries.sqlite"
    try? FileManager.default.removeItem(atPath: copy)
    try FileManager.default.copyItem(atPath: "\(program.folder)/\(warehouse)/catalog.sqlite", toPath: copy)
    let show = views.map { "SELECT * FROM \($0) ORDER BY run_id, fit_key" }
    let lacking =
      "SELECT run_id FROM run WHERE is_current AND purpose = 'results' AND run_id NOT IN (SELECT run_id FROM summarised_run)"
    let kept = try show.flatMap { try rows($0, copy) }
    let none = try rows(lacking, copy)
    _ = try rows("DELETE FROM summarised_run", copy)
    return (kept, try show.flatMap { try rows($0, copy) }, none)
  }

  /// Lines of stock `sqlite3`; sums may differ in their last digits where rows lie in another order.
  private static func rows(_ sql: String, _ catalog: String) throws -> [String] {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
    process.arguments = ["-bail", catalog, sql]
    let pipe = Pipe()
    process.standardOutput = pipe
    try process.run()
    let data = pipe.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0, "\(sql)")
    return String(decoding: data, as: UTF8.self).split(separator: "\n").map { line in
      line.split(separator: "|", omittingEmptySubsequences: false).map { part in
        guard part.contains("."), let number = Double(part) else { return String(part) }
        return String(format: "%.10f", number)
      }.joined(separator: "|")
    }
  }
}
