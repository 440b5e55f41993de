import AudioModels
import ContentIdentity
import FileSystem

/// The chunks of one unit that are done, on disk beside the workers' folders.
final class ChunkJournal: ExtractionJournal {
  private let log: RecordLog

  /// - Parameters:
  ///   - path: the unit's own file.
  ///   - maker: what else shapes the bits: version, BLAS kernel, threads. Records of another maker are dropped, so that
  ///     one environment makes the whole result.
  init(path: String, unit: String, maker: JSONValue) throws {
    log = try RecordLog(path: path, header: JSONValue.object(["unit": .string(unit), "maker": maker]).canonical)
  }

  func replay(_ body: (ExtractionRecord) throws -> Void) throws {
    try log.read { record in
      guard let json = try? JSONValue(parsing: record.text) else { preconditionFailure("a record has its hash") }
      var at = 0
      let rows = (json["rows"]?.arrayValue ?? []).map { part in
        let count = part["count"]?.intValue ?? 0
        defer { at += count }
        return ExtractionRecord.Rows(
          layer: part["layer"]?.stringValue ?? "", first: part["first"]?.intValue ?? 0,
          values: Array(record.values[at..<at + count]))
      }
      try body(
        ExtractionRecord(chunk: json["chunk"]?.intValue ?? -1, rows: rows, state: json["state"] ?? .null))
    }
  }

  func append(_ record: ExtractionRecord) throws {
    let rows = record.rows.map { part -> JSONValue in
      ["layer": .string(part.layer), "first": .int(part.first), "count": .int(part.values.count)]
    }
    let text = JSONValue.object(["chunk": .int(record.chunk), "rows": .array(rows), "state": record.state]).canonical
    try log.append(text, record.rows.map(\.values))
  }
}
