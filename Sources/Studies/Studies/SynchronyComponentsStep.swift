import ContentIdentity
import IntersubjectCorrelation
import LabelledArrays
import LinearAlgebra
import Plans
import Warehouse

/// Correlated components of one cohort, fitted on all its stimuli, and their synchrony in each.
struct SynchronyComponentsStep: Step {
  let name = "components"
  let version = 1
  let summary = "correlated components over all stimuli: dynamic, static and cross-validated synchrony, nulls"
  let tables = ["synchrony"]

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let stimuli = task.stimuli
    let inputs = try stimuli.map { try SynchronyInput(task, stimulus: $0) }
    for input in inputs { try input.refuseIdentical(SubjectPairs(try staticSynchrony(input.series)), task) }
    progress(0.1)
    let series = inputs.map(\.series)
    var analysis = try ComponentAnalysis(series)
    progress(0.3)
    let draws = Int(task.number("draws", 0))
    if draws > 0, let null = SynchronyNull(task), null != .clipShuffle {
      try analysis.addNull(null, draws: draws, series: series) { stimulus, subject, draw in
        task.generator(
          "synchrony_null", key: inputs[stimulus].subjects[subject] + "/" + stimuli[stimulus], draw: draw)
      }
    }
    progress(0.7)
    let labels = analysis.weights.columns
    let names = (1...labels).map { "component_\($0)" } + ["sum_of_\(labels)"]
    try write(analysis, inputs[0].labels, names, task, writer)
    var groups: [SynchronyRows] = []
    for (i, input) in inputs.enumerated() {
      let windows = try analysis.stimuli[i].windows(
        SynchronyWindows(task), rateHz: input.series.rateHz, startTime: input.series.startTime,
        splits: splits(input, stimuli[i], task))
      var output = SynchronyOutput(task: task, stimulus: stimuli[i], subjects: input.subjects, labels: names)
      output.prefix = "stimulus-\(i)/"
      try write(analysis.stimuli[i], windows, output, writer)
      groups.append(rows(analysis.stimuli[i], windows, input, output))
    }
    return [SynchronyRows.table(groups, task)]
  }

  private func splits(_ input: SynchronyInput, _ stimulus: String, _ task: UnitTask) -> [[Bool?]] {
    randomHalves(subjectCount: input.subjects.count, count: input.subjects.count >= 4 ? 100 : 0) {
      task.generator("synchrony_halves", key: stimulus, draw: $0)
    }
  }

  /// Weights and forward models, `[channel, component]`.
  private func write(
    _ analysis: ComponentAnalysis, _ channels: [String], _ names: [String], _ task: UnitTask, _ writer: ArrayFileWriter
  ) throws {
    let output = SynchronyOutput(task: task, stimulus: "all", subjects: [], labels: names)
    for (kind, matrix) in [("weight", analysis.weights), ("pattern", analysis.patterns)] {
      var description = output.description(kind)
      description.stimulus = nil
      try writer.add(
        description, group: kind,
        LabelledArray(
          axes: [.labels("channel", channels), .labels("component", Array(names.dropLast()))],
          values: matrix.values.map(Float.init)))
    }
  }

  private func write(
    _ own: ComponentSynchrony, _ windows: ComponentWindows, _ output: SynchronyOutput, _ writer: ArrayFileWriter
  ) throws {
    try output.write(windows.values, subjects: windows.subjects, times: windows.times, writer)
    try output.write(fixed: own.subjects, writer)
    if own.null.isEmpty {
      let splits = windows.halves.count / max(1, 2 * windows.values.count)
      try output.write(halves: windows.halves, splits: splits, times: windows.times, writer)
    } else {
      try output.write(null: own.null, writer)
    }
  }

  private func rows(
    _ own: ComponentSynchrony, _ windows: ComponentWindows, _ input: SynchronyInput, _ output: SynchronyOutput
  ) -> SynchronyRows {
    let task = output.task
    var rows = SynchronyRows(
      stimulus: output.stimulus, labels: output.labels, subjectCount: input.subjects.count,
      presentationCount: input.presentationCount)
    let interval = own.bootstrap(draws: 1000) {
      task.generator("synchrony_bootstrap", key: output.stimulus, draw: $0)
    }
    (rows.observed, rows.crossValidated) = (own.values, own.crossValidated)
    (rows.low, rows.high) = (interval.low, interval.high)
    (rows.dynamic, rows.areCorrelations) = (windows.values, false)
    let undefined = windows.values.count { $0.isNaN } / max(1, output.labels.count)
    rows.dropped = output.labels.map { _ in undefined * input.subjects.count }
    rows.ceilings = own.columnCount > 0 ? output.labels.indices.map { windows.ceiling(column: $0, of: own) } : []
    (rows.null, rows.nullKind) = (own.null, SynchronyNull(task)?.name)
    return rows
  }
}
