import DelimitedText
import Diagnostics

/// A table of names and, below each, numbers, for files that hold one thing: its first fault is enough.
package struct NumberColumns {
  package let source: SourceFile
  package let names: [String]
  /// As many as names, of one length; missing cells are NaN.
  package let columns: [[Double]]

  /// - Parameters:
  ///   - noun: what the names are of, for the message about a first line of numbers.
  ///   - remedy: how that is mended.
  /// - Throws: `tableNoColumn` for a first line of numbers; the first fault of the table; what reading throws.
  package init(reading path: String, noun: String, remedy: String) throws {
    let (source, bytes) = try SourceFile.contents(of: path)
    var findings = Findings()
    let table = DelimitedTable.read(path, bytes, &findings)
    if let header = table?.header, header.allSatisfy({ OptionText.number($0) != nil }) {
      let isMotion = header.count == 6 && SourceFile.stem(path).hasPrefix("rp_")
      throw EvokeError(
        .tableNoColumn, path,
        reason: "its first line holds \(header.count) numbers instead of \(noun)"
          + (isMotion ? ": it holds SPM's motion parameters, which have no header" : ""), remedy: remedy)
    }
    let columns = table.map { table in table.header.indices.map { table.numbers($0, .point, &findings) } }
    if let first = findings.all.first(where: { $0.severity == .error }) {
      let more = findings.errorCount > 1 ? " (and \(findings.errorCount - 1) more)" : ""
      throw EvokeError(first.code, first.object, reason: first.reason + more, remedy: first.remedy)
    }
    guard let table, let columns else { preconditionFailure("a table without a finding of why: \(path)") }
    self.source = source
    names = table.header
    self.columns = columns
  }
}
