import Compression
import ContentIdentity
import DelimitedText
import Diagnostics
import Importing
import LabelledArrays
import RecordingImport

/// A column of numbers in a series file, on the recording's clock.
private struct Column {
  let file: BIDSFile
  let name: String
  /// `rating` or `series`.
  let kind: String
  var times: [Double]
  var values: [Double]
  /// When its values end, where rows are events; nil for samples.
  var ends: [Double]?
  var rateHz: Double?
  var clock = ClockLedger()

  /// What of it lies in a showing, on the stimulus' clock; nil where that is nothing.
  ///
  /// - Parameter lastsS: of the stimulus, where its media are known.
  func part(in showing: RecordingRecord.Presentation, lastsS: Double?) -> Column? {
    let shift = showing.stimulusStartS - showing.onsetS
    let endS = showing.onsetS + (showing.durationS ?? .infinity)
    var part = self
    if let ends {
      let rows = times.indices.filter { times[$0] < endS - 1e-6 && ends[$0] > showing.onsetS + 1e-6 }
      guard !rows.isEmpty else { return nil }
      let from = rows.map { max(times[$0], showing.onsetS) + shift }
      let to = rows.map { min(ends[$0], endS) + shift }
      let last = showing.durationS.map { showing.stimulusStartS + $0 } ?? lastsS ?? to.reduce(0, max)
      let held = HeldValues.binned(rows.map { values[$0] }, from: from, to: to, rateHz: 1, endS: last)
      // Of a part only its own seconds.
      let first = min(Int(showing.stimulusStartS), held.times.count - 1)
      (part.times, part.values) = (Array(held.times[first...]), Array(held.values[first...]))
      (part.ends, part.rateHz) = (nil, 1)
      return part
    }
    let rows = times.indices.filter { times[$0] >= showing.onsetS - 1e-6 && times[$0] < endS - 1e-6 }
    guard rows.count > 1 else { return nil }
    part.times = rows.map { ((times[$0] + shift) * 1e9).rounded() / 1e9 }
    part.values = rows.map { values[$0] }
    return part
  }
}

extension BIDSReader {
  var wantedColumns: [(name: String, kind: String)] {
    options.ratings.flatMap(OptionText.list).map { ($0, "rating") }
      + options.series.flatMap(OptionText.list).map { ($0, "series") }
  }

  /// A series beside or instead of a recording: `*_physio.tsv.gz`, `*_stim.tsv.gz` (no header line: the names stand in
  /// the JSON), `*_beh.tsv` and `*_events.tsv` with a column of onsets, whose values are held over a column of durations.
  /// Columns named by `--ratings` and `--series` become annotations of the subject on the clock of what was shown.
  mutating func readSeries(_ file: BIDSFile) {
    let isHeaderless = ["physio", "stim"].contains(file.name.suffix) && [".tsv.gz", ".tsv"].contains(file.name.ending)
    let isTable = ["beh", "events"].contains(file.name.suffix) && file.name.ending == ".tsv"
    guard isHeaderless || isTable, !passIfAbsent(file) else { return }
    // Events are read with what they describe, and once more where columns of them are asked for.
    if file.name.suffix == "events", wantedColumns.isEmpty { return }
    var absent: BIDSFile?
    let json = isHeaderless ? sidecars.json(for: file, absent: &absent, &findings) : [:]
    let events = self.events(of: file, absent: &absent)
    if let absent, passIfAbsent(file, needs: absent) { return }
    let listed = json["Columns"]?.arrayValue ?? []
    let known = listed.compactMap(\.stringValue)
    guard known.count == listed.count else {
      return findings.error(
        .bidsSidecar, file.path, reason: "the Columns of its JSON are not all names", remedy: "name every column")
    }
    if isHeaderless, known.isEmpty {
      return pass(
        file, BIDSReason("no JSON gives its Columns", remedy: "add them: the file has no header", severity: .warning))
    }
    // Rows of a table of behaviour are read first, to know its columns.
    if isHeaderless { return readHeaderless(file, known, json, events) }
    guard let table = sidecars.table(file, &findings) else { return }
    readRows(file, table, events)
  }

