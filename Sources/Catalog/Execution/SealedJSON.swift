import ContentIdentity
import Diagnostics
import FileSystem

/// A JSON file that carries the hash of what it says: `{"<name>": body, "sha256": hash of the canonical body}`.
struct SealedJSON {
  let name: String
  let body: JSONValue

  /// Once the file is there it is complete.
  func write(to path: String) throws {
    try Files.write(JSONValue.object([name: body, "sha256": .string(body.sha256)]).canonical, to: path)
  }

  /// The body of a file.
  ///
  /// - Throws: `StrictCodingError` when it is not what was written, and the faults of reading and parsing.
  static func read(_ name: String, from path: String) throws -> JSONValue {
    guard let members = try JSONValue(parsing: try Files.read(path)).objectValue, members.count == 2,
      let body = members[name], let sha256 = members["sha256"]?.stringValue
    else { throw StrictCodingError(place: "", reason: "it does not consist of \(name) and sha256") }
    guard sha256 == body.sha256 else {
      throw StrictCodingError(place: "", reason: "its content does not match its hash")
    }
    return body
  }

  /// What is wrong with a file, for people.
  static func reason(_ error: any Error) -> String { (error as? EvokeError)?.reason ?? "\(error)" }
}
