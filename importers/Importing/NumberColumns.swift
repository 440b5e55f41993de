import DelimitedText
import Diagnostics

/// A table of names and, below each, numbers, for files that hold one thing: its first fault is enough.
package struct NumberColumns {
  package let source: SourceFile
  /// Nil where the first line is a row of numbers itself.
  package let names: [String]?
  /// As many as names, of one length; missing cells are NaN.
  package let columns: [[Double]]

  /// - Throws: the first fault of the table; what reading throws.
  package init(reading path: String) throws {
    let (source, bytes) = try SourceFile.contents(of: path)
    var findings = Findings()
    // A first line of numbers holds no names, and may hold one number twice.
    let bare = DelimitedTable.firstLine(of: bytes).flatMap { cells in
      cells.allSatisfy { OptionText.number($0) != nil } ? (1...max(1, cells.count)).map { "\($0)" } : nil
    }
    let table = DelimitedTable.read(path, bytes, columns: bare, &findings)
    let columns = table.map { table in table.header.indices.map { table.numbers($0, .point, &findings) } }
    if let first = findings.all.first(where: { $0.severity == .error }) {
      let more = findings.errorCount > 1 ? " (and \(findings.errorCount - 1) more)" : ""
      throw EvokeError(first.code, first.object, reason: first.reason + more, remedy: first.remedy)
    }
    guard let table, let columns else { preconditionFailure("a table without a finding of why: \(path)") }
    self.source = source
    names = bare == nil ? table.header : nil
    self.columns = columns
  }

  /// Whether it looks like the motion parameters of SPM: `rp_*.txt` or with something before it, six columns.
  package var holdsMotionOfSPM: Bool {
    names == nil && columns.count == 6 && SourceFile.stem(source.path).contains("rp_")
  }

  /// That nothing names the columns.
  ///
  /// - Parameter noun: what the names are of.
  package func unnamed(_ noun: String, remedy: String) -> EvokeError {
    EvokeError(
      .tableNoColumn, source.path,
      reason: "its first line holds \(columns.count) numbers instead of \(noun)"
        + (holdsMotionOfSPM ? ": it holds SPM's motion parameters, which have no header" : ""), remedy: remedy)
  }
}
