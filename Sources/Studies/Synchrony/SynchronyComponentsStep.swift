import IntersubjectCorrelation
import LabelledArrays
import LinearAlgebra
import Showings
import Warehouse
import Work

/// Correlated components of one cohort, fitted on all its stimuli, and their synchrony in each.
struct SynchronyComponentsStep: WorkStep {
  struct Parameters: Codable, Sendable, DatasetParameters {
    let settings: SynchronySettings
    let cohort: CohortName
    let null: SynchronyNullRequest
    /// Recording arrays by name with their showings.
    let placements: [String: [Showing]]

    var dataset: String { cohort.dataset }
  }

  let name = "components"
  let version = 7
  let summary = "correlated components over all stimuli: dynamic, static and cross-validated synchrony, nulls"
  let tables: [any ResultRow.Type] = [SynchronyRow.self, SynchronyMemoryRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let settings = parameters.settings
    let stimuli = parameters.placements.stimuli
    let side = SynchronyInput.Side(role: "recording", placements: parameters.placements)
    let inputs = try stimuli.map { try SynchronyInput(task, stimulus: $0, sides: [side], settings) }
    for input in inputs { try input.refuseIdentical(SubjectPairs(try staticSynchrony(input.series)), task.label) }
    progress(0.1)
    let series = inputs.map(\.series)
    var analysis = try ComponentAnalysis(series)
    progress(0.3)
    let null = parameters.null.null(windowS: settings.windowS)
    if let (kind, draws) = null {
      try analysis.addNull(kind, draws: draws, series: series, windows: settings.windows) {
        stimulus, subject, draw in
        settings.generator(
          "synchrony_null", key: inputs[stimulus].subjects[subject] + "/" + stimuli[stimulus], draw: draw)
      }
    }
    progress(0.7)
    let count = analysis.weights.columns
    let names = (1...count).map { "component_\($0)" } + ["sum_of_\(count)"]
    func output(_ stimulus: String, subjects: [String], prefix: String) -> SynchronyOutput {
      SynchronyOutput(
        settings: settings, cohort: parameters.cohort, unit: task.key, stimulus: stimulus, subjects: subjects,
        labels: names, prefix: prefix)
    }
    try write(analysis, inputs[0].labels, output("all", subjects: [], prefix: ""), writer)
    var groups: [SynchronyRow] = []
    var memory: [SynchronyMemoryRow] = []
    for (i, input) in inputs.enumerated() {
      let windows = try analysis.stimuli[i].windows(
        settings.windows, rateHz: input.series.rateHz, startTime: input.series.startTime,
        splits: splits(input, stimuli[i], settings))
      let output = output(stimuli[i], subjects: input.subjects, prefix: "stimulus-\(i)/")
      try write(analysis.stimuli[i], windows, input, output, into: writer)
      var rows = rows(analysis.stimuli[i], windows, input, output)
      rows.nullKind = null?.kind.name
      groups += rows.rows(settings, parameters.cohort)
      memory += rows.memory
    }
    return [ResultRows(groups), ResultRows(memory)]
  }

  func series(_ parameters: Parameters) -> [PlannedSeries] {
    parameters.placements.stimuli.map { parameters.settings.series(of: $0, parameters.placements) }
  }

  private func splits(_ input: SynchronyInput, _ stimulus: String, _ settings: SynchronySettings) -> [[Bool?]] {
    randomHalves(subjectCount: input.subjects.count, count: input.subjects.count >= 4 ? 100 : 0) {
      settings.generator("synchrony_halves", key: stimulus, draw: $0)
    }
  }

  /// Weights and forward models, `[channel, component]`.
  private func write(
    _ analysis: ComponentAnalysis, _ channels: [String], _ output: SynchronyOutput, _ writer: ArrayFileWriter
  ) throws {
    for (kind, matrix) in [("weight", analysis.weights), ("pattern", analysis.patterns)] {
      var description = output.description(kind)
      description.stimulus = nil
      try writer.add(
        description, group: kind,
        LabelledArray(
          axes: [.labels("channel", channels), .labels("component", Array(output.labels.dropLast()))],
          values: matrix.values.map(Float.init)))
    }
  }

  private func write(
    _ synchrony: ComponentSynchrony, _ windows: ComponentWindows, _ input: SynchronyInput, _ output: SynchronyOutput,
    into writer: ArrayFileWriter
  ) throws {
    try output.write(windows.values, subjects: windows.subjects, times: windows.times, writer)
    try output.write(fixed: synchrony.subjects, lackedByAll: 0, input.spread, writer)
    if synchrony.null.isEmpty {
      let splits = windows.halves.count / max(1, 2 * windows.values.count)
      try output.write(halves: windows.halves, splits: splits, times: windows.times, writer)
    } else {
      try output.write(null: synchrony.null, overWindows: synchrony.nullOverWindows, writer)
    }
  }

  private func rows(
    _ synchrony: ComponentSynchrony, _ windows: ComponentWindows, _ input: SynchronyInput, _ output: SynchronyOutput
  ) -> SynchronyRows {
    var rows = SynchronyRows(
      stimulus: output.stimulus, labels: output.labels, subjectCount: input.subjects.count,
      presentationCount: input.presentationCount)
    rows.commonShare = input.commonShare
    rows.liesApart = input.spread.matters
    (rows.observed, rows.crossValidated) = (synchrony.values, synchrony.crossValidated)
    // Weights that were fitted to these subjects: an interval over subjects would not hold what others have.
    let none = [Double](repeating: .nan, count: output.labels.count)
    (rows.low, rows.high) = (none, none)
    (rows.dynamic, rows.areComponents) = (windows.values, true)
    let undefined = windows.values.count { $0.isNaN } / max(1, output.labels.count)
    rows.dropped = output.labels.map { _ in undefined * input.subjects.count }
    rows.ceilings =
      synchrony.columnCount > 0 ? output.labels.indices.map { windows.ceiling(column: $0, of: synchrony) } : []
    (rows.null, rows.nullOverWindows) = (synchrony.null, synchrony.nullOverWindows)
    return rows
  }
}
