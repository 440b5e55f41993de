import ContentIdentity
import Diagnostics
import EncodingModels
import LabelledArrays
import LinearAlgebra
import Recordings
import Showings
import Statistics
import StudyFiles
import Vocabulary
import Warehouse
import Work

/// Whether two measures of the same seconds rise and fall together: synchrony and a rating, or synchrony of two signals,
/// bands or methods, region by region and stimulus by stimulus, and over the stimuli.
///
/// A rating is averaged over the windows of the synchrony. r is that of `CourseFreeCorrelation`; over stimuli, z is the mean
/// of theirs, and so is a draw's. One draw is the same in all regions and runs of a stimulus, of whose maximum `p_max` is:
/// runs of one stimulus are no independent replicates of it. Which of the measures the study names first tells nothing: what
/// is drawn, and whose rows both are put on, is in `Measure`'s order.
struct ConsistencyStep: WorkStep {
  struct Parameters: Codable, Sendable, DatasetParameters {
    let dataset: String
    let cohort: String
    let first: Measure
    let second: Measure
    /// The regions that are compared; nil: all that both have.
    let regions: [String]?
    /// The largest share of missing raters of a row.
    let missingShare: Double
    /// Seconds per row; nil: the longer step of the two, not finer than 1 s.
    let gridS: Double?
    /// Phase draws; 0: there is no null.
    let draws: Int
    let seed: UInt64
  }

  struct Measure: Codable, Sendable {
    let kind: TargetKind
    let name: String
    let target: FitTarget
    /// JSON, as in the study file.
    let asInStudy: String

    /// Synchrony before ratings, then by what the study file says of them.
    func precedes(_ other: Measure) -> Bool {
      let (own, others) = (kind == .annotation ? 1 : 0, other.kind == .annotation ? 1 : 0)
      return (own, asInStudy, name) < (others, other.asInStudy, other.name)
    }
  }

  /// What says that there is nothing to compare.
  struct Absent: Codable, Sendable {
    let dataset: String
    let cohort: String
    let first: JSONValue
    let second: JSONValue
  }

  let name = "synchrony_consistency"
  let version = 6
  let summary = "correlation of two measures of the same seconds, region by region"
  let tables: [any ResultRow.Type] = [ConsistencyRow.self, CheckRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let pairs = try MeasurePairs(task, parameters)
    guard pairs.haveStimuliInCommon else {
      throw EvokeError(
        .noCommonData, task.label, reason: "no stimulus has both measures",
        remedy: "check the study's targets, datasets and filters")
    }
    var cells: [ConsistencyCell] = []
    for (place, piece) in pairs.pieces.enumerated() {
      if let reason = piece.reason { cells.append(ConsistencyCell(piece.key, draws: parameters.draws, reason)) }
      cells += piece.regions.map { region in
        let (x, y) = region.series
        return ConsistencyCell(
          piece.key, region.name,
          CourseFreeCorrelation(x, y, dt: pairs.dt, draws: parameters.draws) { draw in
            RandomStream(seed: parameters.seed, purpose: "consistency_phase", key: piece.key.stimulus, draw: draw)
          }, flags: region.flags)
      }
      progress(Double(place + 1) / Double(pairs.pieces.count))
    }
    if pairs.pieces.count > 1 { cells += ConsistencyCell.overStimuli(cells) }
    try store(cells, of: parameters, unit: task.key, in: writer)
    let rows = zip(cells, Self.corrected(cells)).map {
      $0.row(unit: task.key, parameters, pMax: $1.p, familySize: $1.size)
    }
    return [ResultRows(rows), ResultRows([Self.check(rows)].compactMap(\.self))].filter { !$0.rows.isEmpty }
  }

