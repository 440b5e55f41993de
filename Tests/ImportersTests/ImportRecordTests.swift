import Annotations
import Diagnostics
import Importing
import LabelledArrays
import RecordingImport
import Testing
import Warehouse

/// A kind of record that no file of `Importing` knows.
private struct ToyRecord: ImportRecord {
  static let noun = "toy"
  var name: String
  var hasCompanion = true

  func arrays(in dataset: String) -> [RecordArray] {
    func array(_ name: String, _ kind: String, isCompanion: Bool) -> RecordArray {
      let values = LabelledArray(axes: [.time([0, 1])], values: [1, 2], units: "1")
      return RecordArray(
        ArrayDescription(name: "\(dataset)/\(name)", kind: kind), ArraySource(values), isCompanion: isCompanion)
    }
    let own = [array(name, "toy", isCompanion: false)]
    return hasCompanion ? own + [array(name + "/beside", "beside", isCompanion: true)] : own
  }

  func conflict(in place: ImportPlace) throws -> EvokeError? {
    name == "never" ? EvokeError(.alreadyImported, name, reason: "toys have a say", remedy: "none") : nil
  }

  func enter(_ entry: RecordEntry) throws {
    for key in entry.arrays {
      try entry.connection.insert(
        "exclusion",
        [
          ("activity_id", .int(entry.activity)), ("dataset_id", .int(entry.dataset)), ("list", .text(name)),
          ("reason", .text("\(key)")),
        ])
    }
  }
}

@Suite struct ImportRecordTests {
  private func batch(_ records: [ToyRecord]) -> ImportBatch {
    var batch = ImportBatch(verb: "import toys", options: NoOptions(), common: CommonOptions(dataset: "d"))
    batch.sources = [SourceFile(builtIn: "toy", content: records.map(\.name).joined())]
    batch.records = records
    return batch
  }

  private func warehouse(_ scratch: Scratch) throws -> Warehouse {
    _ = try Warehouse.create(at: scratch.path("toys.evoke"))
    return try Warehouse.open(scratch.path("toys.evoke"), .writing("test"))
  }

  @Test func aKindOfRecordOfOnesOwnIsStoredWithItsArraysAndCompanionsBehindThem() throws {
    let scratch = try Scratch()
    let warehouse = try warehouse(scratch)
    let toys = batch([ToyRecord(name: "a"), ToyRecord(name: "b", hasCompanion: false), ToyRecord(name: "c")])
    #expect(try toys.commit(to: warehouse, dryRun: true).state == .dryRun)
    #expect(try warehouse.read { try $0.rows("SELECT * FROM exclusion") }.isEmpty)
    let outcome = try toys.commit(to: warehouse)
    #expect(outcome.state == .imported && outcome.added.map(\.text) == ["3 toys"])
    let stored = try warehouse.read { try $0.rows("SELECT name, path FROM array_catalog ORDER BY name") }
    #expect(stored.map { $0.text("name") } == ["d/a", "d/a/beside", "d/b", "d/c", "d/c/beside"])
    let groups = stored.map { $0.text("path").split(separator: "/")[0] }
    #expect(groups == ["toy-0", "beside-3", "toy-1", "toy-2", "beside-4"])
    // Arrays have their keys in the order they are stored.
    let rows = try warehouse.read { try $0.rows("SELECT list, reason FROM exclusion ORDER BY exclusion_id") }
    #expect(rows.map { $0.text("list") + $0.text("reason") } == ["a1", "a4", "b2", "c3", "c5"])
    #expect(try toys.commit(to: warehouse).state == .unchanged)
  }

  @Test func equalBytesUnderAnotherNameAreAnotherImportAndTheSameFileElsewhereIsNot() throws {
    let (here, there) = (try Scratch(), try Scratch())
    let text = "time,mood\n0,1\n1,2\n2,1\n"
    func key(_ scratch: Scratch, _ name: String) throws -> String {
      importAnnotations(files: [try scratch.write(name, text)], options: .unset, common: common).key
    }
    #expect(try key(here, "a.csv") != key(here, "b.csv"))
    #expect(try key(here, "a.csv") == key(there, "a.csv"))
  }

  @Test func whatIsThereAlreadyAndWhatARecordRefusesStopTheWholeImport() throws {
    let scratch = try Scratch()
    let warehouse = try warehouse(scratch)
    _ = try batch([ToyRecord(name: "a")]).commit(to: warehouse)
    for names in [["b", "a"], ["b", "b"], ["b", "never"]] {
      #expect(throws: EvokeError.self) { try batch(names.map { ToyRecord(name: $0) }).commit(to: warehouse) }
    }
    #expect(try warehouse.read { try $0.value("SELECT count(*) FROM exclusion") }.int == 2)
  }

  @Test func whatStandsIsKeptWhereALaterImportReplacedSomeOfIt() throws {
    let scratch = try Scratch()
    let warehouse = try warehouse(scratch)
    func batch(_ records: [any ImportRecord], of source: String) -> ImportBatch {
      var batch = self.batch([])
      batch.sources = [SourceFile(builtIn: "toy", content: source)]
      batch.records = records
      return batch
    }
    func age(_ years: String) -> ParticipantRecord { ParticipantRecord(subject: "s", columns: ["age": years]) }
    let both = batch([ToyRecord(name: "a"), age("20")], of: "both")
    #expect(try both.commit(to: warehouse).state == .imported)
    #expect(try batch([age("30")], of: "later").commit(to: warehouse).state == .imported)
    #expect(try both.commit(to: warehouse).state == .unchanged)
    #expect(try warehouse.read { try $0.value("SELECT count(*) FROM stored_array") }.int == 2)
    #expect(try warehouse.read { try $0.value("SELECT value FROM subject_attribute") }.string == "30")
  }

  /// A later import of more files knows it by what it says.
  @Test func aRecordingSaysTheSameEachTime() {
    let array = LabelledArray(axes: [.time([0, 1]), .labels("region", ["a"])], values: [1, 2], units: "au")
    func record(_ numbers: [Int]) -> RecordingRecord {
      var record = RecordingRecord(
        modality: "fmri", name: "bold", subject: "s", array: ArraySource(array), sampleCount: 2, rateHz: 0.5,
        units: "au", spaceAxis: "region", labels: ["a"], contentSHA256: "x")
      for number in numbers { record.confoundMasks["a_comp_cor_\(number)"] = number < 9 ? "CSF" : "combined" }
      return record
    }
    let first = record(Array(0..<20))
    #expect(record((0..<20).reversed()).statement == first.statement)
    #expect(record(Array(0..<19)).statement != first.statement)
  }
}
