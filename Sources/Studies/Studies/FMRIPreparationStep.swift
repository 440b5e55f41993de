import ContentIdentity
import Diagnostics
import Haemodynamics
import LabelledArrays
import Plans
import Vocabulary
import Warehouse

/// Prepares one fMRI recording: volumes discarded, confounds and cosine drifts regressed out together, scaled.
///
/// The result is nilearn's `signal.clean` of the volumes that are kept (SCIENCE 12.3), on the recording's own clock.
/// Bad regions come out missing.
struct FMRIPreparationStep: Step {
  let name = "fmri_preparation"
  let version = 1
  let summary = "confounds and drifts regressed out of fMRI region series, and their scale"
  let tables: [String] = []

  static func arrayName(recording: String, key: String) -> String { "\(recording)/prepared-\(key.prefix(12))" }

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    guard let input = task.arrays("recording").first else {
      throw EvokeError(
        .noCommonData, task.label, reason: "its recording is missing", remedy: "run the study again")
    }
    let series = try ArrayReader.read(input.reference)
    guard series.axes.count == 2, let times = series.axes[0].numbers, let labels = series.axes[1].labels else {
      throw EvokeError(
        .noCommonData, input.reference.name, reason: "it is no series of regions", remedy: "import it again")
    }
    let discarded = task.parameters["discard_volumes"]?.intValue ?? 0
    guard times.count - discarded >= 3 else {
      throw EvokeError(
        .noResidualSamples, input.reference.name, reason: "\(discarded) of its \(times.count) volumes are discarded",
        remedy: "lower preparation.fmri.discard_volumes")
    }
    let bad = Set((task.parameters["bad"]?.arrayValue ?? []).compactMap(\.stringValue))
    var values = series.values[(discarded * labels.count)...].map(Double.init)
    for (column, label) in labels.enumerated() where bad.contains(label) {
      for i in stride(from: column, to: values.count, by: labels.count) { values[i] = .nan }
    }
    let prepared = try cleaned(values, labels, task, volumes: times.count, discarded: discarded)
    var description = ArrayDescription(
      name: Self.arrayName(recording: input.reference.name, key: task.key), kind: "recording",
      parameters: ["fmri": task.parameters["as_in_study"] ?? .null])
    description.dataset = task.parameters["dataset"]?.stringValue
    description.cohort = description.dataset
    description.subject = task.parameters["subject"]?.stringValue
    description.session = task.parameters["session"]?.stringValue
    description.run = task.parameters["run"]?.stringValue
    description.rateHz = task.number("rate_hz", 1)
    try writer.add(
      description, group: "prepared",
      LabelledArray(
        axes: [.time(Array(times[discarded...])), series.axes[1]], values: prepared.map { Float($0) },
        units: ["psc": "%", "zscore": "1"][task.text("scale", "none")] ?? series.units))
    progress(1)
    return []
  }

  private func cleaned(
    _ values: [Double], _ labels: [String], _ task: UnitTask, volumes: Int, discarded: Int
  ) throws -> [Double] {
    var settings = CleaningSettings()
    settings.highPassPeriodS = task.parameters["high_pass_s"]?.doubleValue
    settings.detrend = task.parameters["detrend"]?.boolValue ?? false
    settings.scale = ["psc": SeriesScale.percent, "zscore": .zscore][task.text("scale", "none")] ?? .none
    var confounds: Confounds?
    if let array = task.arrays("confounds").first {
      let table = try ArrayReader.read(array.reference)
      guard table.axes.count == 2, table.axes[0].count == volumes, let names = table.axes[1].labels else {
        throw EvokeError(
          .confoundsUnequal, array.reference.name,
          reason: "it has \(table.axes[0].count) rows, the recording \(volumes) volumes",
          remedy: "import the recording with its confounds again")
      }
      confounds = try ConfoundChoice.confounds(
        task.parameters["confounds"] ?? .null, names: names, values: table.values, from: discarded)
    }
    return try clean(
      values, regionCount: labels.count, confounds: confounds, repetitionTimeS: 1 / task.number("rate_hz", 1),
      settings: settings, regions: labels)
  }
}
