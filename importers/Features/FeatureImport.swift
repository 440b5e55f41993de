import ArgumentParser
import DelimitedText
import Diagnostics
import Importing
import LabelledArrays
import Vocabulary

/// The options of `import features`, as typed.
package struct FeatureOptions: VerbOptions {
  @OptionGroup package var table: SeriesTableOptions
  /// Without it all numeric columns are one space, named by `--name`, the template or its only column.
  @Option(
    name: .customLong("space"), help: "NAME=COL,COL : a feature space, * in a column stands for anything; repeatable.")
  package var spaces: [String] = []
  @Option(help: "original, voice or soundtrack.") package var element: String?
  @Option(help: "Model that layered embeddings belong to.") package var model: String?
  @OptionGroup package var array: ArrayOptions

  package init() {}
}

/// Reads feature series computed elsewhere: tables (CSV, TSV), HDF5 datasets and .npy arrays, layered ones as one
/// record per layer.
///
/// Times are seconds of the stimulus; missing values are NaN. Nothing is thrown: every fault is a diagnostic.
package func importFeatures(
  files: [String], options: FeatureOptions, common: CommonOptions, known: KnownNames = KnownNames(),
  progress: ImportProgress? = nil
) -> ImportBatch {
  var batch = ImportBatch(verb: "import features", options: options, common: common)
  var findings = Findings()
  if files.isEmpty {
    findings.error(.optionMalformed, "import features", reason: "no file is named", remedy: "name one or more files")
  }
  let renames = Renames(options.array.rename, &findings)
  var tables = FeatureTableReader(options: options, &findings)
  var arrays = FeatureArrayReader(options: options)
  var features: [FeatureRecord] = []
  func add(_ records: [FeatureRecord], of file: String) {
    features += records.map { record in
      var record = record
      record.readFrom = RecordOrigin(file)
      return record
    }
  }
  if !findings.hasErrors {
    let found = PathTemplate.files(files, but: common.leftOut, &findings)
    for (index, file) in found.enumerated() {
      progress?(index, found.count, file.path)
      findings.file = file.path
      guard let names = findings.collect(file.path, { try SeriesNames(file, renames, known) }) else { continue }
      if ArrayFile.isArrayFile(file.path) {
        guard let source = findings.collect(file.path, { try SourceFile(reading: file.path, fields: file.fields) })
        else { continue }
        batch.sources.append(source)
        add(arrays.read(file, renames: renames, known: known, &batch.sources, &findings), of: file.path)
      } else {
        guard
          let (source, bytes) = findings.collect(
            file.path,
            {
              try SourceFile.contents(of: file.path, fields: file.fields)
            })
        else {
          continue
        }
        batch.sources.append(source)
        add(tables.read(file.path, bytes, names, &findings), of: file.path)
      }
    }
    findings.file = nil
    progress?(found.count, found.count, "")
  }
  batch.sources += renames.sources
  known.compare(features.map(\.space), "feature space", in: known.spaces, &findings)
  refuseTwice(features, &findings)
  refuseLong(features, common, &findings)
  for index in features.indices { checkEnd(&features[index], options.table.allowShort, known, &findings) }
  batch.records = features
  batch.introduce(stimuli: features.map(\.stimulus), known: known, &findings)
  batch.conclude(findings)
  return batch
}

/// A space must reach the end of its stimulus; what is divided into runs is parts.
private func checkEnd(
  _ record: inout FeatureRecord, _ allowShort: Bool, _ known: KnownNames, _ findings: inout Findings
) {
  guard record.run == nil, !record.holdsEvents, let rateHz = record.rateHz else { return }
  record.endsEarly = SeriesEnd.isEarly(
    (0..<record.sampleCount).map { record.firstS + Double($0) / rateHz },
    durationS: known.durations[record.stimulus], allowShort: allowShort,
    place: ["feature space \(record.space)", record.layerKey.map { "layer \($0)" }].compactMap { $0 }
      .joined(separator: ", "), stimulus: record.stimulus, &findings)
}

private func refuseLong(_ features: [FeatureRecord], _ common: CommonOptions, _ findings: inout Findings) {
  for record in features {
    guard let rate = record.rateHz else { continue }
    let object = "\(record.space) of \(record.stimulus)"
    _ = findings.collect(object) {
      try common.refuse(longer: record.firstS + Double(record.sampleCount) / rate, object)
    }
  }
}

