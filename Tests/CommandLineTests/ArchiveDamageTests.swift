import Archive
import Foundation
import Testing
import Upkeep

/// Archives with odd things in them, and what people ask of archives that cannot be.
@Suite(.serialized) struct ArchiveDamageTests {
  private static let made = Result { try Made() }
  private static let shared = ["--title", "Joy", "--blind", "--licence", "CC-BY-4.0", "--study", "s"]

  /// A warehouse with ratings of two people and one study, and its archive.
  private struct Made {
    let program: Program
    var archive: String { program.folder + "/paper.zip" }

    init() throws {
      program = try Program()
      let ratings = (0..<120).flatMap { second in
        ["anna", "bo"].map { "\(second),\($0),\((second * 7) % 11 + $0.count * (second % 3))" }
      }
      try program.write((["time,who,joy"] + ratings).joined(separator: "\n") + "\n", "ratings.csv")
      try program.write(
        (["time,f"] + (0..<120).map { "\($0),\(($0 * 3) % 13)" }).joined(separator: "\n") + "\n", "f.csv")
      try program.write(
        """
        study: s
        kind: layer_sweep
        datasets: [d]
        features: [{space: f}]
        targets: [{annotation: joy}]
        encoding: {}
        statistics: {draws: 20}
        """, "study.yaml")
      try program.succeed(["init", "toy.evoke"])
      let common = ["--dataset", "d", "--stimulus", "x", "--consent", "open", "--licence", "CC0-1.0"]
      try program.succeed(["import", "annotations", "ratings.csv", "--subject", "who"] + common)
      try program.succeed(["import", "features", "f.csv", "--name", "f"] + common)
      try program.succeed(["run", "study.yaml", "--allow-invalid"])
      try program.succeed(["archive", "create", "paper.zip"] + ArchiveDamageTests.shared)
    }
  }

  @Test func `a source that holds an excluded array stays behind with it`() throws {
    let program = try Self.made.get().program
    let anna = ["--exclude", "SELECT name FROM array_catalog WHERE subject = 'anna'", "--reason", "she asked"]
    try program.succeed(["archive", "create", "less.zip", "--include", "sources"] + anna + Self.shared)
    let held = Set(try ArchiveFile(program.folder + "/less.zip").manifest.members.map(\.name))
    #expect(held.contains("sources/1/f.csv") && !held.contains("sources/1/ratings.csv"), "\(held.sorted())")
    try program.succeed(["archive", "extract", "less.zip", "less.evoke"])
    let stone = try Tombstone.all(in: program.folder + "/less.evoke").first { $0.name == "sources/1/ratings.csv" }
    #expect(stone?.kind == .source && stone?.reason.contains("she asked") == true)
    try program.succeed(["archive", "verify", "less.zip", "--level", "5"])
  }

  @Test func `a member in the place of a folder is a fault of the archive, and of nothing else`() throws {
    let made = try Self.made.get()
    let path = made.program.folder + "/odd.zip"
    var members = try Members(made.archive)
    members.contents["arrays"] = [1]
    try members.write(to: path, resealed: true)
    let ending = try made.program.run(["archive", "verify", "odd.zip"])
    #expect(ending.status == 1 && ending.output.contains("it is no folder"), "\(ending)")
    #expect(try made.program.run(["archive", "extract", "odd.zip", "odd.evoke"]).status == 65)
  }

  private static func isJSON(_ column: String) -> String {
    "substr(\"\(column)\", 1, 1) IN ('{', '[') AND json_valid(\"\(column)\")"
  }

  @Test func `names of members that no path is as long or as deep as are refused at once`() throws {
    let made = try Self.made.get()
    for (number, name) in [String(repeating: "a/", count: 30_000) + "b", String(repeating: "b", count: 60_000)]
      .enumerated()
    {
      var members = try Members(made.archive)
      members.contents["arrays/" + name] = [1]
      try members.write(to: made.program.folder + "/long\(number).zip", resealed: true)
      let ending = try made.program.run(["archive", "extract", "long\(number).zip", "long\(number).evoke"])
      #expect(ending.status == 65 && ending.error.contains("it is no name of a member"), "\(ending.status)")
      #expect(ending.error.utf8.count < 2000)
    }
  }

