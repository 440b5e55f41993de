import ContentIdentity
import EncodingModels
import Statistics
import Vocabulary
import Warehouse

/// Rows of `gradient`: every map against every column; a check of every map.
struct GradientRows {
  /// A map against a column.
  struct Correlated {
    let map: FoundMap
    let column: String
    let correlation: MapCorrelation
    /// Regions of the map that the correlation lacks.
    let leftOut: Int

    var draws: [Double] { correlation.draws }
    var label: String { "\(map.label)/\(column)" }
  }

  private let parameters: GradientStep.Parameters
  private let maps: [FoundMap]
  private let found: [Correlated]

  /// - Parameter rotations: of the regions of the parameters.
  init(_ parameters: GradientStep.Parameters, _ maps: [FoundMap], _ rotations: [[Int]]) {
    (self.parameters, self.maps) = (parameters, maps)
    found = maps.flatMap { map in
      let known = Dictionary(map.values.map { ($0.region, $0.value) }, uniquingKeysWith: { first, _ in first })
      let values = parameters.regions.map { known[$0.name] ?? .nan }
      return parameters.columns.map { column in
        let correlation = MapCorrelation(values, column.values.map { $0 ?? .nan }, rotations: rotations)
        return Correlated(
          map: map, column: column.name, correlation: correlation,
          leftOut: map.values.count { !$0.value.isNaN } - correlation.count)
      }
    }
  }

  /// What has draws.
  var drawn: [Correlated] { found.filter { !$0.draws.isEmpty } }

  /// All maps and columns of one kind of target, dataset and cohort are corrected together.
  var gradients: [GradientRow] {
    var corrected = [(pMax: Double, size: Int)](repeating: (.nan, 0), count: found.count)
    for places in Dictionary(grouping: found.indices, by: { found[$0].map.family }).values {
      let pMax = MapCorrelation.pMax(places.map { found[$0].correlation })
      let size = pMax.count { !$0.isNaN }
      for (place, p) in zip(places, pMax) { corrected[place] = (p, size) }
    }
    return zip(found, corrected).map { row($0, pMax: $1.pMax, familySize: $1.size) }
  }

  private func row(_ one: Correlated, pMax: Double, familySize: Int) -> GradientRow {
    let (map, correlation) = (one.map, one.correlation)
    let hasNull = correlation.turned != nil
    // Nothing of draws of which one has no r.
    let isWhole = hasNull && !one.draws.contains { $0.isNaN }
    func null(_ z: @autoclosure () -> Double) -> Double? { isWhole ? Correlation.inverseFisherZ(z()) : nil }
    let reason = reason(correlation)
    let (flags, stimuli) = (map.flags, map.stimuliCounted)
    return GradientRow(
      fitKey: map.cells[0].fitKey, quantity: map.quantity.rawValue, sourceStudy: parameters.sourceStudy,
      atlas: parameters.atlas, atlasColumn: one.column, regionCount: correlation.count, leftOutCount: one.leftOut,
      r: correlation.r, nulled: correlation.turned?.rawValue, nullKind: hasNull ? NullKind.spin.rawValue : nil,
      nullDraws: hasNull ? one.draws.count : nil, nullMean: null(Moments.mean(one.draws)),
      nullLow: null(Moments.quantile(one.draws, 0.025)), nullHigh: null(Moments.quantile(one.draws, 0.975)),
      p: correlation.p,
      pFloor: hasNull ? 1 / Double(one.draws.count + 1) : nil, pMax: pMax, familySize: familySize,
      generalisesTo: hasNull ? "maps as smooth as these" : nil, reason: reason, foldsCounted: map.foldsCounted,
      foldsTotal: map.foldsTotal, stimuliCounted: stimuli, flags: Reportable.spelled(flags),
      valid: reason == nil && Reportable.isValid(correlation.r, flags, stimulusCount: stimuli) ? 1 : 0)
  }

  private func reason(_ correlation: MapCorrelation) -> String? {
    let count = correlation.count
    if correlation.r.isNaN { return "\(count) regions have both, or one of the maps is constant" }
    if count < MapCorrelation.fewestRegions {
      return "\(count) regions have both: p is reported from \(MapCorrelation.fewestRegions) on"
    }
    if correlation.spread > MapCorrelation.largestSpread {
      let spread = JSONValue.number((100 * correlation.spread).rounded() / 100).canonical
      return "turned maps still have an r of \(spread) (root mean square): maps so smooth are found too often"
    }
    return nil
  }

  var checks: [CheckRow] {
    let places = Set(parameters.regions.map(\.name))
    return maps.map { map in
      let regions = map.values.filter { !$0.value.isNaN }.map(\.region)
      let strange = regions.filter { !places.contains($0) }
      let observed: JSONValue = [
        "regions": .int(regions.count), "without_place": .int(strange.count),
        "such_as": strange.min().map { .string($0) } ?? .null,
      ]
      return CheckRow(
        fitKey: map.cells[0].fitKey, name: "regions of \(map.quantity.rawValue) have a place in the atlas",
        expected: "all regions that have a value", observed: observed.canonical, pass: strange.isEmpty ? 1 : 0)
    }
  }
}
