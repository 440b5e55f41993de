import Encoding
import EncodingModels
import Statistics
import Vocabulary

/// One number per region of a target, made of a study's fits.
struct FoundMap: RegionalMap {
  let quantity: MapQuantity
  /// All that it is made of; the first carries the keys.
  let cells: [ComparisonCell]
  /// In the order of the regions of the fits; NaN: none.
  let values: [(region: String, value: Double)]

  /// In the order of the words, then of the fits.
  static func all(_ quantities: [MapQuantity], of members: [ComparisonMember]) -> [FoundMap] {
    quantities.flatMap { quantity -> [FoundMap] in
      switch quantity {
      case .score: members.map(score)
      case .peakDepth: CohortRows.grouped(members) { $0.keys.ofAnyDepth }.compactMap(peakDepth)
      case .voiceMinusSoundtrack:
        CohortRows.grouped(members) { $0.keys.with(element: .original) }.compactMap(voiceMinusSoundtrack)
      case .synchrony: preconditionFailure("synchrony is no map of fits")
      }
    }
  }

  private static func score(_ member: ComparisonMember) -> FoundMap {
    let cells = member.mainCells
    return FoundMap(quantity: .score, cells: cells, values: cells.map { ($0.name, $0.value) })
  }

  /// The relative depth of the layer with the largest r, of equal ones the first; nil below two layers that lie somewhere.
  private static func peakDepth(_ members: [ComparisonMember]) -> FoundMap? {
    let layers = members.filter { $0.keys.relDepth != nil }
    guard layers.count > 1 else { return nil }
    let cells = layers.flatMap(\.mainCells)
    let values = CohortRows.grouped(cells, by: \.name).map { region -> (region: String, value: Double) in
      let scored = region.filter { !$0.value.isNaN }
      let best = scored.indices.reduce(nil as Int?) { best, next in
        best.map { scored[next].value > scored[$0].value ? next : $0 } ?? next
      }
      guard let best, let depth = scored[best].keys.relDepth else { return (region[0].name, .nan) }
      return (region[0].name, depth)
    }
    return FoundMap(quantity: .peakDepth, cells: cells, values: values)
  }

  /// Mean over folds of the difference in Fisher z; nil where one of the elements is not fitted.
  private static func voiceMinusSoundtrack(_ members: [ComparisonMember]) -> FoundMap? {
    guard let voice = members.first(where: { $0.keys.element == .voice }),
      let soundtrack = members.first(where: { $0.keys.element == .soundtrack })
    else { return nil }
    let pairs = voice.mainCells.compactMap { cell in
      soundtrack.mainCells.first { $0.name == cell.name }.map { (cell, $0) }
    }
    guard !pairs.isEmpty else { return nil }
    let values = pairs.map { voice, soundtrack -> (region: String, value: Double) in
      (voice.name, CellContrast(ElementCell.name, voice, soundtrack).contrast.t.mean)
    }
    return FoundMap(quantity: .voiceMinusSoundtrack, cells: pairs.flatMap { [$0, $1] }, values: values)
  }

  /// What is never corrected together with others.
  var family: [String] {
    let keys = cells[0].keys
    return [keys.dataset, keys.cohort, keys.targetKind.rawValue]
  }

  /// For axes and people.
  var label: String {
    let keys = cells[0].keys
    let layer = quantity == .peakDepth ? nil : keys.layerKey
    let element = quantity == .voiceMinusSoundtrack ? nil : keys.element.rawValue
    return [
      quantity.rawValue, keys.dataset, keys.cohort, keys.person, keys.featureSet, layer, element, keys.target,
      keys.targetParameters,
    ].compactMap(\.self).joined(separator: "/")
  }

  private var counted: [ComparisonCell] { cells.filter { !$0.value.isNaN } }
  var flags: Set<EncodingFlag> { counted.reduce(into: []) { $0.formUnion($1.flags) } }
  var stimuliCounted: Int { counted.isEmpty ? 0 : counted.map(\.stimuliCounted).reduce(.max, min) }
  var foldsCounted: Int {
    counted.isEmpty ? 0 : counted.map { $0.folds.folds.count { !$0.r.isNaN } }.reduce(.max, min)
  }
  var foldsTotal: Int { cells.map(\.folds.folds.count).reduce(0, max) }
}

extension FitKeys {
  /// What the layers of one network on one target have in common.
  fileprivate var ofAnyDepth: [String] {
    [
      dataset, cohort, FitKeys.spelled(subject), FitKeys.spelled(rater), featureSet, FitKeys.spelled(model),
      element.rawValue, covariateMode.rawValue, targetKind.rawValue, target, targetParameters,
    ]
  }
}