  private mutating func readHeaderless(
    _ file: BIDSFile, _ columns: [String], _ json: [String: JSONValue], _ events: [TimedEvent]?
  ) {
    let wanted = wantedColumns.filter { columns.contains($0.name) }
    guard !wanted.isEmpty else { return passColumns(file, columns) }
    columnsNotRead.note(columns.filter { name in !wanted.contains { $0.name == name } }, of: file)
    guard let clock = findings.collect(file.path, { try SidecarClock(json, object: file.path) }) else { return }
    guard let rate = clock.samplingFrequencyHz, rate > 0, let start = clock.startTimeS else {
      findings.error(
        .bidsSidecar, file.path,
        reason: "its JSON lacks \(clock.startTimeS == nil ? "StartTime" : "SamplingFrequency")",
        remedy: "add the rate in Hz and the recording time of the first row")
      return
    }
    guard let values = headerless(file, columns) else { return }
    guard let count = values.first?.count, count > 1 else { return }
    let times = (0..<count).map { start + Double($0) / rate }
    for (name, kind) in wanted {
      guard let column = columns.firstIndex(of: name) else { continue }
      var series = Column(
        file: file, name: name, kind: kind, times: times, values: values[column], rateHz: rate)
      series.clock.state("rate", rate, "Hz", by: .json, of: file.path)
      series.clock.state("StartTime", start, "s", by: .json, of: file.path)
      add(series, events)
    }
  }

  private mutating func passColumns(_ file: BIDSFile, _ columns: [String]) {
    pass(
      file,
      BIDSReason(
        "no column of it is asked for: \(NearMiss.list(columns))",
        remedy: "give --ratings COL,... or --series COL,..."))
  }

  /// The columns of a table without header; nil where cells are at fault, which is found then.
  private mutating func headerless(_ file: BIDSFile, _ columns: [String]) -> [[Double]]? {
    do { return try numbers(file, columns) } catch let error as EvokeError { findings.add(error) } catch {
      findings.error(.fileUnreadable, file.path, reason: "\(error)", remedy: "check the file and its disk")
    }
    return nil
  }

  private mutating func numbers(_ file: BIDSFile, _ columns: [String]) throws -> [[Double]]? {
    let path = tree.absolute(file.path)
    batch.sources.append(try SourceFile(reading: path))
    let reader = try ByteReader(path, truncation: .eegTruncated, damage: .fileUnreadable)
    var bytes = Array((columns.joined(separator: "\t") + "\n").utf8)
    while true {
      let piece = try reader.read(4 << 20)
      if piece.isEmpty { break }
      bytes += piece
    }
    if let fault = reader.fault() { throw reader.truncated(fault) }
    guard let table = DelimitedTable.read("\(path) (line 1 are the Columns of its JSON)", bytes, &findings) else {
      return nil
    }
    if columns.count > 1, (0..<columns.count).allSatisfy({ OptionText.trim(table.text(0, $0)) == columns[$0] }) {
      throw EvokeError(
        .bidsSeriesLength, file.path, reason: "its first line repeats the Columns of its JSON",
        remedy: "remove the header line: files *_physio and *_stim have none")
    }
    let before = findings.errorCount
    let wanted = Set(wantedColumns.map(\.name))
    let values = columns.indices.map { column in
      wanted.contains(columns[column]) ? table.numbers(column, .point, &findings) : []
    }
    let count = table.rowCount
    guard findings.errorCount == before else { return nil }
    return values.map { $0.isEmpty ? [Double](repeating: .nan, count: count) : $0 }
  }

