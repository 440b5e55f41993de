/// The unit of time that a column's name ends with: `Start (s)`, `time_ms`, `Onset [msec]`, `Begin Time - ss.msec`.
struct NamedUnit {
  /// The name in lower case without its unit, its words joined by `_`.
  let base: String
  /// The unit's word; nil where the name has none.
  let word: String?

  private static let seconds: Set<String> = ["s", "sec", "secs", "second", "seconds"]
  private static let milliseconds: Set<String> = ["ms", "msec", "msecs", "millis", "millisecond", "milliseconds"]
  /// Nothing is ever read in these.
  private static let others: Set<String> = [
    "min", "mins", "minute", "minutes", "h", "hr", "hrs", "hour", "hours", "day", "days", "us", "µs", "μs", "usec",
    "microsecond", "microseconds", "ns", "nsec", "nanoseconds", "sample", "samples", "tr", "trs", "volume", "volumes",
  ]

  init(_ name: String) {
    var words = name.lowercased().split { !$0.isLetter && !$0.isNumber }.map(String.init)
    // `Begin Time - ss.msec` and `hh:mm:ss.ms`, as ELAN names them.
    if words.contains("ss") { words = words.prefix { !["hh", "mm", "ss"].contains($0) } + ["s"] }
    let last = words.last
    word = last.flatMap { Self.seconds.union(Self.milliseconds).union(Self.others).contains($0) ? $0 : nil }
    base = words.dropLast(word == nil ? 0 : 1).joined(separator: "_")
  }

  var isMilliseconds: Bool { word.map(Self.milliseconds.contains) == true }
  /// Neither seconds nor milliseconds.
  var isForeign: Bool { word.map(Self.others.contains) == true }
}
