import ByteSource
import Diagnostics
import Importing

/// A FreeSurfer annotation (`?h.aparc.annot`): for every vertex of a surface the label it belongs to.
///
/// Big-endian int32: the number of vertices, pairs of vertex and colour `R + G 2^8 + B 2^16`, a flag, then the colour
/// table (version 2, or the old one without a version). Read here, because FreeSurfer's own reader comes with all of it;
/// counts are checked against the file's length. Source: FreeSurfer wiki, *LabelsClutsAnnotationFiles*.
package struct AnnotationFile: Sendable {
  /// Every entry of the colour table, those that are no cortex (`unknown`, `corpuscallosum`) included.
  package let names: [String]
  /// Index into `names`; -1 for a colour the table does not have.
  package let labelOfVertex: [Int]

  /// - Throws: `E-LF-004` for a file that is cut short or has no colour table.
  package init(reading path: String) throws {
    let source = ByteSource(
      try SourceFile.contents(of: path).1, path: path, truncation: .annotationMalformed,
      remedy: "fetch the annotation again")
    var bytes = Fields(cursor: ByteCursor(source, order: .big))
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

  private struct Fields {
    var cursor: ByteCursor

    func malformed(_ reason: String) -> EvokeError {
      EvokeError(.annotationMalformed, cursor.source.path, reason: reason, remedy: cursor.source.remedy)
    }

    mutating func word() throws -> Int { Int(try cursor.integer(Int32.self, "a number")) }

    mutating func count(_ what: String) throws -> Int {
      let value = try word()
      guard value > 0, value <= cursor.end / 8 else { throw malformed("\(value) \(what)") }
      return value
    }

    mutating func text() throws -> String {
      let length = try word()
      guard length >= 0 else { throw malformed("a name of \(length) bytes") }
      return String(try cursor.text(length, "a name").prefix { $0 != "\0" })
    }
  }
}
