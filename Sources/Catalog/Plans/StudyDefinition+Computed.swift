import Diagnostics

extension StudyDefinition {
  /// What the file asks for that this version does not compute: one diagnostic for each, none where all is computed.
  ///
  /// A key that planning would ignore is refused rather than dropped. Targets and elements are not among them: where
  /// they cannot be computed their units are `not_applicable`, and the others are computed.
  public func notComputed() -> [Diagnostic] {
    var found: [Diagnostic] = []
    func refuse(_ place: String, _ what: String, _ remedy: String) {
      found.append(
        Diagnostic(
          .error, .studyNotComputed, "\(name): \(place)", reason: "this version does not compute \(what)",
          remedy: remedy))
    }
    if !kind.isComputed {
      let computed = StudyKind.allCases.filter(\.isComputed).map(\.rawValue).joined(separator: ", ")
      refuse("kind", "`\(kind.rawValue)`", "Computed are \(computed).")
    }
    for key in withoutEffect { refuse(key.place, key.what, key.remedy) }
    return found
  }

  /// What voice and soundtrack are separated with: a model's name or `imported`; nil where the file does not say.
  public var separation: String? { preparation?["separation"]?.stringValue }

  /// Throws what `notComputed` finds, as one error.
  public func requireComputed() throws {
    if let refusal = Self.refusal(notComputed(), file: name) { throw refusal }
  }
}
