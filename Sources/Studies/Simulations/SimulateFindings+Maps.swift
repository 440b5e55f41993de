import Statistics
import Vocabulary
import Warehouse

/// What of the planted regions lies along columns of an atlas.
extension SimulateFindings {
  /// Of every map of a group against every column: the sign of r, where the planted map has an r of .5 or more with the
  /// column; nothing, where it has one below .2; in between nothing is asked.
  ///
  /// - Parameters:
  ///   - depths: of layers, by their label.
  ///   - columns: numbers of an atlas' column, by region.
  static func ofMaps(
    _ truth: SimulationTruth, _ rows: [Rows.GradeGradients], depths: [String: Int],
    columns: (_ atlas: String, _ column: String) throws -> [String: Double]
  ) rethrows -> [Finding] {
    try rows.compactMap { row in
      guard let map = plantedMap(truth, row, depths: depths) else { return nil }
      let column = try columns(row.atlas, row.atlasColumn)
      let shared = map.compactMap { region, value in column[region].map { (value, $0) } }
      let expected = Correlation.pearson(shared.map(\.0), shared.map(\.1))
      guard expected.isFinite else { return nil }
      let name = row.atlasColumn
      func said(_ sign: Double) -> String {
        sign > 0 ? "rises with \(name)" : sign < 0 ? "falls with \(name)" : "nothing of \(name)"
      }
      let isAsked = abs(expected) >= 0.5 || abs(expected) < 0.2
      let planted = isAsked ? said(abs(expected) < 0.2 ? 0 : expected) : "little of \(name)"
      let found = row.r.flatMap { r in row.p.map { said(Significance.isReached(by: $0) ? r : 0) } }
      let label = SimulateGrade.label(row.featureSet, row.layerKey)
      return Finding(
        finding: "map", kind: row.targetKind,
        target: [row.quantity, label].filter { !$0.isEmpty }.joined(separator: " of "),
        cohort: nil, planted: planted, found: found ?? (row.r == nil ? "no r" : "no p of r"), value: row.r,
        isRight: isAsked ? found.map { $0 == planted } : nil, isValid: row.valid == 1, flags: row.flags,
        isAsked: isAsked || found == nil)
    }
  }

  /// Region by region what a map should hold; nil where that was not planted: of features, layers or elements beside those that
  /// drive the regions.
  private static func plantedMap(
    _ truth: SimulationTruth, _ row: Rows.GradeGradients, depths: [String: Int]
  ) -> [(region: String, value: Double)]? {
    let regions = truth.targets.filter {
      $0.region != nil && $0.isTarget(kind: row.targetKind, row.target, $0.region, cohort: row.cohort)
    }
    guard regions.count > 2, let quantity = MapQuantity.allCases.first(where: { $0.rawValue == row.quantity }) else {
      return nil
    }
    let label = SimulateGrade.label(row.featureSet, row.layerKey)
    var map: [(region: String, value: Double)] = []
    for target in regions {
      guard let region = target.region, let value = value(of: target, quantity, row, label, depths) else { return nil }
      map.append((region, value))
    }
    return map
  }

  private static func value(
    of target: SimulationTruth.Target, _ quantity: MapQuantity, _ row: Rows.GradeGradients, _ label: String,
    _ depths: [String: Int]
  ) -> Double? {
    let r = Moments.mean(Array(target.achievedShare.values)).squareRoot()
    switch quantity {
    case .synchrony: return Moments.mean(target.rho.values.flatMap(\.self))
    case .peakDepth:
      return target.featureSet == row.featureSet && target.element.rawValue == row.element
        ? depths[target.driver].map(Double.init) : nil
    case .score:
      guard !target.driver.isEmpty else { return 0 }
      if target.driver == label { return target.element.rawValue == row.element ? r : nil }
      return target.featureSet == row.featureSet ? nil : 0
    case .voiceMinusSoundtrack:
      guard !target.driver.isEmpty else { return 0 }
      guard target.driver == label else { return target.featureSet == row.featureSet ? nil : 0 }
      switch target.element {
      case .voice: return r
      case .soundtrack: return -r
      case .original: return nil
      }
    }
  }
}
