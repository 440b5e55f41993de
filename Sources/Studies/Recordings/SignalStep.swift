import ContentIdentity
import Diagnostics
import Electrophysiology
import LabelledArrays
import Showings
import Warehouse
import Work

/// Derives the signal of a synchrony target from one recording.
struct SignalStep: WorkStep {
  struct Parameters: Codable, Sendable {
    let choice: SignalChoice
    let values: Values
    /// The array it is derived from.
    let recording: String
    /// Columns that are not filtered, and come out missing.
    let bad: [String]
    let blank: [BlankStretch]
  }

  /// What a value of the signal stands for.
  enum Values: Codable, Hashable, Sendable {
    case samples
    /// Bins that begin so many seconds after a multiple of their length on the recording's clock.
    case bins(phaseS: Double)

    var phaseS: Double {
      switch self {
      case .samples: 0
      case .bins(let phase): phase
      }
    }
  }

  let name = "signal"
  let version = 1
  let summary = "band-passed series, power envelope, differential entropy or first difference of a recording"
  let tables: [any ResultRow.Type] = []

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let array = try task.array("recording")
    let rows = try ArrayRows(array.reference)
    guard rows.axes.count == 2, let times = rows.axes[0].numbers, let labels = rows.axes[1].labels else {
      throw EvokeError(
        .noCommonData, array.reference.name, reason: "it is no series of channels or regions",
        remedy: "import it again")
    }
    let clock = try SampleClock(stamps: times, of: parameters.recording)
    let choice = parameters.choice
    let filter = try choice.filter(rateHz: 1 / clock.step)
    var x = try rows.rows(0..<times.count)
    parameters.blank.clear(&x, channels: labels) { times[$0] }
    progress(0.2)
    let phase = parameters.values.phaseS
    let values = try filter.applied(
      to: x, channelCount: labels.count, phase: phase,
      skipping: Set(labels.indices.filter { parameters.bad.contains(labels[$0]) }))
    let skipped = filter.bins(samples: times.count, phase: phase).lowerBound
    let first = clock.start + (choice.signal.binSeconds.map { phase + Double(skipped) * $0 } ?? 0)
    let count = values.count / max(1, labels.count)
    var description = array.description
    description.name = choice.arrayName(of: parameters.recording, unit: task.key)
    description.kind = "signal"
    description.rateHz = filter.outputRateHz
    description.parameters = try StrictCoder.encode(choice)
    try writer.add(
      description, group: "signal",
      LabelledArray(
        axes: [
          .time((0..<count).map { first + Double($0) / filter.outputRateHz }), .labels(rows.axes[1].name, labels),
        ], values: values))
    return []
  }
}
