import Diagnostics

/// What the series of one file are called: by its template, by the tables of `--rename`, by the stimuli that are known.
package struct SeriesNames {
  /// What the template read in the file's path, renamed.
  package let fields: [String: String]
  /// What is fixed in the template; nil where there is none.
  package let fixedName: String?
  package let known: KnownNames
  private let renames: Renames

  /// - Throws: `renameIncomplete`.
  package init(_ file: PathTemplate.File, _ renames: Renames, _ known: KnownNames) throws {
    (self.renames, self.known, fixedName) = (renames, known, file.fixedName)
    fields = try renames.names(file.fields, known)
  }

  /// The name of a code in a column, or of a file.
  ///
  /// - Throws: `renameIncomplete`.
  package func name(_ code: String, _ key: SeriesTable.Key) throws -> String {
    let name = try renames.name(code, key.rawValue)
    return key == .stimulus ? known.stimulus(name) : name
  }

  /// What the template says of a key, else the option's text; a finding where both do.
  package func given(
    _ key: SeriesTable.Key, option: String?, _ path: String, _ findings: inout Findings
  ) -> String? {
    if let field = fields[key.rawValue] {
      guard option != nil else { return field }
      findings.error(
        .optionMalformed, path, reason: "the \(key.rawValue) is given by {\(key.rawValue)} and --\(key.rawValue)",
        remedy: "give it once")
    }
    return key == .stimulus ? option.map(known.stimulus) : option
  }

  /// Refuses what a template may name elsewhere and series of this kind do not have.
  package func refuse(fieldsBut keys: [SeriesTable.Key], _ what: String, _ path: String, _ findings: inout Findings) {
    for field in fields.keys.sorted() where !keys.contains(where: { $0.rawValue == field }) {
      let allowed = keys.map { "{\($0.rawValue)}" }.joined(separator: ", ")
      findings.error(
        .optionMalformed, path, reason: "\(what) have no \(field)", remedy: "use \(allowed) and * in templates")
    }
  }
}
