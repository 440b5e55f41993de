import ArgumentParser
import CommandLineTool
import ContentIdentity
import Importing
import Testing

/// Every option of every verb of `evoke import` tells: another value is another import.
@Suite struct ImportOptionTests {
  /// Options that shape no record, with the reason.
  private static let shapeless = [
    "dataset": "a member of the key beside the options",
    "licence": "recorded of dataset and sources, by a later import too",
    "consent": "recorded of dataset and sources; evoke consent changes it",
    "dry-run": "nothing is stored",
    "strict": "what is stored is the same; with it nothing is where a file is faulty",
    "longest-s": "what is refused, not what is stored",
    "warehouse": "where the import goes",
    "quiet": "what is said of it",
    "json": "how it is said",
    "help": "no import",
  ]

  /// Values of options that do not take any text.
  private static let values = [
    "leadfield bad": "drop", "eeg trust": "json", "fmri trust": "json", "bids trust": "json",
  ]

  /// What stands on the command line before the option, beside the file.
  private static let beside = [
    "stems *": ["--stimulus", "film"], "fmri confound-start": ["--confounds", "c.tsv"],
    "fmri confound-names": ["--confounds", "c.tsv"], "leadfield sphere": ["--sphere", "10-20"],
    "leadfield radius": ["--sphere", "10-20"], "leadfield conductivity": ["--sphere", "10-20"],
  ]

  private struct Declared {
    let name: String
    let takesValue: Bool
  }

  @Test func everyOptionChangesTheKeyOrIsListedWithItsReason() throws {
    var met: Set<String> = []
    for verb in ImportCommand.verbs { met.formUnion(try check(verb)) }
    #expect(met.isSuperset(of: ["rate-hz", "sphere", "task", "atlas", "dry-run"]))
    #expect(Set(Self.shapeless.keys).subtracting(met) == [], "listed, and of no verb")
  }

  /// The names of its options.
  private func check<Verb: ImportVerb>(_ verb: Verb.Type) throws -> Set<String> {
    let name = try #require(verb.configuration.commandName)
    let options = try declared(verb)
    #expect(!options.isEmpty)
    for option in options where Self.shapeless[option.name] == nil {
      let given = Self.beside["\(name) \(option.name)"] ?? Self.beside["\(name) *"] ?? []
      let before = (given.contains("--sphere") ? [] : ["file"]) + given
      let value = Self.values["\(name) \(option.name)"] ?? "7"
      let after = before + ["--\(option.name)"] + (option.takesValue ? [value] : [])
      #expect(
        try key(verb, before) != key(verb, after), "--\(option.name) of import \(name) does not change the key")
    }
    return Set(options.map(\.name))
  }

  /// The keys that imports had before `--missing`.
  @Test(arguments: [
    ("annotations", "25583be6368bca6ccf0b2497980dc76727f1a221b7a6e79a58d1e0e3add7b840"),
    ("features", "5b7693d685ea01fbad12a6fe33050139d43c4546e84db174f536c4dca29f1859"),
  ])
  func anImportWithoutLaterOptionsIsThatOfBefore(name: String, before: String) throws {
    let verb = try #require(ImportCommand.verbs.first { $0.configuration.commandName == name })
    #expect(try key(verb, ["file"]) == before)
    #expect(try key(verb, ["file", "--missing", "-999"]) != before)
  }

  private func key<Verb: ImportVerb>(_ verb: Verb.Type, _ arguments: [String]) throws -> String {
    let options = try verb.parse(arguments).options
    return ImportBatch(verb: "import", options: options, common: CommonOptions(dataset: "d")).key
  }

  private func declared<Verb: ImportVerb>(_ verb: Verb.Type) throws -> [Declared] {
    let help = try JSONValue(parsing: verb._dumpHelp())
    let arguments = try #require(help["command"]?["arguments"]?.arrayValue)
    return arguments.compactMap { argument in
      guard argument["kind"] != "positional" else { return nil }
      let long = argument["names"]?.arrayValue?.first { $0["kind"] == "long" }?["name"]?.stringValue
      return long.map { Declared(name: $0, takesValue: argument["kind"] == "option") }
    }
  }

  @Test func optionsThatDoNotGoTogetherAreRefused() throws {
    let leadfield = try #require(ImportCommand.verbs.first { $0.configuration.commandName == "leadfield" })
    for arguments in [
      [], ["file", "--sphere", "10-20"], ["file", "--radius", "0.1"], ["--sphere", "10-20", "--data", "x"],
    ] {
      #expect(throws: (any Error).self) { try leadfield.parse(arguments) }
    }
    let fmri = try #require(ImportCommand.verbs.first { $0.configuration.commandName == "fmri" })
    #expect(throws: (any Error).self) { try fmri.parse(["file", "--confound-start", "2"]) }
  }

  @Test func numbersThatAreNotFiniteAreRefused() throws {
    for (name, arguments) in [
      ("eeg", ["file", "--rate-hz"]), ("eeg", ["file", "--onset-s"]), ("fmri", ["file", "--rate-hz"]),
      ("annotations", ["file", "--rate"]), ("leadfield", ["--sphere", "10-20", "--radius"]),
    ] {
      let verb = try #require(ImportCommand.verbs.first { $0.configuration.commandName == name })
      #expect(throws: Never.self) { try verb.parse(arguments + ["7"]) }
      for number in ["nan", "inf", "-inf"] {
        #expect(throws: (any Error).self) {
          try verb.parse(arguments.dropLast() + ["\(arguments.last ?? "")=\(number)"])
        }
      }
    }
  }
}