  private mutating func readRows(_ file: BIDSFile, _ table: DelimitedTable, _ events: [TimedEvent]?) {
    let wanted = wantedColumns.filter { table.header.contains($0.name) }
    guard !wanted.isEmpty else {
      // Events stay what they are; what else they say is told by its columns.
      if file.name.suffix != "events" { passColumns(file, table.header) }
      return
    }
    guard let onset = ["onset", "time", "time_s", "t", "seconds"].compactMap(table.column).first else {
      columnsWithoutTime.formUnion(wanted.map(\.name))
      return pass(
        file,
        BIDSReason(
          "its rows have no time: no column onset or time",
          remedy: "add the columns onset and duration, or evoke import annotations FILE", severity: .warning))
    }
    let duration = ["duration", "duration_s"].compactMap(table.column).first
    let isTrials = table.header[onset] == "onset"
    if file.name.suffix == "beh" {
      let used = Set(wanted.map(\.name) + [table.header[onset]] + (duration.map { [table.header[$0]] } ?? []))
      columnsNotRead.note(table.header.filter { !used.contains($0) }, of: file)
    }
    let times = table.numbers(onset, .point, &findings)
    let lengths = duration.map { table.numbers($0, .point, &findings) }
    for (name, kind) in wanted {
      guard let place = table.column(name) else { continue }
      let values = table.numbers(place, .point, &findings)
      var column = Column(file: file, name: name, kind: kind, times: times, values: values)
      guard hold(&column, table, lengths, isTrials: isTrials) else { continue }
      let object = "\(file.path) column \(table.header[onset])"
      if let rateHz = column.rateHz { column.clock.state("rate", rateHz, "Hz", by: .stamps, of: object) }
      if let first = column.times.first { column.clock.state("first stamp", first, "s", by: .stamps, of: object) }
      if let last = column.times.last { column.clock.state("last stamp", last, "s", by: .stamps, of: object) }
      add(column, events)
    }
  }

