import Foundation

/// A table of gates: those of one rule.
enum GateTableName: String, CaseIterable, Sendable {
  case courses, weak, power, contrasts, intervals, subjects, synchrony, ceilings, delays, twins, cohorts, further,
    studies

  /// The rule it belongs to.
  var rule: String {
    switch self {
    case .courses, .weak, .power: "11B.1"
    case .contrasts: "11B.3"
    case .intervals, .subjects: "11B.4"
    case .synchrony: "11B.6"
    case .ceilings: "11B.7"
    case .delays: "11B.9"
    case .twins: "11B.10"
    case .cohorts: "11A.10"
    case .further: "further"
    case .studies: "studies"
    }
  }

  var title: String {
    switch self {
    case .courses: "Courses that stimuli share, and drifts: no effect is there"
    case .weak: "Courses and drifts too low to be seen: no effect is there"
    case .power: "Stationary data with an effect"
    case .contrasts: "Layers of one model against each other"
    case .intervals: "Intervals of r over folds and stimuli"
    case .subjects: "Intervals of synchrony over subjects"
    case .synchrony: "Synchrony of recordings that drift apart: nobody shares anything"
    case .ceilings: "A perfect model's r over its ceiling"
    case .delays: "One delay, found by training rows, and single delays"
    case .twins: "Twins"
    case .cohorts: "Two cohorts on the same features"
    case .further: "Ten further scenarios, not tuned for, run once"
    case .studies: "Studies of every kind on planted data, through the program"
    }
  }

  /// How to read it, and what was there before.
  var note: String {
    switch self {
    case .courses:
      """
      `p`: the default of `run` (position taken out where it is needed, one delay found by training rows, phases of what is not taken out); 40 targets a run share features. On every fourth run: `judged`,
      the same p with all that `run` asks before a row is valid; `mismatch`, `prewhitened`; `plain`, the same delays with `position: none`. On every eighth run, eight
      targets: `old`, the default before (`position: none`, nine single delays, six of synchrony, plain phases). Shares of p ≤ .05 with their standard errors over runs.
      """
    case .weak:
      """
      As above, with courses that hold a fiftieth to a tenth of the variance of features and target: where the target is not slow nothing says that they are there.
      """
    case .power:
      """
      `plain` has the same delays and nothing taken out (`position: none`), `auto` leaves slow variation in targets that show neither a course nor a drift (`position: auto`); `old` has nine single delays (six of synchrony) besides. The effect comes after 2 s.
      """
    case .contrasts:
      """
      Eight layers, three middle ones less the last, corrected t. Before: `mean` by t over stimuli or sign flips up to .19 and .22, `max` .73 and .63.
      """
    case .intervals:
      """
      Corrected t on Fisher z; width in z. Before: `stimulus_t` over six stimuli covered .85, `time_blocks` .53 to .91, block bootstraps .82 to .94.
      """
    case .subjects: "Jackknife over subjects, Fisher z; the truth is that of 400 further subjects of the same stimulus."
    case .synchrony:
      "`old`: `high_pass_s: none`. Static values and means over windows of 10 s, each with its own draws; 16 regions a run."
    case .ceilings:
      """
      Before: .89 to 1.03. Tests are the runs that have a ceiling of at least .3; leaving out the others favours ceilings that are too high.
      """
    case .delays:
      """
      Paired: the same data at every lag, weight .5, 1 x 600 s. `old` are nine single delays, `mean` is the feature's mean over 2 to 4 s before.
      """
    case .twins:
      """
      `beats` is `beats_twins`: the largest p of one-sided corrected t against every twin, one delay found by training rows, an effect after 2 s. There was nothing of the kind before.
      """
    case .cohorts:
      "`over ceiling`: r over the largest r that the target allows; `r`, which rises with members and falls with their noise, is shown beside it."
    case .studies:
      """
      Files are written, imported, studied and asked for by views as a user does it. Thresholds were frozen in `thresholds.tsv`, SHA-256
      `\(StudyThresholds.sha256)`, before the first run; a run by another file is refused. Shares of p ≤ .05 (of rightly told lags
      and peaks, and of differences of the right sign where there is one) with Wilson's 95 % interval of as many independent tests as the spread over runs is worth.
      """
    case .further: "Lengths, noise and numbers of stimuli and subjects chosen before any of their results was seen."
    }
  }
}

/// The tables of gates in Tests/Benchmarks/RESULTS.md, made of a file of results.
struct GateTables {
  static let begin = "<!-- gates: written by bench gate-table -->"
  static let end = "<!-- gates end -->"
  private let lines: [String: [GateLine]]

  init(_ lines: [GateLine]) { self.lines = Dictionary(grouping: lines, by: \.gate) }

  /// A file with what stands between the two marks replaced; appended where there are none.
  static func replacing(_ tables: String, in text: String) -> String {
    guard let first = text.range(of: begin), let last = text.range(of: end) else {
      return text + "\n" + begin + "\n" + tables + end + "\n"
    }
    return text.replacingCharacters(in: first.upperBound..<last.lowerBound, with: "\n" + tables)
  }

  var text: String {
    var text = summary
    for table in GateTableName.allCases {
      let gates = GateList.all.filter { $0.table == table && lines[$0.id] != nil }
      guard !gates.isEmpty else { continue }
      let number = table.rule.first?.isNumber == true ? table.rule + " " : ""
      text += "\n### \(number)\(table.title)\n\n\(table.note)\n\n"
      let answered = gates.map { ($0, $0.summaries(lines[$0.id] ?? [])) }
      text += table == .studies ? Self.studyRows(answered) : Self.rows(answered)
    }
    return text
  }

