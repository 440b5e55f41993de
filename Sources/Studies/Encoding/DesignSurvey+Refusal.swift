import Diagnostics
import EncodingModels

extension DesignSurvey {
  /// Refuses a plan none of whose fits could be reported.
  ///
  /// - Parameters:
  ///   - allowingInvalid: go on where there would be rows, though none that may be reported.
  ///   - known: all designs, where they were told already; else they are, up to the first that could be reported.
  /// - Throws: `E-ENC-010` with the lengths and two ways out.
  package func requireReportable(allowingInvalid: Bool, designs known: [PlannedDesign]? = nil) throws {
    var hopeless: [(place: Int, design: PlannedDesign)] = []
    for place in 0..<count {
      let design = try known?[place] ?? self.design(place)
      // What is no matter of lengths is said where it is computed.
      if case .failure(let error) = design.outcome, !error.isOfLengths { continue }
      if design.validCount > 0 || (allowingInvalid && design.hasRows) { return }
      hopeless.append((place, design))
    }
    guard let told = hopeless.first(where: { $0.design.layout != nil }) ?? hopeless.first else { return }
    let insist = hopeless.contains { $0.design.hasRows } ? "; --allow-invalid computes them all the same" : ""
    throw EvokeError(
      .nothingReportable, "\(hopeless.count) of \(count) designs",
      reason: told.design.reason + (hopeless.count > 1 ? " (the others likewise: evoke plan lists them)" : ""),
      remedy: try waysOut(of: told.design, at: told.place).joined(separator: "; or ") + insist)
  }

  /// Changes that were tried on the data, else what helps against the design's flags.
  private func waysOut(of design: PlannedDesign, at place: Int) throws -> [String] {
    if design.isConstant { return [EncodingFlag.constantTarget.remedy.asClause] }
    let data = design.layout == nil ? nil : try assembled(place).data
    let ways = try data.map { try WaysOut(of: $0, design.cells).texts } ?? []
    if !ways.isEmpty { return ways }
    let remedies = design.telling.map(\.remedy.asClause)
    return remedies.isEmpty ? ["more and longer stimuli"] : remedies
  }
}

extension EvokeError {
  /// Whether more rows, fewer folds, delays or trimmed seconds could mend it.
  fileprivate var isOfLengths: Bool { [.noEncodingRows, .tooFewFolds, .foldTooSmall].contains(code) }
}

extension PlannedDesign {
  /// What it is of and why none of its rows may be reported.
  package var reason: String {
    [keys.described(as: keys.featureSet), layout?.described, obstacle].compactMap { $0 }.joined(separator: ": ")
  }

  private var obstacle: String {
    if case .failure(let error) = outcome { return "\(error.object): \(error.reason) (\(error.remedy))" }
    let folds = cells.map(\.foldsCounted).max().map { "\($0) folds count" } ?? "no fold"
    return telling.isEmpty ? folds : telling.map { "\($0.rawValue) (\($0.meaning))" }.joined(separator: ", ")
  }
}

extension PlannedDesign {
  /// Whether there would be a row with a score, though perhaps none that may be reported.
  fileprivate var hasRows: Bool { cells.contains { $0.foldsCounted > 0 } }

  /// Flags for which a row may be not valid.
  fileprivate var telling: [EncodingFlag] {
    cells.reduce(into: Set<EncodingFlag>()) { $0.formUnion($1.flags) }.filter(\.canInvalidate).sorted()
  }

  /// Whether no cell varies in any fold: no other folds, delays or lengths of the same make it vary.
  fileprivate var isConstant: Bool {
    !cells.isEmpty && cells.allSatisfy { $0.flags.contains(.constantTarget) && $0.foldsCounted == 0 }
  }
}

extension String {
  /// A sentence as a part of one.
  fileprivate var asClause: String {
    let text = hasSuffix(".") ? dropLast() : self[...]
    return text.prefix(1).lowercased() + text.dropFirst()
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
