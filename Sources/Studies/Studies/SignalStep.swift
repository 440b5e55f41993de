import ContentIdentity
import Electrophysiology
import LabelledArrays
import Plans
import Warehouse

/// Derives the signal of a synchrony target from one recording.
struct SignalStep: Step {
  let name = "signal"
  let version = 1
  let summary = "band-passed series, power envelope, differential entropy or first difference of a recording"
  let tables: [String] = []

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let wanted = task.text("array", "")
    guard let array = task.arrays("recording").first(where: { $0.reference.name == wanted }) else { return [] }
    let rows = try ArrayRows(array.reference)
    let times = rows.axes.first?.numbers ?? []
    let labels = rows.axes.last?.labels ?? []
    let step = ClockSeries.spacing(times) ?? 1
    let choice = SignalChoice(task.parameters)
    let filter = try choice.filter(rateHz: 1 / step)
    var x = try rows.rows(0..<times.count)
    let placement = RecordingPlacement(task.parameters)
    for row in placement.blank.isEmpty ? [] : Array(times.indices) {
      for (column, label) in labels.enumerated() where placement.isBlank(times[row], label) {
        x[row * labels.count + column] = .nan
      }
    }
    progress(0.2)
    let phase = task.number("phase_s", 0)
    let values = try filter.applied(
      to: x, channelCount: labels.count, phase: phase,
      skipping: Set(labels.indices.filter { placement.bad.contains(labels[$0]) }))
    let bin = choice.asked.binSeconds ?? 0
    let skipped = filter.bins(samples: times.count, phase: phase).lowerBound
    let first = (times.first ?? 0) + (bin > 0 ? phase + Double(skipped) * bin : 0)
    let count = values.count / max(1, labels.count)
    var description = array.description
    description.name = choice.arrayName(of: wanted, unit: task.key)
    description.kind = "signal"
    description.rateHz = filter.outputRateHz
    description.parameters = choice.json
    let axis = rows.axes.last.map { Axis.labels($0.name, labels) } ?? .labels("channel", labels)
    try writer.add(
      description, group: "signal",
      LabelledArray(
        axes: [.time((0..<count).map { first + Double($0) / filter.outputRateHz }), axis], values: values))
    return []
  }
}