  /// In which regions both measures agree, over stimuli where there are several; nil without draws, or where no row may be
  /// reported.
  private static func check(_ rows: [ConsistencyRow]) -> CheckRow? {
    let overStimuli = rows.filter { $0.stimulus == nil }
    let tested = (overStimuli.isEmpty ? rows : overStimuli).filter { $0.valid == 1 && $0.pMax != nil }
    guard let first = tested.first else { return nil }
    func found(_ sign: Double) -> JSONValue {
      .array(
        tested.filter { row in
          Significance.isReached(by: row.pMax) && row.r.map { sign * $0 > 0 } ?? false
        }.map { $0.region.map { .string($0) } ?? .null })
    }
    let (together, against) = (found(1), found(-1))
    let observed: JSONValue = [
      "dataset": .string(first.dataset), "cohort": .string(first.cohort), "measure_a": .string(first.measureA),
      "measure_b": .string(first.measureB), "regions": .int(tested.count), "together_in": together,
      "against_in": against,
    ]
    return CheckRow(
      fitKey: nil, name: "both measures rise and fall together",
      expected: "r above 0 with a p of at most 0.05 for the maximum over regions, in one region or more",
      observed: observed.canonical, pass: together == [] ? 0 : 1)
  }

  /// p of the largest |z| over the regions of a stimulus, studentised, and how many they are.
  private static func corrected(_ cells: [ConsistencyCell]) -> [(p: Double?, size: Int)] {
    var result = [(p: Double?, size: Int)](repeating: (nil, 0), count: cells.count)
    let counted = cells.indices.filter { cells[$0].z.isFinite }
    for places in Dictionary(grouping: counted, by: { cells[$0].piece }).values {
      let draws = cells[places[0]].draws.count
      let values = Matrix(
        rows: draws, columns: places.count,
        values: (0..<draws).flatMap { draw in places.map { cells[$0].draws[draw] } })
      let p =
        draws == 0
        ? places.map { _ in Double.nan }
        : MultipleTesting.maxStatistic(observed: places.map { cells[$0].z }, draws: values, twoSided: true)
      for (place, p) in zip(places, p) { result[place] = (p.isNaN ? nil : p, places.count) }
    }
    return result
  }

  /// Fisher z of the draws, draw x cell.
  private func store(
    _ cells: [ConsistencyCell], of parameters: Parameters, unit: String, in writer: ArrayFileWriter
  ) throws {
    guard parameters.draws > 0 else { return }
    var description = ArrayDescription(
      name: "consistency/\(unit.prefix(24))/null", kind: "null",
      parameters: ["first": .string(parameters.first.asInStudy), "second": .string(parameters.second.asInStudy)])
    (description.dataset, description.cohort) = (parameters.dataset, parameters.cohort)
    let values = (0..<parameters.draws).flatMap { draw in cells.map { Float($0.draws[draw]) } }
    try writer.add(
      description, group: "consistency-null",
      LabelledArray(axes: [.index("draw", parameters.draws), .labels("cell", cells.map(\.label))], values: values))
  }
}

/// One region of one stimulus, or of all.
private struct ConsistencyCell {
  /// nil: over stimuli.
  let piece: PieceKey?
  /// nil: neither measure is regional.
  let region: String?
  let z: Double
  /// Fisher z.
  let draws: [Double]
  let plain: Double
  let count: Int
  let stimulusCount: Int
  let flags: Set<EncodingFlag>
  /// Why there is no correlation; nil where there is one.
  let reason: String?

  /// Of a piece in which nothing can be compared.
  init(_ piece: PieceKey, draws: Int, _ reason: String) {
    (self.piece, region, self.reason) = (piece, nil, reason)
    self.draws = [Double](repeating: .nan, count: draws)
    (z, plain, count, stimulusCount, flags) = (.nan, .nan, 0, 1, [])
  }

  init(_ piece: PieceKey, _ region: String?, _ correlation: CourseFreeCorrelation, flags: Set<EncodingFlag>) {
    (self.piece, self.region) = (piece, region)
    z = Correlation.fisherZ(correlation.r)
    draws = correlation.draws.map(Correlation.fisherZ)
    (plain, count, stimulusCount) = (correlation.plain, correlation.count, 1)
    var found = flags
    if correlation.lag1 > 0.98 { found.insert(.nearNonstationary) }
    if correlation.effectiveCount < 10 { found.insert(.lowEffectiveCount) }
    self.flags = found
    reason =
      z.isFinite
      ? nil
      : count == 0
        ? "the measures share no second"
        : "one of them does not vary, or they share too few seconds to take position out"
  }

