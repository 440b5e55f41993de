import DelimitedText
import Diagnostics

/// The stamps of a table as seconds of the stimulus, whatever they are written in: seconds, milliseconds, pictures,
/// `h:mm:ss`, or the stamps of a clock that began elsewhere.
struct TimeColumn {
  /// Row -> seconds; NaN where the cell is missing.
  private let seconds: [Double]
  /// What is taken off, in seconds; nil: the first of each series.
  private let zeroS: Double?
  /// Whether the stamps are numbers of seconds or milliseconds, whose unit can be misread.
  let isPlain: Bool
  private let table: DelimitedTable
  private let hasZero: Bool

  private static let pictures: Set<String> = [
    "frame", "frames", "frame_number", "frame_nr", "frame_no", "frame_index", "frame_idx", "framenumber",
  ]

  /// Whether a column of that name counts pictures.
  static func countsPictures(_ name: String) -> Bool { pictures.contains(name.lowercased()) }

  /// - Parameter factor: to seconds, of numbers that are no pictures.
  init?(
    _ table: DelimitedTable, column: Int, _ options: SeriesTableOptions, factor: Double, _ decimal: DecimalSign,
    _ findings: inout Findings
  ) {
    let name = table.header[column]
    let place = "\(table.path) column \(name)"
    let rate = options.fps.map(PictureRate.init)
    if let fps = options.fps, !(fps > 0 && fps <= 1_000) || options.timeUnit != nil {
      findings.error(
        .optionMalformed, "--fps \(fps)",
        reason: options.timeUnit == nil ? "no rate of pictures" : "--time-unit says what the stamps are",
        remedy: "give one of them, pictures per second up to 1000")
      return nil
    }
    self.table = table
    hasZero = options.timeZero != nil
    if ClockText.isClock(table, column) {
      guard let times = ClockText.seconds(table, column, rate, &findings) else { return nil }
      (seconds, isPlain) = (times, false)
    } else {
      guard options.fps != nil || !Self.countsPictures(name) else {
        findings.error(
          .clockPictures, place, reason: "it counts pictures, and nothing says how many pass in a second",
          remedy: "give --fps, as of the film that was rated")
        return nil
      }
      let numbers = table.numbers(column, decimal, &findings)
      seconds = rate.map { rate in numbers.map { $0 / rate.exact } } ?? numbers.map { $0 * factor }
      isPlain = options.fps == nil
    }
    switch options.timeZero {
    case nil: zeroS = 0
    case "first": zeroS = nil
    case let text?:
      let scale = rate.map { 1 / $0.exact } ?? factor
      guard let zero = ClockText.seconds(text, rate) ?? OptionText.number(text).map({ $0 * scale }) else {
        OptionText.malformed("--time-zero", text, "STAMP|h:mm:ss|first", &findings)
        return nil
      }
      zeroS = zero
    }
  }

  /// Seconds of some rows on the stimulus' clock.
  func times(of rows: [Int]) -> [Double] {
    let own = rows.map { seconds[$0] }
    guard hasZero, let zero = zeroS ?? own.first else { return own }
    // Large stamps have no digits behind the microsecond.
    return own.map { (($0 - zero) * 1e6).rounded() / 1e6 }
  }

  /// Enters what the column and the options say of a series.
  func state(_ group: SeriesTable.Group, _ options: SeriesTableOptions, _ name: String, _ clock: inout ClockLedger) {
    guard let first = group.times.first, let last = group.times.last else { return }
    let object = "\(table.path) column \(name)"
    clock.state("first stamp", first, "s", by: .stamps, of: object)
    clock.state("last stamp", last, "s", by: .stamps, of: object)
    if group.ends == nil, let rate = SeriesTable.rate(group.times) {
      clock.state("rate", rate, "Hz", by: .stamps, of: object)
    }
    if let fps = options.fps {
      clock.state("pictures per second", PictureRate(fps).exact, "Hz", by: .option, of: "--fps")
    }
    if hasZero, let zero = zeroS ?? raw(of: group.rows).first {
      clock.state("stamp of second 0", zero, "s", by: .option, of: "--time-zero")
    }
  }

  /// Seconds of some rows on the column's own clock.
  func raw(of rows: [Int]) -> [Double] { rows.map { seconds[$0] } }

  /// Refuses stamps of a clock that cannot be the stimulus': seconds since 1970, a time of day, a device's uptime.
  func check(_ group: SeriesTable.Group, known: KnownNames, _ findings: inout Findings) {
    guard let first = group.times.first, let last = group.times.last else { return }
    let object = "\(table.path)\(group.suffix)"
    let remedy = "give --time-zero STAMP, the stamp at which the stimulus began, or --time-zero first"
    if last >= 1e8 {
      findings.error(
        .clockForeign, object,
        reason: "its stamps (\(SeriesTable.short(first)) s) are dates: seconds, or parts of them, since 1970",
        remedy: remedy)
    } else if hasZero, first < -1 {
      findings.error(
        .clockForeign, object, reason: "it begins \(SeriesTable.short(-first)) s before its stimulus",
        remedy: "correct --time-zero")
    } else if first <= -1, let stimulus = group.keys[.stimulus] {
      findings.add(
        .warning, .timesBeyondStimulus, object,
        reason: "its first \(group.times.count { $0 < 0 }) rows lie before \(stimulus)",
        remedy: "what lies before the beginning is never used; --time-zero STAMP says where it is")
    } else if first > 21_600 || (!isPlain && first >= 3_600), known.duration(of: group) == nil {
      findings.error(
        .clockForeign, object,
        reason: "its first stamp is \(SeriesTable.short(first)) s: a time of day, or a device's own clock",
        remedy: remedy)
    }
  }
}

extension KnownNames {
  /// Seconds that the stimulus of a group lasts, where its media are known.
  fileprivate func duration(of group: SeriesTable.Group) -> Double? { group.keys[.stimulus].flatMap { durations[$0] } }
}
