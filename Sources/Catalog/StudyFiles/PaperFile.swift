import ContentIdentity
import Diagnostics
import Names

/// The studies of a paper: a file of several YAML documents, the first with the tests that the paper reports, then a study
/// each, one at least.
public struct PaperFile: Sendable {
  /// Where a test stands in a warehouse in which the studies have run.
  public enum Answer: Sendable, Hashable {
    /// Rows of a view or report; conditions as `evoke query --where` takes them, `COLUMN=VALUE`.
    case rows(view: String, conditions: [String])
    /// Nowhere, with the reason.
    case gap(String)
  }

  public struct Test: Sendable, Hashable {
    public let name: String
    public let answer: Answer
  }

  public struct Study: Sendable {
    public let definition: StudyDefinition
    /// As it is written, comments and all.
    public let text: String
  }

  /// `paper`.
  public let name: Name
  public let title: String
  public let tests: [Test]
  public let studies: [Study]

  /// Reads a file; `file` names it in messages. Throws what reading a study file throws, for each document, and where there
  /// is no study or two have one name.
  public init(parsing text: String, file: String, grammar: Grammar) throws {
    let documents = Self.documents(of: text)
    let tree = try YAMLTree(parsing: documents[0], file: file)
    var checker = GrammarChecker(file: file, grammar: Grammar([], computed: []), kind: nil)
    let head = checker.check(tree, .map(Self.keys), at: "")
    if let fault = head?["paper"]?.stringValue?.nameFault {
      checker.report(.notAName, at: "paper", reason: fault, remedy: "Choose another name.")
    }
    if let refusal = StudyDefinition.refusal(checker.problems, file: file) { throw refusal }
    guard let head else { preconditionFailure("what is no mapping has a problem") }
    name = try Name(head.text("paper"), of: "paper")
    title = head.text("title")
    tests = head.items("tests").map(Self.test)
    studies = try documents.dropFirst().enumerated().map { place, text in
      let name = "\(file), study \(place + 1)"
      return Study(definition: try StudyDefinition(parsing: text, file: name, grammar: grammar), text: text)
    }
    try requireStudies(file)
  }

  /// Each study gets a file of its name.
  private func requireStudies(_ file: String) throws {
    guard !studies.isEmpty else {
      throw EvokeError(
        .studyMissingKey, file, reason: "no study follows its tests",
        remedy: "add a line `---` and a study file, for each study of the paper")
    }
    var known: Set<String> = []
    for (place, study) in studies.enumerated() where !known.insert(study.definition.name).inserted {
      throw EvokeError(
        .studyContradiction, "\(file), study \(place + 1)",
        reason: "`\(study.definition.name)` is the name of another study, too", remedy: "give each study its own name")
    }
  }

  /// Parts between lines `---`.
  private static func documents(of text: String) -> [String] {
    text.split(separator: "\n", omittingEmptySubsequences: false).split(
      omittingEmptySubsequences: false, whereSeparator: { $0 == "---" }
    ).map { lines in
      let text = lines.joined(separator: "\n")
      return text.hasSuffix("\n") ? text : text + "\n"
    }
  }

  private static func test(_ json: JSONValue) -> Test {
    let answer: Answer =
      json["gap"] == nil
      ? .rows(view: json.text("view"), conditions: json.texts("where")) : .gap(json.text("gap"))
    return Test(name: json.text("test"), answer: answer)
  }

  private static let name = GrammarKey("test", .text, .required, "What the paper reports.")

  private static let keys: [GrammarKey] = [
    GrammarKey("paper", .text, .required, "Name of the paper."),
    GrammarKey("title", .text, .required, "What it is about."),
    GrammarKey(
      "tests",
      .list(
        .variants([
          GrammarVariant(
            name: "view",
            keys: [
              name, GrammarKey("view", .text, .required, "View or report with its rows."),
              GrammarKey("where", .list(.text, 1...100), .required, "COLUMN=VALUE, each of which the rows meet."),
            ]),
          GrammarVariant(
            name: "gap", keys: [name, GrammarKey("gap", .text, .required, "Why no row answers it.")]),
        ]), 1...1_000), .required, "Every test that the paper reports."),
  ]
}
