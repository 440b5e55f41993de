import ArgumentParser
import DelimitedText
import Diagnostics

/// The options that say how a table of series is laid out, as typed.
package struct SeriesTableOptions: VerbOptions {
  @Option(help: "NAME=COL,... : time=COL and the columns to read; repeatable.") package var map: [String] = []
  @Option(help: "Stimulus: a column of the table, or a name; else the file's stem.") package var stimulus: String?
  @Option(help: "Acquisition run: a column of the table, or a name.") package var run: String?
  /// Without it by the column's name, and times that look like milliseconds are refused.
  @Option(help: "s or ms.") package var timeUnit: String?
  @Option(help: "point or comma.") package var decimal: String?
  @Option(help: "Name of the series; else the file's stem.") package var name: String?

  package init() {}
}

/// What tells apart the series of one table that is of people: columns, or (but for the rater) literal names.
package struct PersonKeys: Sendable {
  package var subject: String?
  package var session: String?
  package var rater: String?

  package init(subject: String? = nil, session: String? = nil, rater: String? = nil) {
    self.subject = subject
    self.session = session
    self.rater = rater
  }
}

/// A table whose time column and keys are settled.
package struct SeriesTable {
  /// The rows of one series: who, what and when; at least one.
  package struct Group {
    package var keys: [Key: String] = [:]
    package var rows: [Int] = []
    /// Seconds, increasing.
    package var times: [Double] = []
  }

  package enum Key: String, CaseIterable, Hashable { case stimulus, subject, session, run, rater }

  package let table: DelimitedTable
  package let decimal: DecimalSign
  package let timeColumn: Int
  /// Columns that hold keys or time.
  package let taken: Set<Int>
  package let groups: [Group]

  private static let seconds = ["time", "time_s", "t", "t_s", "onset", "seconds"]
  private static let milliseconds = ["time_ms", "t_ms"]

  /// Finds time and keys and divides the rows; faults are findings.
  package init?(
    _ table: DelimitedTable, _ options: SeriesTableOptions, mapped time: String?, persons: PersonKeys = PersonKeys(),
    known: KnownNames, _ findings: inout Findings
  ) {
    let before = findings.errorCount
    guard let decimal = DecimalSign(option: options.decimal, &findings) else { return nil }
    guard let (timeColumn, factor) = Self.time(table, mapped: time, options.timeUnit, &findings) else { return nil }
    let (columns, literals) = Self.keys(table, options, persons, &findings)
    guard findings.errorCount == before else { return nil }
    let times = table.numbers(timeColumn, decimal, &findings)
    var groups = Self.divide(table, columns, literals, &findings)
    for index in groups.indices {
      groups[index].times = groups[index].rows.map { times[$0] * factor }
      Self.checkOrder(table, groups[index], timeColumn, &findings)
    }
    guard findings.errorCount == before else { return nil }
    for group in groups {
      Self.checkUnit(table, group, factor: factor, options.timeUnit, known: known, &findings)
    }
    guard findings.errorCount == before else { return nil }
    self.table = table
    self.decimal = decimal
    self.timeColumn = timeColumn
    self.taken = Set(columns.map(\.1)).union([timeColumn])
    self.groups = groups
  }

  /// The column of a name, or a finding that suggests others.
  package static func require(
    _ table: DelimitedTable, _ name: String, option: String, _ findings: inout Findings
  ) -> Int? {
    if let column = table.column(name) { return column }
    findings.error(
      .tableNoColumn, "\(table.path) column \(name)", reason: "\(option) names it, the header does not",
      remedy: NearMiss.suggestion(name, in: table.header))
    return nil
  }

  private static func time(
    _ table: DelimitedTable, mapped: String?, _ unit: String?, _ findings: inout Findings
  ) -> (Int, Double)? {
    if let unit, unit != "s", unit != "ms" {
      OptionText.malformed("--time-unit", unit, "s|ms", &findings)
      return nil
    }
    if let mapped {
      guard let column = require(table, mapped, option: "--map time=", &findings) else { return nil }
      return checked(table, column, unit, &findings)
    }
    let found = table.header.indices.filter {
      (seconds + milliseconds).contains(table.header[$0].lowercased())
    }
    if found.count == 1 { return checked(table, found[0], unit, &findings) }
    findings.error(
      .tableNoTime, table.path,
      reason: found.isEmpty
        ? "no column is named \((seconds + milliseconds).joined(separator: ", "))"
        : "several could be meant: \(found.map { table.header[$0] }.joined(separator: ", "))",
      remedy: "give --map time=COLUMN; the columns are \(NearMiss.list(table.header))")
    return nil
  }

  /// The column with the factor to seconds; a name in milliseconds against `--time-unit s` is an error.
  private static func checked(
    _ table: DelimitedTable, _ column: Int, _ unit: String?, _ findings: inout Findings
  ) -> (Int, Double)? {
    let name = table.header[column]
    let saysMilliseconds = milliseconds.contains(name.lowercased())
    guard !saysMilliseconds || unit != "s" else {
      findings.error(
        .tableMilliseconds, "\(table.path) column \(name)", reason: "its name says milliseconds, --time-unit says s",
        remedy: "leave --time-unit out, or rename the column if it holds seconds")
      return nil
    }
    return (column, unit == "ms" || saysMilliseconds ? 1e-3 : 1)
  }

  private static func keys(
    _ table: DelimitedTable, _ options: SeriesTableOptions, _ persons: PersonKeys, _ findings: inout Findings
  ) -> ([(Key, Int)], [Key: String]) {
    var columns: [(Key, Int)] = []
    var literals: [Key: String] = [:]
    let given: [(Key, String?)] = [
      (.stimulus, options.stimulus ?? SourceFile.stem(table.path)), (.subject, persons.subject),
      (.session, persons.session), (.run, options.run),
    ]
    for case (let key, let value?) in given {
      if let column = table.column(value), key != .stimulus || options.stimulus != nil {
        columns.append((key, column))
      } else if value.isEmpty {
        OptionText.malformed("--\(key.rawValue)", "", "COLUMN|NAME", &findings)
      } else {
        literals[key] = value
      }
    }
    if let rater = persons.rater, let column = require(table, rater, option: "--rater", &findings) {
      columns.append((.rater, column))
    }
    return (columns, literals)
  }

  private static func divide(
    _ table: DelimitedTable, _ columns: [(Key, Int)], _ literals: [Key: String], _ findings: inout Findings
  ) -> [Group] {
    var groups: [Group] = []
    if columns.isEmpty { return [Group(keys: literals, rows: Array(0..<table.rowCount))] }
    var index: [[String]: Int] = [:]
    for row in 0..<table.rowCount {
      var cells: [String] = []
      for (key, column) in columns {
        let text = OptionText.trim(table.text(row, column))
        if table.isMissing(row, column) {
          findings.error(
            .tableKeyMissing, "\(table.path) line \(table.line(of: row)) column \(table.header[column])",
            reason: "the \(key.rawValue) is not given", remedy: "fill it in, or remove the row")
        }
        cells.append(text)
      }
      if let found = index[cells] {
        groups[found].rows.append(row)
      } else {
        index[cells] = groups.count
        var keys = literals
        for ((key, _), cell) in zip(columns, cells) { keys[key] = cell }
        groups.append(Group(keys: keys, rows: [row]))
      }
    }
    return groups
  }

  private static func checkOrder(
    _ table: DelimitedTable, _ group: Group, _ column: Int, _ findings: inout Findings
  ) {
    var previous = -Double.infinity
    var previousLine = 0
    for (row, time) in zip(group.rows, group.times) {
      let line = table.line(of: row)
      if time.isNaN {
        if table.isMissing(row, column) {
          findings.error(
            .tableTimeMissing, "\(table.path) line \(line) column \(table.header[column])",
            reason: "the time is missing",
            remedy: "fill it in, or remove the row")
        }
        continue
      }
      if time <= previous {
        findings.error(
          .tableTimeOrder, "\(table.path) line \(line)\(group.suffix)",
          reason: time == previous
            ? "the time \(short(time)) s stands already on line \(previousLine)"
            : "the time \(short(time)) s follows \(short(previous)) s on line \(previousLine)",
          remedy: "sort the rows and keep one per time, or name the keys (--rater, --subject, --stimulus, --run COLUMN)"
        )
      }
      (previous, previousLine) = (time, line)
    }
  }

  /// Refuses times that can only be milliseconds read as seconds.
  ///
  /// With the stimulus' length known: the last time is beyond twice that length (and 60 s), a thousandth of it fits,
  /// and the steps are at least 4 (250 Hz). Without: whole numbers at least 100 s apart in the median, or reaching
  /// beyond six hours at 20 s or more apart. `--time-unit s` confirms seconds that are far apart, not a series that no
  /// stimulus is known to be long enough for.
  private static func checkUnit(
    _ table: DelimitedTable, _ group: Group, factor: Double, _ unit: String?, known: KnownNames,
    _ findings: inout Findings
  ) {
    guard let last = group.times.last else { return }
    let object = "\(table.path)\(group.suffix)"
    let steps = zip(group.times.dropFirst(), group.times).map { $0 - $1 }.sorted()
    let median = steps.isEmpty ? 0 : steps[steps.count / 2]
    if let stimulus = group.keys[.stimulus], let duration = known.durations[stimulus] {
      if last > 2 * duration + 60 {
        let inMilliseconds = factor == 1 && median >= 4 && last / 1000 <= duration * 1.1 + 5
        findings.error(
          inMilliseconds ? .tableMilliseconds : .timesBeyondStimulus, object,
          reason: "the last time is \(short(last)) s, \(stimulus) lasts \(short(duration)) s",
          remedy: inMilliseconds ? "give --time-unit ms" : "name the right stimulus, or its right clock")
      } else if last > duration + max(1, 0.01 * duration) {
        findings.add(
          .warning, .timesBeyondStimulus, object,
          reason: "the last time is \(short(last)) s, \(stimulus) lasts \(short(duration)) s",
          remedy: "check the stimulus and its clock; what lies beyond the end is never used")
      }
      return
    }
    guard factor == 1, group.times.count >= 3, group.times.allSatisfy({ $0 == $0.rounded() }) else { return }
    let tooLong = median >= 20 && last > 21_600
    if tooLong || (median >= 100 && unit == nil) {
      findings.error(
        .tableMilliseconds, object,
        reason: "whole numbers \(short(median)) s apart up to \(short(last)) s",
        remedy: tooLong
          ? "give --time-unit ms; if the stimulus is that long, import its media first"
          : "give --time-unit ms, or --time-unit s if they are seconds")
    }
  }

  /// A number without a needless fraction.
  package static func short(_ value: Double) -> String {
    value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)"
  }

  /// The rate in Hz of evenly spaced times (each step within a thousandth of the median); nil where they are not even.
  package static func rate(_ times: [Double]) -> Double? {
    guard times.count >= 2 else { return nil }
    let steps = zip(times.dropFirst(), times).map { $0 - $1 }
    let median = steps.sorted()[steps.count / 2]
    guard steps.allSatisfy({ abs($0 - median) <= 1e-3 * median + 1e-9 }) else { return nil }
    let rate = Double(times.count - 1) / (times[times.count - 1] - times[0])
    // Decimal times give 9.999999999999998 Hz; nine digits are more than any clock has.
    let rounded = (rate * 1e9).rounded() / 1e9
    return abs(rate - rounded) < 1e-9 * rate ? rounded : rate
  }
}

