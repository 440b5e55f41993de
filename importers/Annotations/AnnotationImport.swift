import ArgumentParser
import DelimitedText
import Diagnostics
import Importing
import LabelledArrays

/// The options of `import annotations`, as typed.
package struct AnnotationOptions: VerbOptions {
  @OptionGroup package var table: SeriesTableOptions
  @Option(help: "Column that names the rater.") package var rater: String?
  /// Every value column (or every name of `--map`) is one rater of the annotation `--name` (or the file's stem).
  @Option(help: "wide: every value column is a rater.") package var raters: String?
  @Option(help: "Subject: a column of the table, or a name.") package var subject: String?
  @Option(help: "Session: a column of the table, or a name.") package var session: String?
  @Option(help: "Scale of the ratings, lo:hi.") package var scale: String?
  @Option(help: "rating or bad_segment.") package var kind: String?
  /// Where a slider stands before it is moved.
  @Option(parsing: .unconditional, help: "Value at second 0 of ratings whose first row comes later; else none.")
  package var initial: Double?
  @Option(name: .customLong("rate"), help: "Samples per second of series made of tiers; else 1.")
  package var rateHz: Double?
  @OptionGroup package var array: ArrayOptions
  @Option(parsing: .unconditional, help: "Time in the array of stimulus second 0; negative if it begins later.") package
    var onsetS: Double?

  package init() {}

  var persons: PersonKeys { PersonKeys(subject: subject, session: session, rater: rater) }
}

/// Reads tables of continuous annotations: one series per value column and per stimulus, subject, session, run and
/// rater; files of LIRIS-ACCEDE; tiers of ELAN and Praat, as series of `rateHz` (see `TierSeries`); arrays of HDF5, MATLAB
/// and NumPy. The format is known by the content.
///
/// Times stay as given, in seconds of the stimulus, at any rate or none; missing values are NaN. Nothing is thrown:
/// every fault is a diagnostic of the batch, and one error keeps the whole import out.
package func importAnnotations(
  files: [String], options: AnnotationOptions, common: CommonOptions, known: KnownNames = KnownNames(),
  progress: ImportProgress? = nil
) -> ImportBatch {
  var batch = ImportBatch(verb: "import annotations", options: options, common: common)
  var findings = Findings()
  let renames = Renames(options.array.rename, &findings)
  var reader = AnnotationReader(options: options, common: common, known: known, &findings)
  reader.checkOptions(files, &findings)
  if !findings.hasErrors {
    let found = PathTemplate.files(files, but: common.leftOut, &findings)
    for (index, file) in found.enumerated() {
      progress?(index, found.count, file.path)
      let path = file.path
      findings.file = path
      if ArrayFile.isArrayFile(path) {
        guard let source = findings.collect(path, { try SourceFile(reading: path, fields: file.fields) }) else {
          continue
        }
        batch.sources.append(source)
        reader.refuseInitial(path, "an array", &findings)
        reader.readArrays(file, renames, &findings)
        continue
      }
      guard let names = findings.collect(path, { try SeriesNames(file, renames, known) }),
        let (source, bytes) = findings.collect(path, { try SourceFile.contents(of: path, fields: file.fields) })
      else { continue }
      batch.sources.append(source)
      reader.refuseArrayOptions(path, &findings)
      names.refuse(fieldsBut: [.stimulus, .subject, .session, .run], "annotations", path, &findings)
      reader.read(path, bytes, names, &findings)
    }
    findings.file = nil
    progress?(found.count, found.count, "")
  }
  batch.sources += renames.sources + reader.labels.sources
  known.compare(reader.records.map(\.name), "annotation", in: known.annotations, &findings)
  batch.records = reader.records
  batch.introduce(stimuli: reader.records.map(\.stimulus), known: known, &findings)
  findings.compareSpelling(ofSubjects: reader.records.compactMap(\.subject), known: known)
  batch.conclude(findings)
  return batch
}

