import ContentIdentity
import Foundation
import Testing
import Warehouse

/// The hashes of rows that a transaction records, which SQL makes, against the plain definition of their bytes, on random
/// rows.
@Suite struct RowDigestTests {
  /// Type and value, as they stand in the bytes of a row; none for NULL.
  private static func bytes(_ value: SQLValue, raw: [UInt8]) -> [UInt8] {
    switch value {
    case .null: []
    case .integer(let number): [UInt8(ascii: "i")] + UInt64(bitPattern: number).bigEndianBytes
    case .real(let number): [UInt8(ascii: "r")] + (number == 0 ? 0.0 : number).bitPattern.bigEndianBytes
    case .text: [UInt8(ascii: "t")] + UInt64(raw.count).bigEndianBytes + raw
    case .blob: [UInt8(ascii: "b")] + UInt64(raw.count).bigEndianBytes + raw
    }
  }

  private static func name(_ text: String) -> [UInt8] { UInt64(text.utf8.count).bigEndianBytes + Array(text.utf8) }

  private static func hash(_ bytes: [UInt8]) -> SHA256Digest {
    var hash = SHA256()
    hash.update(bytes)
    return hash.take()
  }

  /// 64 bits of a value: FNV-1a (prime 2^40 + 2^8 + 0xb3), then the finaliser of MurmurHash3.
  private static func mixed(_ bytes: [UInt8]) -> UInt64 {
    var word = bytes.reduce(14_695_981_039_346_656_037 as UInt64) { ($0 ^ UInt64($1)) &* 1_099_511_628_211 }
    for factor in [0xff51_afd7_ed55_8ccd, 0xc4ce_b9fe_1a85_ec53 as UInt64] { word = (word ^ word >> 33) &* factor }
    return word ^ word >> 33
  }

  /// What `row_digest` is to hold of a table's rows.
  private struct Expected {
    let count: Int
    let sha256: String
    let sums: String
    let heads: [UInt8]

    /// - Parameters:
    ///   - columns: those that are hashed.
    ///   - target: the column that leads to a row of another table, which is known by its name.
    init(
      _ table: String, _ columns: [String], where condition: String, target: (column: String, table: String)? = nil,
      _ connection: Connection
    ) throws {
      let list = columns.sorted().map { "\"\($0)\", CAST(\"\($0)\" AS BLOB)" }.joined(separator: ", ")
      var hashes: [SHA256Digest] = []
      var sums: [String: UInt64] = [:]
      for row in try connection.rows("SELECT \(list) FROM \"\(table)\" WHERE \(condition)").map(\.values) {
        var bytes: [UInt8] = [0] + name(table)
        for (place, column) in columns.sorted().enumerated() {
          var content = RowDigestTests.bytes(row[2 * place], raw: row[2 * place + 1].bytes ?? [])
          if content.isEmpty { continue }
          if let target, target.column == column, let number = row[2 * place].int {
            let key = "SELECT CAST(name AS BLOB) FROM \(target.table) WHERE \(column) = \(number)"
            let raw = try #require(try connection.value(key).bytes)
            content =
              [UInt8(ascii: "h")]
              + hash([1] + name(target.table) + name("name") + RowDigestTests.bytes("", raw: raw)).bytes
          }
          bytes += name(column) + content
          sums[column, default: 0] &+= mixed(content)
        }
        hashes.append(hash(bytes))
      }
      hashes.sort()
      count = hashes.count
      sha256 = hash(hashes.flatMap(\.bytes)).hex
      self.sums = JSONValue.object(sums.mapValues { .string(String($0, radix: 16)) }).canonical
      heads = hashes.flatMap(\.head.bigEndianBytes)
    }
  }

  /// Numbers and texts of every kind as SQL.
  private struct Literals {
    var state: UInt64

    mutating func word() -> UInt64 {
      state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
      return state >> 11
    }

    mutating func of(_ type: String) -> String {
      let kind = word() % 6
      switch type {
      case "INTEGER": return ["0", "-1", "9223372036854775807", "-9223372036854775808"][Int(kind % 4)]
      case "REAL": return kind < 3 ? ["-0.0", "9e999", "5e-324"][Int(kind)] : "\(Double(word()) / 7 - 1e14)"
      default:
        // Any bytes: the longest do not fit where the row before stood, some hold U+0000, some are no UTF-8.
        let bytes = (0..<Int(word() % (kind == 0 ? 3_000 : 24))).map { _ in String(format: "%02x", word() % 256) }
        return "CAST(x'\(bytes.joined())' AS TEXT)"
      }
    }
  }

  /// Columns that are hashed, with what `set` may give them.
  private func columns(
    _ table: String, _ connection: Connection
  ) throws -> [(name: String, type: String, isFree: Bool)] {
    try connection.rows(
      """
      SELECT c.name, c.type, c."notnull" = 0 AND c.pk = 0 AS is_free FROM pragma_table_info('\(table)') c
      JOIN schema_doc d ON d.object = '\(table)' AND d.column_name = c.name AND d.exempt IS NULL
      """
    ).map { ($0.text("name"), $0.text("type"), $0.int("is_free") == 1) }
  }

