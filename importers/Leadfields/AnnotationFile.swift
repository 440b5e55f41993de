import Diagnostics
import Importing

/// A FreeSurfer annotation (`?h.aparc.annot`): for every vertex of a surface the label it belongs to.
///
/// Big-endian int32: the number of vertices, pairs of vertex and colour `R + G 2^8 + B 2^16`, a flag, then the colour
/// table (version 2, or the old one without a version). Source: FreeSurfer wiki, *LabelsClutsAnnotationFiles*.
package struct AnnotationFile: Sendable {
  /// Every entry of the colour table, those that are no cortex (`unknown`, `corpuscallosum`) included.
  package let names: [String]
  /// Index into `names`; -1 for a colour the table does not have.
  package let labelOfVertex: [Int]

  /// - Throws: `E-LF-004` for a file that is cut short or has no colour table.
  package init(reading path: String) throws {
    var bytes = Bytes(path: path, bytes: try SourceFile.contents(of: path).1)
    let count = try bytes.count("vertices")
    var colours = [Int](repeating: -1, count: count)
    for _ in 0..<count {
      let vertex = try bytes.word()
      let colour = try bytes.word()
      guard (0..<count).contains(vertex) else { throw bytes.malformed("vertex \(vertex) of \(count)") }
      colours[vertex] = colour
    }
    guard try bytes.word() == 1 else { throw bytes.malformed("it has no colour table") }
    var names: [String] = []
    var index: [Int: Int] = [:]
    var entries = try bytes.word()
    let isVersioned = entries < 0
    if isVersioned {
      guard entries == -2 else { throw bytes.malformed("colour table of version \(-entries)") }
      _ = try bytes.word()
    }
    _ = try bytes.text()
    if isVersioned { entries = try bytes.count("labels") }
    for _ in 0..<entries {
      if isVersioned { _ = try bytes.word() }
      let name = try bytes.text()
      let (red, green, blue) = (try bytes.word(), try bytes.word(), try bytes.word())
      _ = try bytes.word()
      index[red + green << 8 + blue << 16] = names.count
      names.append(name)
    }
    self.names = names
    labelOfVertex = colours.map { index[$0] ?? -1 }
  }

  private struct Bytes {
    let path: String
    let bytes: [UInt8]
    var at = 0

    init(path: String, bytes: [UInt8]) {
      self.path = path
      self.bytes = bytes
    }

    func malformed(_ reason: String) -> EvokeError {
      EvokeError(.annotationMalformed, path, reason: reason, remedy: "fetch the annotation again")
    }

    mutating func word() throws -> Int {
      guard at + 4 <= bytes.count else { throw malformed("it ends at byte \(bytes.count), in the middle of a number") }
      let value = bytes[at..<at + 4].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
      at += 4
      return Int(Int32(bitPattern: value))
    }

    mutating func count(_ what: String) throws -> Int {
      let value = try word()
      guard value > 0, value <= bytes.count / 8 else { throw malformed("\(value) \(what)") }
      return value
    }

    mutating func text() throws -> String {
      let length = try word()
      guard length >= 0, at + length <= bytes.count else { throw malformed("a name of \(length) bytes") }
      defer { at += length }
      return String(decoding: bytes[at..<at + length].prefix { $0 != 0 }, as: UTF8.self)
    }
  }
}
