import Diagnostics

extension StudyDefinition {
  /// What the file asks for that this version does not compute: one diagnostic for each, none where all is computed.
  /// A key that would be ignored is refused rather than dropped.
  public func notComputed() -> [Diagnostic] {
    var found: [Diagnostic] = []
    func refuse(_ place: String, _ value: String, _ remedy: String) {
      found.append(
        Diagnostic(
          .error, .studyNotComputed, "\(name): \(place): \(value)", reason: "this version does not compute `\(value)`",
          remedy: remedy))
    }
    if !kind.isComputed {
      let computed = StudyKind.allCases.filter(\.isComputed).map(\.rawValue).joined(separator: ", ")
      refuse("kind", kind.rawValue, "Computed are \(computed).")
    }
    if preparation != nil {
      refuse("preparation", "preparation", "Import prepared recordings and remove `preparation`.")
    }
    for (i, target) in targets.enumerated() {
      guard let synchrony = target.synchrony else { continue }
      let place = "targets[\(i + 1)].synchrony"
      if synchrony.method == .corrca { refuse("\(place).method", "corrca", "Use pairwise or leave_one_out.") }
      if synchrony.signal != .source { refuse("\(place).signal", synchrony.signal.rawValue, "Use source.") }
      if synchrony.band != .named(.broad) { refuse("\(place).band", "band", "Use broad.") }
    }
    let nulls: [NullKind] = [.phase, .phaseResidual, .groupPhase, .circularShift, .none]
    if !nulls.contains(statistics.null) {
      refuse("statistics.null", statistics.null.rawValue, "Use phase, phase_residual, group_phase or none.")
    }
    if kind.isEncoding, statistics.null == .circularShift {
      refuse("statistics.null", "circular_shift", "Use phase for encoding studies.")
    }
    if statistics.correction.contains(.cluster) { refuse("statistics.correction", "cluster", "Use max or bh.") }
    return found
  }

  /// Throws what `notComputed` finds, as one error.
  public func requireComputed() throws {
    if let refusal = Self.refusal(notComputed(), file: name) { throw refusal }
  }
}
