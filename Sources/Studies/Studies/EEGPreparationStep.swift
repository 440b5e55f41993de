import ContentIdentity
import Diagnostics
import Electrophysiology
import LabelledArrays
import Plans
import Warehouse

/// Prepares one recording of EEG: filters, bad channels, independent components, interpolation, reference, rate.
///
/// The whole recording goes in and comes out on its own clock, in its own unit, with its EEG channels. Bad channels that
/// are not interpolated come out missing. The array's parameters hold the rank of what is left.
struct EEGPreparationStep: Step {
  let name = "eeg_preparation"
  let version = 1
  let summary = "EEG filtered, freed of bad channels and artefact components, referenced and resampled"
  let tables = ["recording_preparation", "channel_quality", "component_quality"]

  static func arrayName(recording: String, key: String) -> String { "\(recording)/prepared-\(key.prefix(12))" }

  /// Those channels of a recording that the prepared one has.
  static func labels(of labels: [String]) -> [String] { labels.filter { ChannelType(label: $0) == .eeg } }

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    guard let input = task.arrays("recording").first else {
      throw EvokeError(.noCommonData, task.label, reason: "its recording is missing", remedy: "run the study again")
    }
    let rows = try ArrayRows(input.reference)
    guard rows.axes.count == 2, let times = rows.axes[0].numbers, let labels = rows.axes[1].labels, !times.isEmpty
    else {
      throw EvokeError(
        .noCommonData, input.reference.name, reason: "it is no series of channels", remedy: "import it again")
    }
    let rate = task.number("rate_hz", 1)
    let recording = Self.recording(task, labels: labels, times: times, rateHz: rate)
    let spec = EEGPreparationSpec(task.parameters["eeg"] ?? .null)
    let run = try PreparationRun(Self.plan(spec, newRateHz: task.number("new_rate_hz", rate), rate: rate), recording)
    let clock = (0..<run.sampleCount).map { times[0] + Double($0) / run.rateHz }
    var decided: PreparationReport?
    try run.prepare(
      reading: { try rows.rows($0) },
      deciding: { report in
        decided = report
        try writer.begin(
          Self.description(task, report, rateHz: run.rateHz), group: "prepared",
          axes: [.time(clock), .labels("channel", run.labels)], units: task.text("units", "V"))
      }, writing: { try writer.append($0, to: "prepared") }, seed: UInt64(task.parameters["seed"]?.intValue ?? 0),
      progress: progress)
    return decided.map { PreparationRows.of(task, $0, spec) } ?? []
  }

  private static func recording(
    _ task: UnitTask, labels: [String], times: [Double], rateHz: Double
  ) -> RawRecording {
    let strings = { (key: String) in (task.parameters[key]?.arrayValue ?? []).compactMap(\.stringValue) }
    let blank = (task.parameters["blank"]?.arrayValue ?? []).compactMap { entry -> Range<Int>? in
      guard let parts = entry.arrayValue, let from = parts.first?.doubleValue else { return nil }
      let last = parts.count > 1 ? parts[1].doubleValue : nil
      func sample(_ time: Double) -> Int {
        max(0, min(times.count, Int((((time - times[0]) * rateHz)).rounded(.up))))
      }
      let range = (sample(from), last.map(sample) ?? times.count)
      return range.0 < range.1 ? range.0..<range.1 : nil
    }
    var recording = RawRecording(
      name: task.text("recording", task.label), labels: labels, rateHz: rateHz, sampleCount: times.count,
      isVolts: task.text("units", "V") == "V", bad: Set(strings("bad")), blank: blank)
    recording.rejectedComponents = Set((task.parameters["components"]?.arrayValue ?? []).compactMap(\.intValue))
    return recording
  }

  private static func plan(_ spec: EEGPreparationSpec, newRateHz: Double, rate: Double) -> EEGPreparation {
    var plan = EEGPreparation(
      notchHz: spec.notchHz, lowHz: spec.lowHz, highHz: spec.highHz, newRateHz: newRateHz == rate ? nil : newRateHz)
    plan.badChannels = spec.namedBad.map { .named($0) } ?? (spec.badChannels == .robust ? .robust : .none)
    plan.components = spec.components.map {
      .init(method: $0.method == .picard ? .picard : .fastica, eog: $0.eog)
    }
    switch spec.interpolation {
    case .auto: plan.interpolation = .auto
    case .always: plan.interpolation = .always
    case .never: plan.interpolation = .never
    }
    switch spec.reference {
    case .average: plan.reference = .average
    case .none: plan.reference = .none
    case .channels(let names): plan.reference = .channels(names)
    }
    return plan
  }

  private static func description(_ task: UnitTask, _ report: PreparationReport, rateHz: Double) -> ArrayDescription {
    let reference = task.parameters["eeg"]?["reference"] ?? .null
    var description = ArrayDescription(
      name: arrayName(recording: task.text("recording", ""), key: task.key), kind: "recording",
      parameters: [
        "eeg": task.parameters["eeg"] ?? .null, "rank": .int(min(report.rank.rank, report.numericalRank)),
        "reference": reference,
      ])
    description.dataset = task.parameters["dataset"]?.stringValue
    description.cohort = description.dataset
    description.subject = task.parameters["subject"]?.stringValue
    description.session = task.parameters["session"]?.stringValue
    description.run = task.parameters["run"]?.stringValue
    description.rateHz = rateHz
    return description
  }
}
