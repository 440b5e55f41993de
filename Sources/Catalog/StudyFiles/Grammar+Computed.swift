import Diagnostics

extension Grammar {
  /// What the file asks for that this version does not compute: one diagnostic for each, none where all is computed.
  ///
  /// A key that planning would ignore is refused rather than dropped. Targets and elements are not among them: where
  /// they cannot be computed their units are `not_applicable`, and the others are computed.
  public func notComputed(_ study: StudyDefinition) -> [Diagnostic] {
    func refusal(_ place: String, _ what: String, _ remedy: String) -> Diagnostic {
      Diagnostic(
        .error, .studyNotComputed, "\(study.name): \(place)", reason: "this version does not compute \(what)",
        remedy: remedy)
    }
    let names = kinds.filter(isComputed).map(\.name).joined(separator: ", ")
    let ofKind = isComputed(study.kind) ? [] : [refusal("kind", "`\(study.kind.name)`", "Computed are \(names).")]
    return ofKind + study.withoutEffect.map { refusal($0.place, $0.what, $0.remedy) }
  }

  /// Throws what `notComputed` finds, as one error.
  public func requireComputed(_ study: StudyDefinition) throws {
    if let refusal = StudyDefinition.refusal(notComputed(study), file: study.name) { throw refusal }
  }
}
