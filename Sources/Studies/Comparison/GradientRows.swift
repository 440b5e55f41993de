import ContentIdentity
import EncodingModels
import Vocabulary
import Warehouse

/// Rows of `gradient`: every map of fits against every column; a check of every map.
struct GradientRows {
  private let sourceStudy: String
  private let compared: ComparedMaps<FoundMap>

  init(_ compared: ComparedMaps<FoundMap>, of sourceStudy: String) {
    (self.compared, self.sourceStudy) = (compared, sourceStudy)
  }

  /// All maps and columns of one kind of target, dataset and cohort are corrected together.
  var gradients: [GradientRow] { compared.all.map(row) }

  private func row(_ one: ComparedMaps<FoundMap>.Compared) -> GradientRow {
    let (map, correlation, null) = (one.map, one.correlation, one.null)
    let (flags, stimuli) = (map.flags, map.stimuliCounted)
    return GradientRow(
      fitKey: map.cells[0].fitKey, quantity: map.quantity.rawValue, sourceStudy: sourceStudy,
      atlas: compared.atlas.name, atlasColumn: one.column, regionCount: correlation.count, leftOutCount: one.leftOut,
      r: correlation.r, nulled: correlation.turned?.rawValue, nullKind: one.hasNull ? NullKind.spin.rawValue : nil,
      nullDraws: one.drawCount, nullMean: null?.mean, nullLow: null?.low, nullHigh: null?.high, p: correlation.p,
      pFloor: one.drawCount.map { 1 / Double($0 + 1) }, pMax: one.pMax, familySize: one.familySize,
      generalisesTo: one.hasNull ? "maps as smooth as these" : nil, reason: one.reason, foldsCounted: map.foldsCounted,
      foldsTotal: map.foldsTotal, stimuliCounted: stimuli, flags: Reportable.spelled(flags),
      valid: one.reason == nil && Reportable.isValid(correlation.r, flags, stimulusCount: stimuli) ? 1 : 0)
  }

  var checks: [CheckRow] {
    compared.maps.map { map in
      let placed = compared.placed(map)
      return CheckRow(
        fitKey: map.cells[0].fitKey, name: "regions of \(map.quantity.rawValue) have a place in the atlas",
        expected: "all regions that have a value", observed: placed.observed.canonical,
        pass: placed.isPassed ? 1 : 0)
    }
  }
}
