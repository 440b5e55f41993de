import ArgumentParser
import Encoding
import Execution
import Kinds
import Warehouse
import Work

/// What becomes of a study none of whose rows could be reported.
struct ReportableOptions: ParsableArguments {
  @Flag(help: "Go on with a study all of whose rows will be invalid (valid = 0), as long as there will be rows.")
  var allowInvalid = false

  /// - Parameter designs: of the survey, where they were told already.
  /// - Throws: `E-ENC-010` where no row could be reported, unless the user insists.
  func check(_ survey: DesignSurvey, _ designs: [PlannedDesign]? = nil) throws {
    try survey.requireReportable(allowingInvalid: allowInvalid, designs: designs)
  }

  /// Before a run: fits that are done are not looked at, and one that is there shows that there are rows.
  ///
  /// - Throws: `E-ENC-010` where no row could be reported, unless the user insists.
  func check(_ plan: Plan, in warehouse: Warehouse) throws {
    let survey = try DesignSurvey(plan, steps: Steps.all, in: warehouse)
    let cached = Set(try warehouse.reasons(for: plan).units.filter { $0.kind == .cached }.map(\.key))
    if survey.fitKeys.contains(where: cached.contains) { return }
    try check(survey)
  }
}