  /// The mean of cells of one region that have a value.
  private init?(_ cells: [ConsistencyCell]) {
    let counted = cells.filter { $0.z.isFinite }
    guard let first = counted.first, counted.count > 1 else { return nil }
    (piece, region) = (nil, first.region)
    z = Moments.mean(counted.map(\.z))
    draws = first.draws.indices.map { draw in Moments.mean(counted.map { $0.draws[draw] }) }
    plain = Correlation.fisherMean(counted.map(\.plain))
    count = counted.map(\.count).reduce(0, +)
    stimulusCount = Set(counted.compactMap(\.piece?.stimulus)).count
    flags = counted.reduce(into: []) { $0.formUnion($1.flags) }
    reason = nil
  }

  static func overStimuli(_ cells: [ConsistencyCell]) -> [ConsistencyCell] {
    var names: [String?] = []
    for cell in cells where !names.contains(cell.region) { names.append(cell.region) }
    return names.compactMap { name in ConsistencyCell(cells.filter { $0.region == name }) }
  }

  /// As axes and keys name it.
  var label: String {
    [piece.map(\.label) ?? "all stimuli", region].compactMap(\.self).joined(separator: "/")
  }

  private var null: NullSummary? {
    draws.isEmpty || !z.isFinite ? nil : NullSummary(observed: z, draws: draws, twoSided: true)
  }

  /// Drifting series agree by chance, in however many stimuli.
  private var isValid: Bool {
    Reportable.isValid(z, flags, stimulusCount: stimulusCount) && !flags.contains(.nearNonstationary)
  }

  func row(
    unit: String, _ parameters: ConsistencyStep.Parameters, pMax: Double?, familySize: Int
  ) -> ConsistencyRow {
    let null = null
    let spread = null.flatMap { $0.sd > 0 ? $0.sd : nil }
    let r = Correlation.inverseFisherZ(z)
    func end(_ sign: Double) -> Double? {
      spread.map { Correlation.inverseFisherZ(z + sign * CourseFreeCorrelation.normalQuantile * $0) }
    }
    return ConsistencyRow(
      consistencyKey: "\(unit.prefix(24))/\(label)", dataset: parameters.dataset,
      cohort: parameters.cohort, stimulus: piece?.stimulus, run: piece?.run, kindA: parameters.first.kind.rawValue,
      measureA: parameters.first.name, parametersA: parameters.first.asInStudy,
      kindB: parameters.second.kind.rawValue, measureB: parameters.second.name,
      parametersB: parameters.second.asInStudy, region: region, r: r, low: end(-1), high: end(1),
      intervalKind: spread == nil ? nil : "null_sd", rPlain: plain, n: count, nullKind: null == nil ? nil : "phase",
      nullDraws: null == nil ? nil : draws.count, nullMean: null?.mean, nullSd: null?.sd, p: null?.p,
      pFloor: null == nil ? nil : 1 / Double(draws.count + 1), pMax: pMax, familySize: familySize,
      stimuliCounted: stimulusCount,
      generalisesTo: spread == nil ? nil : stimulusCount == 1 ? "this stimulus" : "these stimuli", reason: reason,
      flags: Reportable.spelled(flags), valid: isValid ? 1 : 0)
  }
}

/// Both measures on the rows that they share.
private struct MeasurePairs {
  struct Region {
    let name: String?
    let series: ([Double], [Double])
    let flags: Set<EncodingFlag>
  }

  struct Piece {
    let key: PieceKey
    let regions: [Region]
    /// Why there are no regions; nil where there are.
    let reason: String?
  }

  let dt: Double
  let haveStimuliInCommon: Bool
  private(set) var pieces: [Piece] = []

