import Recordings
import Vocabulary
import Work

/// A unit of a plan that fits features to a target.
struct EncodingUnit {
  let unit: WorkUnit
  let design: TestedDesign

  /// nil for units of other steps and those that do not apply.
  init?(_ unit: WorkUnit) throws {
    guard unit.notApplicable == nil else { return nil }
    self.unit = unit
    switch unit.step {
    case EncodingStep().name:
      design = .single(try EncodingStep().parameters(from: unit.parameters, of: unit.label))
    case JointStep().name:
      design = .joint(try JointStep().parameters(from: unit.parameters, of: unit.label))
    case CovariateControlStep().name:
      design = .controlled(try CovariateControlStep().parameters(from: unit.parameters, of: unit.label))
    default: return nil
    }
  }

  var fit: FitParameters { design.fit }
  var covariates: [FitFeature] { design.covariates }

  /// Features and covariates with the roles of their arrays.
  var features: [(role: FitRole, feature: FitFeature)] {
    fit.features.enumerated().map { (.feature($0.offset), $0.element) }
      + covariates.enumerated().map { (.covariate($0.offset), $0.element) }
  }

  /// What layers of one space have in common: they are fitted to the same rows and folds.
  struct Space: Hashable {
    let names: [String]
    let subject: String?
    let rater: String?
    let delays: FeatureDelays
  }

  var space: Space {
    let keys = fit.keys
    // Joint models carry the layers of their sets in the names.
    let set = fit.features.map(\.name).joined(separator: " + ")
    return Space(
      names: [
        keys.dataset, keys.cohort, set, keys.element.rawValue, keys.covariateMode.rawValue, keys.targetKind.rawValue,
        keys.target, keys.targetParameters,
      ], subject: keys.subject, rater: keys.rater, delays: fit.delays)
  }
}
