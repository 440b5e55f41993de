import Diagnostics
import IntersubjectCorrelation
import LinearAlgebra
import Statistics
import Vocabulary
import Warehouse
import Work

/// How often a study's own test of synchrony rejects where the subjects have nothing, or a known synchrony, in common.
///
/// The recordings are those that the study compares, high-passed as it does; every run has surrogates of each subject
/// (`PlantedSynchrony`) and null draws of its own.
struct SynchronyCalibrationStep: WorkStep {
  struct Parameters: Codable, Sendable, DatasetParameters {
    /// What the study measures, with the null draws of a run.
    let synchrony: SynchronyStep.Parameters
    /// Key of the unit in which the study itself measures it.
    let unit: String
    /// The expected correlation of two subjects; 0: nothing is common.
    let plantedR: Double
    let runs: Int
    /// A test rejects where its p is at most this.
    let level: Double
    /// Which of the study's stimuli it is of.
    let selection: String

    var dataset: String { synchrony.dataset }
  }

  let name = "synchrony_calibration"
  let version = 4
  let summary = "rates at which a study's own test of synchrony rejects independent and synchronous surrogates"
  let tables: [any ResultRow.Type] = [CalibrationRateRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let measured = parameters.synchrony
    let input = try measured.input(task, measured.stimulus)
    let worlds = try PlantedSynchrony(input.series)
    var runs: [[SynchronyRow]] = []
    for run in 0..<parameters.runs {
      let series = try worlds.drawn(synchrony: parameters.plantedR) { subject in
        let who = subject.map { input.subjects[$0] }
        return measured.settings.generator(
          who == nil ? "synchrony_calibration_common" : "synchrony_calibration",
          key: [who, measured.stimulus].compactMap { $0 }.joined(separator: "/"), draw: run)
      }
      runs.append(try SynchronyStep().rows(measured, input.comparing(series, measured.settings), run: run))
      progress(Double(run + 1) / Double(parameters.runs))
    }
    let rates = SynchronyRates(parameters, runs)
    return [ResultRows(rates.rows)].filter { !$0.rows.isEmpty }
  }
}

extension SynchronyStep {
  /// The rows of one run: as those of the study's own recordings, with null draws of the run.
  fileprivate func rows(_ parameters: Parameters, _ input: SynchronyInput, run: Int) throws -> [SynchronyRow] {
    let resources = SynchronyResources(bytes: 256 << 20, threads: BLASThreads.current)
    let settings = parameters.settings
    let fixed = try staticSynchrony(input.series, resources: resources)
    let dynamic = try dynamicSynchrony(
      input.series, windows: settings.windows, perSubject: settings.method == .leaveOneOut, resources: resources)
    let null = try nullDraws(parameters, input, resources, purpose: "synchrony_calibration_null/\(run)")
    return Self.rows(parameters, input, fixed: fixed, dynamic: dynamic, null: null).rows(settings, parameters.cohort)
  }
}

/// Rows of `calibration_rate` of one stimulus: one per region, one for all of them.
private struct SynchronyRates {
  /// One of the values that are tested.
  struct Quantity {
    let name: String
    let value: KeyPath<SynchronyRow, Double?> & Sendable
    let p: KeyPath<SynchronyRow, Double?> & Sendable
    let pMax: KeyPath<SynchronyRow, Double?> & Sendable
  }

  private static let quantities = [
    Quantity(name: "static_isc", value: \.staticIsc, p: \.p, pMax: \.pMax),
    Quantity(name: "mean_isc", value: \.meanIsc, p: \.meanIscP, pMax: \.meanIscPMax),
  ]

  private let parameters: SynchronyCalibrationStep.Parameters
  /// Per run, a row per region.
  private let runs: [[SynchronyRow]]

  init(_ parameters: SynchronyCalibrationStep.Parameters, _ runs: [[SynchronyRow]]) {
    (self.parameters, self.runs) = (parameters, runs)
  }

  var rows: [CalibrationRateRow] {
    guard let first = runs.first?.first, let regions = runs.first?.indices, let kind = first.nullKind,
      let draws = first.nullDraws, let family = first.family
    else { return [] }
    let test = Test(kind: kind, draws: draws, family: family)
    return Self.quantities.flatMap { quantity in
      regions.map { row(quantity, [$0], .cell, test) } + [row(quantity, Array(regions), .family, test)]
    }
  }

  /// What rejects.
  private struct Test {
    let kind: String
    let draws: Int
    let family: String
  }

  private func rejects(_ p: Double?) -> Bool { if let p { p <= parameters.level } else { false } }

  private func row(_ quantity: Quantity, _ regions: [Int], _ scope: CalibrationScope, _ test: Test)
    -> CalibrationRateRow
  {
    let tests = runs.map { run in regions.map { run[$0] } }
    let all = tests.joined()
    let plain = RejectionRate(tests.map { $0.map { rejects($0[keyPath: quantity.p]) } })
    let maximum = RejectionRate(tests.map { [$0.contains { rejects($0[keyPath: quantity.pMax]) }] })
    let values = all.compactMap { $0[keyPath: quantity.value] }.filter { !$0.isNaN }
    let valid = all.filter { $0.valid == 1 }
    let found = valid.count { rejects($0[keyPath: quantity.p]) }
    let (first, count, settings) = (tests[0][0], Double(all.count), parameters.synchrony.settings)
    return CalibrationRateRow(
      scope: scope.rawValue, fitUnit: parameters.unit, dataset: parameters.dataset,
      cohort: parameters.synchrony.cohort.cohort,
      targetKind: "synchrony", target: settings.choice.signal.rawValue, targetParameters: settings.asInStudy.canonical,
      region: regions.count == 1 ? first.region : nil, quantity: quantity.name,
      scenario: CalibrationScenario(plantedR: parameters.plantedR).rawValue, plantedR: parameters.plantedR,
      nullKind: test.kind, nullDraws: test.draws, level: parameters.level,
      cellCount: regions.count, runs: plain.runs, scoredShare: Double(values.count) / count, rejected: plain.rejected,
      rate: plain.rate, se: plain.se, low: plain.low, high: plain.high, rejectedMax: maximum.rejected,
      rateMax: maximum.rate, seMax: maximum.se, lowMax: maximum.low, highMax: maximum.high,
      validShare: Double(valid.count) / count, rejectedValid: found,
      rateValid: valid.isEmpty ? nil : Double(found) / Double(valid.count), meanScore: Correlation.fisherMean(values),
      family: test.family, selection: parameters.selection, seed: settings.seed,
      stimulus: parameters.synchrony.stimulus)
  }
}
