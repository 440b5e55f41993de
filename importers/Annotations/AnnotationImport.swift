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
  @Option(name: .customLong("rate"), help: "Samples per second of series made of tiers; else 1.")
  package var rateHz: Double?

  package init() {}

  var persons: PersonKeys { PersonKeys(subject: subject, session: session, rater: rater) }
}

/// Reads tables of continuous annotations: one series per value column and per stimulus, subject, session, run and
/// rater; files of LIRIS-ACCEDE; tiers of ELAN and Praat, as series of `rateHz` (see `TierSeries`). The format is known by
/// the content.
///
/// Times stay as given, in seconds of the stimulus, at any rate or none; missing values are NaN. Nothing is thrown:
/// every fault is a diagnostic of the batch, and one error keeps the whole import out.
package func importAnnotations(
  files: [String], options: AnnotationOptions, common: CommonOptions, known: KnownNames = KnownNames(),
  progress: ImportProgress? = nil
) -> ImportBatch {
  var batch = ImportBatch(verb: "import annotations", options: options, common: common)
  var findings = Findings()
  var reader = AnnotationReader(options: options, known: known)
  reader.checkOptions(files, &findings)
  if !findings.hasErrors {
    for (index, file) in files.enumerated() {
      progress?(index, files.count, file)
      guard let (source, bytes) = findings.collect(file, { try SourceFile.contents(of: file) }) else { continue }
      batch.sources.append(source)
      reader.read(file, bytes, &findings)
    }
    progress?(files.count, files.count, "")
  }
  batch.records = reader.records
  batch.introduce(stimuli: reader.records.map(\.stimulus), known: known, &findings)
  findings.compareSpelling(ofSubjects: reader.records.compactMap(\.subject), known: known)
  batch.diagnostics = findings.all
  return batch
}

struct AnnotationReader {
  var options: AnnotationOptions
  let known: KnownNames
  var scale: ClosedRange<Double>?
  var map: [ColumnName] = []
  private(set) var records: [AnnotationRecord] = []
  /// Series met so far -> where.
  var met: [[String?]: String] = [:]

  init(options: AnnotationOptions, known: KnownNames) {
    self.options = options
    self.known = known
  }

  mutating func append(_ record: AnnotationRecord) { records.append(record) }

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
    if let rate = options.rateHz, !(rate > 0 && rate <= 1_000) {
      OptionText.malformed("--rate", "\(rate)", "HZ, up to 1000", &findings)
    }
    map = OptionText.map(options.table.map, option: "--map", &findings)
  }

  mutating func read(_ file: String, _ bytes: [UInt8], _ findings: inout Findings) {
    do {
      if try readTiers(file, bytes, &findings) { return }
    } catch let error as EvokeError { return findings.add(error) } catch {
      return findings.error(.fileUnreadable, file, reason: "\(error)", remedy: "check the file and its disk")
    }
    guard let table = DelimitedTable.read(file, bytes, &findings) else { return }
    if LIRISFile.isRanking(table), options.table.map.isEmpty { return readRanking(table, &findings) }
    if options.rateHz != nil {
      findings.error(
        .optionMalformed, "--rate", reason: "\(file) is a table with times of its own", remedy: "leave --rate out")
    }
    let given = (options.table, map)
    defer { (options.table, map) = given }
    options.table = LIRISFile.options(table, options.table)
    map = OptionText.map(options.table.map, option: "--map", &findings)
    let mappedTime = map.first { $0.name == "time" }?.column
    guard
      let series = SeriesTable(
        table, options.table, mapped: mappedTime, persons: options.persons, known: known, &findings)
    else { return }
    guard let columns = valueColumns(series, &findings) else { return }
    for column in columns {
      let before = findings.errorCount
      let values = table.numbers(column.column, series.decimal, &findings)
      checkValues(table, column.column, values, &findings)
      guard findings.errorCount == before else { continue }
      for group in series.groups { add(group, of: table, column, values, &findings) }
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

  private func checkValues(_ table: DelimitedTable, _ column: Int, _ values: [Double], _ findings: inout Findings) {
    for (row, value) in values.enumerated() where !value.isNaN {
      if let scale, !scale.contains(value) {
        findings.error(
          .tableOutOfScale, "\(table.path) line \(table.line(of: row)) column \(table.header[column])",
          reason: "\(value) is outside \(scale.lowerBound)...\(scale.upperBound)",
          remedy: "correct the value, or declare the scale that was used")
      } else if Float(value).isInfinite {
        findings.error(
          .valueTooLarge, "\(table.path) line \(table.line(of: row)) column \(table.header[column])",
          reason: "\(value) is beyond 3.4e38", remedy: "correct the value or rescale the column")
      }
    }
  }

  private mutating func add(
    _ group: SeriesTable.Group, of table: DelimitedTable, _ column: NamedColumn, _ all: [Double],
    _ findings: inout Findings
  ) {
    let values = group.rows.map { all[$0] }
    let present = values.filter { !$0.isNaN }
    let place = "\(table.path) column \(table.header[column.column])\(group.suffix)"
    guard let low = present.min(), let high = present.max(), let first = group.times.first, let last = group.times.last
    else {
      findings.add(
        .warning, .tableNoValues, place, reason: "every value is missing", remedy: "it is left out; check the export")
      return
    }
    let wide = options.raters != nil
    let annotation = wide ? options.table.name ?? SourceFile.stem(table.path) : column.name
    let stimulus = group.keys[.stimulus] ?? SourceFile.stem(table.path)
    let array = LabelledArray(axes: [.time(group.times)], values: values.map { Float($0) }, units: "1")
    var record = AnnotationRecord(
      name: annotation, stimulus: stimulus, kind: options.kind ?? "rating", scale: scale ?? low...high,
      scaleIsObserved: scale == nil, array: ArraySource(array), sampleCount: values.count, firstS: first, lastS: last,
      rateHz: SeriesTable.rate(group.times), missingCount: values.count - present.count)
    record.rater = wide ? column.name : group.keys[.rater]
    record.subject = group.keys[.subject]
    record.session = group.keys[.session]
    record.run = group.keys[.run]
    append(
      record, from: place, remedy: "give --stimulus, --rater, --subject or --run as the column that tells them apart",
      &findings)
  }

  /// Adds a series, unless the same one has come from another place.
  mutating func append(
    _ record: AnnotationRecord, from place: String, remedy: String, _ findings: inout Findings
  ) {
    let key = [record.name, record.stimulus, record.rater, record.subject, record.session, record.run]
    if let other = met.updateValue(place, forKey: key) {
      findings.error(
        .seriesTwice, place, reason: "\(record.name) of \(record.stimulus) comes from \(other) already", remedy: remedy)
      return
    }
    append(record)
  }
}
