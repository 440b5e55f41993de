import ContentIdentity
import Diagnostics
import Haemodynamics
import LabelledArrays
import Vocabulary
import Warehouse
import Work

/// Prepares one fMRI recording: volumes discarded, confounds and cosine drifts regressed out together, scaled.
///
/// The result is nilearn's `signal.clean` of the volumes that are kept, on the recording's own clock.
/// Bad regions come out missing.
struct FMRIPreparationStep: WorkStep {
  struct Parameters: Codable, Sendable, DatasetParameters {
    /// The array that is prepared.
    let recording: String
    let owner: RecordingOwner
    let rateHz: Double
    /// Regions that come out missing.
    let bad: [String]
    let confounds: ConfoundChoice
    /// Longest period kept; nil: no cosine drifts.
    let highPassS: Double?
    let detrend: Bool
    let scale: SeriesScale
    let discardVolumes: Int
    /// `preparation.fmri` as written.
    let asInStudy: JSONValue

    var dataset: String { owner.dataset }
  }

  let name = "fmri_preparation"
  let version = 1
  let summary = "confounds and drifts regressed out of fMRI region series, and their scale"
  let tables: [any ResultRow.Type] = []

  static func arrayName(recording: String, key: String) -> String { "\(recording)/prepared-\(key.prefix(12))" }

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let input = try task.array("recording")
    let series = try ArrayReader.read(input.reference)
    guard series.axes.count == 2, let times = series.axes[0].numbers, let labels = series.axes[1].labels else {
      throw EvokeError(
        .noCommonData, input.reference.name, reason: "it is no series of regions", remedy: "import it again")
    }
    let discarded = parameters.discardVolumes
    guard times.count - discarded >= 3 else {
      throw EvokeError(
        .noResidualSamples, input.reference.name, reason: "\(discarded) of its \(times.count) volumes are discarded",
        remedy: "lower preparation.fmri.discard_volumes")
    }
    let bad = Set(parameters.bad)
    var values = series.values[(discarded * labels.count)...].map(Double.init)
    for (column, label) in labels.enumerated() where bad.contains(label) {
      for i in stride(from: column, to: values.count, by: labels.count) { values[i] = .nan }
    }
    let prepared = try cleaned(values, labels, parameters, task, volumes: times.count, discarded: discarded)
    var description = ArrayDescription(
      name: Self.arrayName(recording: input.reference.name, key: task.key), kind: "recording",
      parameters: ["fmri": parameters.asInStudy])
    parameters.owner.sign(&description)
    description.rateHz = parameters.rateHz
    try writer.add(
      description, group: "prepared",
      LabelledArray(
        axes: [.time(Array(times[discarded...])), series.axes[1]], values: prepared.map { Float($0) },
        units: Self.units(parameters.scale, of: series.units)))
    progress(1)
    return []
  }

  private static func units(_ scale: SeriesScale, of own: String) -> String {
    switch scale {
    case .percent: "%"
    case .zscore: "1"
    case .none: own
    }
  }

  private func cleaned(
    _ values: [Double], _ labels: [String], _ parameters: Parameters, _ task: UnitTask, volumes: Int, discarded: Int
  ) throws -> [Double] {
    var settings = CleaningSettings()
    settings.highPassPeriodS = parameters.highPassS
    settings.detrend = parameters.detrend
    settings.scale = parameters.scale
    var confounds: Confounds?
    if let array = task.arrays("confounds").first {
      let table = try ArrayReader.read(array.reference)
      guard table.axes.count == 2, table.axes[0].count == volumes, let names = table.axes[1].labels else {
        throw EvokeError(
          .confoundsUnequal, array.reference.name,
          reason: "it has \(table.axes[0].count) rows, the recording \(volumes) volumes",
          remedy: "import the recording with its confounds again")
      }
      confounds = try parameters.confounds.confounds(names: names, values: table.values, from: discarded)
    }
    return try clean(
      values, regionCount: labels.count, confounds: confounds, repetitionTimeS: 1 / parameters.rateHz,
      settings: settings, regions: labels)
  }
}
