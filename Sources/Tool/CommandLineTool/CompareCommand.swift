import ArgumentParser
import Comparison
import ContentIdentity
import Diagnostics
import Encoding
import FileSystem
import Warehouse

/// `evoke compare STUDY [STUDY] --cohort A --cohort B`
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare", abstract: "Compares two cohorts: what was fitted differently, then their scores.",
    discussion: """
      First the parameters in which the fits differ, then one row for each feature space, target and quantity: the \
      difference a minus b (Fisher z for r), its 95 % interval and p. Cohorts that share stimuli are compared fold by \
      fold, others with stimuli as units, eight of each at least. What is not comparable (fitted differently, unequal \
      numbers of subjects behind a mean, unequal noise, many more stimuli) has its reason, no p, and exit status 1; \
      --waive shows p all the same and keeps the reason (column waiver of cohort_comparison). Of two studies the first \
      cohort belongs to the first. Rows are made from what the runs left; nothing is fitted.
      """)

  @Argument(help: "Study, by its name; or two.") var studies: [String]
  @Option(help: "Cohort (a dataset is one of its own name), twice; of two studies once where both have it.")
  var cohort: [String]
  @Option(help: ArgumentHelp("Show p of what is not comparable, and keep why.", valueName: "reason"))
  var waive: String?
  @OptionGroup var formatting: FormatOptions
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    guard (1...2).contains(studies.count) else { throw ValidationError("Name one study or two.") }
    guard cohort.count == 2 || (cohort.count == 1 && studies.count == 2) else {
      throw ValidationError("Name two cohorts: --cohort A --cohort B.")
    }
    guard sides.a != sides.b else {
      throw ValidationError("Name two cohorts: \(cohort[0]) less itself is nothing.")
    }
    if waive?.isEmpty == true { throw ValidationError("Give --waive a reason: it is kept.") }
  }

  private var sides: (a: StudyComparison.Side, b: StudyComparison.Side) {
    (
      StudyComparison.Side(study: studies[0], cohort: cohort[0]),
      StudyComparison.Side(study: studies[studies.count - 1], cohort: cohort[cohort.count - 1])
    )
  }

  func run() throws {
    let (a, b) = sides
    let (found, waiver) = try global.withWarehouse(waive == nil ? .reading : .writing("compare")) { warehouse in
      let found = try StudyComparison(a, b, in: warehouse)
      if let waive { try warehouse.write { try keep(waive, $0) } }
      let kept = try warehouse.read {
        try $0.comparisonWaivers(studyA: a.study, cohortA: a.cohort, studyB: b.study, cohortB: b.cohort)
      }
      return (found, kept.first?.reason)
    }
    try write(found, waiver)
    guard found.isWhole || waiver != nil else {
      let reasons = Set(found.rows.filter { $0.row.comparable == 0 }.compactMap(\.row.reason)).sorted()
      throw EvokeError(
        .notComparable, "\(a.cohort) and \(b.cohort)", reason: reasons.joined(separator: "; "),
        remedy: "fit both alike, or say why they are compared all the same: --waive REASON")
    }
  }

  /// The reason and the command that gave it; the same reason again is no other.
  private func keep(_ reason: String, _ connection: Connection) throws {
    let (a, b) = sides
    let known = try connection.comparisonWaivers(
      studyA: a.study, cohortA: a.cohort, studyB: b.study, cohortB: b.cohort)
    guard known.isEmpty else {
      guard known.allSatisfy({ $0.reason == reason }) else {
        throw EvokeError(
          .labelTaken, "waiver of \(a.cohort) and \(b.cohort)",
          reason: "it was waived for another reason: \(known[0].reason)",
          remedy: "leave --waive out")
      }
      return global.note("unchanged, nothing is recorded")
    }
    let options: JSONValue = [
      "study_a": .string(a.study), "cohort_a": .string(a.cohort), "study_b": .string(b.study),
      "cohort_b": .string(b.cohort), "reason": .string(reason),
    ]
    let activity = try connection.insert(
      ActivityRow(
        kind: "waiver", verb: "compare", activityKey: JSONValue.array(["waiver", options]).sha256,
        options: options.canonical, dataset: nil, state: "done", startedAt: Machine.now))
    // A view's row names the cohorts of one study in its own order: both are kept.
    let pairs = a.study == b.study && a.cohort != b.cohort ? [(a, b), (b, a)] : [(a, b)]
    for (first, second) in pairs {
      try connection.insert(
        ComparisonWaiverRow(
          activityID: activity, studyA: first.study, studyB: second.study, cohortA: first.cohort,
          cohortB: second.cohort, reason: reason))
    }
  }

  private func write(_ found: StudyComparison, _ waiver: String?) throws {
    let differing = SQLTable(
      columns: ["parameter", "a", "b", "tells"],
      rows: found.differences.map { difference in
        SQLRow(
          columns: ["parameter", "a", "b", "tells"],
          values: [
            .text(difference.parameter), .text(difference.a), .text(difference.b), .integer(difference.tells ? 1 : 0),
          ])
      })
    let rows = SQLTable(columns: Self.columns, rows: found.rows.map { Self.row($0, waiver) })
    guard formatting.format == nil, !global.json else {
      for difference in found.differences {
        global.note("differs: \(difference.parameter) (\(difference.a), \(difference.b))")
      }
      return try Output.write(formatting.text(rows, global))
    }
    if differing.rows.isEmpty {
      try Output.line("fitted alike")
    } else {
      try Output.write(formatting.text(differing, global))
    }
    try Output.line("")
    try Output.write(formatting.text(rows, global))
  }

  private static let columns = [
    "feature_set", "layer_key", "element", "target", "region", "quantity", "r_a", "r_b", "difference", "low", "high",
    "p",
    "q_bh", "test", "unit", "n_a", "n_b", "comparable", "reason", "waiver", "valid", "flags",
    "target_parameters",
  ]

  private static func row(_ found: StudyComparison.Row, _ waiver: String?) -> SQLRow {
    let (keys, row) = (found.keys, found.row)
    let isShown = row.comparable == 1 || waiver != nil
    func real(_ value: Double?) -> SQLValue { value.map { $0.isNaN ? .null : .real($0) } ?? .null }
    func text(_ value: String?) -> SQLValue { value.map { .text($0) } ?? .null }
    func integer(_ value: Int?) -> SQLValue { value.map { .integer(Int64($0)) } ?? .null }
    return SQLRow(
      columns: columns,
      values: [
        .text(keys.featureSet), text(row.quantity == "depth_slope" ? nil : keys.layerKey), .text(keys.element.rawValue),
        .text(keys.target), text(found.region), .text(row.quantity), real(row.rA), real(row.rB), real(row.difference),
        isShown ? real(row.low) : .null, isShown ? real(row.high) : .null, isShown ? real(row.p) : .null,
        real(row.qBh), .text(row.test), .text(row.unit), integer(row.nA), integer(row.nB), integer(row.comparable),
        text(row.reason), text(row.comparable == 1 ? nil : waiver), integer(row.valid), .text(row.flags),
        .text(keys.targetParameters),
      ])
  }
}
