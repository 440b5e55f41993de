import ContentIdentity
import Warehouse

/// Imports of the same kind, of sources that a batch has too: what they brought stands.
///
/// So a folder to which a file was added, or in which one was mended, brings what is new, and so does one of which other
/// options take more.
struct EarlierImports {
  /// Those with the same options.
  let activities: Set<Int>
  /// Those with others: of them what is the same in every row and value.
  private let others: Set<Int>

  /// - Parameter replaced: keys of imports that are entered anew, of which nothing stands.
  init(of batch: ImportBatch, but replaced: Set<String>, in connection: Connection) throws {
    let own = Set(batch.sources.map(Source.init))
    let options = JSONValue.object(
      batch.options.merging(["importer_version": .int(ImportBatch.version)]) { _, own in own })
    var (same, others): (Set<Int>, Set<Int>) = ([], [])
    for row in try connection.storedImports() {
      guard row.state == "done", row.verb == batch.verb, row.dataset == batch.common.dataset,
        !replaced.contains(row.activityKey),
        let (given, sources) = try Self.identity(options: row.options, hashes: row.sources), sources.isSubset(of: own)
      else { continue }
      if given == options { same.insert(row.activityID) } else { others.insert(row.activityID) }
    }
    (activities, self.others) = (same, others)
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
    let said = try place.connection.importStatements(name: array.description.name).filter { $0.sha256 == digest }
    if said.contains(where: { activities.contains($0.activityID) }) { return true }
    guard said.contains(where: { others.contains($0.activityID) }) else { return false }
    return try record.arrays(in: place.dataset).allSatisfy { try holds($0, place.connection) }
  }

  /// Whether the array of that name has the same axes and values.
  private func holds(_ array: RecordArray, _ connection: Connection) throws -> Bool {
    guard let stored = try connection.arrayHolder(name: array.description.name).first else { return false }
    return ArrayHash.of(try array.source.load(), path: stored.path) == stored.logicalSHA256
  }
}
