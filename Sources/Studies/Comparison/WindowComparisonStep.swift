import ContentIdentity
import Encoding
import Statistics
import StudyFiles
import Warehouse
import Work

/// Whether the window in which a feature predicts synchrony best is also the best for the spread of its null.
struct WindowComparisonStep: WorkStep {
  struct Parameters: Codable, Sendable {
    /// A fit to synchrony in one window and step.
    struct Window: Codable, Sendable {
      let windowS: Double
      let stepS: Double
      let fit: ComparisonStep.Parameters.Member
    }

    /// Fits that differ in window and step alone.
    let groups: [[Window]]
  }

  let name = "window_comparison"
  let version = 1
  let summary = "whether the best window of synchrony is the best for the spread of its null, too"
  let tables: [any ResultRow.Type] = [CheckRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let rows = try parameters.groups.flatMap { group in
      let windows = try group.map { window in
        ComparedWindow(window, try ComparisonMember(window.fit, hasDraws: true, in: task))
      }
      return Self.checks(windows)
    }
    return [ResultRows(rows)].filter { !$0.rows.isEmpty }
  }

  /// One for every column of the target.
  private static func checks(_ windows: [ComparedWindow]) -> [CheckRow] {
    windows[0].member.mainCells.compactMap { cell in
      let scores = windows.compactMap { $0.score(of: cell.name) }
      guard let byR = scores.max(by: { $0.r < $1.r }), let byRatio = scores.max(by: { $0.ratio < $1.ratio }) else {
        return nil
      }
      let observed: JSONValue = ["r": byR.json, "r_over_null_sd": byRatio.json]
      return CheckRow(
        fitKey: cell.fitKey, name: "the best window is the best over the spread of its null",
        expected: "the window and step of the largest r have the largest r / null SD", observed: observed.canonical,
        pass: byR.isSameWindow(as: byRatio) ? 1 : 0)
    }
  }
}

/// A fit to synchrony in one window and step.
private struct ComparedWindow {
  struct Score {
    let windowS: Double
    let stepS: Double
    let r: Double
    let ratio: Double

    var json: JSONValue { ["window_s": .number(windowS), "step_s": .number(stepS)] }

    func isSameWindow(as other: Score) -> Bool { windowS == other.windowS && stepS == other.stepS }
  }

  let window: WindowComparisonStep.Parameters.Window
  let member: ComparisonMember

  init(_ window: WindowComparisonStep.Parameters.Window, _ member: ComparisonMember) {
    (self.window, self.member) = (window, member)
  }

  /// nil where the cell has no score or its draws do not vary.
  func score(of cell: String) -> Score? {
    guard let cell = member.mainCells.first(where: { $0.name == cell }) else { return nil }
    let spread = Moments.standardDeviation(cell.draws())
    guard !cell.value.isNaN, spread > 0 else { return nil }
    return Score(windowS: window.windowS, stepS: window.stepS, r: cell.value, ratio: cell.value / spread)
  }
}

/// Plans the unit that compares the windows of a study.
package struct WindowComparisonPlanner {
  private let groups: [[WindowComparisonStep.Parameters.Window]]
  private let name: String

  /// - Parameters:
  ///   - fits: of the study `name`, in its order; those whose r has no draws are left out.
  package init(_ fits: [PlannedFit], of name: String) {
    self.name = name
    struct Identity: Hashable {
      let keys: FitKeys
      let target: TargetSpec
    }
    var order: [Identity] = []
    var groups: [Identity: [WindowComparisonStep.Parameters.Window]] = [:]
    for fit in fits where fit.keepsDraws && fit.kind.drawn.contains(FitScore(mode: fit.kind.main, quantity: .r)) {
      guard let synchrony = fit.target.synchrony else { continue }
      let own = Identity(keys: fit.keys.with(targetParameters: ""), target: fit.target.windowed(windowS: 0, stepS: 0))
      if groups[own] == nil { order.append(own) }
      groups[own, default: []].append(
        WindowComparisonStep.Parameters.Window(
          windowS: synchrony.windowS, stepS: synchrony.stepS,
          fit: ComparisonStep.Parameters.Member(unit: fit.unit.key, keys: fit.keys, kind: fit.kind, twins: [])))
    }
    self.groups = order.compactMap { groups[$0] }.filter { $0.count > 1 }
  }

  /// nil where no window has another beside it.
  package var unit: WorkUnit? {
    guard !groups.isEmpty else { return nil }
    return WindowComparisonStep().unit(
      WindowComparisonStep.Parameters(groups: groups),
      inputs: groups.joined().map { .unit(role: "fit", key: $0.fit.unit) }, label: "windows of \(name)")
  }
}
