import ArgumentParser
import Claims
import ContentIdentity
import Diagnostics
import Warehouse

/// `evoke claims DIR`
struct ClaimsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "claims", abstract: "Says of each sentence of a publication whether it holds.",
    discussion: """
      DIR holds .sql files; in them a line `-- claim: SENTENCE` stands above each query, which returns the rows that \
      contradict the sentence. It holds where there are none: ask that what must be there is there, since no row and a NULL \
      contradict nothing, as in SELECT 'no row' WHERE NOT EXISTS (SELECT ... WHERE p < .05). Read-only; exit status 1 where one \
      does not hold or cannot be asked.
      """)

  @Argument(help: "Folder of .sql files.")
  var folder: String

  @OptionGroup var limiting: LimitOptions
  @OptionGroup var global: GlobalOptions

  func run() throws {
    let claims = try Claim.all(in: folder)
    let verdicts = try global.withWarehouse(.reading) { warehouse in
      try claims.map { try $0.verdict(in: warehouse, limits: limiting.limits) }
    }
    if global.json {
      try Output.line(Self.document(verdicts).canonical)
    } else {
      for verdict in verdicts { try Output.line(Self.line(verdict)) }
    }
    let failed = verdicts.filter { !$0.holds }
    guard let first = failed.first else {
      global.note("\(verdicts.count) claims hold")
      return
    }
    let place = ShellText.quoted("\(folder)/\(first.claim.file)")
    throw EvokeError(
      .claimFailed, "\(first.claim.file) line \(first.claim.line)",
      reason: "\(first.claim.sentence): \(Self.reason(first))"
        + (failed.count > 1 ? " (and \(failed.count - 1) more of \(verdicts.count) claims)" : ""),
      remedy: "run its query with evoke sql -f \(place) to see the rows, or mend the sentence")
  }

  private static func line(_ verdict: Claim.Verdict) -> String {
    guard !verdict.holds else { return "PASS  \(verdict.claim.sentence)" }
    return "FAIL  \(verdict.claim.sentence): \(reason(verdict))"
  }

  private static func reason(_ verdict: Claim.Verdict) -> String {
    if let failure = verdict.failure { return failure }
    return switch verdict.rowCount {
    case 1: "1 row contradicts it"
    case let count: "\(count.map(String.init) ?? "no") rows contradict it"
    }
  }

  private static func document(_ verdicts: [Claim.Verdict]) -> JSONValue {
    let claims = verdicts.map { verdict -> JSONValue in
      [
        "file": .string(verdict.claim.file), "line": .int(verdict.claim.line),
        "claim": .string(verdict.claim.sentence), "holds": .bool(verdict.holds),
        "rows": verdict.rowCount.map { .int($0) } ?? .null, "error": verdict.failure.map { .string($0) } ?? .null,
      ]
    }
    return ["schema": "evoke.claims/1", "claims": .array(claims)]
  }
}
