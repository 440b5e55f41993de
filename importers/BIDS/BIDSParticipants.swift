import DelimitedText
import Diagnostics
import Importing

/// The rows of one participant, one per session.
private struct Visits {
  /// What all of them say.
  private(set) var columns: [String: String]
  /// What they say differently.
  private(set) var varying: Set<String> = []

  init(columns: [String: String]) { self.columns = columns }

  mutating func add(_ row: [String: String]) {
    for name in Set(columns.keys).union(row.keys) where !varying.contains(name) && columns[name] != row[name] {
      varying.insert(name)
      columns[name] = nil
    }
  }
}

extension BIDSReader {
  /// participants.tsv: every column beside participant_id as text; missing cells are left out.
  private mutating func readParticipants() {
    guard let file = top("participants.tsv") else {
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
    let session = ["session_id", "session"].lazy.compactMap(table.column).first
    var visits: [String: Visits] = [:]
    var order: [String] = []
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
      let cells = Dictionary(
        uniqueKeysWithValues: table.header.indices.compactMap { column in
          column != subject && !table.header[column].isEmpty && !table.isMissing(row, column)
            ? (table.header[column], OptionText.trim(table.text(row, column))) : nil
        })
      if let other = rows.updateValue(table.line(of: row), forKey: name) {
        if session != nil {
          visits[name]?.add(cells)
        } else {
          findings.error(.rowTwice, place, reason: "\(name) stands already on line \(other)", remedy: "keep one row")
        }
        continue
      }
      guard isWanted(name) else { continue }
      visits[name] = Visits(columns: cells)
      order.append(name)
      if !folders.contains(name) {
        findings.add(
          .warning, .bidsParticipant, place, reason: "there is no folder \(name)",
          remedy: NearMiss.suggestion(name, in: folders.sorted()))
      }
    }
    participants = order.compactMap { name in
      visits[name].map {
        var record = ParticipantRecord(subject: name, columns: $0.columns)
        record.readFrom = RecordOrigin(tree.absolute(file.path))
        return record
      }
    }
    let varying = Set(visits.values.flatMap(\.varying)).sorted()
    if !varying.isEmpty {
      findings.add(
        .note, .bidsParticipant, table.path,
        reason: "it has a row per session, which differ in \(NearMiss.list(varying))",
        remedy: "these columns are left out where they differ: a subject has one value of each")
    }
    for name in folders.sorted(by: NaturalOrder.precedes) where rows[name] == nil && isWanted(name) {
      findings.add(
        .warning, .bidsParticipant, name, reason: "participants.tsv has no row of this folder",
        remedy: NearMiss.suggestion(name, in: rows.keys.sorted()))
    }
  }

  /// Reads participants.tsv; its faults are its own.
  mutating func readSoundParticipants() {
    findings.file = tree.absolute("participants.tsv")
    readParticipants()
    findings.file = nil
  }

  /// participants.json lists the levels of a column: a value that is none of them is a typing error.
  private mutating func checkLevels(_ table: DelimitedTable) {
    guard let file = top("participants.json"), file.content == .present,
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