private func refuseTwice(_ features: [FeatureRecord], _ findings: inout Findings) {
  var met: [[String?]: String] = [:]
  for record in features {
    let file = record.readFrom.paths[0]
    let key = [record.space, record.stimulus, record.run, record.element, record.model, record.layerKey]
    guard let other = met.updateValue(file, forKey: key) else { continue }
    let layer = record.layerKey.map { ", layer \($0)" } ?? ""
    let place = "stimulus \(record.stimulus)" + (record.run.map { ", run \($0)" } ?? "")
    let remedy = "give --stimulus, --run or --name as what tells them apart"
    let template = PathTemplate.telling(apart: [other, file])
    findings.error(
      .seriesTwice, "feature space \(record.space)\(layer)",
      reason: other == file ? "\(file) gives it twice for \(place)" : "\(other) and \(file) give it for \(place)",
      remedy: template.map { "give the template '\($0)' in place of the two files, or \(remedy)" } ?? remedy)
  }
}

/// A feature space as `--space` names it, and as it was found in a table.
private struct WantedSpace {
  let name: String
  let columns: [String]
}

private struct FoundSpace {
  let name: String
  let columns: [NamedColumn]
}

/// Feature spaces from tables.
struct FeatureTableReader {
  let options: FeatureOptions
  private var spaces: [WantedSpace] = []
  private var time: String?

  init(options: FeatureOptions, _ findings: inout Findings) {
    self.options = options
    for text in options.spaces {
      guard let (name, rest) = OptionText.pair(text), !OptionText.list(rest).contains("") else {
        OptionText.malformed("--space", text, "NAME=COLUMN,COLUMN", &findings)
        continue
      }
      if spaces.contains(where: { $0.name == name }) {
        findings.error(
          .optionMalformed, "--space \(text)", reason: "\(name) is given twice", remedy: "give each space once")
      }
      spaces.append(WantedSpace(name: name, columns: OptionText.list(rest)))
    }
    let map = OptionText.map(options.table.map, option: "--map", &findings)
    time = map.first { $0.name == "time" }?.column
    // With --map only the named columns are read: each is a feature of the one space, under its new name.
    renamed = map.filter { $0.name != "time" }
    if !renamed.isEmpty, !spaces.isEmpty {
      findings.error(
        .optionMalformed, "--map with --space", reason: "both say which columns are read",
        remedy: "give the time by --map time=COLUMN and the columns by --space")
    }
  }

  private var renamed: [ColumnName] = []

  mutating func read(
    _ file: String, _ bytes: [UInt8], _ names: SeriesNames, _ findings: inout Findings
  ) -> [FeatureRecord] {
    names.refuse(fieldsBut: [.stimulus, .run], "features", file, &findings)
    guard let table = DelimitedTable.read(file, bytes, &findings) else { return [] }
    let before = findings.errorCount
    if spaces.isEmpty, renamed.isEmpty, time == nil,
      let wide = WideTable.recognise(table, options.table, &findings)
    {
      return read(wide, of: table, names, &findings)
    }
    guard findings.errorCount == before else { return [] }
    guard
      let series = SeriesTable(table, options.table, mapped: time, names: names, &findings),
      let chosen = choose(series, names, &findings)
    else { return [] }
    var records: [FeatureRecord] = []
    for space in chosen {
      let before = findings.errorCount
      let values = space.columns.map { options.table.values($0.column, of: table, series.decimal, &findings) }
      for (column, all) in zip(space.columns, values) { check(table, column.column, all, &findings) }
      guard findings.errorCount == before else { continue }
      let names = space.columns.map(\.name)
      records += series.groups.map { record($0, of: series, space: space.name, names: names, columns: values) }
    }
    return records
  }

  /// A space of one feature from a table with a row per stimulus and a column per time.
  private func read(
    _ wide: WideTable, of table: DelimitedTable, _ names: SeriesNames, _ findings: inout Findings
  ) -> [FeatureRecord] {
    guard let space = options.table.name ?? names.fixedName else {
      findings.error(
        .spaceUnnamed, table.path, reason: "its columns are times of one feature, which nothing names",
        remedy: "give --name NAME")
      return []
    }
    let before = findings.errorCount
    let all = wide.series(of: table, options.table, names: names, check: { _, _, _ in }, &findings)
    let records = all.compactMap { series -> FeatureRecord? in
      let times = series.group.times
      guard !times.isEmpty else {
        findings.add(
          .warning, .tableNoValues, series.place, reason: "every value is missing",
          remedy: "it is left out; check the export")
        return nil
      }
      guard let values = findings.collect(series.place, { try Float32Loss.floats(series.values, series.place) }) else {
        return nil
      }
      let array = LabelledArray(axes: [.time(times), .labels("feature", [space])], values: values, units: "1")
      var record = FeatureRecord(
        space: space, stimulus: series.group.stimulus, element: options.element ?? "original", featureNames: [space],
        array: ArraySource(array), sampleCount: times.count, firstS: times[0], rateHz: SeriesTable.rate(times))
      (record.run, record.clock) = (series.group.keys[.run], series.group.clock)
      return record
    }
    return findings.errorCount == before ? records : []
  }

