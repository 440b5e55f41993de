import DelimitedText
import Diagnostics
import Importing

/// ELAN's tab-delimited export, with its header line (`Begin Time - ss.msec` ...) or without (a tier, a participant,
/// times as hh:mm:ss.ms and in seconds, the text last).
enum ELANTable {
  /// The tiers, nil where the text is no such export.
  ///
  /// - Throws: `tierTimes`.
  static func read(_ path: String, _ bytes: [UInt8]) throws -> TierFile? {
    guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
    let header = cells(text.drop(while: \.isWhitespace).prefix { !$0.isNewline })
    let isNamed = header.contains { $0.hasPrefix("Begin Time") } && header.contains { $0.hasPrefix("End Time") }
    let clocks = header.indices.filter { clock(header[$0]) != nil }
    guard isNamed || clocks.count >= 2 else { return nil }
    let begin = isNamed ? best("Begin Time", header) : clocks[0]
    let end = isNamed ? best("End Time", header) : clocks[1]
    let times = header.indices.filter { isNamed && isTime(header[$0]) }
    let tierColumn = isNamed ? header.firstIndex(of: "Tier") : 0
    let lines = text.writtenLines
    var tiers: [String: [IntervalTier.Interval]] = [:]
    var empty: [Int] = []
    for line in lines.dropFirst(isNamed ? 1 : 0) {
      let row = cells(line.text)
      guard row.count == header.count, let startS = seconds(row[begin], header[begin], isNamed),
        let endS = seconds(row[end], header[end], isNamed), endS >= startS
      else {
        throw EvokeError(
          .tierTimes, "\(path) line \(line.number)", reason: "it has no begin and end as the first line has",
          remedy: "export the file from ELAN again")
      }
      if let tierColumn {
        tiers[row[tierColumn], default: []].append(.init(startS: startS, endS: endS, text: row[row.count - 1]))
      } else {
        let filled = header.indices.filter { !times.contains($0) && !row[$0].isEmpty }
        if filled.isEmpty { empty.append(line.number) }
        for column in filled {
          tiers[header[column], default: []].append(.init(startS: startS, endS: endS, text: row[column]))
        }
      }
    }
    var file = TierFile()
    if let first = empty.first {
      file.notes.append(
        Diagnostic(
          .note, .tierEmpty, "\(path) line \(first)",
          reason: "\(empty.count) rows have a time and no text of any tier", remedy: "nothing; they count for no tier"))
    }
    let isMilliseconds = isNamed && header[begin].hasSuffix("- msec")
    file.clock.state("unit of time", isMilliseconds ? 1e-3 : 1, "s", by: .header, of: path)
    file.tiers = tiers.sorted { $0.key < $1.key }.map { name, intervals in
      IntervalTier(name: name, intervals: intervals.sorted { $0.startS < $1.startS })
    }
    return file
  }

  private static func cells(_ line: Substring) -> [String] {
    line.split(separator: "\t", omittingEmptySubsequences: false).map { OptionText.trim($0) }
  }

  private static func isTime(_ name: String) -> Bool {
    ["Begin Time", "End Time", "Duration"].contains(where: name.hasPrefix)
  }

  /// Seconds before milliseconds before clocks.
  private static func best(_ kind: String, _ header: [String]) -> Int {
    let found = header.indices.filter { header[$0].hasPrefix(kind) }
    return found.first { header[$0].hasSuffix("ss.msec") } ?? found.first { header[$0].hasSuffix("- msec") } ?? found[0]
  }

  private static func seconds(_ cell: String, _ name: String, _ isNamed: Bool) -> Double? {
    if let time = clock(cell) { return time }
    guard isNamed, let value = OptionText.number(cell) else { return nil }
    return name.hasSuffix("- msec") ? value / 1_000 : value
  }

  /// hh:mm:ss.ms in seconds.
  static func clock(_ text: String) -> Double? {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 3, parts[0].count >= 2, let hours = Int(parts[0]), let minutes = Int(parts[1]),
      let seconds = OptionText.number(parts[2]), minutes < 60, seconds < 60, hours >= 0, minutes >= 0, seconds >= 0
    else { return nil }
    return Double(hours * 3_600 + minutes * 60) + seconds
  }
}
