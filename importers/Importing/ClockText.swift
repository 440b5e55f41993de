import DelimitedText
import Diagnostics

/// Pictures per second, and what a timecode calls a second.
///
/// Rates of television are 1000/1001 of a whole number and written short (29.97, 23.98). A timecode counts the whole
/// number: 29.97 pictures per second are labelled as 30, so that an hour of labels lasts 3603.6 s. Drop-frame timecode
/// (of 29.97 and 59.94 only) leaves out labels, never pictures: the first 2 (or 4) of every minute but every tenth.
///
/// Source: SMPTE ST 12-1, *Time and control code*.
package struct PictureRate: Sendable, Equatable {
  package let exact: Double
  /// Pictures in a second of timecode; nil where no timecode counts at that rate.
  let nominal: Int?
  /// Labels left out at the beginning of a minute; nil where none may be.
  let dropped: Int?

  package init(_ rate: Double) {
    let whole = rate.rounded()
    let isShort = whole > 0 && abs(rate - whole / 1.001) <= 0.005 && abs(rate - whole) > 0.005
    exact = isShort ? whole * 1_000 / 1_001 : rate
    nominal = isShort || rate == whole ? Int(max(0, min(whole, 1e6))) : nil
    dropped = isShort && whole.truncatingRemainder(dividingBy: 30) == 0 ? Int(whole) / 15 : nil
  }
}

/// Times written with colons.
enum ClockText {
  /// Whether a column holds such times, by its first cell that holds anything.
  static func isClock(_ table: DelimitedTable, _ column: Int) -> Bool {
    guard let row = (0..<table.rowCount).first(where: { !table.isMissing($0, column) }) else { return false }
    let text = OptionText.trim(table.text(row, column))
    return text.contains { ":;".contains($0) }
      && timedelta(text).allSatisfy { $0.isNumber || ":;., -TZ+/".contains($0) }
  }

  /// The column in seconds; a cell that is no time, and drop-frame beside other timecode, is a finding, and nothing is
  /// returned.
  static func seconds(
    _ table: DelimitedTable, _ column: Int, _ rate: PictureRate?, _ findings: inout Findings
  ) -> [Double]? {
    var times: [Double] = []
    var isDropFrame: Bool?
    for row in 0..<table.rowCount {
      if table.isMissing(row, column) {
        times.append(.nan)
        continue
      }
      let text = OptionText.trim(table.text(row, column))
      func refuse(_ reason: String, _ remedy: String) {
        findings.error(
          .clockText, "\(table.path) line \(table.line(of: row)) column \(table.header[column])", reason: reason,
          remedy: remedy)
      }
      guard let seconds = seconds(text, rate) else {
        let (reason, remedy) = fault(of: text, rate)
        refuse(reason, remedy)
        return nil
      }
      if isTimecode(text) {
        guard isDropFrame ?? text.contains(";") == text.contains(";") else {
          refuse(
            "\(text) is \(text.contains(";") ? "" : "no ")drop-frame timecode, the first one is\(isDropFrame == true ? "" : " not")",
            "write all of them with ; (drop-frame) or with : before the pictures")
          return nil
        }
        isDropFrame = text.contains(";")
      }
      times.append(seconds)
    }
    return times
  }

  /// `0 days 00:00:01.5`, as pandas writes stretches of time, without its words where they are zero days.
  private static func timedelta(_ text: String) -> String {
    text.hasPrefix("0 days ") ? String(text.dropFirst("0 days ".count)) : text
  }

  private static func fields(_ text: String) -> [Substring] {
    timedelta(text).split(omittingEmptySubsequences: false) { ":;".contains($0) }
  }

  private static func isTimecode(_ text: String) -> Bool { fields(text).count == 4 }

  /// Why a text is no time, and what to do about it.
  private static func fault(of text: String, _ rate: PictureRate?) -> (reason: String, remedy: String) {
    guard isTimecode(text) else {
      if fields(text).count == 2, !text.contains(";") {
        return ("\(text) may be minutes and seconds or hours and minutes", "write h:mm:ss, or seconds")
      }
      return ("\(text) is no h:mm:ss", "write h:mm:ss, or seconds")
    }
    let isDropFrame = text.contains(";")
    guard let rate else {
      return (
        "\(text) counts pictures behind the seconds",
        isDropFrame ? "give --fps 29.97 or 59.94, as drop-frame timecode counts" : "give --fps"
      )
    }
    guard let nominal = rate.nominal else {
      return ("no timecode counts \(rate.exact) pictures per second", "give the rate of the film by --fps")
    }
    if isDropFrame, rate.dropped == nil {
      return (
        "the ; of \(text) marks drop-frame timecode, which counts 29.97 or 59.94 pictures per second",
        "give --fps 29.97 or 59.94, or write : before the pictures"
      )
    }
    return (
      "\(text) is no label of \(isDropFrame ? "drop-frame " : "")timecode of \(nominal) pictures",
      "correct it, or the rate of --fps"
    )
  }

  /// `h:mm:ss`, `h:mm:ss.fff`, `0 days hh:mm:ss` as pandas writes it, and with a rate `h:mm:ss:pictures` or, drop-frame, `h:mm:ss;pictures`; nil for anything
  /// else.
  static func seconds(_ text: String, _ rate: PictureRate?) -> Double? {
    let fields = fields(text).map { $0.replacing(",", with: ".") }
    guard fields.count == 3 || fields.count == 4, let hours = Int(fields[0]), hours >= 0, hours < 1 << 20,
      let minutes = Int(fields[1]), (0..<60).contains(minutes), fields[1].count == 2,
      let seconds = OptionText.number(String(fields[2])), (0..<60).contains(seconds), fields[2].first?.isNumber == true
    else { return nil }
    let isDropFrame = text.contains(";")
    guard fields.count == 4 else { return isDropFrame ? nil : Double(hours * 3_600 + minutes * 60) + seconds }
    guard let rate, let nominal = rate.nominal, let second = Int(fields[2]), let picture = Int(fields[3]),
      (0..<nominal).contains(picture)
    else { return nil }
    let minute = hours * 60 + minutes
    var count = (minute * 60 + second) * nominal + picture
    if isDropFrame {
      guard let dropped = rate.dropped else { return nil }
      // The labels that are left out name no picture.
      guard second > 0 || minute % 10 == 0 || picture >= dropped else { return nil }
      count -= dropped * (minute - minute / 10)
    }
    return Double(count) / rate.exact
  }
}
