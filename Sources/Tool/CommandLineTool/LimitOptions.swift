import ArgumentParser
import Warehouse

/// What a statement of the user's may take before it is stopped.
struct LimitOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Stop after so long; 0: never. 600 unless told.", valueName: "seconds"))
  var timeout = QueryLimits.usualSeconds
  @Option(help: ArgumentHelp("Refuse more rows than that.", valueName: "n")) var maxRows = QueryLimits.usualRows

  func validate() throws {
    if !(timeout >= 0 && timeout.isFinite) { throw ValidationError("--timeout takes seconds, 0 or more.") }
    if maxRows < 1 { throw ValidationError("--max-rows is 1 or more.") }
  }

  var limits: QueryLimits { QueryLimits(seconds: timeout == 0 ? nil : timeout, rows: maxRows) }
}
