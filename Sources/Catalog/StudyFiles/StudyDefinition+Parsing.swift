import ContentIdentity
import Diagnostics

extension StudyDefinition {
  /// Reads a study file (YAML text); `file` names it in messages.
  ///
  /// Throws one `EvokeError` (exit 78) whose `diagnostics` list every problem of the file with its place, line and
  /// remedy. Places count list entries from 1.
  public init(parsing text: String, file: String = "study file", grammar: Grammar) throws {
    let tree = try YAMLTree(parsing: text, file: file)
    let kind = Self.kind(in: tree).flatMap(grammar.kind)
    var checker = GrammarChecker(file: file, grammar: grammar, kind: kind)
    let checked = checker.check(tree, .map(grammar.keys), at: "")
    var study: StudyDefinition?
    if let kind, let checked {
      let root = StudyCompletion.complete(checked, kind: kind)
      StudyRules.check(root, into: &checker)
      if checker.problems.isEmpty { study = StudyDefinition(complete: .object(root), kind: kind) }
    }
    for problem in study.map({ $0.kind.rules($0) }) ?? [] {
      checker.report(problem.code, at: problem.place, reason: problem.reason, remedy: problem.remedy)
    }
    if let refusal = Self.refusal(checker.problems, file: file) { throw refusal }
    guard let study else { preconditionFailure("a study without a kind has a problem") }
    self = study
  }

  private static func kind(in tree: YAMLTree) -> String? {
    guard case .mapping(let entries, _) = tree,
      case .scalar(let text, _, _)? = entries.first(where: { $0.key == "kind" })?.value
    else { return nil }
    return text
  }

  /// One error for all problems; a single one keeps its own code.
  static func refusal(_ problems: [Diagnostic], file: String) -> EvokeError? {
    guard let first = problems.first else { return nil }
    if problems.count == 1 {
      return EvokeError(first.code, first.object, reason: first.reason, remedy: first.remedy, diagnostics: problems)
    }
    let places = problems.map {
      $0.object.hasPrefix("\(file): ") ? String($0.object.dropFirst(file.count + 2)) : $0.object
    }
    let reasons = zip(places, problems).map { "\($0): \($1.reason) (\($1.code))" }
    let remedies = zip(places, problems).map { "\n       \($0): \($1.remedy)" }
    return EvokeError(
      .studyProblems, file, reason: "\(problems.count) problems: " + reasons.joined(separator: "; "),
      remedy: "mend all of them:" + remedies.joined(), diagnostics: problems)
  }
}
