import ContentIdentity
import Diagnostics
import FileSystem
import Warehouse

/// What an archive names and does not hold: enough to know it by, and why it is not there.
public struct Tombstone: Codable, Sendable, Equatable {
  public enum Kind: String, Codable, Sendable { case source, array, rows, recipe, result }

  public let kind: Kind
  /// Of the array, of the source in the archive, of the table of rows or recipes (with the key of the activity they went with,
  /// where there is one), of the frozen result.
  public let name: String
  /// Of rows over the hashes of all; nil for results, which have none of their own.
  public let sha256: String?
  public let bytes: Int?
  /// JSON: counts along the axes of an array.
  public var shape: String?
  /// Names of the axes of an array.
  public var axes: [String] = []
  /// SHA-256 of each row; of recipes the keys, or the result of a unit, that are hashes of what is not here.
  public private(set) var rows: [String] = []
  public let reason: String

  package init(_ kind: Kind, _ name: String, sha256: String? = nil, bytes: Int? = nil, reason: String) {
    (self.kind, self.name, self.sha256, self.bytes, self.reason) = (kind, name, sha256, bytes, reason)
  }

  package init(_ withheld: WithheldRows, reason: String) {
    let name = ([withheld.table] + [withheld.activityKey].compactMap(\.self)).joined(separator: " ")
    self.init(withheld.isRecipe ? .recipe : .rows, name, sha256: withheld.sha256, reason: reason)
    rows = withheld.hashes
  }

  /// How many things it names.
  public var count: Int { max(1, rows.count) }

  /// The file of an archive, and of a warehouse that was made of one, that holds them all.
  package static let file = "tombstones.json"

  /// Those that lie in a folder; none where there is no such file.
  ///
  /// - Throws: `E-ARC-001` for a file that holds something else.
  package static func all(in folder: String) throws -> [Tombstone] {
    let path = folder + "/" + file
    guard Files.exists(path) else { return [] }
    do {
      let text = String(decoding: try Files.read(path), as: UTF8.self)
      return try StrictCoder.decode([Tombstone].self, from: JSONValue(parsing: text))
    } catch let error where error is StrictCodingError || error is JSONSyntaxError {
      throw EvokeError(.notAnArchive, path, reason: "\(error)", remedy: "fetch the archive again")
    }
  }
}
