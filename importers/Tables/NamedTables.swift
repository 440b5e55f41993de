import ArgumentParser
import DelimitedText
import Diagnostics
import Importing

/// Shared by the importers of tables that are not series.
func readTable(
  _ files: [String], _ batch: inout ImportBatch, _ findings: inout Findings,
  _ body: (DelimitedTable, inout Findings) -> Void
) {
  if files.isEmpty {
    findings.error(.optionMalformed, batch.verb, reason: "no file is named", remedy: "name a file")
  }
  for file in files {
    guard let (source, bytes) = findings.collect(file, { try SourceFile.contents(of: file) }) else { continue }
    batch.sources.append(source)
    if let table = DelimitedTable.read(file, bytes, &findings) { body(table, &findings) }
  }
}

extension DelimitedTable {
  func place(_ row: Int, _ column: Int? = nil) -> String {
    "\(path) line \(line(of: row))\(column.map { " column \(header[$0])" } ?? "")"
  }

  /// A cell's text, nil where it is missing.
  func value(_ row: Int, _ column: Int?) -> String? {
    guard let column, !isMissing(row, column) else { return nil }
    return OptionText.trim(text(row, column))
  }
}

/// Imports a participants table (BIDS `participants.tsv`): the subject column is participant_id or subject, every other
/// column is kept as text, missing cells are left out.
package func importParticipants(
  files: [String], common: CommonOptions, known: KnownNames = KnownNames()
) -> ImportBatch {
  var batch = ImportBatch(verb: "import participants", options: NoOptions(), common: common)
  var findings = Findings()
  var lines: [String: String] = [:]
  var records: [ParticipantRecord] = []
  readTable(files, &batch, &findings) { table, findings in
    guard let subject = ["participant_id", "subject"].compactMap(table.column).first else {
      findings.error(
        .tableNoColumn, "\(table.path) column participant_id", reason: "no column is named participant_id or subject",
        remedy: "the columns are \(NearMiss.list(table.header))")
      return
    }
    for row in 0..<table.rowCount {
      guard let name = table.value(row, subject) else {
        findings.error(
          .tableKeyMissing, table.place(row, subject), reason: "the subject is not given",
          remedy: "fill it in, or remove the row")
        continue
      }
      if let other = lines.updateValue(table.place(row), forKey: name) {
        findings.error(
          .rowTwice, table.place(row), reason: "\(name) stands already at \(other)", remedy: "keep one of the rows")
        continue
      }
      if !known.subjects.isEmpty, !known.subjects.contains(name) {
        findings.add(
          .warning, .subjectUnknown, table.place(row), reason: "no recording of \(name) has been imported",
          remedy: NearMiss.suggestion(name, in: known.subjects.sorted()))
      }
      var columns: [String: String] = [:]
      for column in table.header.indices where column != subject && !table.header[column].isEmpty {
        if let value = table.value(row, column) { columns[table.header[column]] = value }
      }
      var record = ParticipantRecord(subject: name, columns: columns)
      record.readFrom = RecordOrigin(table.path)
      records.append(record)
    }
  }
  batch.records = records
  batch.diagnostics = findings.all
  return batch
}

/// The options of `import exclusions`, as typed.
package struct ExclusionOptions: VerbOptions {
  @Option(help: "Name of the list; else the file's stem.") package var name: String?

  package init() {}
}

/// Imports a list of exclusions: columns subject, session, run, stimulus, channel, component, onset_s, offset_s,
/// reason.
///
/// A cell that is missing matches everything; a row must name at least one thing and a reason. An unknown column is an
/// error, because leaving a misspelt one out would widen the exclusion.
package func importExclusions(
  files: [String], options: ExclusionOptions, common: CommonOptions, known: KnownNames = KnownNames()
) -> ImportBatch {
  var batch = ImportBatch(verb: "import exclusions", options: options, common: common)
  var findings = Findings()
  var records: [ExclusionRecord] = []
  readTable(files, &batch, &findings) { table, findings in
    for column in table.header where !exclusionColumns.contains(column) {
      findings.error(
        .tableNoColumn, "\(table.path) column \(column)", reason: "an exclusion has no such column",
        remedy: NearMiss.suggestion(column, in: exclusionColumns))
    }
    guard table.header.allSatisfy(exclusionColumns.contains), let reason = table.column("reason") else {
      if table.column("reason") == nil {
        findings.error(
          .tableNoColumn, "\(table.path) column reason", reason: "every exclusion needs its reason",
          remedy: "add the column")
      }
      return
    }
    let before = findings.errorCount
    let onsets = table.column("onset_s").map { table.numbers($0, .point, &findings) }
    let offsets = table.column("offset_s").map { table.numbers($0, .point, &findings) }
    guard findings.errorCount == before else { return }
    for row in 0..<table.rowCount {
      guard let text = table.value(row, reason) else {
        findings.error(.exclusionMalformed, table.place(row), reason: "it has no reason", remedy: "write why")
        continue
      }
      var record = ExclusionRecord(list: options.name ?? SourceFile.stem(table.path), reason: text)
      record.subject = table.value(row, table.column("subject"))
      record.session = table.value(row, table.column("session"))
      record.run = table.value(row, table.column("run"))
      record.stimulus = table.value(row, table.column("stimulus")).map(known.stimulus)
      record.channel = table.value(row, table.column("channel"))
      record.component = table.value(row, table.column("component"))
      record.onsetS = onsets.flatMap { $0[row].isNaN ? nil : $0[row] }
      record.offsetS = offsets.flatMap { $0[row].isNaN ? nil : $0[row] }
      check(record, at: table.place(row), known, &findings)
      records.append(record)
    }
  }
  batch.records = records
  batch.diagnostics = findings.all
  return batch
}

private let exclusionColumns = [
  "subject", "session", "run", "stimulus", "channel", "component", "onset_s", "offset_s", "reason",
]

private func check(
  _ record: ExclusionRecord, at place: String, _ known: KnownNames, _ findings: inout Findings
) {
  let names = [record.subject, record.session, record.run, record.stimulus, record.channel, record.component]
  if names.allSatisfy({ $0 == nil }), record.onsetS == nil, record.offsetS == nil {
    findings.error(
      .exclusionMalformed, place, reason: "it names nothing and would exclude everything",
      remedy: "name a subject, session, run, stimulus, channel, component or a time")
  }
  if (record.onsetS == nil) != (record.offsetS == nil) {
    findings.error(
      .exclusionMalformed, place, reason: "onset_s and offset_s go together", remedy: "give both or none")
  } else if let onset = record.onsetS, let offset = record.offsetS, offset <= onset {
    findings.error(
      .exclusionMalformed, place, reason: "it ends at \(offset) s, before or as it starts at \(onset) s",
      remedy: "correct the times")
  }
  if let component = record.component, Int(component).map({ $0 >= 0 }) != true {
    findings.error(
      .exclusionMalformed, place, reason: "component \(component) is no number from 0",
      remedy: "number components as the view recording_component does, from 0 by the variance they bring")
  }
  known.compare([record.stimulus].compactMap { $0 }, "stimulus", in: known.stimuli, &findings)
  if let subject = record.subject, !known.subjects.isEmpty, !known.subjects.contains(subject) {
    findings.add(
      .warning, .subjectUnknown, place, reason: "no recording of \(subject) has been imported",
      remedy: NearMiss.suggestion(subject, in: known.subjects.sorted()))
  }
}