  private func choose(
    _ series: SeriesTable, _ names: SeriesNames, _ findings: inout Findings
  ) -> [FoundSpace]? {
    let table = series.table
    if spaces.isEmpty {
      return series.columns(renamed, remedy: "name the value columns: --space NAME=COLUMN,COLUMN", &findings)
        .flatMap { columns in
          name(of: columns, names, table.path, &findings).map { [FoundSpace(name: $0, columns: columns)] }
        }
    }
    var chosen: [FoundSpace] = []
    for space in spaces {
      let before = findings.errorCount
      let columns = space.columns.flatMap { named($0, "--space \(space.name)=", series, &findings) }
      guard findings.errorCount == before else { continue }
      if let twice = Dictionary(grouping: columns, by: \.column).values.first(where: { $0.count > 1 }) {
        findings.error(
          .optionMalformed, "--space \(space.name)", reason: "it names column \(twice[0].name) twice",
          remedy: "name each column once")
        continue
      }
      chosen.append(FoundSpace(name: space.name, columns: columns))
    }
    return chosen.count == spaces.count ? chosen : nil
  }

  /// The column of a name, or all numeric ones that fit a name with `*` in it.
  private func named(
    _ name: String, _ option: String, _ series: SeriesTable, _ findings: inout Findings
  ) -> [NamedColumn] {
    let table = series.table
    guard name.contains("*"), table.column(name) == nil else {
      return SeriesTable.require(table, name, option: option, &findings).map { [NamedColumn(name: name, column: $0)] }
        ?? []
    }
    let found = series.automaticColumns().filter { NamePattern.fits($0.name, name) }
    if found.isEmpty {
      findings.error(
        .tableNoColumn, "\(table.path) column \(name)", reason: "\(option) names it, no column of numbers fits",
        remedy: "the columns are \(NearMiss.list(table.header))")
    }
    return found
  }

  /// The one space of a table: by option, by what is fixed in the template, or by its only column. A file is called by
  /// its stimulus, so that its name would make a space of its own for each.
  private func name(
    of columns: [NamedColumn], _ names: SeriesNames, _ path: String, _ findings: inout Findings
  ) -> String? {
    if let name = options.table.name ?? names.fixedName ?? (columns.count == 1 ? columns[0].name : nil) { return name }
    findings.error(
      .spaceUnnamed, path, reason: "its \(columns.count) columns are one space, which nothing names",
      remedy: "give --name NAME for all of them, or --space NAME=COLUMN,COLUMN")
    return nil
  }

  private func check(_ table: DelimitedTable, _ column: Int, _ values: [Double], _ findings: inout Findings) {
    for (row, value) in values.enumerated() where Float(value).isInfinite {
      findings.error(
        .valueTooLarge, "\(table.path) line \(table.line(of: row)) column \(table.header[column])",
        reason: "\(value) is beyond 3.4e38", remedy: "correct the value or rescale the column")
    }
    let place = "\(table.path) column \(table.header[column])"
    _ = findings.collect(place) { try Float32Loss.floats(values, place) }
    if values.allSatisfy(\.isNaN) {
      findings.error(
        .tableNoValues, "\(table.path) column \(table.header[column])", reason: "every value is missing",
        remedy: "leave the column out, or check the export")
    }
  }

  private func record(
    _ group: SeriesTable.Group, of series: SeriesTable, space: String, names: [String], columns: [[Double]]
  ) -> FeatureRecord {
    let stimulus = group.stimulus
    let placed = columns.map { series.series(of: group, $0) }
    let times = placed.first?.times ?? group.times
    let values = times.indices.flatMap { row in placed.map { Float($0.values[row]) } }
    let array = LabelledArray(
      axes: [.time(times), .labels("feature", names)], values: values, units: "1")
    var record = FeatureRecord(
      space: space, stimulus: stimulus, element: options.element ?? "original", featureNames: names,
      array: ArraySource(array), sampleCount: times.count, firstS: times[0], rateHz: SeriesTable.rate(times))
    record.run = group.keys[.run]
    record.holdsEvents = group.ends != nil
    record.clock = group.clock
    return record
  }
}
