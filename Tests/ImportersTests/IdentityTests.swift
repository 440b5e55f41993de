import Annotations
import Diagnostics
import Foundation
import Importing
import RecordingImport
import Tables
import Testing
import Warehouse

/// What makes an import the same as an earlier one.
@Suite struct IdentityTests {
  private let scratch: Scratch
  private let warehouse: Warehouse

  init() throws {
    scratch = try Scratch()
    _ = try Warehouse.create(at: scratch.path("w.evoke"))
    warehouse = try Warehouse.open(scratch.path("w.evoke"), .writing("test"))
  }

  private func mood(_ file: String, _ set: (inout AnnotationOptions) -> Void = { _ in }) -> ImportBatch {
    var options = AnnotationOptions.unset
    set(&options)
    return importAnnotations(files: [file], options: options, common: common)
  }

  private func names(_ sql: String) throws -> [String] {
    try warehouse.read { try $0.rows(sql) }.map { $0.text("name") }
  }

  // MARK: Equal bytes

  @Test func equalBytesUnderAnotherNameAreAnotherSeries() throws {
    let text = "time,mood\n0,1\n1,2\n2,1\n"
    for name in ["a.csv", "b.csv"] {
      #expect(try mood(try scratch.write(name, text)).commit(to: warehouse).state == .imported)
    }
    #expect(try mood(scratch.path("a.csv")).commit(to: warehouse).state == .unchanged)
    #expect(try names("SELECT name FROM stimulus ORDER BY name") == ["a", "b"])
  }

  @Test func folderNamesThatATemplateReadsAreNamesToo() throws {
    func write(_ folder: String, _ value: Int) throws {
      try FileManager.default.createDirectory(
        atPath: scratch.path(folder), withIntermediateDirectories: true)
      try scratch.write("\(folder)/rating.csv", "time,mood\n0,\(value)\n1,2\n")
    }
    func key() -> String { mood(scratch.path("{subject}/rating.csv")) { $0.table.stimulus = "x" }.key }
    try write("s1", 1)
    try write("s2", 2)
    let first = key()
    try write("s1", 2)
    try write("s2", 1)
    #expect(key() != first)
    try write("s1", 1)
    try write("s2", 2)
    #expect(key() == first)
  }

  @Test func whatWasReplacedIsBroughtAgain() throws {
    func ages(_ age: Int) throws -> ImportOutcome.State {
      let file = try scratch.write("participants.tsv", "subject\tage\ns1\t\(age)\n")
      return try importParticipants(files: [file], common: common).commit(to: warehouse).state
    }
    #expect(try ages(20) == .imported && ages(20) == .unchanged)
    #expect(try ages(30) == .imported)
    #expect(try ages(20) == .imported)
    let value = try warehouse.read { try $0.value("SELECT value FROM subject_attribute") }
    #expect(value.string == "20")
  }

  @Test func aFolderThatGrewBringsWhatIsNew() throws {
    func commit(_ names: [String]) throws -> ImportOutcome {
      try importAnnotations(files: names.map(scratch.path), options: .unset, common: common).commit(to: warehouse)
    }
    for (place, name) in ["a.csv", "b.csv", "c.csv"].enumerated() {
      try scratch.write(name, "time,mood\n0,\(place)\n1,2\n")
    }
    #expect(try commit(["a.csv", "b.csv"]).state == .imported)
    let grown = try commit(["a.csv", "b.csv", "c.csv"])
    #expect(grown.added.first { $0.noun == "annotation" }?.count == 1)
    // A file that changed is no longer what was brought.
    try scratch.write("a.csv", "time,mood\n0,9\n1,2\n")
    #expect(throws: EvokeError.self) { try commit(["a.csv", "b.csv", "c.csv"]) }
  }

  /// As where a folder was imported first, and columns of it are asked for later.
  @Test func otherOptionsBringWhatTheyAdd() throws {
    let rows = (0..<9).map { "\($0),\($0 * 3 % 7),\($0 % 4)\n" }
    let file = try scratch.write("film.csv", "time,mood,calm\n" + rows.joined())
    func batch(_ map: [String], scale: String? = nil) -> ImportBatch {
      self.mood(file) { ($0.table.map, $0.scale) = (map, scale) }
    }
    func commit(_ map: [String], scale: String? = nil) throws -> ImportOutcome {
      try batch(map, scale: scale).commit(to: warehouse)
    }
    let mood = ["time=time,mood=mood"]
    #expect(try commit(mood).state == .imported)
    let more = try commit([])
    #expect(more.state == .imported && more.added.first { $0.noun == "annotation" }?.count == 1)
    #expect(try names("SELECT name FROM annotation_series ORDER BY name") == ["calm", "mood"])
    #expect(try commit([]).state == .unchanged && commit(mood).state == .unchanged)
    // What other options say otherwise cannot stand beside it.
    #expect(throws: EvokeError.self) { try commit(mood, scale: "0:9") }
    // Without the first import the second one is not all there, and is not taken for it.
    let first = batch(mood).key
    try warehouse.write { try $0.dropImport(key: first) }
    #expect(throws: EvokeError.self) { try commit([]) }
  }

