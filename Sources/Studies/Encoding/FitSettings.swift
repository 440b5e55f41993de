import EncodingModels
import StudyFiles

extension EncodingSettings {
  /// The settings that `encoding` of a study file asks for.
  ///
  /// `isJoint`: whether several sets are fitted together; only then `model: banded` divides the penalty among them.
  init(_ spec: EncodingSpec, isJoint: Bool, seed: Int) {
    self.init()
    lambdas = spec.lambdas
    lambdaScope = spec.lambda
    selection = spec.select
    standardisation = spec.standardise
    gap = spec.gap
    trim = spec.trim
    position = spec.position
    delayEdges = spec.delayEdges
    outer = spec.outer
    inner = spec.inner
    bandSearch = isJoint && spec.model == .banded
    self.seed = UInt64(seed)
  }
}
