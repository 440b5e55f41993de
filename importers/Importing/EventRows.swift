import DelimitedText
import Diagnostics

/// A table whose rows last: a column of onsets beside one of durations or ends. Its values are held, never interpolated.
struct EventRows {
  /// The durations or ends.
  let column: Int
  private let numbers: [Double]
  private let areEnds: Bool
  private let factor: Double
  private let table: DelimitedTable

  /// Names without their unit.
  private static let onsetNames: Set<String> = [
    "onset", "start", "begin", "onset_time", "start_time", "begin_time", "time_start",
  ]
  private static let durationNames: Set<String> = ["duration", "dur"]
  private static let endNames: Set<String> = [
    "offset", "end", "stop", "offset_time", "end_time", "stop_time", "time_end", "time_stop",
  ]

  private static func columns(_ table: DelimitedTable, _ names: Set<String>) -> [Int] {
    table.header.indices.filter { names.contains(NamedUnit(table.header[$0]).base) }
  }

  /// Columns that say how long rows last, which are no values even where each row is one sample.
  static func lengths(of table: DelimitedTable, _ options: SeriesTableOptions) -> [Int] {
    columns(table, durationNames.union(endNames)).filter { !isMapped(table.header[$0], options) }
  }

  private static func isMapped(_ name: String, _ options: SeriesTableOptions) -> Bool {
    options.map.contains { $0.hasSuffix("=" + name) || $0.contains("=\(name),") }
  }

  /// Columns of onsets in a table that says how long its rows last.
  static func onsets(of table: DelimitedTable) -> [Int] {
    columns(table, durationNames.union(endNames)).isEmpty ? [] : columns(table, onsetNames)
  }

  /// nil where rows are samples, or where that is not clear, which is a finding.
  init?(
    _ table: DelimitedTable, _ options: SeriesTableOptions, time: Int, _ decimal: DecimalSign,
    _ findings: inout Findings
  ) {
    if let rows = options.rows, rows != "events", rows != "samples" {
      OptionText.malformed("--as", rows, "events|samples", &findings)
      return nil
    }
    let isOnset = Self.onsetNames.contains(NamedUnit(table.header[time]).base)
    let durations = Self.columns(table, Self.durationNames).filter { $0 != time }
    let ends = isOnset ? Self.columns(table, Self.endNames).filter { $0 != time } : []
    guard options.rows != "samples" else { return nil }
    guard let column = durations.first ?? ends.first else {
      if options.rows == "events" {
        findings.error(
          .eventDuration, table.path, reason: "no column is named duration, or onset and offset",
          remedy: "rename the columns, or leave --as events out")
      }
      return nil
    }
    let isMapped = Self.isMapped(table.header[column], options)
    guard options.rows == "events" || (isOnset && !isMapped) else {
      findings.error(
        .rowsUnclear, "\(table.path) columns \(table.header[time]) and \(table.header[column])",
        reason: "a value may last for its duration or be one sample of a series",
        remedy: "give --as events or --as samples")
      return nil
    }
    self.column = column
    self.table = table
    areEnds = durations.isEmpty
    let rate = options.fps.map(PictureRate.init)
    if ClockText.isClock(table, column) {
      guard let times = ClockText.seconds(table, column, rate, &findings) else { return nil }
      (numbers, factor) = (times, 1)
      return
    }
    guard let unit = SeriesTable.factor(table, column, options, &findings) else { return nil }
    factor = rate.map { 1 / $0.exact } ?? unit
    numbers = table.numbers(column, decimal, &findings)
  }

  /// When the rows of a group end, which is after they begin and before the next begins.
  func setEnds(of group: inout SeriesTable.Group, _ clock: TimeColumn, _ findings: inout Findings) {
    let (raw, rows, starts) = (clock.raw(of: group.rows), group.rows, group.times)
    let ends = rows.indices.map { index in
      let length = numbers[rows[index]] * factor
      return areEnds ? length - (raw[index] - starts[index]) : starts[index] + length
    }
    HeldValues.check(
      from: starts, to: ends,
      place: { "\(table.path) line \(table.line(of: rows[$0])) column \(table.header[column])\(group.suffix)" },
      short: "fill it in, or give --as samples if every row is one sample",
      overlap: "name what tells the rows apart (--rater, --subject, --stimulus, --run COLUMN), or give --as samples if "
        + "they are frames that overlap", &findings)
    group.ends = ends
  }
}

/// Values that last, as a series: bin i is `[i / rate, (i + 1) / rate)`.
package enum HeldValues {
  /// Finds rows that last no time, and rows that last beyond the beginning of the next.
  ///
  /// - Parameters:
  ///   - starts: increasing, s.
  ///   - place: of the row at an index, as findings call it.
  ///   - short: the remedy for a row that lasts no time; `overlap`: for one that lasts too long.
  package static func check(
    from starts: [Double], to ends: [Double], place: (Int) -> String, short: String, overlap: String,
    _ findings: inout Findings
  ) {
    for (index, (start, end)) in zip(starts, ends).enumerated() {
      let next = index + 1 < starts.count ? starts[index + 1] : .infinity
      if !(end > start) {
        findings.error(.eventDuration, place(index), reason: "the row lasts no time", remedy: short)
      } else if end > next + 1e-3 {
        findings.error(
          .eventsOverlap, place(index),
          reason:
            "it lasts until \(SeriesTable.short(end)) s, the next row begins at \(SeriesTable.short(next)) s",
          remedy: overlap)
      }
    }
  }

  /// The mean over each bin by time, NaN where less than half of it is covered.
  package static func binned(
    _ values: [Double], from starts: [Double], to ends: [Double], rateHz: Double, endS: Double
  ) -> (times: [Double], values: [Double]) {
    let count = max(1, Int((endS * rateHz - 1e-9).rounded(.up)))
    var sums = [Double](repeating: 0, count: count)
    var weights = sums
    for (value, (start, end)) in zip(values, zip(starts, ends)) where !value.isNaN {
      let first = max(0, Int((start * rateHz + 1e-9).rounded(.down)))
      let last = min(count, Int((end * rateHz - 1e-9).rounded(.up)))
      for bin in first..<max(first, last) {
        let overlap = min(end, Double(bin + 1) / rateHz) - max(start, Double(bin) / rateHz)
        guard overlap > 0 else { continue }
        sums[bin] += value * overlap
        weights[bin] += overlap
      }
    }
    let held = zip(sums, weights).map { $1 * rateHz >= 0.5 - 1e-6 ? $0 / $1 : .nan }
    return ((0..<count).map { Double($0) / rateHz }, held)
  }
}

extension SeriesTable {
  /// One series of a table: the stamps and values of a group, or what its events make of the bins of a second.
  ///
  /// - Parameter all: a value per row of the table.
  package func series(of group: Group, _ all: [Double], rateHz: Double = 1) -> (times: [Double], values: [Double]) {
    let values = group.rows.map { all[$0] }
    guard let ends = group.ends, let last = ends.last else { return (group.times, values) }
    let endS = max(durations[group.stimulus] ?? last, last)
    return HeldValues.binned(values, from: group.times, to: ends, rateHz: rateHz, endS: endS)
  }
}
