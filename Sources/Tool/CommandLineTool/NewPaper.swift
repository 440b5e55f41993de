import ArgumentParser
import Diagnostics
import FileSystem
import Kinds
import Papers
import StudyFiles

/// `evoke new paper NAME`
struct NewPaper: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "paper", abstract: "The studies of a published paper; to standard output, or into a new folder.",
    discussion: """
      Papers: \(Papers.all.map(\.name).joined(separator: ", ")). Every setting says whether it is the paper's or, where the \
      paper is silent, ours and why. A folder gets a file for each study, and tests.sh, which asks for the rows of every \
      test that the paper reports once the studies have run, and names the tests that no row answers.
      """)

  @Argument(help: "Name of the paper.") var name: String
  @Option(name: .shortAndLong, help: ArgumentHelp("A new folder.", valueName: "folder")) var output: String?
  @OptionGroup var global: GlobalOptions

  func run() throws {
    guard let paper = Papers.all.first(where: { $0.name == name }) else {
      throw EvokeError(
        .unknownName, name, reason: "there is no such paper",
        remedy: NearMiss.suggestion(name, in: Papers.all.map(\.name)))
    }
    guard let output else { return try Output.write(paper.text) }
    guard !Files.exists(output) else {
      throw EvokeError(
        .fileExists, output, reason: "a paper's studies replace nothing", remedy: "name another folder, or remove it")
    }
    try global.requireOutside(output)
    let file = try PaperFile(parsing: paper.text, file: name, grammar: StudyKinds.all.grammar)
    try Files.makeWhole(output) { folder in
      for study in file.studies { try Files.write(study.text, to: "\(folder)/\(study.definition.name).yaml") }
      try Files.write(Self.questions(of: file), to: folder + "/tests.sh")
    }
    let script = ShellText.quoted(output + "/tests.sh")
    global.note("wrote \(file.studies.count) studies; once they have run, sh \(script) asks for every test")
  }

  /// A shell script with a question for each test.
  private static func questions(of file: PaperFile) -> String {
    "# \(file.title): every test that the paper reports.\n"
      + file.tests.map { test in
        switch test.answer {
        case .rows(let view, let conditions):
          let words = ["evoke", "query", view] + conditions.flatMap { ["--where", $0] }
          return "\n# \(test.name)\n\(words.map(ShellText.quoted).joined(separator: " "))\n"
        case .gap(let reason): return "\n# \(test.name)\n# no row: \(reason)\n"
        }
      }.joined()
  }
}
