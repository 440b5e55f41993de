import ContentIdentity
import Warehouse

/// Imports of the same kind, with the same options, of sources that a batch has too: what they brought stands.
///
/// So a folder to which a file was added, or in which one was mended, brings what is new.
struct EarlierImports {
  /// Their activities.
  let activities: Set<Int>

  init(of batch: ImportBatch, in connection: Connection) throws {
    let own = Set(batch.sources.map(Source.init))
    let options = JSONValue.object(
      batch.options.merging(["importer_version": .int(ImportBatch.version)]) { _, own in own })
    activities = Set(
      try connection.storedImports().filter { row in
        guard row.state == "done", row.verb == batch.verb, row.dataset == batch.common.dataset,
          let (given, sources) = try Self.identity(options: row.options, hashes: row.sources)
        else { return false }
        return given == options && sources.isSubset(of: own)
      }.map(\.activityID))
  }

  /// A source as the key of an import knows it.
  private struct Source: Hashable {
    let sha256: String
    let name: String

    init(sha256: String, name: String) { (self.sha256, self.name) = (sha256, name) }
    init(_ source: SourceFile) { self.init(sha256: source.sha256, name: source.name) }
  }

  /// Options without the sources' names, and the sources; nil where names and hashes do not fit each other.
  private static func identity(options: String, hashes: String) throws -> (JSONValue, Set<Source>)? {
    guard case .object(var members) = try JSONValue(parsing: options),
      let names = members.removeValue(forKey: "source_names")?.arrayValue?.compactMap(\.stringValue),
      let hashes = try JSONValue(parsing: hashes).arrayValue?.compactMap(\.stringValue), names.count == hashes.count
    else { return nil }
    return (.object(members), Set(zip(hashes, names).map { Source(sha256: $0, name: $1) }))
  }

  /// Whether they brought a record: its rows, or its arrays with all that is said of them now.
  func brought(_ record: any ImportRecord, in place: ImportPlace) throws -> Bool {
    guard let statement = record.statement, let array = record.arrays(in: place.dataset).first else {
      return try activities.contains { try record.stands(in: place, of: $0) == true }
    }
    let digest = SHA256.hex(of: statement)
    return try place.connection.importStatements(name: array.description.name).contains {
      activities.contains($0.activityID) && $0.sha256 == digest
    }
  }
}