  init(_ task: UnitTask, _ parameters: ConsistencyStep.Parameters) throws {
    let asNamed: [(measure: ConsistencyStep.Measure, role: FitRole)] = [
      (parameters.first, .feature(0)), (parameters.second, .feature(1)),
    ]
    let sides = asNamed.sorted { $0.measure.precedes($1.measure) }
    let measures = sides.map(\.measure)
    let dt = try parameters.gridS ?? sides.map { try Self.step($0.measure.target, task, $0.role) }.reduce(1, max)
    self.dt = dt
    let targets = try sides.map { try Self.assembled($0.measure, task, $0.role, parameters, dt: dt) }
    let stimuli = targets.map { Set($0.pieces.keys.map(\.stimulus)) }
    haveStimuliInCommon = !stimuli[0].isDisjoint(with: stimuli[1])
    for pair in PiecePairs(Set(targets[0].pieces.keys), Set(targets[1].pieces.keys)).pairs {
      guard let first = pair.first.flatMap({ targets[0].pieces[$0] }),
        let second = pair.second.flatMap({ targets[1].pieces[$0] })
      else {
        let lacking = measures[pair.first == nil ? 0 : 1]
        pieces.append(Piece(key: pair.key, regions: [], reason: "\(lacking.name) has nothing of it"))
        continue
      }
      let rows = first.grid(dt: dt, isAnchored: measures[0].kind != .annotation)
      let values = try [
        Self.rows(first, of: measures[0], as: rows, windowOf: measures[1]),
        Self.rows(second, of: measures[1], as: rows, windowOf: measures[0]),
      ]
      let regions = Self.regions(
        (first.labels, values[0]), (second.labels, values[1]), measures,
        flags: zip(measures, targets).map { $0.kind == .annotation ? $1.missing.flags(of: 0) : [] })
      pieces.append(
        Piece(key: pair.key, regions: regions, reason: regions.isEmpty ? "the measures share no region" : nil))
    }
  }

  /// Seconds from row to row; uneven stamps are placed on rows of a second.
  private static func step(_ target: FitTarget, _ task: UnitTask, _ role: FitRole) throws -> Double {
    if case .synchrony(let window, _) = target.source { return window.step }
    _ = try task.array(role)
    return try task.arrays(role).compactMap { EvenStamps(try ArrayReader.read($0.reference).seconds)?.step }.max() ?? 1
  }

  private static func assembled(
    _ measure: ConsistencyStep.Measure, _ task: UnitTask, _ role: FitRole, _ parameters: ConsistencyStep.Parameters,
    dt: Double
  ) throws -> AssembledTarget {
    let assembly = TargetAssembly(
      regions: parameters.regions.map(Set.init), transform: measure.target.transform,
      largestMissingShare: parameters.missingShare)
    switch measure.target.source {
    case .annotation(let bad):
      return try assembly.annotation(task.arrays(role), dt: dt, name: measure.name, bad: bad)
    case .synchrony: return try assembly.synchrony(task.arrays(role), dt: dt, subject: nil)
    case .response: preconditionFailure("the kind takes no responses")
    }
  }

  /// A measure on the rows; a rating is the mean over the windows of the synchrony beside it.
  private static func rows(
    _ series: ClockSeries, of measure: ConsistencyStep.Measure, as grid: ClockSeries.Grid,
    windowOf other: ConsistencyStep.Measure
  ) throws -> Matrix {
    guard measure.kind == .annotation, case .synchrony(let window, _) = other.target.source else {
      return series.onGrid(grid)
    }
    return try SummarisedRows(grid, window).mean(of: series) { series.onGrid($0) }
  }

  /// The regions that both have; each of one's with the other where that has none.
  private static func regions(
    _ first: (labels: [String], values: Matrix), _ second: (labels: [String], values: Matrix),
    _ measures: [ConsistencyStep.Measure], flags: [Set<EncodingFlag>]
  ) -> [Region] {
    let both = flags[0].union(flags[1])
    let regional = measures.map { $0.kind != .annotation }
    let names = regional[0] ? first.labels : second.labels
    return names.enumerated().compactMap { place, name in
      let other = regional[0] && regional[1] ? second.labels.firstIndex(of: name) : 0
      guard let other else { return nil }
      let columns = regional[0] ? (place, other) : (0, place)
      return Region(
        name: name, series: (first.values.column(columns.0), second.values.column(columns.1)), flags: both)
    }
  }
}
