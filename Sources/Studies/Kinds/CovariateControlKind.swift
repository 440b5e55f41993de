import Comparison
import Recordings
import StudyFiles
import Work

/// What sound explains beyond covariates: the features alone, the covariates alone, both, and both with the covariates
/// zeroed at prediction.
struct CovariateControlKind: ComputedKind {
  let kind = StudyKind(
    "covariate_control", summary: "what sound explains beyond covariates such as vision",
    standards: [
      "covariates": .required(
        reason: "a covariate_control study controls for something",
        remedy: "Add `covariates: {set: vis12}` or another set, space, model or annotation.")
    ],
    views: EncodingPlanner.views,
    example: """
      study: beyond-vision
      kind: covariate_control
      datasets: [films]
      features:
        - {set: lld12}
      covariates: {set: vis12}
      targets:
        - {annotation: arousal}
      encoding: {outer: {leave_one: acquisition_run}}
      """)

  func plan(_ context: StudyContext) throws -> Plan {
    var planner = try EncodingPlanner(context)
    let name = context.definition.name
    return try planner.plan { fits in [ControlCheckPlanner(fits, of: name).unit].compactMap(\.self) }
  }

  func calibration(_ context: StudyContext, _ request: CalibrationRequest) throws -> Plan {
    var planner = try EncodingPlanner(context)
    return try planner.calibration(request)
  }
}
