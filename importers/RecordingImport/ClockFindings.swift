import Diagnostics
import Importing

extension Findings {
  /// Says that two statements disagree and which of them counts.
  package mutating func add(_ place: String, _ disagreement: ClockLedger.Disagreement) {
    let finding = disagreement.diagnostic(place)
    add(finding.severity, finding.code, finding.object, reason: finding.reason, remedy: finding.remedy)
  }
}
