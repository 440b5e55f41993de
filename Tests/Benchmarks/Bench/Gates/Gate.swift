import Foundation

/// What one run of a gate says of one thing that is asked, of one target.
package struct GateOutcome: Sendable {
  /// NaN where no test was made.
  var p = Double.nan
  /// The estimate, and its interval; NaN where there is none.
  var value = Double.nan
  var low = Double.nan
  var high = Double.nan
  /// Whether the row would be shown as one that may be reported.
  var isValid = true

  var isRejected: Bool { p <= 0.05 }
}

/// What is wanted of the answers to a question.
package enum GateBound: Sendable {
  /// The share of tests with p ≤ .05 is at most .05 and 3.1 standard errors (.065 of 2,000 tests), clustered by run.
  case level
  /// The same share.
  case rejectedAtMost(Double)
  /// The share of tests with p ≤ .05 that may be reported.
  case reportedAtMost(Double)
  case rejectedAtLeast(Double)
  /// The share of tests with p ≤ .05 less that of another question.
  case rejectedAtLeastAbove(String, Double)
  /// The share of intervals that hold the truth.
  case coveredAtLeast(Double)
  /// The mean estimate.
  case mean(ClosedRange<Double>)

  var text: String {
    switch self {
    case .level: "≤ .05 + 3.1 SE"
    case .rejectedAtMost(let share): "≤ \(share.short)"
    case .reportedAtMost(let share): "reported ≤ \(share.short)"
    case .rejectedAtLeast(let share): "≥ \(share.short)"
    case .rejectedAtLeastAbove(let other, let margin): "≥ \(other) \(margin < 0 ? "-" : "+") \(abs(margin).short)"
    case .coveredAtLeast(let share): "covers ≥ \(share.short)"
    case .mean(let range): "mean \(range.lowerBound.short) to \(range.upperBound.short)"
    }
  }

  /// Whether the answers are within the bound, or at most `errors` of their standard errors beyond it; nil where nothing
  /// was answered.
  ///
  /// - Parameter all: of every question of the gate.
  package func holds(_ own: GateSummary, all: [String: GateSummary], errors: Double = 0) -> Bool? {
    switch self {
    case .level:
      guard own.tests > 0 else { return nil }
      let nominal = (0.05 * 0.95 / Double(own.tests) * max(1, own.rejected.designEffect)).squareRoot()
      return own.rejected.share <= 0.05 + 3.1 * nominal + errors * nominal
    case .rejectedAtMost(let share):
      return own.tests == 0 ? nil : own.rejected.share <= share + errors * own.rejected.floorError(share)
    case .reportedAtMost(let share):
      return own.tests == 0 ? nil : own.reported.share <= share + errors * own.reported.floorError(share)
    case .rejectedAtLeast(let share):
      return own.tests == 0 ? nil : own.rejected.share >= share - errors * own.rejected.floorError(share)
    case .rejectedAtLeastAbove(let name, let margin):
      guard let other = all[name], own.tests > 0, other.tests > 0 else { return nil }
      let error = own.rejected.differenceError(other.rejected)
      return own.rejected.share - other.rejected.share >= margin - errors * error
    case .coveredAtLeast(let share):
      return own.intervals == 0 ? nil : own.covered.share >= share - errors * own.covered.floorError(share)
    case .mean(let range):
      guard own.values > 0 else { return nil }
      let slack = errors * own.meanError
      return own.mean >= range.lowerBound - slack && own.mean <= range.upperBound + slack
    }
  }
}

/// One thing that is asked of every run: a method, a quantity.
package struct GateQuestion: Sendable {
  package let name: String
  package let bounds: [GateBound]
  /// What intervals should hold; nil: the mean estimate over all runs.
  let truth: Double?

  init(_ name: String, _ bounds: [GateBound] = [], truth: Double? = nil) {
    (self.name, self.bounds, self.truth) = (name, bounds, truth)
  }
}

/// A scenario with planted truth, judged by the functions that `run` calls, with what is wanted of it.
package struct Gate: Sendable {
  /// What it is called in a file of results: the rule, and the scenario in short.
  package let id: String
  /// The table it stands in.
  let table: GateTableName
  let scenario: String
  package let questions: [GateQuestion]
  /// How many runs the table asks for, and the seed of the first; the next have the next seeds.
  package let runs: Int
  package let seed: UInt64
  /// The answers of one run per question, one outcome per target; none where the run leaves the question out. The same seed
  /// gives the same bits.
  let run: @Sendable (_ seed: UInt64) throws -> [[GateOutcome]]

  init(
    _ id: String, in table: GateTableName, _ scenario: String, _ questions: [GateQuestion], runs: Int, seed: UInt64 = 0,
    run: @escaping @Sendable (_ seed: UInt64) throws -> [[GateOutcome]]
  ) {
    self.id = table.rule + "/" + id
    (self.table, self.scenario, self.questions, self.run) = (table, scenario, questions, run)
    (self.runs, self.seed) = (runs, seed)
  }

  /// One line of results per question that the run answers.
  package func lines(seed: UInt64) throws -> [GateLine] {
    zip(questions, try run(seed)).filter { !$0.1.isEmpty }.map { GateLine(gate: id, seed: seed, question: $0.name, $1) }
  }

  /// What lines say of every question.
  package func summaries(_ lines: [GateLine]) -> [String: GateSummary] {
    let mine = Dictionary(grouping: lines, by: \.question)
    let named = questions.map { ($0.name, GateSummary(mine[$0.name] ?? [], truth: $0.truth)) }
    return Dictionary(named, uniquingKeysWith: { first, _ in first })
  }

  /// Whether all bounds hold; nil where there are none, or one has no answers.
  ///
  /// - Parameter asked: the questions whose bounds count; nil: all.
  package func holds(
    _ summaries: [String: GateSummary], errors: Double = 0, of asked: [GateQuestion]? = nil
  ) -> Bool? {
    var verdicts: [Bool?] = []
    for question in asked ?? questions {
      guard let own = summaries[question.name] else { continue }
      verdicts += question.bounds.map { $0.holds(own, all: summaries, errors: errors) }
    }
    if verdicts.contains(false) { return false }
    return verdicts.isEmpty || verdicts.contains(nil) ? nil : true
  }
}

extension Double {
  /// Three places at most, without a leading 0.
  var short: String {
    if isNaN { return "" }
    var text = String(format: "%.3f", self)
    while text.hasSuffix("0"), !text.hasSuffix(".0") { text.removeLast() }
    if text.hasSuffix(".0") { text.removeLast(2) }
    return text.hasPrefix("0.") ? String(text.dropFirst()) : text.replacing("-0.", with: "-.")
  }

  /// Three places, without a leading 0.
  var places: String {
    isNaN ? "" : String(format: "%.3f", self).replacing("-0.", with: "-.").replacing(/^0\./, with: ".")
  }
}