struct AnnotationReader {
  var options: AnnotationOptions
  let common: CommonOptions
  let known: KnownNames
  var scale: ClosedRange<Double>?
  var map: [ColumnName] = []
  var labels: AxisLabels
  private(set) var records: [AnnotationRecord] = []
  /// Series met so far -> where, and in which file.
  private var met: [[String?]: (place: String, file: String?)] = [:]

  init(options: AnnotationOptions, common: CommonOptions, known: KnownNames, _ findings: inout Findings) {
    self.options = options
    self.common = common
    self.known = known
    labels = AxisLabels(options.array.labels, &findings)
  }

  /// The file that is being read.
  private var file = ""

  mutating func append(_ record: AnnotationRecord) {
    var record = record
    record.readFrom = RecordOrigin(file)
    records.append(record)
  }

  mutating func checkOptions(_ files: [String], _ findings: inout Findings) {
    if files.isEmpty {
      findings.error(
        .optionMalformed, "import annotations", reason: "no file is named", remedy: "name one or more files")
    }
    if let text = options.scale {
      scale = OptionText.range(text)
      if scale == nil { OptionText.malformed("--scale", text, "lo:hi", &findings) }
    }
    if let raters = options.raters, raters != "wide" { OptionText.malformed("--raters", raters, "wide", &findings) }
    if let kind = options.kind, kind != "rating", kind != "bad_segment" {
      OptionText.malformed("--kind", kind, "rating|bad_segment", &findings)
    }
    if options.raters != nil, options.rater != nil {
      findings.error(
        .optionMalformed, "--rater with --raters", reason: "a table is long or wide, not both",
        remedy: "give one of them")
    }
    if let initial = options.initial, !(scale?.contains(initial) ?? initial.isFinite) {
      OptionText.malformed("--initial", "\(initial)", "a number on the scale", &findings)
    }
    if let rate = options.rateHz, !(rate > 0 && rate <= 1_000) {
      OptionText.malformed("--rate", "\(rate)", "HZ, up to 1000", &findings)
    }
    map = OptionText.map(options.table.map, option: "--map", &findings)
  }

  /// What a file of tiers does not take.
  private func refuseValueOptions(_ path: String, _ findings: inout Findings) {
    refuseInitial(path, "a file of tiers", &findings)
    guard !options.table.missing.isEmpty else { return }
    findings.error(.optionMalformed, "--missing", reason: "\(path) is a file of tiers", remedy: "leave it out")
  }

  /// Arrays and tiers have values from their start on.
  func refuseInitial(_ path: String, _ kind: String, _ findings: inout Findings) {
    guard options.initial != nil else { return }
    findings.error(.optionMalformed, "--initial", reason: "\(path) is \(kind)", remedy: "leave it out")
  }

  /// A table or a file of tiers has times of its own.
  func refuseArrayOptions(_ path: String, _ findings: inout Findings) {
    let array = options.array
    let given = [
      ("--data", array.data != nil), ("--axes", array.axes != nil), ("--rate-hz", array.rateHz != nil),
      ("--tr-s", array.trS != nil), ("--rate-attr", array.rateAttr != nil), ("--labels", !array.labels.isEmpty),
      ("--onset-s", options.onsetS != nil),
    ]
    for (option, isGiven) in given where isGiven {
      findings.error(
        .optionMalformed, option, reason: "\(path) is no array",
        remedy: "leave it out; --time-zero says when a table begins")
    }
  }

