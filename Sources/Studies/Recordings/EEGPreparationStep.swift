import ContentIdentity
import Diagnostics
import Electrophysiology
import LabelledArrays
import Showings
import StudyFiles
import Vocabulary
import Warehouse
import Work

/// Prepares one recording of EEG: filters, bad channels, independent components, interpolation, reference, rate.
///
/// The whole recording goes in and comes out on its own clock, in its own unit, with its EEG channels. Bad channels that
/// are not interpolated come out missing. The array's parameters hold the rank of what is left.
struct EEGPreparationStep: WorkStep {
  struct Parameters: Codable, Sendable, DatasetParameters {
    /// The array that is prepared.
    let recording: String
    let owner: RecordingOwner
    let rateHz: Double
    let units: String
    /// Channels known to be bad.
    let bad: [String]
    /// Stretches that no measurement may use.
    let blank: [BlankStretch]
    /// nil: no notch.
    let notchHz: Double?
    /// Edges of the band; nil: open on that side.
    let lowHz: Double?
    let highHz: Double?
    let badChannels: BadChannelChoice
    /// nil: none are searched for.
    let components: Components?
    let interpolation: Interpolation
    let reference: EEGReference
    /// nil: the recording's own rate.
    let newRateHz: Double?
    /// `preparation.eeg` with every default.
    let asInStudy: JSONValue

    var dataset: String { owner.dataset }
  }

  /// The search for independent components.
  struct Components: Codable, Sendable {
    let search: ComponentChoice
    /// Components to remove whatever they look like.
    let rejected: [Int]
    let seed: Int
  }

  let name = "eeg_preparation"
  let version = 1
  let summary = "EEG filtered, freed of bad channels and artefact components, referenced and resampled"
  let tables: [any ResultRow.Type] = [RecordingPreparationRow.self, ChannelQualityRow.self, ComponentQualityRow.self]

  static func arrayName(recording: String, key: String) -> String { "\(recording)/prepared-\(key.prefix(12))" }

  /// Those channels of a recording that the prepared one has.
  static func labels(of labels: [String]) -> [String] { labels.filter { ChannelType(label: $0) == .eeg } }

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let input = try task.array("recording")
    let rows = try ArrayRows(input.reference)
    guard rows.axes.count == 2, let times = rows.axes[0].numbers, let labels = rows.axes[1].labels, !times.isEmpty
    else {
      throw EvokeError(
        .noCommonData, input.reference.name, reason: "it is no series of channels", remedy: "import it again")
    }
    let array = Self.arrayName(recording: parameters.recording, key: task.key)
    let run = try PreparationRun(parameters.plan, parameters.raw(labels: labels, times: times))
    let clock = (0..<run.sampleCount).map { times[0] + Double($0) / run.rateHz }
    var decided: PreparationReport?
    try run.prepare(
      reading: { try rows.rows($0) },
      deciding: { report in
        decided = report
        try writer.begin(
          parameters.description(of: array, report, rateHz: run.rateHz), group: "prepared",
          axes: [.time(clock), .labels("channel", run.labels)], units: parameters.units)
      }, writing: { try writer.append($0, to: "prepared") }, seed: parameters.components.map { UInt64($0.seed) } ?? 0,
      progress: progress)
    guard let decided else { preconditionFailure("a recording is prepared once it is judged") }
    return PreparationRows(parameters, decided, array: array).tables
  }
}

extension EEGPreparationStep.Parameters {
  /// What is done, as the arithmetic takes it.
  fileprivate var plan: EEGPreparation {
    var plan = EEGPreparation(notchHz: notchHz, lowHz: lowHz, highHz: highHz, newRateHz: newRateHz)
    plan.badChannels = badChannels
    plan.components = components?.search
    plan.interpolation = interpolation
    plan.reference = reference
    return plan
  }

  /// The recording with these columns and stamps.
  fileprivate func raw(labels: [String], times: [Double]) -> RawRecording {
    func sample(_ time: Double) -> Int {
      max(0, min(times.count, Int(((time - times[0]) * rateHz).rounded(.up))))
    }
    let stretches = blank.map { (from: sample($0.from), to: $0.to.map(sample) ?? times.count) }
    var recording = RawRecording(
      name: self.recording, labels: labels, rateHz: rateHz, sampleCount: times.count, isVolts: units == "V",
      bad: Set(bad), blank: stretches.filter { $0.from < $0.to }.map { $0.from..<$0.to })
    if let components { recording.rejectedComponents = Set(components.rejected) }
    return recording
  }

  fileprivate func description(of array: String, _ report: PreparationReport, rateHz: Double) -> ArrayDescription {
    var description = ArrayDescription(
      name: array, kind: "recording",
      parameters: [
        "eeg": asInStudy, "rank": .int(min(report.rank.rank, report.numericalRank)),
        "reference": asInStudy["reference"] ?? .null,
      ])
    owner.sign(&description)
    description.rateHz = rateHz
    return description
  }
}