  /// But of columns that are exempt from hashes, and of summaries, which an edit takes out.
  @Test func `every text of JSON in the catalog that is none any more is a finding of verify`() throws {
    let made = try Self.made.get()
    let program = made.program
    try program.succeed(["archive", "extract", "paper.zip", "json.evoke"])
    let folder = program.folder + "/json.evoke"
    let catalog = URL(fileURLWithPath: folder + "/catalog.sqlite")
    let whole = try Data(contentsOf: catalog)
    let columns = try program.rows(
      "SELECT t.name, c.name FROM sqlite_schema t, pragma_table_info(t.name) c "
        + "WHERE t.type = 'table' AND t.name NOT LIKE 'sqlite_%' AND c.type = 'TEXT' AND NOT EXISTS ("
        + "SELECT 1 FROM schema_doc d WHERE d.object = t.name AND d.column_name = c.name AND d.exempt IS NOT NULL)",
      in: "json.evoke"
    ).filter { !["over_subjects", "over_layers"].contains($0[0]) }
    var count = 0
    for (table, names) in Dictionary(grouping: columns, by: { $0[0] }).sorted(by: { $0.key < $1.key }) {
      let texts = try names.map { $0[1] }.filter { name in
        try program.rows(
          "SELECT count(*) FROM \"\(table)\" WHERE \(Self.isJSON(name))", in: "json.evoke") != [["0"]]
      }
      guard !texts.isEmpty else { continue }
      count += texts.count
      for name in texts {
        let change = "UPDATE \"\(table)\" SET \"\(name)\" = \"\(name)\" || 'x' WHERE \(Self.isJSON(name))"
        try program.edit("PRAGMA ignore_check_constraints = ON", change, in: "json.evoke")
      }
      // One more than that the file is not as its last writer left it.
      let found = try Verification.run(folder, level: 3).filter { $0.state == .failed }
      #expect(found.count > 1, "\(table) \(texts): \(found)")
      try whole.write(to: catalog)
    }
    #expect(count > 5)
    var members = try Members(made.archive)
    let bytes = try #require(members.contents["catalog.sqlite"])
    members.contents["catalog.sqlite"] = try program.edited(bytes, by: "UPDATE unit SET inputs = inputs || 'x'")
    try members.write(to: program.folder + "/json.zip", resealed: true)
    let ending = try program.run(["archive", "verify", "json.zip"])
    #expect(ending.status == 1 && ending.error.contains("level reached: 1 of 4"), "\(ending)")
  }

  @Test func `an author is a name on one line, and an iD of ORCID alone`() {
    for text in ["Ada", "Ada <0000-0002-1825-0097>", "Ada <https://orcid.org/0000-0002-1825-0097>"] {
      #expect(Author(text)?.name == "Ada", "\(text)")
    }
    for text in [
      "", " ", "<0000-0002-1825-0097>", "Ada <>", "Ada <0000-0002-1825-0098>", "A\nB", "A\u{1}",
      "Ada <https://example.org/0000-0002-1825-0097>", "Ada <x/0000-0002-1825-0097>", "Ada <0000-0002-1825-0097> <x>",
    ] { #expect(Author(text) == nil, "\(text)") }
  }

  @Test func `the date is a number of seconds, before the year 10000`() {
    #expect(Publication.date(epoch: "0") == "1970-01-01T00:00:00Z")
    #expect(Publication.date(epoch: "253402300799") == "9999-12-31T23:59:59Z")
    for epoch in ["", " 5", "1e9", "0x10", "1767225600.5", "253402300800", "99999999999999", "-99999999999999"] {
      #expect(Publication.date(epoch: epoch) == nil, "\(epoch)")
    }
  }
}