extension SeriesTable.Group {
  /// `, rater anna, run 2` for messages.
  package var suffix: String {
    SeriesTable.Key.allCases.filter { $0 != .stimulus }.compactMap { key in keys[key].map { ", \(key.rawValue) \($0)" }
    }
    .joined()
  }
}

/// A column by its place, and the name its values get.
package struct NamedColumn: Sendable, Equatable {
  package var name: String
  package var column: Int

  package init(name: String, column: Int) {
    self.name = name
    self.column = column
  }
}

extension SeriesTable {
  /// The columns of `--map`, or the automatic ones where it names none; nil where one is not there, or there are none.
  package func columns(_ pairs: [ColumnName], remedy: String, _ findings: inout Findings) -> [NamedColumn]? {
    var columns = pairs.isEmpty ? automaticColumns(&findings) : []
    for pair in pairs {
      guard let column = Self.require(table, pair.column, option: "--map \(pair.name)=", &findings) else { return nil }
      columns.append(NamedColumn(name: pair.name, column: column))
    }
    guard !columns.isEmpty else {
      findings.error(
        .tableNoValues, table.path, reason: "its columns are \(NearMiss.list(table.header))", remedy: remedy)
      return nil
    }
    return columns
  }

  /// Every numeric column besides time and keys, under its own name; what is not read becomes a note or a warning.
  package func automaticColumns(_ findings: inout Findings) -> [NamedColumn] {
    var columns: [NamedColumn] = []
    for column in table.header.indices where !taken.contains(column) {
      let name = table.header[column]
      if name.isEmpty {
        findings.add(
          .warning, .columnNotRead, "\(table.path) column \(column + 1)", reason: "it has no name",
          remedy: "name it in the header if it is wanted")
      } else if table.isNumeric(column, decimal) {
        columns.append(NamedColumn(name: name, column: column))
      } else {
        findings.add(
          .note, .columnNotRead, "\(table.path) column \(name)", reason: "it holds no numbers",
          remedy: "give it a role (--rater, --subject, --stimulus, --run) if it has one")
      }
    }
    return columns
  }
}
