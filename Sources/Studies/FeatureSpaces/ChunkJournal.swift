import AudioModels
import ContentIdentity
import FileSystem

/// The chunks of one unit that are done, on disk beside the workers' folders.
final class ChunkJournal: ExtractionJournal {
  private let log: RecordLog

  /// What the numbers of a log belong to.
  private struct Header: Codable {
    let unit: String
    let maker: JSONValue
  }

  /// What stands before the numbers of a record.
  private struct Head: Codable {
    struct Rows: Codable {
      let layer: String
      let first: Int
      /// Numbers of the record that are its values.
      let count: Int
    }

    let chunk: Int
    let rows: [Rows]
    let state: JSONValue
  }

  /// - Parameters:
  ///   - path: the unit's own file.
  ///   - maker: what else shapes the bits: version, BLAS kernel, threads. Records of another maker are dropped, so that
  ///     one environment makes the whole result.
  init(path: String, unit: String, maker: JSONValue) throws {
    log = try RecordLog(path: path, header: StrictCoder.encode(Header(unit: unit, maker: maker)).canonical)
  }

  func replay(_ body: (ExtractionRecord) throws -> Void) throws {
    try log.read { record in
      let head = try StrictCoder.decode(Head.self, from: try JSONValue(parsing: record.text))
      var at = 0
      let rows = head.rows.map { part in
        defer { at += part.count }
        return ExtractionRecord.Rows(
          layer: part.layer, first: part.first, values: Array(record.values[at..<at + part.count]))
      }
      try body(ExtractionRecord(chunk: head.chunk, rows: rows, state: head.state))
    }
  }

  func append(_ record: ExtractionRecord) throws {
    let rows = record.rows.map { Head.Rows(layer: $0.layer, first: $0.first, count: $0.values.count) }
    let head = try StrictCoder.encode(Head(chunk: record.chunk, rows: rows, state: record.state))
    try log.append(head.canonical, record.rows.map(\.values))
  }
}
