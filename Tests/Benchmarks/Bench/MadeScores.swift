import ContentIdentity
import Foundation
import Warehouse

/// A warehouse of made-up scores, entered as units enter theirs: 3 datasets x subjects x 4 elements x 25 layers x 68
/// regions x 7 folds; 35 subjects give 4,998,000 folds of 714,000 fits of 10,500 units.
struct MadeScores {
  let subjects: Int
  private static let datasets = ["bave", "liris", "deap"]
  private static let elements = ["original", "voice", "soundtrack", "rest"]
  private static let layers = 25
  private static let regions = 68
  private static let folds = 7
  private static let delays = "[0,1,2,3,4,5]"
  private static let target = #"{"method":"pairwise","signal":"source","step_s":1,"window_s":10}"#

  /// Folds, with which go a fit, a score, a null and a place in a family for each seven.
  var foldCount: Int {
    Self.datasets.count * subjects * Self.elements.count * Self.layers * Self.regions * Self.folds
  }

  /// One transaction for all layers of an element of a subject.
  func enter(into warehouse: Warehouse) throws {
    for dataset in Self.datasets {
      let run = try warehouse.write { try Self.enterRun(dataset, $0) }
      var position = 0
      for subject in 1...subjects {
        for element in Self.elements {
          try warehouse.write { connection in
            let cells = (0..<Self.layers).map { Cell(dataset, String(format: "sub-%03d", subject), element, layer: $0) }
            for cell in cells { try Self.enter(cell, run, at: &position, connection) }
            try Self.enterComparisons(cells, run, at: &position, connection)
          }
        }
      }
    }
  }

  private struct Cell {
    let dataset, subject, element: String
    let layer: Int
    let unit: String
    /// Tells units apart in what is made up.
    private let phase: Int

    init(_ dataset: String, _ subject: String, _ element: String, layer: Int) {
      (self.dataset, self.subject, self.element, self.layer) = (dataset, subject, element, layer)
      unit = SHA256.hex(of: "\(dataset) \(subject) \(element) \(layer)")
      phase = unit.utf8.reduce(0) { $0 + Int($1) }
    }

    func fit(_ region: Int) -> String { "\(unit)/none/\(region)" }

    /// Correlation of a fold: larger in deep layers, with a spread that looks like noise.
    func r(_ region: Int, fold: Int) -> Double {
      let place = (layer * MadeScores.regions + region) * MadeScores.folds + fold + phase
      return 0.08 + 0.06 * Double(layer) / 24 + 0.2 * sin(Double(place) * 12.9898)
    }
  }

  private static func enterRun(_ dataset: String, _ connection: Connection) throws -> String {
    let study = try connection.insert(
      StudyRow(name: "layers-\(dataset)", kind: "layer_sweep", sha256: SHA256.hex(of: dataset), definition: "{}"))
    let run = String(SHA256.hex(of: "run \(dataset)").prefix(12))
    try connection.insert(
      RunRow(
        runID: run, studyID: study, planSHA256: SHA256.hex(of: run), seed: 1, generator: "philox", purpose: "results",
        isCurrent: 1, plannedAt: "2026-01-01T00:00:00Z"))
    return run
  }

  private static func enterUnit(
    _ key: String, step: String, of dataset: String, _ run: String, at position: inout Int, _ connection: Connection
  ) throws {
    try connection.insert(
      UnitRow(
        unitKey: key, step: step, version: 1, parameters: "{}", inputs: "[]", label: dataset, state: "done",
        resultSHA256: key))
    try connection.insert(
      ActivityRow(
        kind: "unit", verb: step, activityKey: key, options: "{}", dataset: dataset, state: "done",
        startedAt: "2026-01-01T00:00:00Z"))
    try connection.insert(RunUnitRow(runID: run, position: position, unitKey: key))
    position += 1
  }

  private static func enter(
    _ cell: Cell, _ run: String, at position: inout Int, _ connection: Connection
  ) throws {
    try enterUnit(cell.unit, step: "fit_encoding", of: cell.dataset, run, at: &position, connection)
    for region in 0..<regions {
      let rs = (0..<folds).map { cell.r(region, fold: $0) }
      let r = rs.reduce(0, +) / Double(folds)
      try connection.insert(fit(cell, region), of: cell.unit)
      for (fold, value) in rs.enumerated() {
        try connection.insert(
          FoldScoreRow(
            fitKey: cell.fit(region), fold: fold, testStimuli: "[\"film-\(fold)\"]", trainCount: 3000, testCount: 500,
            lambda: 100, lambdaAtEdge: 0, r: value, innerR: value, r2: value * value, r2Test: value * value,
            predictionSd: 0.4, trainingRowsSHA256: cell.unit, effectiveN: 60.5, isCounted: 1, gapS: 12), of: cell.unit)
      }
      try connection.insert(
        ScoreRow(
          fitKey: cell.fit(region), quantity: "r", value: r, low: r - 0.05, high: r + 0.05,
          intervalKind: "stimulus corrected_t", generalisesTo: "new stimuli", tail: "greater", r2: r * r, rPooled: r,
          lambdaMedian: 100, lambdaAtEdge: 0, foldsCounted: folds, foldsTotal: folds, stimuliCounted: folds, flags: "",
          valid: 1), of: cell.unit)
      try connection.insert(
        NullSummaryRow(
          fitKey: cell.fit(region), quantity: "r", nullKind: "phase", nullDraws: 999, nullMean: 0, nullSd: 0.03,
          nullP95: 0.05, p: p(r), pFloor: 0.001, tail: "greater"), of: cell.unit)
    }
  }

