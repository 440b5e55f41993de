import ArgumentParser
import Diagnostics
import FileSystem
import Foundation
import Warehouse

/// The `evoke` command.
public struct Evoke: ParsableCommand {
  /// Every verb: one file each.
  static let verbs: [any ParsableCommand.Type] = [
    InitCommand.self, QueryCommand.self, SQLCommand.self, SchemaCommand.self, StatusCommand.self, ExplainCommand.self,
    ForgetCommand.self, ConsentCommand.self, WhyCommand.self, DoctorCommand.self, PlotCommand.self,
    RelocateCommand.self, VerifyCommand.self, RepairCommand.self, BackupCommand.self, MergeCommand.self, GCCommand.self,
    ImportCommand.self, NewCommand.self, PlanCommand.self, RunCommand.self, RetryCommand.self, CalibrateCommand.self,
    WorkCommand.self,
    ExtractCommand.self,
    ModelsCommand.self, FeaturesCommand.self,
    SimulateCommand.self, GradeCommand.self, CohortCommand.self, ExportCommand.self, CheckCommand.self,
    ClaimsCommand.self, CompareCommand.self, FamilyCommand.self,
    CiteCommand.self, ArchiveCommand.self,
  ]

  public static let configuration = CommandConfiguration(
    commandName: "evoke",
    abstract: "A SQL-backed data warehouse for auditory-affective encoding studies.",
    discussion: """
      Exit codes: 0 ok; 1 a verification, claim or comparison failed; 64 usage; 65 bad data; 66 missing input; \
      69 unavailable; 70 internal; 73 cannot create; 74 input/output; 75 temporary (locked, some units failed: run \
      again); 77 not permitted; 78 configuration; 130/143 signals.
      """,
    version: "evoke \(Warehouse.version)",
    subcommands: verbs)

  @OptionGroup var global: GlobalOptions

  public init() {}

  /// Runs the command line of this process and ends it with the command's exit status.
  public static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    var command: any ParsableCommand
    do {
      command = try parseAsRoot(arguments)
    } catch {
      exit(withError: error)
    }
    do {
      try command.run()
    } catch {
      end(with: error, of: type(of: command), json: arguments.contains("--json"))
    }
  }

  /// Prints an error and ends the process.
  private static func end(with error: any Error, of command: any ParsableCommand.Type, json: Bool) -> Never {
    let known: EvokeError
    switch error {
    case let failure as EvokeError:
      // What cannot be fitted is said as it is.
      do { known = try failure.fitted(to: command) } catch { known = failure }
    case is ExitCode, is CleanExit, is ValidationError: exit(withError: error)
    case _ where exitCode(for: error) != .failure: exit(withError: error)  // --help and its like, found late
    default:
      known = EvokeError(
        .internalFault, "evoke", reason: "\(error)", remedy: "report it; the warehouse is as it was before the command")
    }
    Output.terminal(json ? ErrorText.json(known).visible : ErrorText.lines(known, colour: Output.hasColour))
    Foundation.exit(known.code.exit.rawValue)
  }
}
