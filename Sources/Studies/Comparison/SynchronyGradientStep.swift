import ContentIdentity
import Diagnostics
import IntersubjectCorrelation
import LabelledArrays
import Recordings
import Statistics
import Vocabulary
import Warehouse
import Work

/// Maps of a study's synchrony against columns of an atlas, region by region, under rotations of the sphere.
struct SynchronyGradientStep: WorkStep {
  struct Parameters: Codable, Sendable {
    let sourceStudy: String
    let atlas: String
    let regions: [GradientStep.Parameters.Region]
    let columns: [GradientStep.Parameters.Column]
    let maps: [MeasuredSynchrony]
    /// Rotations; 0: there is no null.
    let draws: Int
    let seed: UInt64
  }

  /// What the inputs are.
  static let role = "synchrony"

  let name = "synchrony_gradient"
  let version = 1
  let summary = "maps of synchrony against columns of an atlas, under rotations of the sphere"
  let tables: [any ResultRow.Type] = [SynchronyGradientRow.self, CheckRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let maps = try parameters.maps.map { try SynchronyMap($0, in: task) }
    progress(0.5)
    let atlas = AtlasPlaces(name: parameters.atlas, regions: parameters.regions, columns: parameters.columns)
    let compared = ComparedMaps(maps, atlas, draws: parameters.draws, seed: parameters.seed)
    try compared.store(
      "synchrony_gradient/\(task.key.prefix(24))/null", of: parameters.sourceStudy, draws: parameters.draws,
      group: "synchrony-gradient-null", in: writer)
    return [
      ResultRows(compared.all.map { row($0, parameters) }),
      ResultRows(
        maps.map { map in
          let placed = compared.placed(map)
          return CheckRow(
            fitKey: nil, name: "regions of \(MapQuantity.synchrony.rawValue) have a place in the atlas",
            expected: "all regions that have a value", observed: placed.observed.canonical,
            pass: placed.isPassed ? 1 : 0)
        }),
    ].filter { !$0.rows.isEmpty }
  }

  private func row(_ one: ComparedMaps<SynchronyMap>.Compared, _ parameters: Parameters) -> SynchronyGradientRow {
    let (measured, correlation, null) = (one.map.measured, one.correlation, one.null)
    let flags: Set<SynchronyFlag> = measured.keepsDrift ? [.driftKept] : []
    let isReportable = one.reason == nil && !correlation.r.isNaN && !flags.contains(where: \.invalidates)
    return SynchronyGradientRow(
      dataset: measured.dataset, cohort: measured.cohort, target: measured.signal,
      targetParameters: measured.target.canonical, quantity: MapQuantity.synchrony.rawValue,
      sourceStudy: parameters.sourceStudy, atlas: parameters.atlas, atlasColumn: one.column,
      regionCount: correlation.count, leftOutCount: one.leftOut, r: correlation.r,
      nulled: correlation.turned?.rawValue, nullKind: one.hasNull ? NullKind.spin.rawValue : nil,
      nullDraws: one.drawCount, nullMean: null?.mean, nullLow: null?.low, nullHigh: null?.high, p: correlation.p,
      pFloor: one.drawCount.map { 1 / Double($0 + 1) }, pMax: one.pMax, familySize: one.familySize,
      generalisesTo: one.hasNull ? "maps as smooth as these" : nil, reason: one.reason,
      stimuliCounted: one.map.stimuliCounted, flags: SynchronyFlag.spelled(flags), valid: isReportable ? 1 : 0)
  }
}

/// Dynamic synchrony region by region, as a correlation: the mean Fisher z over the windows of a stimulus, over stimuli.
struct SynchronyMap: RegionalMap {
  let measured: MeasuredSynchrony
  let values: [(region: String, value: Double)]
  /// Smallest number of stimuli behind a value.
  let stimuliCounted: Int

  /// - Throws: `E-EXE-007` for a unit without synchrony; what reading arrays throws.
  init(_ measured: MeasuredSynchrony, in task: UnitTask) throws {
    let units = Set(measured.units)
    let arrays = task.arrays(SynchronyGradientStep.role).filter { array in
      array.description.kind == "synchrony" && array.unitKey.map(units.contains) == true
    }
    if let missing = units.subtracting(arrays.compactMap(\.unitKey)).min() {
      throw EvokeError(
        .inputMissing, "unit \(missing.prefix(12))", reason: "its synchrony was not handed to \(task.label)",
        remedy: "plan and run the study again")
    }
    var order: [String] = []
    var z: [String: [Double]] = [:]
    for array in arrays {
      for (region, mean) in try Self.means(array) {
        if z[region] == nil { order.append(region) }
        z[region, default: []] += mean.isNaN ? [] : [mean]
      }
    }
    let found = order.map { region -> (region: String, z: [Double]) in
      guard let values = z[region] else { preconditionFailure("every region was met") }
      return (region, values)
    }
    self.measured = measured
    values = found.map { ($0.region, $0.z.isEmpty ? .nan : Correlation.inverseFisherZ(Moments.mean($0.z))) }
    let counts = found.map(\.z.count).filter { $0 > 0 }
    stimuliCounted = counts.isEmpty ? 0 : counts.reduce(.max, min)
  }

  /// Per region the mean Fisher z over the windows that have a value; NaN: none has.
  private static func means(_ array: TaskArray) throws -> [(region: String, mean: Double)] {
    let stored = try ArrayReader.read(array.reference)
    guard let regions = stored.axes.last?.labels, stored.axes.count == 2 else {
      preconditionFailure("\(array.description.name) does not name its regions")
    }
    return regions.indices.map { region in
      let windows = stride(from: region, to: stored.values.count, by: regions.count).map { Double(stored.values[$0]) }
        .filter { !$0.isNaN }
      return (regions[region], windows.isEmpty ? .nan : Moments.mean(windows.map(Correlation.fisherZ)))
    }
  }

  var family: [String] { [measured.dataset, measured.cohort] }

  var label: String {
    [MapQuantity.synchrony.rawValue, measured.dataset, measured.cohort, measured.signal, measured.target.canonical]
      .joined(separator: "/")
  }
}