  private static func p(_ r: Double) -> Double { min(1, max(0.001, (0.2 - r) * 5)) }

  private static func fit(_ cell: Cell, _ region: Int) -> FitRow {
    FitRow(
      fitKey: cell.fit(region), dataset: cell.dataset, cohort: cell.dataset, subject: cell.subject,
      featureSet: "wav2vec2-base", model: "wav2vec2-base", layerKey: "hs.\(cell.layer)", depth: cell.layer + 8,
      relDepth: Double(cell.layer) / 24, element: cell.element, covariateMode: "none", targetKind: "synchrony",
      target: "source", targetParameters: target, region: String(format: "R%02d", region),
      hemisphere: region % 2 == 0 ? "left" : "right", regionGroup: region < 30 ? "temporal" : "frontal",
      delaysS: delays, delayShape: "single", stimulusCount: 7, subjectCount: 1, droppedCount: 12, sampleCount: 3588,
      effectiveN: 410.5, partialCount: 0, thinCount: 0)
  }

  /// The family of an element of a subject, and which layer peaks in each region.
  private static func enterComparisons(
    _ cells: [Cell], _ run: String, at position: inout Int, _ connection: Connection
  ) throws {
    let (correction, sweep) = (SHA256.hex(of: "family \(cells[0].unit)"), SHA256.hex(of: "sweep \(cells[0].unit)"))
    try enterUnit(correction, step: "correct_family", of: cells[0].dataset, run, at: &position, connection)
    try enterUnit(sweep, step: "compare_layers", of: cells[0].dataset, run, at: &position, connection)
    try connection.insert(
      FamilyRow(
        familyKey: correction + "/r", name: "region, layer", quantity: "r", memberCount: cells.count * regions,
        nullDraws: 999, smallestQ: 0.001, correction: #"["max","bh"]"#), of: correction)
    for region in 0..<regions {
      let scores = cells.map { cell in (0..<folds).reduce(0) { $0 + cell.r(region, fold: $1) } / Double(folds) }
      for (cell, r) in zip(cells, scores) {
        try connection.insert(
          FamilyMemberRow(
            familyKey: correction + "/r", fitKey: cell.fit(region), quantity: "r", qBh: min(1, 3 * p(r)),
            pMax: min(1, 9 * p(r))), of: correction)
        try connection.insert(
          SweepLayerRow(fitKey: cell.fit(region), isPeak: r == scores.max() ? 1 : 0, peakShare: 0.04), of: sweep)
      }
    }
  }
}

/// Makes a warehouse of made-up scores, once: its folds, and all rows that go with them, hashed and committed.
func madeScores(_ directory: String, subjects: Int) throws {
  try Warehouse.create(at: directory)
  let scores = MadeScores(subjects: subjects)
  var timing = Timing()
  try timing.once {
    let warehouse = try Warehouse.open(directory, .writing("bench"))
    try scores.enter(into: warehouse)
    try warehouse.close()
  }
  let seconds = Timing.median(timing.wall)
  // Of seven folds a fit, a score, a null, a member and a layer of a sweep.
  let rows = Double(scores.foldCount) * 12 / 7
  timing.report(
    "scores entered",
    [
      "folds": Double(scores.foldCount), "folds_per_s": Double(scores.foldCount) / seconds,
      "rows_per_s": rows / seconds,
    ])
}

/// Asks a warehouse the questions of files, each once untimed.
func questions(_ directory: String, _ files: [String]) throws {
  let warehouse = try Warehouse.open(directory, .reading)
  for file in files {
    let sql = try String(contentsOfFile: file, encoding: .utf8)
    var timing = Timing()
    let tables = try timing.measure(runs) { try warehouse.userQuery(sql) }
    let name = URL(fileURLWithPath: file).deletingPathExtension().lastPathComponent
    timing.report("question \(name)", ["rows": Double(tables[0].rows.count)])
  }
  try warehouse.close()
}
