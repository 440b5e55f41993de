import ContentIdentity
import Encoding
import EncodingModels
import LinearAlgebra
import Statistics
import Vocabulary
import Warehouse

/// Parts of the depth crossed with models on one target cell, over the subjects who have all of them: analysis of variance
/// of the mean Fisher z of a part's layers.
///
/// The p of F speaks of independent subjects, which those who heard the same stimuli are not; beside it stands that of draws
/// of the features' phases common to all subjects and layers.
struct DepthDesign {
  /// Fewer subjects give no row with an F.
  private static let minimumSubjects = 3

  private enum Effect: String, CaseIterable {
    case part = "rel_depth_bin"
    case model
    case interaction = "rel_depth_bin:model"
  }

  /// Of every subject the layers of each part of each model, models within parts.
  private let subjects: [[[ComparisonCell]]]
  private let first: ComparisonCell
  private let parts: [ClosedRange<Double>]
  private let models: [String]

  /// nil where the target is no subject's, and where fewer than two models share fewer than two parts.
  ///
  /// - Parameter curves: of one target cell, of all subjects and models.
  init?(_ curves: [DepthCurve], bins: DepthBins) {
    let models = Set(curves.map(\.first.keys.featureSet)).sorted()
    let places = (0..<bins.count).filter { place in
      curves.allSatisfy { !$0.layers(in: place, of: bins).isEmpty }
    }
    guard models.count > 1, places.count > 1, curves.contains(where: { $0.first.keys.subject != nil }) else {
      return nil
    }
    (self.models, parts, first) = (models, places.map(bins.range), curves[0].first)
    let people = Dictionary(grouping: curves.filter { $0.first.keys.subject != nil }) { $0.first.keys.subject }
    subjects = people.sorted { FitKeys.spelled($0.key) < FitKeys.spelled($1.key) }.compactMap { _, own in
      let cells = places.flatMap { place in
        models.compactMap { model in
          own.first { $0.first.keys.featureSet == model }?.layers(in: place, of: bins)
        }
      }
      let isWhole = cells.count == places.count * models.count && !cells.joined().contains { $0.value.isNaN }
      return isWhole ? cells : nil
    }
  }

  var rows: [DepthEffectRow] {
    guard subjects.count >= Self.minimumSubjects else {
      return Effect.allCases.map { row($0, nil, drawn: []) }
    }
    let observed = analysis { $0.value }
    let draws = subjects.map { cells in cells.map { layers in layers.map { $0.draws() } } }
    let count = areCommon ? draws.joined().joined().map(\.count).reduce(.max, min) : 0
    let drawn = (0..<count).map { draw in
      analysis(draws.flatMap { cells in cells.map { Moments.mean($0.map { Correlation.fisherZ($0[draw]) }) } })
    }
    return Effect.allCases.map { effect in row(effect, observed[effect], drawn: drawn.compactMap { $0[effect]?.f }) }
  }

  /// The same phases make the same series of the same rows alone.
  private var areCommon: Bool {
    Set(subjects.joined().joined().map { Set($0.folds.folds.map(\.key)) }).count == 1
  }

  private func analysis(_ value: (ComparisonCell) -> Double) -> [Effect: RepeatedMeasures] {
    analysis(subjects.flatMap { cells in cells.map { Moments.mean($0.map { Correlation.fisherZ(value($0)) }) } })
  }

  /// - Parameter values: of every subject, models within parts.
  private func analysis(_ values: [Double]) -> [Effect: RepeatedMeasures] {
    let found = RepeatedMeasures.twoWay(
      values, subjects: subjects.count, levels: (a: parts.count, b: models.count))
    return [.part: found.a, .model: found.b, .interaction: found.interaction]
  }

  private func levels(_ effect: Effect) -> [String] {
    let parts = parts.map { range in
      [range.lowerBound, range.upperBound].map { JSONValue.number($0).canonical }.joined(separator: " to ")
    }
    switch effect {
    case .part: return parts
    case .model: return models
    case .interaction: return parts.flatMap { part in models.map { "\(part):\($0)" } }
    }
  }

  private func row(_ effect: Effect, _ found: RepeatedMeasures?, drawn: [Double]) -> DepthEffectRow {
    let cells = subjects.isEmpty ? [first] : Array(subjects.joined().joined())
    let said = SubjectFlags(
      Dictionary(grouping: cells) { [$0.keys.featureSet, FitKeys.spelled($0.keys.layerKey)] }.values.map {
        $0.map(\.said)
      })
    let null = found.flatMap { drawn.isEmpty ? nil : NullSummary(observed: $0.f, draws: drawn) }
    let levels = levels(effect)
    return DepthEffectRow(
      fitKey: first.fitKey, effect: effect.rawValue, levelCount: levels.count,
      levels: JSONValue.array(levels.map { .string($0) }).canonical, subjectCount: subjects.count,
      stimuliCounted: cells.map(\.stimuliCounted).reduce(.max, min), ssEffect: found?.effectSum,
      ssError: found?.errorSum, f: found?.f, df1: found?.df1, df2: found?.df2, epsilonGg: found?.epsilonGG,
      epsilonHf: found?.epsilonHF, pUncorrected: found?.p, pGg: found?.pGG, pHf: found?.pHF,
      nullKind: null == nil ? nil : "group_phase", nullDraws: null == nil ? nil : drawn.count, p: null?.p,
      pFloor: null == nil ? nil : 1 / Double(drawn.count + 1), partialEta2: found?.partialEta2,
      generalisesTo: null == nil ? nil : Generalisation.theseData.rawValue, reason: reason(found, null),
      foldsCounted: cells.map { $0.folds.folds.count { !$0.r.isNaN } }.reduce(.max, min),
      foldsTotal: cells.map(\.folds.folds.count).reduce(0, max), flags: Reportable.spelled(said.flags),
      valid: said.isValid && found.map { !$0.f.isNaN } ?? false ? 1 : 0)
  }

  private func reason(_ found: RepeatedMeasures?, _ null: NullSummary?) -> String? {
    guard found != nil else { return "fewer than \(Self.minimumSubjects) subjects have every part of every model" }
    guard null == nil else { return nil }
    return areCommon
      ? "the study keeps no draws"
      : "subjects' rows differ, so their draws are not common: cut recordings to the same seconds"
  }
}
