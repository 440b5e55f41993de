import ContentIdentity
import Diagnostics
import Foundation
import Lineage
import Testing
import Warehouse

/// From a thing to source bytes and back.
@Suite struct LineageTests {
  private func reading<T>(_ body: (Warehouse) throws -> T) throws -> T {
    let folder = try TemporaryFolder()
    let small = try SmallWarehouse(in: folder)
    let writer = try Warehouse.open(small.directory, .writing("test"))
    try writer.write {
      try $0.execute(
        """
        INSERT INTO import_command
        SELECT activity_id, '/home/ada', '["import","annotations","/home/ada/my ratings.csv","--scale=0:1","--labels=/x/names"]'
        FROM activity WHERE kind = 'import'
        """)
    }
    try writer.close()
    let warehouse = try Warehouse.open(small.directory, .reading)
    defer { try? warehouse.close() }
    return try body(warehouse)
  }

  @Test func `an import is told by the command that makes it, without folders`() throws {
    let text = try reading { try Ancestry.text(of: SmallWarehouse.derived, in: $0) }
    #expect(text.contains("\n     evoke import annotations 'my ratings.csv' --scale=0:1 --labels=names\n"), "\(text)")
    #expect(!text.contains("/home") && !text.contains("/x/"))
  }

  @Test func `a source says who brought it and what came of it`() throws {
    let (up, down) = try reading { warehouse in
      (try Ancestry.text(of: "ratings.csv", in: warehouse), try Descent.text(of: "ratings.csv", in: warehouse))
    }
    #expect(up.split(separator: "\n").count == 3 && up.contains("\nimported by import annotations  key "))
    let lines = down.split(separator: "\n")
    #expect(lines[0].hasPrefix("source ratings.csv  sha256 ") && lines[1] == "import annotations: once, 2 arrays")
    #expect(lines[3] == "changes v1: once, 1 array" && lines[4].hasSuffix(" \"changes of arousal\""), "\(down)")
    // By the hash of its bytes it is the same.
    let hash = try #require(lines[0].split(separator: " ").first { $0.count >= 64 }).prefix(64)
    #expect(try reading { try Descent.text(of: String(hash), in: $0) } == down)
  }

  @Test func `the document holds the whole way and no path`() throws {
    let (up, down) = try reading { warehouse in
      (
        try LineageDocument.json(of: SmallWarehouse.derived, .up, in: warehouse),
        try LineageDocument.json(of: "ratings.csv", .down, in: warehouse)
      )
    }
    func names(_ document: JSONValue) -> [String] {
      (document["things"]?.arrayValue ?? []).compactMap { $0["name"]?.stringValue }
    }
    #expect(names(up) == [SmallWarehouse.derived, SmallWarehouse.imported[0], "ratings.csv"])
    #expect(Set(names(down)).isSuperset(of: SmallWarehouse.imported + [SmallWarehouse.derived, "ratings.csv"]))
    #expect(up["steps"]?.arrayValue?.compactMap { $0["verb"]?.stringValue } == ["changes", "import annotations"])
    #expect(up["steps"]?.arrayValue?[0]["runs"]?.arrayValue?[0]["study"]?.stringValue == "small")
    #expect(up["steps"]?.arrayValue?[0]["used"] == [["role": "features", "thing": 1]])
    #expect(!up.canonical.contains("/home") && !down.canonical.contains(NSTemporaryDirectory()))
  }

  private func table(_ rows: [[SQLValue]]) -> SQLTable {
    let columns = ["target", "layer", "r", "unit_key"]
    return SQLTable(columns: columns, rows: rows.map { SQLRow(columns: columns, values: $0) })
  }

  @Test func `rows of several units are told apart by as few columns as it takes`() throws {
    func refusal(_ rows: [[SQLValue]]) -> EvokeError? {
      #expect(throws: EvokeError.self) { try RowUnit.only(in: table(rows), of: "v", question: "v:r>0") }
    }
    let one: [SQLValue] = ["joy", "hs.0", .real(0.5), "u1"]
    #expect(try RowUnit.only(in: table([one, one]), of: "v", question: "v") == "u1")
    let byLayer = refusal([one, ["joy", "hs.1", .real(0.25), "u2"]])
    #expect(byLayer?.code == .ambiguousName && byLayer?.reason == "2 rows of 2 units meet the conditions")
    #expect(byLayer?.remedy.hasSuffix("layer, as in evoke why 'v:r>0,layer=hs.0'") == true, "\(byLayer?.remedy ?? "")")
    let byBoth = refusal([one, ["joy", .null, .real(0.5), "u2"], ["fear", "hs.0", .real(0.5), "u3"]])
    #expect(byBoth?.remedy.contains("target and layer") == true)
    let byNothing = refusal([one, ["joy", "hs.0", .real(0.25), "u2"]])
    #expect(byNothing?.remedy.hasSuffix("unit_key, as in evoke why 'v:r>0,unit_key=u1'") == true)
    #expect(refusal([])?.code == .unknownName)
  }
}
