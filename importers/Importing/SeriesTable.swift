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
  @Option(help: "Pictures per second, where the time column counts pictures.") package var fps: Double?
  /// In the column's own unit.
  @Option(help: "Stamp of stimulus second 0, or first: the first stamp of each series.") package var timeZero: String?
  /// Without it a column of onsets beside one of durations makes events.
  @Option(name: .customLong("as"), help: "events (each value lasts) or samples: what rows with a duration are.")
  package var rows: String?
  @Flag(help: "Accept series that end before their stimulus, and record it.") package var allowShort = false
  @Option(help: "point or comma.") package var decimal: String?
  @Option(
    parsing: .unconditionalSingleValue,
    help: "A number that says that a value is missing, as -999; repeatable.")
  package var missing: [Double] = []
  @Option(help: "Name of the series; else the file's stem.") package var name: String?

  package static let later: Set = ["missing"]
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
    /// Seconds at which the value of each row ends, where rows are events; nil for samples.
    package var ends: [Double]?
    package var clock = ClockLedger()

    package init(keys: [Key: String] = [:], rows: [Int] = [], times: [Double] = []) {
      (self.keys, self.rows, self.times) = (keys, rows, times)
    }

    /// Every series has one; a table without the key has that of its file.
    package var stimulus: String {
      guard let name = keys[.stimulus] else { preconditionFailure("a series without a stimulus") }
      return name
    }
  }

  package enum Key: String, CaseIterable, Hashable, Sendable { case stimulus, subject, session, run, rater }

  package let table: DelimitedTable
  package let decimal: DecimalSign
  package let timeColumn: Int
  /// Columns that hold keys or time.
  package let taken: Set<Int>
  package let groups: [Group]
  /// Seconds that stimuli last.
  let durations: [String: Double]
  /// Whether every row is an event that lasts.
  package var holdsEvents: Bool { groups.contains { $0.ends != nil } }

  private static let seconds = ["time", "time_s", "t", "t_s", "onset", "seconds"]
  private static let milliseconds = ["time_ms", "t_ms"]
  /// Names that count where none of the others is there.
  private static let furtherSeconds = [
    "sec", "secs", "second", "time_sec", "time_secs", "time_seconds", "time (s)", "time [s]", "time(s)", "frametime",
  ]
  private static let furtherMilliseconds = ["ms", "msec", "milliseconds", "time (ms)", "time [ms]", "time(ms)"]

  /// Finds time and keys and divides the rows; faults are findings.
  package init?(
    _ table: DelimitedTable, _ options: SeriesTableOptions, mapped time: String?, persons: PersonKeys = PersonKeys(),
    names: SeriesNames, _ findings: inout Findings
  ) {
    let before = findings.errorCount
    guard let decimal = DecimalSign(option: options.decimal, &findings) else { return nil }
    guard let (timeColumn, factor) = Self.time(table, mapped: time, options, &findings) else { return nil }
    let clock = TimeColumn(table, column: timeColumn, options, factor: factor, decimal, &findings)
    let lasting = EventRows(table, options, time: timeColumn, decimal, &findings)
    let (columns, literals) = Self.keys(table, options, persons, names: names, &findings)
    guard findings.errorCount == before, let clock else { return nil }
    var groups = Self.divide(table, columns, literals, names: names, &findings)
    for index in groups.indices {
      groups[index].times = clock.times(of: groups[index].rows)
      Self.checkOrder(table, groups[index], timeColumn, &findings)
      if let lasting { lasting.setEnds(of: &groups[index], clock, &findings) }
    }
    guard findings.errorCount == before else { return nil }
    for group in groups {
      clock.check(group, known: names.known, &findings)
      guard findings.errorCount == before else { return nil }
      Self.checkUnit(
        table, group, factor: clock.isPlain ? factor : 0, options.timeUnit, known: names.known, &findings)
    }
    guard findings.errorCount == before else { return nil }
    self.table = table
    self.decimal = decimal
    self.timeColumn = timeColumn
    let lengths = options.rows == "samples" ? EventRows.lengths(of: table, options).filter { $0 != timeColumn } : []
    for column in lengths {
      findings.add(
        .note, .columnNotRead, "\(table.path) column \(table.header[column])",
        reason: "it says how long rows last, --as says that they are samples",
        remedy: "nothing; --map time=COLUMN,NAME=COLUMN reads it as values")
    }
    self.taken = Set(columns.map(\.1)).union([timeColumn]).union(lasting.map { [$0.column] } ?? []).union(lengths)
    for index in groups.indices {
      let said = groups[index]
      clock.state(said, options, table.header[timeColumn], &groups[index].clock)
    }
    self.groups = groups
    durations = names.known.durations
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
    _ table: DelimitedTable, mapped: String?, _ options: SeriesTableOptions, _ findings: inout Findings
  ) -> (Int, Double)? {
    if let unit = options.timeUnit, unit != "s", unit != "ms" {
      OptionText.malformed("--time-unit", unit, "s|ms", &findings)
      return nil
    }
    if table.header.allSatisfy({ OptionText.number($0) != nil }) {
      findings.error(
        .tableNoTime, table.path,
        reason: "its first line holds \(table.header.count) numbers instead of columns' names",
        remedy: "add a first line with the columns' names")
      return nil
    }
    if let mapped {
      guard let column = require(table, mapped, option: "--map time=", &findings) else { return nil }
      return checked(table, column, options, &findings)
    }
    let found = timeColumns(of: table)
    if found.count == 1 { return checked(table, found[0], options, &findings) }
    findings.error(
      .tableNoTime, table.path,
      reason: found.isEmpty
        ? "no column is named \((seconds + milliseconds).joined(separator: ", "))"
        : "several could be meant: \(found.map { table.header[$0] }.joined(separator: ", "))",
      remedy: "give --map time=COLUMN; the columns are \(NearMiss.list(table.header))")
    return nil
  }

  /// Columns that call themselves times, of the names that go first.
  private static func timeColumns(of table: DelimitedTable) -> [Int] {
    func columns(_ names: [String]) -> [Int] {
      table.header.indices.filter { names.contains(table.header[$0].trimmed.lowercased()) }
    }
    // A table of events, or of pictures, may call its time otherwise.
    let pictures = table.header.indices.filter { TimeColumn.countsPictures(table.header[$0]) }
    let candidates = [
      columns(seconds + milliseconds), EventRows.onsets(of: table), columns(furtherSeconds + furtherMilliseconds),
      pictures,
    ]
    return candidates.first { !$0.isEmpty } ?? []
  }

  /// Whether a column calls itself a time.
  package static func namesTime(_ table: DelimitedTable) -> Bool { !timeColumns(of: table).isEmpty }

  /// The column with the factor to seconds.
  private static func checked(
    _ table: DelimitedTable, _ column: Int, _ options: SeriesTableOptions, _ findings: inout Findings
  ) -> (Int, Double)? {
    factor(table, column, options, &findings).map { (column, $0) }
  }

  /// What makes seconds of a column; a name that says something else than the option, or a unit that is not read, is an
  /// error.
  static func factor(
    _ table: DelimitedTable, _ column: Int, _ options: SeriesTableOptions, _ findings: inout Findings
  ) -> Double? {
    let unit = options.timeUnit
    let named = NamedUnit(table.header[column])
    let place = "\(table.path) column \(table.header[column])"
    guard !named.isMilliseconds || unit != "s" else {
      findings.error(
        .tableMilliseconds, place, reason: "its name says milliseconds, --time-unit says s",
        remedy: "leave --time-unit out, or rename the column if it holds seconds")
      return nil
    }
    if let word = named.word, named.isForeign, unit == nil, options.fps == nil {
      findings.error(
        .clockText, place, reason: "its name says \(word), which are neither seconds nor milliseconds",
        remedy: "write seconds, or give --time-unit s or ms if it holds them")
      return nil
    }
    return unit == "ms" || named.isMilliseconds ? 1e-3 : 1
  }

  /// Columns that hold keys, and the keys that are the same in every row: by option, by template, by the file's name.
  package static func keys(
    _ table: DelimitedTable, _ options: SeriesTableOptions, _ persons: PersonKeys, names: SeriesNames,
    _ findings: inout Findings
  ) -> ([(Key, Int)], [Key: String]) {
    var columns: [(Key, Int)] = []
    var literals: [Key: String] = [:]
    let given: [(Key, String?)] = [
      (.stimulus, options.stimulus), (.subject, persons.subject), (.session, persons.session), (.run, options.run),
    ]
    for (key, option) in given {
      if let option, names.fields[key.rawValue] == nil, let column = table.column(option) {
        columns.append((key, column))
      } else if option?.isEmpty == true {
        OptionText.malformed("--\(key.rawValue)", "", "COLUMN|NAME", &findings)
      } else {
        literals[key] = names.given(key, option: option, table.path, &findings)
      }
    }
    if options.stimulus == nil, literals[.stimulus] == nil {
      literals[.stimulus] = findings.collect(table.path) { try names.name(SourceFile.stem(table.path), .stimulus) }
    }
    if let rater = persons.rater, let column = require(table, rater, option: "--rater", &findings) {
      columns.append((.rater, column))
    }
    return (columns, literals)
  }

  /// The keys of every row of a table whose rows are series.
  package static func rows(
    _ table: DelimitedTable, _ options: SeriesTableOptions, _ persons: PersonKeys, names: SeriesNames,
    _ findings: inout Findings
  ) -> [[Key: String]] {
    let (columns, literals) = keys(table, options, persons, names: names, &findings)
    var called: [[String]: String] = [:]
    return (0..<table.rowCount).map { row in
      columns.reduce(into: literals) { $0[$1.0] = cell(table, row, at: $1, names: names, called: &called, &findings) }
    }
  }

  private static func divide(
    _ table: DelimitedTable, _ columns: [(Key, Int)], _ literals: [Key: String], names: SeriesNames,
    _ findings: inout Findings
  ) -> [Group] {
    var groups: [Group] = []
    if columns.isEmpty { return [Group(keys: literals, rows: Array(0..<table.rowCount))] }
    var index: [[String]: Int] = [:]
    var called: [[String]: String] = [:]
    for row in 0..<table.rowCount {
      let cells = columns.map { cell(table, row, at: $0, names: names, called: &called, &findings) }
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

  /// The name a key's cell stands for; `called`: those found before.
  private static func cell(
    _ table: DelimitedTable, _ row: Int, at place: (key: Key, column: Int), names: SeriesNames,
    called: inout [[String]: String], _ findings: inout Findings
  ) -> String {
    let (text, key) = (OptionText.trim(table.text(row, place.column)), place.key)
    func object() -> String { "\(table.path) line \(table.line(of: row)) column \(table.header[place.column])" }
    if table.isMissing(row, place.column) {
      findings.error(
        .tableKeyMissing, object(), reason: "the \(key.rawValue) is not given", remedy: "fill it in, or remove the row")
      return text
    }
    if let name = called[[key.rawValue, text]] { return name }
    let name = findings.collect(object()) { try names.name(text.withoutApostrophes, key) } ?? text
    called[[key.rawValue, text]] = name
    return name
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
  /// and the steps are at least 4 (250 Hz). Without: anything beyond six hours, and whole numbers at least 100 s apart in
  /// the median, or 20 s apart for more than an hour, or some 10 s and more apart and uneven by one, as clocks of 60 or
  /// 30 Hz are when they are rounded. `--time-unit s` confirms seconds that are far apart, not a series that no stimulus
  /// is known to be long enough for.
  package static func checkUnit(
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
          remedy: inMilliseconds
            ? "give --time-unit ms" : "name the right stimulus, or its right clock (--fps if they count pictures)")
      } else if last > duration + max(1, 0.01 * duration) {
        findings.add(
          .warning, .timesBeyondStimulus, object,
          reason: "the last time is \(short(last)) s, \(stimulus) lasts \(short(duration)) s",
          remedy: "check the stimulus and its clock; what lies beyond the end is never used")
      }
      return
    }
    guard factor > 0, group.times.count >= 3 else { return }
    if median < 1e-4, unit == nil {
      findings.error(
        .clockForeign, object, reason: "its stamps are \(median) s apart: days, as spreadsheets write dates and times?",
        remedy: "write seconds, or give --time-unit s or ms if they are that close")
      return
    }
    guard factor == 1 else {
      if median >= 100, group.ends == nil {
        findings.error(
          .tableMilliseconds, object, reason: "even in milliseconds they are \(short(median)) s apart",
          remedy: "write seconds; if the stimulus is that long, import its media first")
      }
      return
    }
    let areWhole = group.times.allSatisfy { $0 == $0.rounded() }
    let tooLong = last > 21_600 && (unit == nil || (areWhole && median >= 20))
    let isSlow = median >= 100 || (median >= 20 && last >= 3_600) || (median >= 10 && isRounded(steps, median))
    if tooLong || (areWhole && isSlow && unit == nil) {
      findings.error(
        .tableMilliseconds, object,
        reason: "\(areWhole ? "whole numbers" : "times") \(short(median)) s apart up to \(short(last)) s",
        remedy: tooLong
          ? "give --time-unit ms, or --fps if they count pictures; if the stimulus is that long, import its media first"
          : "give --time-unit ms, or --time-unit s if they are seconds")
    }
  }

  /// Steps of two neighbouring whole numbers: an even clock that was rounded.
  private static func isRounded(_ steps: [Double], _ median: Double) -> Bool {
    guard let least = steps.first, let most = steps.last else { return false }
    return most - least == 1 && steps.count >= 10
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

extension String {
  /// `'clip'` without its signs: openSMILE quotes names so.
  fileprivate var withoutApostrophes: String {
    count > 2 && hasPrefix("'") && hasSuffix("'") ? String(dropFirst().dropLast()) : self
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
        .tableNoValues, table.path, reason: "its columns are \(NearMiss.list(table.header))",
        remedy: table.header.indices.lazy.filter { !taken.contains($0) }.compactMap(table.almostNumber).first?.remedy
          ?? remedy)
      return nil
    }
    return columns
  }

  /// Whether a column is the index a program wrote: its name says so, and its rows count.
  private func isIndex(_ column: Int) -> Bool {
    guard CounterColumn.isIndexName(table.header[column]), table.isNumeric(column, decimal) else { return false }
    var ignored = Findings()
    let values = table.numbers(column, decimal, &ignored)
    return groups.allSatisfy { group in
      let own = group.rows.map { values[$0] }
      return own.count < 3 || CounterColumn.hasEqualSteps(own)
    }
  }

  /// Every numeric column besides time and keys, under its own name.
  package func automaticColumns() -> [NamedColumn] {
    var unread = Findings()
    return automaticColumns(&unread)
  }

  /// The same; what is not read becomes a note or a warning.
  package func automaticColumns(_ findings: inout Findings) -> [NamedColumn] {
    var columns: [NamedColumn] = []
    for column in table.header.indices where !taken.contains(column) {
      let name = table.header[column]
      if name.isEmpty {
        findings.add(
          .warning, .columnNotRead, "\(table.path) column \(column + 1)", reason: "it has no name",
          remedy: "name it in the header if it is wanted")
      } else if isIndex(column) {
        findings.add(
          .note, .rowNumbersLeftOut, "\(table.path) column \(name)", reason: "it counts the rows in equal steps",
          remedy: "nothing; name it in --map if it is wanted")
      } else if table.isNumeric(column, decimal) {
        columns.append(NamedColumn(name: name, column: column))
      } else if let almost = table.almostNumber(column) {
        findings.add(
          .warning, .columnNotRead, "\(table.path) column \(name)",
          reason: "\(almost.text.debugDescription) is no number", remedy: almost.remedy)
      } else {
        findings.add(
          .note, .columnNotRead, "\(table.path) column \(name)", reason: "it holds no numbers",
          remedy: "give it a role (--rater, --subject, --stimulus, --run) if it has one")
      }
    }
    return columns
  }
}