  mutating func read(_ file: String, _ bytes: [UInt8], _ names: SeriesNames, _ findings: inout Findings) {
    self.file = file
    do {
      if try readTiers(file, bytes, names, &findings) { return refuseValueOptions(file, &findings) }
    } catch let error as EvokeError { return findings.add(error) } catch {
      return findings.error(.fileUnreadable, file, reason: "\(error)", remedy: "check the file and its disk")
    }
    guard let table = DelimitedTable.read(file, bytes, &findings) else { return }
    let before = findings.errorCount
    if map.isEmpty, let wide = WideTable.recognise(table, options.table, &findings) {
      return read(wide, of: table, names, &findings)
    }
    guard findings.errorCount == before else { return }
    if LIRISFile.isRanking(table), options.table.map.isEmpty { return readRanking(table, &findings) }
    let given = (options.table, map)
    defer { (options.table, map) = given }
    options.table = LIRISFile.options(table, options.table)
    if names.fields["stimulus"] != nil { options.table.stimulus = given.0.stimulus }
    map = OptionText.map(options.table.map, option: "--map", &findings)
    let mappedTime = map.first { $0.name == "time" }?.column
    guard
      let series = SeriesTable(
        table, options.table, mapped: mappedTime, persons: options.persons, names: names, &findings)
    else { return }
    if options.rateHz != nil, !series.holdsEvents {
      findings.error(
        .optionMalformed, "--rate", reason: "\(file) is a table with times of its own", remedy: "leave --rate out")
    }
    guard let columns = valueColumns(series, &findings) else { return }
    for column in columns {
      let before = findings.errorCount
      let values = options.table.values(column.column, of: table, series.decimal, &findings)
      checkValues(table, column.column, values, &findings)
      if scale == nil { MissingCode.warn(values, "\(file) column \(table.header[column.column])", &findings) }
      guard findings.errorCount == before else { continue }
      for group in series.groups { add(group, of: series, column, values, &findings) }
    }
  }

  /// A series per row of a table whose columns are times.
  private mutating func read(
    _ wide: WideTable, of table: DelimitedTable, _ names: SeriesNames, _ findings: inout Findings
  ) {
    guard options.raters == nil, options.rateHz == nil else {
      return findings.error(
        .optionMalformed, table.path, reason: "its columns are times",
        remedy: "leave --raters and --rate out; --rater COLUMN names the column of raters")
    }
    let reader = self
    let all = wide.series(
      of: table, options.table, persons: options.persons, names: names,
      check: { reader.checkValues(table, $0, $1, &$2) }, &findings)
    for series in all {
      let named = NamedSeries(
        name: options.table.name ?? SourceFile.stem(table.path), rater: series.group.keys[.rater], place: series.place)
      if scale == nil { MissingCode.warn(series.values, series.place, &findings) }
      add(series.group, named, times: series.group.times, values: series.values, &findings)
    }
  }

  /// The value columns and the annotation (or, for wide tables, rater) each of them is.
  private func valueColumns(_ series: SeriesTable, _ findings: inout Findings) -> [NamedColumn]? {
    let table = series.table
    let named = map.filter { $0.name != "time" }
    guard
      var columns = series.columns(
        named, remedy: "name the value columns: --map time=COLUMN,NAME=COLUMN", &findings)
    else { return nil }
    if let name = options.table.name, options.raters == nil {
      guard columns.count == 1 else {
        findings.error(
          .optionMalformed, "--name \(name)", reason: "\(table.path) has \(columns.count) value columns",
          remedy: "name them: --map time=COLUMN,\(name)=COLUMN; or --raters wide if each is a rater")
        return nil
      }
      columns[0].name = name
    }
    return columns
  }

  func checkValues(_ table: DelimitedTable, _ column: Int, _ values: [Double], _ findings: inout Findings) {
    for (row, value) in values.enumerated() where !value.isNaN {
      if let scale, !scale.contains(value) {
        findings.error(
          .tableOutOfScale, "\(table.path) line \(table.line(of: row)) column \(table.header[column])",
          reason: "\(value) is outside \(scale.lowerBound)...\(scale.upperBound)",
          remedy: MissingCode.remedy(outOfScale: value))
      } else if Float(value).isInfinite {
        findings.error(
          .valueTooLarge, "\(table.path) line \(table.line(of: row)) column \(table.header[column])",
          reason: "\(value) is beyond 3.4e38", remedy: "correct the value or rescale the column")
      }
    }
  }