  /// Settles when the rows of a column begin and end; false where that is at fault, which is found then.
  ///
  /// With durations each row that has a value holds it. Without, rows are samples, which trials are not unless they follow
  /// each other at a rate.
  private mutating func hold(
    _ column: inout Column, _ table: DelimitedTable, _ lengths: [Double]?, isTrials: Bool
  ) -> Bool {
    let object = "\(table.path) column \(column.name)"
    guard let lengths else {
      let times = column.times
      guard times.count > 1, zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) else {
        findings.error(
          .tableTimeOrder, object, reason: "the times of its rows do not increase",
          remedy: "sort the rows, one per time")
        return false
      }
      column.rateHz = SeriesTable.rate(times)
      guard isTrials, column.rateHz == nil else { return true }
      findings.error(
        .rowsUnclear, object, reason: "its rows have uneven onsets and no duration",
        remedy: "add a column duration, or call the column of times time if rows are samples")
      return false
    }
    let held = column.times.indices.filter { !column.values[$0].isNaN }
    let before = findings.errorCount
    for row in held where column.times[row].isNaN {
      findings.error(
        .tableTimeMissing, "\(table.path) line \(table.line(of: row))", reason: "its \(column.name) has no onset",
        remedy: "fill it in, or empty the value")
    }
    let rows = held.filter { !column.times[$0].isNaN }.sorted { column.times[$0] < column.times[$1] }
    let ends = rows.map { column.times[$0] + lengths[$0] }
    HeldValues.check(
      from: rows.map { column.times[$0] }, to: ends,
      place: { "\(table.path) line \(table.line(of: rows[$0])) column \(column.name)" },
      short: "fill in its duration, or empty the value",
      overlap: "correct onsets and durations: one value at a time", &findings)
    guard findings.errorCount == before, !rows.isEmpty else {
      if held.isEmpty {
        findings.add(
          .warning, .tableNoValues, object, reason: "every value is missing",
          remedy: "it is left out; check the export")
      }
      return false
    }
    column.ends = ends
    (column.times, column.values) = (rows.map { column.times[$0] }, rows.map { column.values[$0] })
    return true
  }

  /// One annotation per showing, on the stimulus' clock.
  private mutating func add(_ column: Column, _ events: [TimedEvent]?) {
    let (file, times) = (column.file, column.times)
    guard let first = times.first, let last = times.last else { return }
    // Uneven rows have a mean step; what is held ends by itself.
    let rateHz = column.ends != nil ? 1 : column.rateHz ?? Double(times.count - 1) / (last - first)
    let lengthS = column.ends.map { $0.reduce(0, max) } ?? last + 1 / rateHz
    let carrier = EventPresentations.Recording(
      place: tree.absolute(file.path), fields: file.name.fields, lengthS: lengthS, rateHz: rateHz)
    // A series may begin late or end early: what there is counts, and the recording's own showings are checked there.
    var lenient = self
    lenient.findings = Findings()
    let shown = lenient.showings(
      of: carrier, file, (events ?? []).filter { $0.onsetS < carrier.lengthS }, hasTable: events != nil)
    map = lenient.map
    guard !shown.isEmpty else {
      unplacedColumns.insert(column.name)
      return pass(
        file,
        BIDSReason(
          "nothing says what was shown meanwhile",
          remedy: "give --stimulus-map FILE with the columns task (or trial_type) and stimulus", severity: .warning))
    }
    if shown.contains(where: { $0.onsetSource == "assumed" }) {
      findings.add(
        .note, .onsetAssumed, "\(file.path) column \(column.name)",
        reason: "no events tell what was shown: \(shown[0].stimulus) is taken to begin with second 0 of its clock",
        remedy: "put the events beside it, or give --stimulus-map FILE")
    }
    for showing in shown {
      guard let part = column.part(in: showing, lastsS: self.known.durations[showing.stimulus]) else { continue }
      append(part, of: showing)
    }
  }

  /// - Parameter column: its rows on the stimulus' clock.
  private mutating func append(_ column: Column, of showing: RecordingRecord.Presentation) {
    let (file, name, kind, clock, values) = (column.file, column.name, column.kind, column.times, column.values)
    let present = values.filter { !$0.isNaN }
    guard let low = present.min(), let high = present.max(), let first = clock.first, let last = clock.last else {
      findings.add(
        .warning, .tableNoValues, "\(file.path) column \(name)", reason: "every value is missing",
        remedy: "it is left out; check the export")
      return
    }
    let declared = kind == "rating" ? options.scale.flatMap(OptionText.range) : nil
    if let declared, low < declared.lowerBound || high > declared.upperBound {
      findings.error(
        .tableOutOfScale, "\(file.path) column \(name)", reason: "values from \(low) to \(high)",
        remedy: "declare the scale that was used")
    }
    let place = "\(file.path) column \(name)"
    guard let floats = findings.collect(place, { try Float32Loss.floats(values, place) }) else { return }
    let array = LabelledArray(axes: [.time(clock)], values: floats, units: "1")
    var record = AnnotationRecord(
      name: name, stimulus: showing.stimulus, kind: kind, scale: declared ?? low...high,
      scaleIsObserved: declared == nil, array: ArraySource(array), sampleCount: values.count, firstS: first,
      lastS: last, rateHz: column.rateHz, missingCount: values.count - present.count)
    record.readFrom = RecordOrigin(tree.absolute(file.path))
    record.clock = column.clock
    record.subject = file.subject
    record.session = file.name["ses"].map { "ses-\($0)" }
    let parts = [record.session, file.name.run, showing.repetition > 1 ? "showing-\(showing.repetition)" : nil]
    record.run = parts.compactMap { $0 }.joined(separator: "_")
    let key = [record.name, record.stimulus, record.subject, record.run]
    if let other = seriesFiles.updateValue(file.path, forKey: key), other != file.path {
      findings.error(
        .seriesTwice, "\(file.path) column \(name)", reason: "\(other) has it for \(record.stimulus), too",
        remedy: "keep the column in one of them, or leave one out with --task")
    }
    annotations.append(record)
  }

  /// A run is named only where a subject has several series of the same name and stimulus: features know none.
  mutating func separateSeries() {
    func key(_ record: AnnotationRecord) -> [String?] { [record.name, record.stimulus, record.subject] }
    let counts = Dictionary(annotations.map { (key($0), 1) }, uniquingKeysWith: +)
    for index in annotations.indices where counts[key(annotations[index])] == 1 {
      annotations[index].run = nil
    }
    for (name, kind) in wantedColumns where !annotations.contains(where: { $0.name == name }) {
      let isThere = unplacedColumns.contains(name)
      let lacksTime = columnsWithoutTime.contains(name)
      findings.add(
        batch.common.leftOut.isEmpty ? .error : .warning, .bidsFilter,
        "--\(kind == "rating" ? "ratings" : "series") \(name)",
        reason: isThere
          ? "nothing says what was shown while it was recorded"
          : lacksTime
            ? "the tables that have it say no time of their rows"
            : "no physio, stim, beh or events file that can be read has this column",
        remedy: isThere
          ? "give --stimulus-map FILE with the columns task (or trial_type) and stimulus"
          : "see the columns in the list of files that are not read")
    }
  }
}
