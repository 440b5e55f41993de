import ArgumentParser
import CommandLineTool
import ContentIdentity
import Diagnostics
import Foundation
import Testing

/// What errors say to do names verbs and options that there are.
@Suite struct RemedyTests {
  /// A text of the sources behind `remedy:`, or what a code says.
  private struct Advice {
    let place: String
    let text: String
  }

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  /// Every text that stands behind `remedy:` in the sources, or in what is called a remedy there, whether it is an error's
  /// or a warning's; and the explanation of every code.
  private static func all() throws -> [Advice] {
    var all = ErrorCode.all.map { Advice(place: $0.id, text: $0.explanation) }
    for folder in ["Sources", "importers"] {
      let files = try #require(FileManager.default.enumerator(atPath: root.path + "/" + folder))
      for case let file as String in files where file.hasSuffix(".swift") {
        let text = try String(contentsOfFile: "\(root.path)/\(folder)/\(file)", encoding: .utf8)
        for part in text.components(separatedBy: "remedy:").dropFirst() {
          // Up to the next argument or the end of the call.
          let end = part.firstRange(of: /\n\s*(?:let|guard|throw|return|if|findings|\}|case|default)/)?.lowerBound
          let literals = part[..<(end ?? part.endIndex)].matches(of: /"((?:\\.|[^"\\])*)"/).map { String($0.1) }
          all += literals.map { Advice(place: file, text: $0) }
        }
        all += Self.madeBefore(in: text).map { Advice(place: file, text: $0) }
      }
    }
    return all
  }

  /// Texts of remedies that are made before they are given: variables and functions of that name.
  private static func madeBefore(in text: String) -> [String] {
    let variables = text.ranges(of: /\b(?:let|var) remedy\s*=/).map { range in
      let part = text[range.upperBound...]
      return part[
        ..<(part.firstRange(of: /\n\s*(?:let|guard|throw|return|findings|for|func)\b/)?.lowerBound ?? part.endIndex)]
    }
    let functions = text.ranges(of: /func \w*[rR]emedy\(|var remedy: String \{/).map { range in
      let part = text[range.upperBound...]
      return part[..<(part.firstRange(of: "\n  }")?.lowerBound ?? part.endIndex)]
    }
    return (variables + functions).flatMap { part in
      part.matches(of: /"((?:\\.|[^"\\])*)"/).map { String($0.1) }
    }
  }

  /// Every command by its words, with its options.
  private static func commands() throws -> [String: Set<String>] {
    var found: [String: Set<String>] = [:]
    func enter(_ command: any ParsableCommand.Type, _ words: [String]) throws {
      // A verb that is asked without a word of its own takes the options of the one that it stands for.
      let usual = try command.configuration.defaultSubcommand.map(Remedy.options)
      found[words.joined(separator: " ")] = try Remedy.options(of: command).union(usual ?? [])
      for child in command.configuration.subcommands {
        guard let name = child.configuration.commandName else { continue }
        try enter(child, words + [name])
      }
    }
    try enter(Evoke.self, [])
    return found
  }

  @Test func whatIsSaidOfManyObjectsIsSaidOnce() {
    func finding(_ object: String, _ reason: String) -> Diagnostic {
      Diagnostic(.note, .onsetAssumed, object, reason: reason, remedy: "nothing")
    }
    let many = (0..<8).map { finding("clip \($0)", "alike") }
    let few = (0..<5).map { finding("film \($0)", "other") }
    let grouped = Diagnostic.grouped([many[0], few[0]] + many.dropFirst() + few.dropFirst())
    #expect(grouped.map(\.object) == ["clip 0, clip 1, clip 2 and 5 more"] + few.map(\.object))
    #expect(Diagnostic.grouped(few) == few)
  }

  /// However many there are: those that are not listed are counted with the group that they are like, and apart where one of
  /// them says something else.
  @Test(arguments: [6, Findings.listedPerCode, Findings.listedPerCode + 1, 100])
  func whatIsSaidOfAHundredFilesIsOneNote(count: Int) {
    var findings = Findings()
    for number in 0..<count {
      findings.add(.note, .eegUnit, "\(number).set", reason: "nothing says it", remedy: "give --units")
    }
    let alike = Diagnostic.grouped(findings.all)
    #expect(alike.map(\.object) == ["0.set, 1.set, 2.set and \(count - 3) more"])
    findings.add(.note, .eegUnit, "last.set", reason: "it says another", remedy: "give --units")
    let told = Diagnostic.grouped(findings.all)
    #expect(told.count == 2 && told[0].object.hasPrefix("0.set, 1.set, 2.set and "))
  }

  @Test func everyVerbThatIsNamedIsThereAndHasTheOptionsNamedWithIt() throws {
    let commands = try Self.commands()
    var met = 0
    for advice in try Self.all() {
      for match in advice.text.matches(of: /evoke ([a-z]+)(?: ([a-z|]+))?([^,;`"]*)/) {
        let verb = String(match.1)
        guard commands[verb] != nil else {
          Issue.record("\(advice.place): evoke \(verb) in \(advice.text)")
          continue
        }
        met += 1
        let children = match.2.map { $0.split(separator: "|").map { "\(verb) \($0)" } }
        let named = children.map { $0.filter { commands[$0] != nil } }.flatMap { $0.isEmpty ? nil : $0 } ?? [verb]
        for option in Remedy.options(in: match.3) {
          #expect(
            named.contains { commands[$0]?.contains(option) == true },
            "\(advice.place): \(named) has no --\(option): \(advice.text)")
        }
      }
    }
    #expect(met > 50)
  }

  /// A warning's remedy is read as an error's, wherever it is made.
  @Test func remediesOfWarningsAndThoseMadeBeforeAreRead() throws {
    let texts = try Self.all().map(\.text)
    for text in [
      "give --missing \\(text) if it says that there is none", "give --labels FILE with", "or give --missing \\(",
    ] {
      #expect(texts.contains { $0.contains(text) }, "\(text)")
    }
  }

  @Test func everyOptionThatIsNamedIsOneOfSomeVerb() throws {
    let options = try Self.commands().values.reduce(into: Set<String>()) { $0.formUnion($1) }
    var met: Set<String> = []
    for advice in try Self.all() {
      for option in Remedy.options(in: advice.text[...]) {
        met.insert(option)
        #expect(options.contains(option), "\(advice.place): --\(option) in \(advice.text)")
      }
    }
    #expect(met.isSuperset(of: ["decimal", "rate-hz", "stimulus", "name", "atlas"]))
  }

  @Test func everyCommandPrintsOnlyWhatItsUserCanFollow() throws {
    let read = try Self.all().filter { $0.place.hasSuffix(".swift") && $0.text.contains("--") }
    #expect(Remedy.commands.count > 35 && read.count > 100)
    for command in Remedy.commands {
      for advice in read {
        let fitted = try Remedy.fitted(advice.text, to: command.type)
        let ends = fitted.firstRange(of: "evoke ")?.lowerBound ?? fitted.endIndex
        for option in Remedy.options(in: fitted[..<ends]) {
          #expect(command.options.contains(option), "\(command.words.joined(separator: " ")): \(fitted)")
        }
        // Twice is once.
        #expect(try Remedy.fitted(fitted, to: command.type) == fitted)
      }
    }
  }

  /// An import that stands keeps another of the same file out: what a warning of it says to give is given after it went.
  @Test func whatAWarningSaysToGiveIsGivenAfterTheImportWent() throws {
    let read = try Self.all().filter {
      $0.place.hasSuffix(".swift") && ($0.text.contains("--") || $0.text.contains("did you mean "))
    }
    for verb in ImportCommand.verbs {
      let own = try Remedy.options(of: verb)
      for advice in read {
        let fitted = try Remedy.fitted(advice.text, to: verb)
        let told = try Remedy.afterStoring(fitted, of: "a b.csv", by: verb)
        let ends = fitted.firstRange(of: "evoke ")?.lowerBound ?? fitted.endIndex
        let wanted = Remedy.options(in: fitted[..<ends])
        let isOfAnother =
          !wanted.isEmpty && own.isSuperset(of: wanted) && !fitted.hasPrefix("accepted by ")
          || wanted.isEmpty && fitted.contains("did you mean ")
        #expect(told.contains("evoke forget") == (isOfAnother || fitted.contains("evoke forget")), "\(told)")
        #expect(try Remedy.afterStoring(told, of: "a b.csv", by: verb) == told)
      }
    }
  }

  /// A warning of an import, and what its remedy says to give.
  private struct Warned {
    let code: ErrorCode
    let verb: String
    let table: String
    let options: [String]
    /// In the place of what the remedy leaves to its reader.
    let given: [String: String]
  }

  private static let warned = [
    Warned(
      code: .valueLikeCode, verb: "annotations", table: "time,joy\n0,-999\n1,0.5\n2,-999\n3,0.2\n4,0.4\n", options: [],
      given: [:]),
    Warned(
      code: .valueLikeCode, verb: "annotations", table: "time,joy\n0,-999\n1,0.5\n2,-999\n3,0.2\n4,0.4\n",
      options: ["--name", "mood"], given: ["scale": "-999:1"]),
  ]

  @Test func whatIsPrintedIsFollowedWordByWord() throws {
    for (number, warned) in Self.warned.enumerated() {
      let program = try Program()
      try program.succeed(["init", "w.evoke"])
      let file = "my ratings \(number).csv"
      try program.write(warned.table, file)
      let command = ["import", warned.verb, file, "--dataset", "d", "--stimulus", "film"] + warned.options
      let told = try program.succeed(command + ["--json"]).output
      let findings = try #require(JSONValue(parsing: told)["diagnostics"]?.arrayValue)
      let finding = try #require(findings.first { $0["code"]?.stringValue == warned.code.id }, "\(told)")
      let remedy = try #require(finding["remedy"]?.stringValue)
      let forgetting = try #require(remedy.firstRange(of: "evoke forget "), "\(remedy)")
      let given = remedy[..<forgetting.lowerBound].matches(of: /--([a-z-]+) ([-0-9.:]+)/).map {
        ["--\($0.1)", String($0.2)]
      }
      let options = warned.given.isEmpty ? given.flatMap { $0 } : warned.given.map { "--\($0.key)=\($0.value)" }
      #expect(!options.isEmpty, "\(remedy)")
      // What stands keeps the other import out, and its error says the same.
      let refused = try program.run(command + options)
      #expect(refused.status != 0 && refused.error.contains("E-IMP-001"), "\(refused)")
      #expect(refused.error.contains("evoke forget d/film/annotation/"), "\(refused)")
      let line = String(remedy[forgetting.lowerBound...])
      let forgotten = try program.run(
        ["-c", "PATH=\(URL(fileURLWithPath: Program.path).deletingLastPathComponent().path):$PATH; \(line)"],
        launch: "/bin/sh")
      #expect(forgotten.status == 0, "\(line): \(forgotten)")
      let followed = try program.succeed(command + options)
      #expect(!followed.error.contains(warned.code.id), "\(followed)")
    }
  }

  /// A remedy that another command can follow names that command, which there is.
  @Test func whatOnlyOthersCanDoIsSaidOfThem() throws {
    let commands = try Self.commands()
    let run = try #require(Remedy.commands.first { $0.words == ["run"] })
    let fitted = try Remedy.fitted("give --onset-s", to: run.type)
    #expect(fitted.hasPrefix("evoke import annotations|eeg|fmri takes what run does not"), "\(fitted)")
    for command in Remedy.commands {
      #expect(commands[command.words.joined(separator: " ")] != nil)
    }
  }

  @Test func alternativesThatAVerbLacksAreLeftOut() throws {
    let named = { name in try #require(ImportCommand.verbs.first { $0._commandName == name }) }
    let text = "write decimal points, or give --decimal comma"
    #expect(try Remedy.fitted(text, to: named("annotations")) == text)
    #expect(try Remedy.fitted(text, to: named("participants")) == "write decimal points")
    let only = try Remedy.fitted("give --onset-s", to: named("bids"))
    #expect(only.hasPrefix("evoke import annotations|eeg|fmri takes"), "\(only)")
  }
}
