import ContentIdentity
import FileSystem
import Foundation
import Warehouse

/// Loads rows of scores into new warehouses by the program's own insertion, a unit of 500 fits a transaction, with and
/// without the hashes of the rows: what recording them costs.
struct CatalogLoad {
  let folder: String
  let rowCount: Int
  private static let quantities = ["r", "r_plain", "r_position", "r_prewhitened"]
  private static let fitsOfUnit = 500

  /// Times both, one after the other.
  func time(runs: Int) throws {
    for isHashed in [true, false] {
      var timing = Timing()
      let count = try timing.measure(runs) { try load(isHashed: isHashed) }
      timing.report(
        "catalog, rows \(isHashed ? "hashed" : "not hashed")",
        ["rows": Double(count), "rows_per_second": Double(count) / Timing.median(timing.wall)])
    }
  }

  /// A new warehouse with the rows, which is closed again; how many scores and fits it holds.
  private func load(isHashed: Bool) throws -> Int {
    let directory = "\(folder)/catalog-\(isHashed ? "hashed" : "bare").evoke"
    if Files.exists(directory) { try FileManager.default.removeItem(atPath: directory) }
    try Warehouse.create(at: directory)
    let warehouse = try Warehouse.open(directory, .writing("bench"))
    let perFit = Self.quantities.count + 1
    let units = max(1, rowCount / (Self.fitsOfUnit * perFit))
    for unit in 0..<units { try warehouse.write { try enter(unit, isHashed: isHashed, $0) } }
    try warehouse.close()
    return units * Self.fitsOfUnit * perFit
  }

  private func enter(_ number: Int, isHashed: Bool, _ connection: Connection) throws {
    let unit = SHA256.hex(of: "\(number)")
    // Rows of an activity that has a hash are taken to be hashed.
    try connection.insert(
      ActivityRow(
        kind: "unit", verb: "encoding", activityKey: unit, options: "{}", state: "done",
        startedAt: "2026-01-01T00:00:00Z", rowsSHA256: isHashed ? nil : unit))
    for fit in 0..<Self.fitsOfUnit {
      let key = "\(unit.prefix(24))/none/\(fit)"
      try connection.insert(
        FitRow(
          fitKey: key, dataset: "d", cohort: "d", featureSet: "lld12", layerKey: "hs.\(fit % 13)", depth: fit % 13,
          relDepth: Double(fit % 13) / 12, element: "original", covariateMode: "none", targetKind: "synchrony",
          target: "source", targetParameters: "{\"window_s\":10}", region: "region \(fit)", delaysS: "[0,1,2,3,4,5]",
          delayShape: "single", stimulusCount: 12, subjectCount: 30, droppedCount: 0, sampleCount: 3600,
          effectiveN: 211.5, partialCount: 0, thinCount: 0),
        of: unit)
      for (place, quantity) in Self.quantities.enumerated() {
        let r = sin(Double(number * 7919 + fit * 31 + place))
        try connection.insert(
          ScoreRow(
            fitKey: key, quantity: quantity, value: r, low: r - 0.1, high: r + 0.1, intervalKind: "stimulus t",
            generalisesTo: "stimuli", tail: "greater", r2: r * r, rPooled: r, lambdaMedian: 31.6, lambdaAtEdge: 0,
            noiseCeiling: 0.6, rNormalised: r / 0.6, r2Normalised: r * r / 0.36, foldsCounted: 5, foldsTotal: 5,
            stimuliCounted: 12, flags: "", valid: 1),
          of: unit)
      }
    }
  }
}
