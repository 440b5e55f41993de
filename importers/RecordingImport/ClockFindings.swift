import Diagnostics
import Importing

extension Findings {
  /// Says that two statements disagree and which of them counts.
  package mutating func add(_ place: String, _ disagreement: ClockLedger.Disagreement) {
    let finding = disagreement.diagnostic(place)
    add(finding.severity, finding.code, finding.object, reason: finding.reason, remedy: finding.remedy)
  }
}

extension Diagnostic {
  /// Of a recording whose first sample has another time than 0.
  package static func clockOffset(_ place: String, _ seconds: Double, _ statement: String) -> Diagnostic {
    Diagnostic(
      .note, .clockOffset, place, reason: "its \(statement) is \(SeriesTable.short(seconds)) s",
      remedy: "nothing, if onsets count from the first sample; else take \(SeriesTable.short(seconds)) s off them")
  }
}
