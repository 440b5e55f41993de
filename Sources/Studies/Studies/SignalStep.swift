import ContentIdentity
import Diagnostics
import Electrophysiology
import LabelledArrays
import Plans
import Showings
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
    guard let array = task.arrays("recording").first(where: { $0.reference.name == wanted }) else {
      throw EvokeError(
        .inputMissing, wanted, reason: "the unit's recording is not there", remedy: "run the study again")
    }
    let rows = try ArrayRows(array.reference)
    let times = rows.axes.first?.numbers ?? []
    let labels = rows.axes.last?.labels ?? []
    let clock = try SampleClock(stamps: times, of: wanted)
    let choice = SignalChoice(task.parameters)
    let filter = try choice.filter(rateHz: 1 / clock.step)
    var x = try rows.rows(0..<times.count)
    let showing = Showing(task.parameters)
    showing.clear(&x, channels: labels) { times[$0] }
    progress(0.2)
    let phase = task.number("phase_s", 0)
    let values = try filter.applied(
      to: x, channelCount: labels.count, phase: phase,
      skipping: Set(labels.indices.filter { showing.bad.contains(labels[$0]) }))
    let bin = choice.asked.binSeconds ?? 0
    let skipped = filter.bins(samples: times.count, phase: phase).lowerBound
    let first = clock.start + (bin > 0 ? phase + Double(skipped) * bin : 0)
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
