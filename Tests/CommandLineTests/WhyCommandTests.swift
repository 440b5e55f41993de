import ContentIdentity
import Foundation
import Testing

/// `evoke why` of rows: of every view of results, on hand-made rows whose units all heard one sound.
@Suite struct WhyCommandTests {
  /// Units without lineage get a result, and the sound as what they read.
  private static let planted = """
    INSERT INTO artifact (kind, name, sha256) SELECT 'result', activity_key, 'r' || activity_id FROM activity
      WHERE kind = 'unit' AND activity_key NOT IN (SELECT name FROM artifact WHERE kind = 'result');
    INSERT OR IGNORE INTO generated SELECT v.activity_id, a.artifact_id FROM activity v
      JOIN artifact a ON a.kind = 'result' AND a.name = v.activity_key;
    INSERT INTO used SELECT activity_id, 1, 'sound' FROM activity
      WHERE kind = 'unit' AND activity_id NOT IN (SELECT activity_id FROM used);
    """

  private func warehouse() throws -> Program {
    let program = try Program()
    try program.succeed(["init", "rows.evoke"])
    let rows = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/warehouse/view_rows.sql")
    try program.edit(".read '\(rows.path)'", Self.planted, in: "rows.evoke")
    return program
  }

  @Test func `a row of every view of results leads to source bytes, and what is ambiguous says how to ask`() throws {
    let program = try warehouse()
    let views = try program.rows(
      "SELECT object FROM schema_doc WHERE column_name = '' AND tier = 'result view' ORDER BY object")
    #expect(views.count > 15)
    for view in views.map({ $0[0] }) {
      var ending = try program.run(["why", view])
      if ending.status == 64 {
        let words = try #require(ending.error.firstRange(of: "evoke why ")).upperBound
        let question = ending.error[words...].prefix { $0 != "\n" }.filter { $0 != "'" }
        ending = try program.run(["why", question])
      }
      #expect(ending.status == 0, "\(view): \(ending.error)")
      #expect(ending.output.contains("of \(view)\nresult u-"), "\(view): \(ending.output)")
      #expect(ending.output.contains("source clip.wav  sha256 aa, 100 bytes"), "\(view): \(ending.output)")
      #expect(!ending.output.contains("nothing on record"), "\(view): \(ending.output)")
    }
  }

  @Test func `rows are asked for by columns, downwards too, and as JSON`() throws {
    let program = try warehouse()
    let row = "layer_sweep:study=sweep,layer_key=hs.0"
    let why = try program.succeed(["why", row]).output
    let start = "1 row of layer_sweep\nresult u-fit0 \"hs.0 -> arousal\"  sha256 cc\nmade by encoding v1"
    #expect(why.hasPrefix(start), "\(why)")
    let several = try program.run(["why", "layer_sweep:study=sweep", "--where", "r>0.2"])
    #expect(several.status == 64 && several.error.contains("2 rows of 2 units"))
    #expect(several.error.contains("evoke why 'layer_sweep:study=sweep,r>0.2,layer_key=hs.0'"), "\(several.error)")
    #expect(try program.run(["why", "layer_sweep:study=nobody"]).status == 66)
    #expect(try program.run(["why", "layer_sweep:colour=red"]).status == 64)
    #expect(try program.run(["why", "lineage"]).status == 64)
    #expect(try program.run(["why", "clip.wav", "--where", "a=1"]).status == 64)

    let text = try program.succeed(["why", row, "--json"]).output
    let json = try JSONValue(parsing: text.trimmingCharacters(in: .newlines))
    #expect(json["rows"]?.arrayValue?.count == 1 && json["rows"]?.arrayValue?[0]["r"]?.doubleValue == 0.25)
    let sources = (json["things"]?.arrayValue ?? []).filter { $0["kind"]?.stringValue == "source" }
    #expect(sources.contains { $0["name"]?.stringValue == "clip.wav" && $0["sha256"]?.stringValue == "aa" })

    let down = try program.succeed(["why", "clip.wav", "--down"]).output
    #expect(down.hasPrefix("source clip.wav  sha256 aa, 100 bytes\nimport audio: once\n"), "\(down)")
    #expect(down.contains("encoding v1: once") && down.contains("\"hs.0 -> arousal\""), "\(down)")
  }

  @Test func `a unit that only one of two runs has a result of is told`() throws {
    let program = try warehouse()
    let unit = """
      INSERT INTO unit VALUES ('u-other', 'encoding', 1, '{}', '[]', 'hs.0 -> arousal', 'failed', '', '', NULL);
      INSERT INTO run_unit VALUES ('run0', 1, 'u-other');
      """
    try program.edit(unit, in: "rows.evoke")
    let found = try program.run(["why", "--diff", "run0", "run1", "--json"])
    let json = try JSONValue(parsing: found.output.trimmingCharacters(in: .newlines))
    let told = (json["differences"]?.arrayValue ?? []).filter { $0["object"]?.stringValue == "hs.0 -> arousal" }
    #expect(
      told.contains {
        $0["class"] == "result" && $0["key"] == "sha256" && $0["a"] == .null && $0["b"] == "cc"
      }, "\(json)")
  }

  @Test func `what differs between two is told by its class, and the exit status says it`() throws {
    let program = try warehouse()
    #expect(try program.succeed(["why", "--diff", "u-fit0", "u-fit0"]).output.isEmpty)
    let rows = ["layer_sweep:study=sweep,layer_key=hs.0", "layer_sweep:study=sweep,layer_key=hs.1"]
    let found = try program.run(["why", "--diff"] + rows + ["--json"])
    let json = try JSONValue(parsing: found.output.trimmingCharacters(in: .newlines))
    let differences = try #require(json["differences"]?.arrayValue)
    func has(_ matter: String, _ key: String, _ a: String, _ b: String) -> Bool {
      differences.contains {
        $0["class"]?.stringValue == matter && $0["key"]?.stringValue == key && $0["a"]?.stringValue == a
          && $0["b"]?.stringValue == b
      }
    }
    #expect(found.status == 1 && has("result", "r", "0.25", "0.5") && has("result", "sha256", "cc", "r11"), "\(json)")
    #expect(has("version", "step", "encoding", "step"))
    let text = try program.run(["why", "--diff"] + rows)
    #expect(text.status == 1 && text.output.hasPrefix("class") && !text.error.contains("error"), "\(text.error)")
    #expect(try program.run(["why", "--diff", "u-fit0"]).status == 64)
    #expect(try program.run(["why", "--diff", "u-fit0", "nothing"]).status == 66)
  }
}
