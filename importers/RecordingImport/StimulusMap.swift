import DelimitedText
import Diagnostics
import Importing

/// Which events, or which recordings, show which stimulus: a table with a column `stimulus`.
///
/// `stimulus_start_s`, `duration_s` and `onset_s` say more; every other column is a condition: the name of an event
/// (`event`, or any of its other names), a column of the table of events, or what names a recording (task, run ...). An
/// empty cell fits everything; of several rows that fit the one with most conditions counts; a row without a stimulus
/// says that nothing is shown.
package struct StimulusMap: Sendable {
  /// One row.
  package struct Rule: Sendable, Equatable {
    package var conditions: [String: String]
    package var stimulus: String?
    /// nil: not said.
    package var stimulusStartS: Double?
    package var durationS: Double?
    /// Recording time, for rows that name a recording and no event.
    package var onsetS: Double?
    package var place: String

    package init(
      conditions: [String: String], stimulus: String?, stimulusStartS: Double? = nil, durationS: Double? = nil,
      onsetS: Double? = nil, place: String
    ) {
      self.conditions = conditions
      self.stimulus = stimulus
      self.stimulusStartS = stimulusStartS
      self.durationS = durationS
      self.onsetS = onsetS
      self.place = place
    }

    /// Whether a condition concerns an event rather than a recording.
    package var namesEvent: Bool { conditions.keys.contains { !StimulusMap.recordingKeys.contains($0) } }
  }

  package let rules: [Rule]
  /// Rules that fitted something.
  private var used: Set<Int> = []

  /// Columns of its conditions.
  package var conditionNames: Set<String> { rules.reduce(into: []) { $0.formUnion($1.conditions.keys) } }

  /// Columns that say what an event is called.
  package static let eventNames = [
    "event", "trial_type", "name", "code", "marker", "value", "type", "description", "stim_file",
  ]
  /// Keys of a recording, not of an event.
  package static let recordingKeys: Set<String> = [
    "subject", "session", "run", "task", "acq", "ce", "rec", "dir", "ses", "sub", "participant_id",
  ]
  private static let reserved = ["stimulus", "stimulus_start_s", "duration_s", "onset_s"]

  package init(rules: [Rule]) { self.rules = rules }

  /// Reads the table; faults are findings.
  package init?(_ table: DelimitedTable, _ findings: inout Findings) {
    guard let stimulus = table.column("stimulus") else {
      findings.error(
        .eventMapColumns, "\(table.path) column stimulus", reason: "the header does not have it",
        remedy: "the columns are \(NearMiss.list(table.header))")
      return nil
    }
    let keys = table.header.indices.filter { !table.header[$0].isEmpty && !Self.reserved.contains(table.header[$0]) }
    guard !keys.isEmpty else {
      findings.error(
        .eventMapColumns, table.path, reason: "no column says which events or recordings a row is for",
        remedy: "add a column event (or trial_type, stim_file, task ...)")
      return nil
    }
    let before = findings.errorCount
    let numbers = Self.reserved.dropFirst().map { name in
      table.column(name).map { table.numbers($0, .point, &findings) }
    }
    guard findings.errorCount == before else { return nil }
    var met: [[String: String]: Int] = [:]
    rules = (0..<table.rowCount).map { row in
      var conditions: [String: String] = [:]
      for key in keys where !table.isMissing(row, key) {
        conditions[table.header[key]] = OptionText.trim(table.text(row, key))
      }
      func number(_ index: Int) -> Double? { numbers[index].flatMap { $0[row].isNaN ? nil : $0[row] } }
      let place = "\(table.path) line \(table.line(of: row))"
      if let other = met.updateValue(table.line(of: row), forKey: conditions) {
        findings.error(
          .rowTwice, place, reason: "line \(other) has the same conditions", remedy: "keep one of the rows")
      }
      return Rule(
        conditions: conditions,
        stimulus: table.isMissing(row, stimulus) ? nil : OptionText.trim(table.text(row, stimulus)),
        stimulusStartS: number(0), durationS: number(1), onsetS: number(2), place: place)
    }
    for rule in rules where rule.stimulusStartS.map({ $0 < 0 }) == true || (rule.durationS ?? 1) <= 0 {
      findings.error(
        .eventMapColumns, rule.place, reason: "a stimulus starts at a negative time or lasts no time",
        remedy: "correct stimulus_start_s or duration_s")
    }
  }

  /// The rule for an event of a recording; `fields` holds `event`, the columns of its row and what names the recording.
  package mutating func rule(for fields: [String: String]) -> Rule? { fitting(fields) { $0.namesEvent } }

  /// The rule for a recording as a whole.
  package mutating func recordingRule(for fields: [String: String]) -> Rule? { fitting(fields) { !$0.namesEvent } }

  private mutating func fitting(_ fields: [String: String], _ wanted: (Rule) -> Bool) -> Rule? {
    let found = rules.indices.filter { index in
      wanted(rules[index]) && rules[index].conditions.allSatisfy { Self.fits($0.key, $0.value, fields) }
    }
    // The first of those with most conditions.
    guard let most = found.map({ rules[$0].conditions.count }).max(),
      let index = found.first(where: { rules[$0].conditions.count == most })
    else { return nil }
    used.insert(index)
    return rules[index]
  }

  private static func fits(_ key: String, _ wanted: String, _ fields: [String: String]) -> Bool {
    if let value = fields[key] { return same(value, wanted) }
    // A column of the map may call an event's name what the events do not.
    return eventNames.contains(key) && fields["event"].map { same($0, wanted) } == true
  }

  /// Equal up to blanks and leading zeros; `Stimulus/S  1` is also `S 1`, a file is also its name without folders.
  static func same(_ value: String, _ wanted: String) -> Bool {
    if value == wanted { return true }
    func plain(_ text: some StringProtocol) -> String {
      let words = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
      return Int(words).map(String.init) ?? words
    }
    if plain(value) == plain(wanted) { return true }
    guard let slash = value.firstIndex(of: "/") else { return false }
    if plain(value[value.index(after: slash)...]) == plain(wanted) { return true }
    return value.split(separator: "/").last.map { plain($0) == plain(wanted) } ?? false
  }

  /// Warns of rows that nothing fitted.
  package func reportUnused(_ names: [String], _ findings: inout Findings) {
    for index in rules.indices where !used.contains(index) {
      let wanted = rules[index].conditions.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }
      let near = rules[index].conditions.values.flatMap { NearMiss.of($0, in: names) }
      findings.add(
        .warning, .eventMapUnused, rules[index].place, reason: "nothing is \(wanted.joined(separator: ", "))",
        remedy: near.isEmpty
          ? "the events are \(NearMiss.list(names))" : "did you mean \(near.joined(separator: " or "))?")
    }
  }
}