  private mutating func add(
    _ group: SeriesTable.Group, of series: SeriesTable, _ column: NamedColumn, _ all: [Double],
    _ findings: inout Findings
  ) {
    let table = series.table
    let wide = options.raters != nil
    let named = NamedSeries(
      name: wide ? options.table.name ?? SourceFile.stem(table.path) : column.name,
      rater: wide ? column.name : group.keys[.rater],
      place: "\(table.path) column \(table.header[column.column])\(group.suffix)")
    // Events are held over their durations: before that is done.
    let latest = (group.times + (group.ends ?? [])).filter(\.isFinite).map(abs).max()
    if let latest {
      guard findings.collect(named.place, { try common.refuse(longer: latest, named.place) }) != nil else { return }
    }
    var (times, values) = series.series(of: group, all, rateHz: options.rateHz ?? 1)
    if let initial = options.initial {
      guard group.ends == nil, let first = times.first, first > 0 else {
        let row = group.ends == nil ? "has a row at second 0 or before" : "is made of events, whose values last"
        return findings.error(
          .optionMalformed, "--initial", reason: "\(named.place) \(row)",
          remedy: "leave it out, or import this table by itself")
      }
      times.insert(0, at: 0)
      values.insert(initial, at: 0)
    }
    add(group, named, times: times, values: values, &findings)
  }

  /// What a series is called, and where it stands.
  struct NamedSeries {
    let name: String
    let rater: String?
    let place: String
    var onset = ClockSource.stamps
  }

  mutating func add(
    _ group: SeriesTable.Group, _ series: NamedSeries, times: [Double], values: [Double],
    _ findings: inout Findings
  ) {
    let present = values.filter { !$0.isNaN }
    guard let low = present.min(), let high = present.max(), let first = times.first, let last = times.last
    else {
      findings.add(
        .warning, .tableNoValues, series.place, reason: "every value is missing",
        remedy: "it is left out; check the export")
      return
    }
    guard let floats = findings.collect(series.place, { try Float32Loss.floats(values, series.place) }) else { return }
    let array = LabelledArray(axes: [.time(times)], values: floats, units: "1")
    var record = AnnotationRecord(
      name: series.name, stimulus: group.stimulus, kind: options.kind ?? "rating", scale: scale ?? low...high,
      scaleIsObserved: scale == nil, array: ArraySource(array), sampleCount: values.count, firstS: first, lastS: last,
      rateHz: SeriesTable.rate(times), missingCount: values.count - present.count)
    // Of events nobody knows whether none follow; a run is a part; bad segments end with the last bad one.
    if group.ends == nil, group.keys[.run] == nil, record.kind == "rating" {
      record.endsEarly = SeriesEnd.isEarly(
        times, durationS: known.durations[group.stimulus], allowShort: options.table.allowShort, place: series.place,
        stimulus: group.stimulus, &findings)
    }
    record.clock = group.clock
    record.onsetSource = series.onset
    record.rater = series.rater
    record.subject = group.keys[.subject]
    record.session = group.keys[.session]
    record.run = group.keys[.run]
    append(
      record, from: series.place,
      remedy: "give --stimulus, --rater, --subject or --run as the column that tells them apart",
      &findings)
  }

  /// Adds a series, unless the same one has come from another place.
  mutating func append(
    _ record: AnnotationRecord, from place: String, remedy: String, _ findings: inout Findings
  ) {
    let key = [record.name, record.stimulus, record.rater, record.subject, record.session, record.run]
    if let other = met.updateValue((place, findings.file), forKey: key) {
      let template = PathTemplate.telling(apart: [other.file, findings.file].compactMap { $0 })
      findings.error(
        .seriesTwice, place, reason: "\(record.name) of \(record.stimulus) comes from \(other.place) already",
        remedy: template.map { "give the template '\($0)' in place of the two files, or \(remedy)" } ?? remedy)
      return
    }
    append(record)
  }
}
