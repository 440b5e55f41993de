import FileSystem
import Warehouse

/// An artifact: a source's bytes, an array, a model, a table or a unit's result.
struct LineageThing: Hashable {
  let artifact: Int
  let kind: String
  /// Of a source the file's name alone: where it lies is no part of what it is.
  let name: String
  let sha256: String
  /// Size where it has one.
  let bytes: Int?
  /// What the unit is about whose result it is.
  let label: String?

  init(_ row: Rows.ArtifactsMatching) {
    self.init(row.artifactID, row.kind, row.name, sha256: row.sha256, bytes: row.bytes, label: row.label)
  }

  init(_ row: Rows.Inputs) {
    self.init(row.artifactID, row.kind, row.name, sha256: row.sha256, bytes: row.bytes, label: row.label)
  }

  init(_ row: Rows.Outputs) {
    self.init(row.artifactID, row.kind, row.name, sha256: row.sha256, bytes: row.bytes, label: row.label)
  }

  init(
    _ artifact: Int, _ kind: String, _ name: String, sha256: String, bytes: Int?, label: String? = nil
  ) {
    (self.artifact, self.kind, self.sha256, self.bytes, self.label) = (artifact, kind, sha256, bytes, label)
    self.name = kind == "source" ? Files.name(of: name) : name
  }

  /// `array held/clip/original/lld12@1  sha256 ..., 240 bytes`; a unit by the first digits of its key with what it is about.
  var line: String {
    let title = label.map { "\(name.prefix(12)) \"\($0)\"" } ?? name
    return ["\(kind) \(title)  sha256 \(sha256)", bytes.map { "\($0) bytes" }].compactMap { $0 }.joined(separator: ", ")
  }
}
