import ContentIdentity
import Vocabulary
import Warehouse

/// What `calibrate` found of the design of a run, for the end of it.
struct CalibrationRates {
  private let families: [Rows.CalibrationOfRun]

  /// - Parameter runID: of the study, or of its calibration.
  init(_ runID: String, in warehouse: Warehouse) throws {
    families = try warehouse.read { try $0.calibrationOfRun(run: runID) }.filter {
      $0.scope == CalibrationScope.family.rawValue
    }
  }

  /// A line per family: false positives, and the power for every planted score.
  var sentences: [String] {
    var order: [String] = []
    var lines: [String: [String]] = [:]
    for row in families {
      let key = "\(row.quantity), \(row.family)"
      if lines[key] == nil { order.append(key) }
      lines[key, default: []].append(Self.text(row))
    }
    return order.map { "calibration of \($0): \(lines[$0, default: []].joined(separator: "; "))" }
  }

  private static func text(_ row: Rows.CalibrationOfRun) -> String {
    func rate(_ value: Double?, _ se: Double?) -> String {
      guard let value, let se else { return "no rate" }
      return "\(rounded(value)) (SE \(rounded(se)))"
    }
    let what =
      row.plantedR > 0
      ? "planted r \(JSONValue.number(row.plantedR).canonical) found in" : "planted nothing rejected in"
    let maximum = row.rateMax == nil ? "" : ", by p_max in any cell \(rate(row.rateMax, row.seMax))"
    return "\(what) \(rate(row.rate, row.se))\(maximum) of \(row.runs) runs, \(rounded(row.validShare)) of the rows "
      + "valid"
  }

  private static func rounded(_ value: Double) -> String { JSONValue.number((value * 1000).rounded() / 1000).canonical }

  /// `calibration` of `evoke.run/1`.
  var document: [Family] { families.map(Family.init) }

  /// One family and planted score.
  struct Family: Encodable {
    let family: String
    let quantity: String
    let plantedR: Double
    let runs: Int
    let nullDraws: Int
    let rate: Double?
    let se: Double?
    let rateMax: Double?
    let seMax: Double?
    let validShare: Double

    fileprivate init(_ row: Rows.CalibrationOfRun) {
      (family, quantity, plantedR) = (row.family, row.quantity, row.plantedR)
      (runs, nullDraws) = (row.runs, row.nullDraws)
      (rate, se, rateMax, seMax) = (row.rate, row.se, row.rateMax, row.seMax)
      validShare = row.validShare
    }
  }
}
