import ArgumentParser

/// The `evoke` command.
public struct Evoke: ParsableCommand {
  public static let configuration = CommandConfiguration(
    commandName: "evoke", abstract: "A SQL-backed data warehouse for auditory-affective encoding studies.")
  public init() {}
}
