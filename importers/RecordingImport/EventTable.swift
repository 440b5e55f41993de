import DelimitedText
import Diagnostics
import Importing

/// An event with everything its source says of it.
package struct TimedEvent: Sendable, Equatable {
  /// Recording time.
  package var onsetS: Double
  /// nil or 0: not known, a point in time.
  package var durationS: Double?
  package var name: String
  /// `event` and the columns of its row.
  package var fields: [String: String]
  /// For messages.
  package var place: String

  package init(onsetS: Double, durationS: Double?, name: String, fields: [String: String] = [:], place: String) {
    self.onsetS = onsetS
    self.durationS = durationS
    self.name = name
    self.fields = fields.merging(["event": name]) { own, _ in own }
    self.place = place
  }

  /// As it is stored.
  package var record: RecordingRecord.Event {
    RecordingRecord.Event(onsetS: onsetS, durationS: durationS, name: name)
  }
}

/// A table of events: BIDS `*_events.tsv`, or any table with an onset and a name.
package enum EventTable {
  private static let onsets: [(String, Double)] = [
    ("onset", 1), ("onset_s", 1), ("time", 1), ("time_s", 1), ("t", 1), ("t_s", 1), ("onset_ms", 1e-3),
    ("time_ms", 1e-3), ("t_ms", 1e-3),
  ]
  private static let durations: [(String, Double)] = [("duration", 1), ("duration_s", 1), ("duration_ms", 1e-3)]

  /// The events in the table's order; nil where its columns or numbers are at fault. A row without onset is left out
  /// with a note, a row without name is called after its stimulus file or value.
  package static func events(_ table: DelimitedTable, _ findings: inout Findings) -> [TimedEvent]? {
    guard table.rowCount > 0 else { return [] }
    let names = StimulusMap.eventNames + ["stimulus"]
    let nameColumns = names.compactMap(table.column)
    guard let (onset, factor) = column(table, onsets), !nameColumns.isEmpty else {
      findings.error(
        .eventColumns, table.path,
        reason: nameColumns.isEmpty ? "no column names the events" : "no column is named onset",
        remedy: "the columns are \(NearMiss.list(table.header))")
      return nil
    }
    let before = findings.errorCount
    let times = table.numbers(onset, .point, &findings)
    let length = column(table, durations)
    let lengths = length.map { table.numbers($0.0, .point, &findings) }
    let starts = table.column("stimulus_start_s").map { table.numbers($0, .point, &findings) }
    for (row, start) in (starts ?? []).enumerated() where start < 0 {
      findings.error(
        .eventColumns, "\(table.path) line \(table.line(of: row))", reason: "its stimulus_start_s is \(start) s",
        remedy: "correct the table")
    }
    guard findings.errorCount == before else { return nil }
    var events: [TimedEvent] = []
    for row in 0..<table.rowCount {
      let place = "\(table.path) line \(table.line(of: row))"
      guard !times[row].isNaN else {
        findings.add(.note, .eventNotPlaced, place, reason: "its onset is missing", remedy: "fill it in if it is known")
        continue
      }
      var fields: [String: String] = [:]
      for column in table.header.indices where !table.isMissing(row, column) {
        fields[table.header[column]] = OptionText.trim(table.text(row, column))
      }
      let duration = lengths.flatMap { $0[row].isNaN ? nil : $0[row] * (length?.1 ?? 1) }
      if let duration, duration < 0 {
        findings.error(.eventColumns, place, reason: "its duration is \(duration) s", remedy: "correct the table")
      }
      let name = nameColumns.lazy.compactMap { fields[table.header[$0]] }.first ?? "n/a"
      events.append(
        TimedEvent(onsetS: times[row] * factor, durationS: duration, name: name, fields: fields, place: place))
    }
    return findings.errorCount == before ? events : nil
  }

  private static func column(_ table: DelimitedTable, _ names: [(String, Double)]) -> (Int, Double)? {
    for (name, factor) in names { if let column = table.column(name) { return (column, factor) } }
    return nil
  }
}