  private func recorded(_ table: String, _ owner: String, _ connection: Connection) throws -> SQLRow {
    let sql = "SELECT row_count, sha256, column_sums, row_hashes FROM row_digest WHERE object = '\(table)' AND "
    let rows = try connection.rows(sql + owner)
    #expect(rows.count == 1, "\(table)")
    return try #require(rows.first)
  }

  private func compare(_ row: SQLRow, _ expected: Expected, _ place: String) {
    #expect(row.int("row_count") == expected.count && expected.count > 1, "\(place)")
    #expect(row.text("sha256") == expected.sha256, "\(place)")
    #expect(row.text("column_sums") == expected.sums, "\(place)")
    #expect(row["row_hashes"].bytes == expected.heads, "\(place)")
  }

  private static let unit = SHA256.hex(of: "unit")

  /// Fits and scores of one unit, in whose free columns anything may stand.
  private func enterRandom(_ literals: inout Literals, _ connection: Connection) throws {
    try connection.insert(
      ActivityRow(
        kind: "unit", verb: "fit_encoding", activityKey: Self.unit, options: "{}", state: "done",
        startedAt: "2026-01-01T00:00:00Z"))
    for fit in 0..<20 {
      let key = "\(Self.unit)/none/\(fit)"
      try connection.insert(
        FitRow(
          fitKey: key, dataset: "d", cohort: "d", featureSet: "lld12", element: "original", covariateMode: "none",
          targetKind: "annotation", target: "arousal", targetParameters: "{}", delaysS: "[0]", delayShape: "single",
          stimulusCount: 12, droppedCount: 0, sampleCount: 3600, partialCount: 0, thinCount: 0), of: Self.unit)
      try connection.insert(
        ScoreRow(
          fitKey: key, quantity: "r", tail: "greater", foldsCounted: 5, foldsTotal: 5, stimuliCounted: 12, flags: "",
          valid: 1), of: Self.unit)
      for table in ["fit", "score"] {
        // An interval holds its value.
        let free = try columns(table, connection).filter { $0.isFree && $0.name != "low" }
        #expect(free.count > 9)
        for column in free where literals.word() % 3 > 0 {
          let value = literals.of(column.type)
          try connection.execute("UPDATE \(table) SET \"\(column.name)\" = \(value) WHERE fit_key = '\(key)'")
        }
      }
    }
  }

  @Test(arguments: 0..<4) func `rows of a unit hash to what the definition of their bytes says`(_ seed: Int) throws {
    let folder = try TemporaryFolder()
    try Warehouse.create(at: folder.path + "/w.evoke")
    let warehouse = try Warehouse.open(folder.path + "/w.evoke", .writing("test"))
    defer { try? warehouse.close() }
    var literals = Literals(state: UInt64(seed) &* 7919 &+ 17)
    try warehouse.write { try enterRandom(&literals, $0) }
    try warehouse.read { connection in
      let owner = "activity_id = (SELECT activity_id FROM activity WHERE activity_key = '\(Self.unit)')"
      for table in ["fit", "score"] {
        let expected = try Expected(table, columns(table, connection).map(\.name), where: "1", connection)
        compare(try recorded(table, owner, connection), expected, "\(table), seed \(seed)")
      }
    }
  }

  @Test func `rows that lead to others hash with what these are known by`() throws {
    let folder = try TemporaryFolder()
    try Warehouse.create(at: folder.path + "/w.evoke")
    let warehouse = try Warehouse.open(folder.path + "/w.evoke", .writing("test"))
    defer { try? warehouse.close() }
    try warehouse.write { connection in
      for dataset in 0..<30 {
        let licence = dataset % 2 == 0 ? "CC0" : nil
        let key = try connection.identify(DatasetRow(name: "dataset \(dataset)", licence: licence))
        for subject in 0..<4 { _ = try connection.identify(SubjectRow(datasetID: key, name: "sub-\(subject)")) }
      }
      // Numbers of rows below zero are ordered as their bytes are.
      try connection.execute("PRAGMA defer_foreign_keys = ON")
      try connection.execute("UPDATE dataset SET dataset_id = -dataset_id WHERE dataset_id % 3 = 0")
      try connection.execute("UPDATE subject SET dataset_id = -dataset_id WHERE dataset_id % 3 = 0")
      try connection.execute("UPDATE dataset SET name = CAST(CAST(name AS BLOB) || x'00ff' AS TEXT)")
    }
    try warehouse.read { connection in
      let expected = try Expected(
        "subject", ["dataset_id", "name"], where: "1", target: ("dataset_id", "dataset"), connection)
      #expect(expected.count == 120)
      compare(try recorded("subject", "activity_id IS NULL", connection), expected, "subject")
      #expect(try RowAudit(connection).differences == [])
    }
  }
}
