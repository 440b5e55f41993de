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
  let rateHz: Double?
  var clock = ClockLedger()

  /// Some of its rows, at other times.
  func part(_ rows: [Int], at times: [Double]) -> Column {
    var part = self
    part.times = times
    part.values = rows.map { values[$0] }
    return part
  }
}

extension BIDSReader {
  private var wantedColumns: [(name: String, kind: String)] {
    options.ratings.flatMap(OptionText.list).map { ($0, "rating") }
      + options.series.flatMap(OptionText.list).map { ($0, "series") }
  }

  /// A series beside or instead of a recording: `*_physio.tsv.gz`, `*_stim.tsv.gz` (no header line: the names stand in
  /// the JSON), `*_beh.tsv` with a column of onsets. Columns named by `--ratings` and `--series` become annotations of the
  /// subject on the clock of what was shown.
  mutating func readSeries(_ file: BIDSFile) {
    let isHeaderless = ["physio", "stim"].contains(file.name.suffix) && [".tsv.gz", ".tsv"].contains(file.name.ending)
    guard isHeaderless || (file.name.suffix == "beh" && file.name.ending == ".tsv"), !passIfAbsent(file) else { return }
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
    guard let table = isHeaderless ? nil : sidecars.table(file, &findings) ?? nil else {
      if isHeaderless { readHeaderless(file, known, json, events) }
      return
    }
    readBehaviour(file, table, events)
  }

  private mutating func readHeaderless(
    _ file: BIDSFile, _ columns: [String], _ json: [String: JSONValue], _ events: [TimedEvent]?
  ) {
    let wanted = wantedColumns.filter { columns.contains($0.name) }
    guard !wanted.isEmpty else { return passColumns(file, columns) }
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

  private mutating func readBehaviour(_ file: BIDSFile, _ table: DelimitedTable, _ events: [TimedEvent]?) {
    let wanted = wantedColumns.filter { table.header.contains($0.name) }
    let onset = ["onset", "time", "time_s", "t", "seconds"].compactMap(table.column).first
    guard !wanted.isEmpty, let onset else {
      return wanted.isEmpty
        ? passColumns(file, table.header)
        : pass(file, BIDSReason("trials without a time column are no continuous series"))
    }
    let times = table.numbers(onset, .point, &findings)
    guard times.count > 1, zip(times, times.dropFirst()).allSatisfy({ $0 < $1 }) else {
      findings.error(
        .tableTimeOrder, table.path, reason: "the times in \(table.header[onset]) do not increase",
        remedy: "sort the rows, one per time")
      return
    }
    for (name, kind) in wanted {
      guard let column = table.column(name) else { continue }
      let values = table.numbers(column, .point, &findings)
      let rateHz = SeriesTable.rate(times)
      add(Column(file: file, name: name, kind: kind, times: times, values: values, rateHz: rateHz), events)
    }
  }

  /// One annotation per showing, on the stimulus' clock.
  private mutating func add(_ column: Column, _ events: [TimedEvent]?) {
    let (file, times) = (column.file, column.times)
    guard let first = times.first, let last = times.last else { return }
    // Uneven rows have a mean step.
    let rateHz = column.rateHz ?? Double(times.count - 1) / (last - first)
    let carrier = EventPresentations.Recording(
      place: tree.absolute(file.path), fields: file.name.fields, lengthS: last + 1 / rateHz, rateHz: rateHz)
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
    for showing in shown {
      let end = showing.onsetS + (showing.durationS ?? .infinity)
      let rows = times.indices.filter { times[$0] >= showing.onsetS - 1e-6 && times[$0] < end - 1e-6 }
      guard rows.count > 1, first < end else { continue }
      let clock = rows.map { ((times[$0] - showing.onsetS + showing.stimulusStartS) * 1e9).rounded() / 1e9 }
      append(column.part(rows, at: clock), of: showing)
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
    let array = LabelledArray(axes: [.time(clock)], values: values.map { Float($0) }, units: "1")
    var record = AnnotationRecord(
      name: name, stimulus: showing.stimulus, kind: kind, scale: declared ?? low...high,
      scaleIsObserved: declared == nil, array: ArraySource(array), sampleCount: values.count, firstS: first,
      lastS: last, rateHz: column.rateHz, missingCount: values.count - present.count)
    record.clock = column.clock
    record.subject = file.subject
    record.session = file.name["ses"].map { "ses-\($0)" }
    let parts = [record.session, file.name.run, showing.repetition > 1 ? "showing-\(showing.repetition)" : nil]
    record.run = parts.compactMap { $0 }.joined(separator: "_")
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
      findings.add(
        batch.common.leftOut.isEmpty ? .error : .warning, .bidsFilter,
        "--\(kind == "rating" ? "ratings" : "series") \(name)",
        reason: isThere
          ? "nothing says what was shown while it was recorded"
          : "no physio, stim or beh file that can be read has this column",
        remedy: isThere
          ? "give --stimulus-map FILE with the columns task (or trial_type) and stimulus"
          : "see the columns in the list of files that are not read")
    }
  }
}
