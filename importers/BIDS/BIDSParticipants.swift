import DelimitedText
import Diagnostics
import Importing

extension BIDSReader {
  /// participants.tsv: every column beside participant_id as text; missing cells are left out.
  mutating func readParticipants() {
    guard let file = tree.files.first(where: { $0.path == "participants.tsv" }) else {
      findings.add(
        .note, .bidsParticipant, tree.root, reason: "participants.tsv is missing", remedy: "subjects have no attributes"
      )
      return
    }
    guard !passIfAbsent(file), let table = sidecars.table(file, &findings) else { return }
    guard let subject = table.column("participant_id") else {
      findings.error(
        .tableNoColumn, "\(table.path) column participant_id", reason: "the header does not have it",
        remedy: "the columns are \(NearMiss.list(table.header))")
      return
    }
    checkLevels(table)
    let folders = Set(tree.files.compactMap(\.subject))
    var rows: [String: Int] = [:]
    for row in 0..<table.rowCount {
      let place = "\(table.path) line \(table.line(of: row))"
      guard !table.isMissing(row, subject) else {
        findings.error(
          .tableKeyMissing, place, reason: "the participant is not given", remedy: "fill it in, or remove the row")
        continue
      }
      let text = OptionText.trim(table.text(row, subject))
      let name = text.hasPrefix("sub-") ? text : "sub-\(text)"
      if let other = rows.updateValue(table.line(of: row), forKey: name) {
        findings.error(.rowTwice, place, reason: "\(name) stands already on line \(other)", remedy: "keep one row")
        continue
      }
      guard isWanted(name) else { continue }
      if !folders.contains(name) {
        findings.add(
          .warning, .bidsParticipant, place, reason: "there is no folder \(name)",
          remedy: NearMiss.suggestion(name, in: folders.sorted()))
      }
      var columns: [String: String] = [:]
      for column in table.header.indices where column != subject && !table.header[column].isEmpty {
        if !table.isMissing(row, column) { columns[table.header[column]] = OptionText.trim(table.text(row, column)) }
      }
      participants.append(ParticipantRecord(subject: name, columns: columns))
    }
    for name in folders.sorted(by: BIDSTree.isBefore) where rows[name] == nil && isWanted(name) {
      findings.add(
        .warning, .bidsParticipant, name, reason: "participants.tsv has no row of this folder",
        remedy: NearMiss.suggestion(name, in: rows.keys.sorted()))
    }
  }

  /// participants.json lists the levels of a column: a value that is none of them is a typing error.
  private mutating func checkLevels(_ table: DelimitedTable) {
    guard let file = tree.files.first(where: { $0.path == "participants.json" }), file.content == .present,
      let json = sidecars.json(file, &findings)
    else { return }
    for column in table.header.indices {
      guard let levels = json[table.header[column]]?["Levels"]?.objectValue else { continue }
      for row in 0..<table.rowCount where !table.isMissing(row, column) {
        let value = OptionText.trim(table.text(row, column))
        guard levels[value] == nil else { continue }
        findings.add(
          .warning, .bidsParticipant, "\(table.path) line \(table.line(of: row)) column \(table.header[column])",
          reason: "\(value) is none of the levels in participants.json",
          remedy: NearMiss.suggestion(value, in: levels.keys.sorted()))
      }
    }
  }

  private func isWanted(_ subject: String) -> Bool {
    let wanted = options.subjects.flatMap(OptionText.list)
    return wanted.isEmpty || wanted.contains(subject) || wanted.contains(String(subject.dropFirst(4)))
  }
}
