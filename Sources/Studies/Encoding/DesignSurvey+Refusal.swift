import Diagnostics
import EncodingModels

extension DesignSurvey {
  /// A design none of whose rows could be reported.
  private struct Hopeless {
    let design: PlannedDesign
    let data: DesignData?
    /// Whether there would be no row at all.
    let isEmpty: Bool

    /// nil where some row could be reported.
    init?(_ design: PlannedDesign, _ data: DesignData?) {
      guard design.validCount == 0 else { return nil }
      (self.design, self.data) = (design, data)
      isEmpty = design.cells.allSatisfy { $0.foldsCounted == 0 }
    }
  }

  /// Refuses a plan none of whose fits could be reported.
  ///
  /// - Parameter allowingInvalid: go on where there would be rows, though none that may be reported.
  /// - Throws: `E-ENC-010` with the lengths and two ways out.
  package func requireReportable(allowingInvalid: Bool) throws {
    var hopeless: [Hopeless] = []
    for place in 0..<count {
      let (design, data) = try assembled(place)
      // What is no matter of lengths is said where it is computed.
      if case .failure(let error) = design.outcome, !error.isOfLengths { continue }
      guard let one = Hopeless(design, data) else { return }
      if allowingInvalid, !one.isEmpty { return }
      hopeless.append(one)
    }
    guard let first = hopeless.first else { return }
    let told = hopeless.first { $0.data != nil } ?? first
    let areEmpty = hopeless.allSatisfy(\.isEmpty)
    let ways = try told.data.map { try WaysOut(of: $0, told.design.cells).texts } ?? []
    let insist = areEmpty ? "" : "; --allow-invalid computes them all the same"
    throw EvokeError(
      .nothingReportable, "\(hopeless.count) of \(hopeless.count) designs",
      reason: told.design.reason + (hopeless.count > 1 ? " (the others likewise: evoke plan lists them)" : ""),
      remedy: (ways.isEmpty ? "more and longer stimuli" : ways.joined(separator: "; or ")) + insist)
  }
}

extension EvokeError {
  /// Whether more rows, fewer folds, delays or trimmed seconds could mend it.
  fileprivate var isOfLengths: Bool { [.noEncodingRows, .tooFewFolds, .foldTooSmall].contains(code) }
}

extension PlannedDesign {
  /// What it is of and why none of its rows may be reported.
  package var reason: String {
    let of = [keys.target, keys.subject ?? keys.rater].compactMap { $0 }.joined(separator: ", ")
    return ["\(keys.featureSet) -> \(of)", layout?.described, obstacle].compactMap { $0 }.joined(separator: ": ")
  }

  private var obstacle: String {
    if case .failure(let error) = outcome { return "\(error.object): \(error.reason) (\(error.remedy))" }
    let flags = cells.reduce(into: Set<EncodingFlag>()) { $0.formUnion($1.flags) }
    let telling = flags.filter(\.canInvalidate).sorted()
    let folds = cells.map(\.foldsCounted).max().map { "\($0) folds count" } ?? "no fold"
    return telling.isEmpty ? folds : telling.map { "\($0.rawValue) (\($0.meaning))" }.joined(separator: ", ")
  }
}

extension DesignLayout {
  /// Rows and lengths.
  package var described: String {
    let shown = lengths.prefix(4).map { "\($0.stimulus) \(Int($0.seconds.rounded())) s" }.joined(separator: ", ")
    let more = lengths.count > 4 ? ", … \(lengths.count) in all" : ""
    return "\(rows) rows of \(stepS.formatted) s (\(shown)\(more))"
  }
}

extension Double {
  /// Without digits that say nothing.
  fileprivate var formatted: String { self == rounded() ? String(Int(self)) : String(self) }
}