  // MARK: Files that change

  @Test func aFileThatChangesWhileItIsReadIsRefused() throws {
    let file = try scratch.write("a.csv", "time,mood\n0,1\n1,2\n")
    for text in ["time,mood\n0,5\n1,2\n", "time,mood\n0,1\n1,2\n2,3\n"] {
      let batch = mood(file)
      try scratch.write("a.csv", text)
      let error = #expect(throws: EvokeError.self) { try batch.commit(to: warehouse) }
      #expect(error?.code == .fileChanged)
    }
    try FileManager.default.removeItem(atPath: file)
    #expect(try names("SELECT name FROM stimulus").isEmpty)
  }

  @Test func aFileThatGoesOrIsReplacedIsRefusedToo() throws {
    let file = try scratch.write("a.csv", "time,mood\n0,1\n1,2\n")
    let gone = mood(file)
    try FileManager.default.removeItem(atPath: file)
    #expect(throws: EvokeError.self) { try gone.commit(to: warehouse) }
    try scratch.write("a.csv", "time,mood\n0,1\n1,2\n")
    let replaced = mood(file)
    try FileManager.default.moveItem(atPath: try scratch.write("b.csv", "time,mood\n0,1\n1,2\n"), toPath: file + ".new")
    try FileManager.default.removeItem(atPath: file)
    try FileManager.default.moveItem(atPath: file + ".new", toPath: file)
    #expect(throws: EvokeError.self) { try replaced.commit(to: warehouse) }
    #expect(try mood(file).commit(to: warehouse).state == .imported)
  }

  // MARK: Spellings

  private static let composed = "caf\u{e9}"
  private static let decomposed = "cafe\u{301}"

  @Test func twoSpellingsOfAnAccentAreOneName() throws {
    let file = try scratch.write("r.csv", "time,mood\n0,1\n1,2\n")
    let other = try scratch.write("q.csv", "time,mood\n0,2\n1,1\n")
    func batch(_ file: String, _ name: String) -> ImportBatch { mood(file) { $0.table.stimulus = name } }
    #expect(batch(file, Self.composed).key == batch(file, Self.decomposed).key)
    #expect(try batch(file, Self.decomposed).commit(to: warehouse).state == .imported)
    #expect(try batch(file, Self.composed).commit(to: warehouse).state == .unchanged)
    #expect(throws: EvokeError.self) { try batch(other, Self.composed).commit(to: warehouse) }
    let stored = try names("SELECT name FROM stimulus")
    #expect(stored.map { Array($0.unicodeScalars) } == [Array(Self.composed.unicodeScalars)])
  }

  @Test func namesOfFilesAndCellsAreComposedToo() throws {
    let byFile = mood(try scratch.write("\(Self.decomposed).csv", "time,\(Self.decomposed)\n0,1\n1,2\n"))
    #expect(try byFile.commit(to: warehouse).state == .imported)
    let text = "time,mood,who\n0,1,\(Self.decomposed)\n1,2,\(Self.decomposed)\n"
    let byCell = mood(try scratch.write("x.csv", text)) { $0.subject = "who" }
    #expect(try byCell.commit(to: warehouse).state == .imported)
    let wanted = Array(Self.composed.unicodeScalars)
    for sql in [
      "SELECT name FROM stimulus WHERE name <> 'x'", "SELECT name FROM subject",
      "SELECT name FROM annotation_series WHERE name <> 'mood'",
      "SELECT DISTINCT subject AS name FROM stored_array WHERE subject IS NOT NULL",
    ] {
      #expect(try names(sql).map { Array($0.unicodeScalars) } == [wanted], "\(sql)")
    }
    // The file itself is where the file system has it.
    let path = try names("SELECT path AS name FROM source_file WHERE path NOT LIKE '%x.csv'")
    #expect(path.map { FileManager.default.fileExists(atPath: $0) } == [true])
  }
}