  /// How many gates hold, and the mean over cells of level.
  private var summary: String {
    let judged = GateList.all.filter { lines[$0.id] != nil }.map { ($0, $0.summaries(lines[$0.id] ?? [])) }
    let verdicts = judged.map { $0.0.holds($0.1) }
    let whole = zip(judged, verdicts).filter { own, _ in isWhole(own.0) }.compactMap(\.1)
    let level = judged.flatMap { gate, summaries in
      gate.table == .courses
        ? gate.questions.filter { $0.bounds.contains { if case .level = $0 { true } else { false } } }
          .compactMap { summaries[$0.name]?.rejected.share } : []
    }
    let failing = judged.filter { $0.0.holds($0.1) == false }
    let clearly = failing.filter { $0.0.holds($0.1, errors: 2) == false }
    func listed(_ gates: [(Gate, [String: GateSummary])]) -> String {
      gates.isEmpty ? "none" : gates.map { "`\($0.0.id)`" }.joined(separator: ", ")
    }
    let all = GateList.all.count
    var text = "\(verdicts.count { $0 == true }) of \(verdicts.count { $0 != nil }) gates hold; "
    text += "of the \(whole.count) that have been run as often as is asked for \(whole.count { $0 }) do; "
    text += "\(all - judged.count) of \(all) scenarios have not been run.\n"
    if !level.isEmpty {
      let mean = level.reduce(0, +) / Double(level.count)
      text += "Mean over the \(level.count) cells of level of 11B.1: \(mean.places) (wanted ≤ .055).\n"
    }
    text += "Beyond their bound by two standard errors or more: \(listed(clearly)).\n"
    text += "Beyond it by less: \(listed(failing.filter { own in !clearly.contains { $0.0.id == own.0.id } })).\n"
    return text
  }

  /// Whether it has been run as often as is asked for.
  private func isWhole(_ gate: Gate) -> Bool { Set((lines[gate.id] ?? []).map(\.seed)).count >= gate.runs }

  /// Whether bounds hold, in words; "?" where two standard errors may turn it.
  private static func verdict(_ gate: Gate, _ summaries: [String: GateSummary], of asked: [GateQuestion]) -> String {
    guard let holds = gate.holds(summaries, of: asked) else { return "(shown)" }
    let isNear = gate.holds(summaries, errors: 2, of: asked) != gate.holds(summaries, errors: -2, of: asked)
    return (holds ? "yes" : "**no**") + (isNear ? " ?" : "")
  }

  private static func rows(_ gates: [(Gate, [String: GateSummary])]) -> String {
    var names: [String] = []
    for name in gates.flatMap({ $0.0.questions.map(\.name) }) where !names.contains(name) { names.append(name) }
    let head = ["scenario", "tests (runs)"] + names + ["valid", "wanted", "holds"]
    var text = "| " + head.joined(separator: " | ") + " |\n|" + head.map { _ in "---|" }.joined() + "\n"
    for (gate, summaries) in gates {
      guard let first = summaries[gate.questions[0].name] else { continue }
      let count = max(first.tests, first.intervals, first.values)
      // What all that is asked says of validity, where it is asked on some runs alone: nothing before one of them is there.
      let judged = summaries["judged"] ?? first
      let wanted = gate.questions.flatMap { question in question.bounds.map { "\(question.name) \($0.text)" } }
      let answers = names.map { name in summaries[name].map { cell($0, isJudged: name == "judged") } ?? "" }
      let cells =
        [gate.scenario, "\(count) (\(first.runs))"] + answers
        + [
          judged.valid.share.places, wanted.joined(separator: "; "),
          verdict(gate, summaries, of: gate.questions),
        ]
      text += "| " + cells.joined(separator: " | ") + " |\n"
    }
    return text
  }

  /// A row of each question: those of one kind are no other's.
  private static func studyRows(_ gates: [(Gate, [String: GateSummary])]) -> String {
    let head = [
      "scenario", "asked", "tests (runs of those asked for)", "p ≤ .05", "interval", "mean estimate", "valid", "wanted",
      "holds",
    ]
    var text = "| " + head.joined(separator: " | ") + " |\n|" + head.map { _ in "---|" }.joined() + "\n"
    for (gate, summaries) in gates {
      for (place, question) in gate.questions.enumerated() {
        guard let own = summaries[question.name] else { continue }
        let interval = own.rejected.interval.map { "\($0.lowerBound.places) to \($0.upperBound.places)" }
        let cells = [
          place == 0 ? gate.scenario : "", question.name, "\(own.tests) (\(own.runs) of \(gate.runs))",
          own.tests > 0 ? own.rejected.share.places : "", interval ?? "-", own.mean.places,
          own.valid.share.places, question.bounds.map(\.text).joined(separator: "; "),
          verdict(gate, summaries, of: [question]),
        ]
        text += "| " + cells.joined(separator: " | ") + " |\n"
      }
    }
    return text
  }

  /// Share and standard error of what was tested; coverage and width of intervals; else the mean.
  private static func cell(_ summary: GateSummary, isJudged: Bool) -> String {
    var parts: [String] = []
    if summary.tests > 0 {
      parts.append("\(summary.rejected.share.places) (\(summary.rejected.error.places))")
      if isJudged, summary.reported.hitCount < summary.rejected.hitCount {
        parts.append("reported \(summary.reported.share.places)")
      }
    }
    if summary.intervals > 0 {
      parts.append("covers \(summary.covered.share.places) (\(summary.covered.error.places))")
      parts.append("width \(summary.meanWidth.places)")
    }
    if parts.isEmpty, summary.values > 0 {
      parts.append("\(summary.mean.places) (\(summary.meanError.places))")
    }
    return parts.joined(separator: ", ")
  }
}
