import EncodingModels
import Plans

extension EncodingSettings {
  /// The settings that `encoding` of a study file asks for.
  ///
  /// `isJoint`: whether several sets are fitted together; only then `model: banded` divides the penalty among them.
  init(_ spec: EncodingSpec, isJoint: Bool, seed: Int) {
    self.init()
    lambdas = EncodingModels.LambdaGrid(values: spec.lambdas.values, scale: spec.lambdas.scale)
    lambdaScope = spec.lambda
    selection = spec.select
    standardisation = spec.standardise
    gap = Gap(spec.gap)
    trim = Trim(start: spec.trimStartS, end: spec.trimEndS)
    delayEdges = spec.delayEdges
    outer = EncodingModels.FoldScheme(spec.outer)
    inner = EncodingModels.FoldScheme(spec.inner)
    bandSearch = isJoint && spec.model == .banded
    self.seed = UInt64(seed)
  }
}

extension EncodingSettings.Gap {
  fileprivate init(_ gap: EncodingSpec.Gap) {
    switch gap {
    case .auto: self = .automatic
    case .seconds(let seconds): self = .seconds(seconds)
    }
  }
}

extension EncodingModels.FoldScheme {
  /// nil: as the data allow.
  fileprivate init(_ scheme: Plans.FoldScheme?) {
    switch scheme {
    case nil: self = .automatic
    case .folds(let count): self = .blocks(count)
    case .leaveOne(let unit): self = .leaveOne(unit)
    case .chunks(let length, let count, let repeats): self = .chunks(seconds: length, count: count, repeats: repeats)
    }
  }
}
