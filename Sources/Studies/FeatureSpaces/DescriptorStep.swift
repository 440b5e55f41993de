import AudioFeatures
import AudioModels
import ContentIdentity
import LabelledArrays
import LinearAlgebra
import MediaSources
import SignalProcessing
import Vocabulary
import Warehouse
import Work

/// Computes one descriptor set of one stimulus.
struct DescriptorStep: WorkStep {
  struct Parameters: Codable, Sendable, DatasetParameters {
    /// What the set is made of.
    enum Material: Codable, Sendable, Equatable {
      case sound(ElementSound)
      case film(FilmClock)
    }

    let dataset: String
    let stimulus: String
    /// `original` for sets of the picture.
    let element: Element
    let material: Material
    let rate: FeatureRate
    /// nil for sets that take no filters.
    let filters: CochleogramFilters?
  }

  let featureSet: FeatureSet

  var name: String { featureSet.name }
  /// Of the set itself and of what is done with its rows: those of a stem's silent seconds are filled in.
  var version: Int {
    if case .sound = featureSet.medium { featureSet.version + 1 } else { featureSet.version }
  }
  var summary: String { featureSet.summary }
  let tables: [any ResultRow.Type] = []

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let work = SetTask(featureSet, parameters, task, writer: writer, progress: progress)
    try featureSet.compute(work)
    try work.finish()
    return []
  }

  func measure(_ parameters: Parameters) -> WorkMeasure? {
    WorkMeasure(name: featureSet.title(parameters.filters), settings: .null, soundS: parameters.seconds)
  }

  func series(_ parameters: Parameters) -> [PlannedSeries] {
    guard case .bins(let length, _) = parameters.rate else { return [] }
    // Columns of filters are told by the filters.
    let columns = featureSet.takesFilters ? nil : featureSet.columns.count
    return [.bins(of: parameters.stimulus, seconds: parameters.seconds, stepS: length, columns: columns)]
  }

  func cost(_ parameters: Parameters, source: SourcePlace) throws -> WorkCost {
    guard let seconds = parameters.seconds else { return .unknown }
    let rows: Double
    switch parameters.rate {
    case .bins(let length, _): rows = seconds / length
    case .native:
      guard let hertz = featureSet.nativeRateHz else { preconditionFailure("\(name) has no native rate") }
      rows = seconds * hertz
    }
    return WorkCost(
      time: .seconds(featureSet.secondsPerSecond * seconds), memory: .typical(60 << 20),
      diskBytes: Int(rows) * featureSet.columns.count * 4)
  }
}

extension DescriptorStep.Parameters {
  /// Length of what is worked on; nil where the import counted no samples.
  fileprivate var seconds: Double? {
    switch material {
    case .sound(let sound): sound.seconds
    case .film(let film): film.durationS
    }
  }
}

/// What a descriptor set gets to work with, and where its rows go. One thread uses it.
final class SetTask {
  let featureSet: FeatureSet
  let parameters: DescriptorStep.Parameters
  let progress: Progress
  let task: UnitTask
  let writer: ArrayFileWriter
  private var collector: FrameCollector?
  private var sink: ElementRows?
  /// Numbers in a row.
  private var width = 0

  /// Rows per second that are wanted; one the set has.
  var rate: FeatureRate { parameters.rate }

  init(
    _ featureSet: FeatureSet, _ parameters: DescriptorStep.Parameters, _ task: UnitTask, writer: ArrayFileWriter,
    progress: @escaping Progress
  ) {
    self.featureSet = featureSet
    self.parameters = parameters
    self.task = task
    self.writer = writer
    self.progress = progress
  }

  private var elementSound: ElementSound? {
    if case .sound(let sound) = parameters.material { sound } else { nil }
  }

  /// The element's sound at the set's rate.
  func sound() throws -> any SampleSource {
    guard case .sound(let rateHz) = featureSet.medium else {
      preconditionFailure("\(featureSet.name) is not made of sound")
    }
    return try sound(rateHz: rateHz)
  }

  func sound(rateHz: Int) throws -> any SampleSource {
    guard let elementSound else { preconditionFailure("\(featureSet.name) was planned without a sound") }
    return try elementSound.open(parameters.element, of: task, rateHz: rateHz)
  }

  /// The film's pictures on the clock of its sound, and its length in seconds.
  func film() throws -> (source: FilmSource, durationS: Double) {
    guard case .film(let film) = parameters.material else {
      preconditionFailure("\(featureSet.name) was planned without a film")
    }
    let path = try task.source("media").path
    return (try FilmSource(path: path, audioStartSeconds: film.audioStartS), film.durationS)
  }

  /// Gives all rows of a set that is made per second.
  func add(_ features: SecondFeatures) throws {
    precondition(rate == .perSecond, "rows per second were not asked for")
    try begin((0..<features.seconds).map(Double.init))
    try write(features.rows)
  }

  /// Gives all rows of a set that aggregated them itself: `times.count` rows of `featureSet.columns.count` numbers.
  func add(times: [Double], rows: [Float]) throws {
    try begin(times)
    try write(rows)
  }

  /// Computes and gives all rows of a set of descriptors of sound, in stretches; bins whose values were filled in are
  /// listed in the array's attribute `filled_bins`.
  func add(_ set: DescriptorSet) throws {
    let sound = try sound()
    try begin(try set.times(sampleCount: sound.sampleCount, rate: rate))
    try set.extract(from: sound, rate: rate, threads: BLASThreads.current, progress: progress) { rows in
      try write(rows.values)
      guard rows.isFilled.contains(true) else { return }
      try writer.attribute("filled_bins", Self.ranges(of: rows.isFilled), of: featureSet.name)
    }
  }

  /// The indices of true values, as in `0,4-7`.
  private static func ranges(of flags: [Bool]) -> String {
    var parts: [String] = []
    var first: Int?
    for i in 0...flags.count {
      if i < flags.count, flags[i] {
        first = first ?? i
      } else if let start = first {
        parts.append(start == i - 1 ? "\(start)" : "\(start)-\(i - 1)")
        first = nil
      }
    }
    return parts.joined(separator: ",")
  }

  /// Announces frames on a grid over a sound; `append` gives them, and they are aggregated to the wanted rate.
  ///
  /// Throws E-WGT-012 and E-WGT-015; see `FrameCollector`.
  func frames(_ grid: AudioModels.FrameGrid, sampleCount: Int) throws {
    let collector = try FrameCollector(
      grid: grid, dimension: featureSet.columns.count, sampleCount: sampleCount, rate: rate)
    self.collector = collector
    try begin(collector.times)
  }

  /// The next frames, row-major.
  func append(_ frames: [Float]) throws {
    guard let rows = collector?.take(frames), !rows.isEmpty else { return }
    try write(rows)
  }

  func finish() throws {
    if let rows = collector?.finish(), !rows.isEmpty { try write(rows) }
    try sink?.finish()
  }

  /// The next rows of what was begun.
  func write(_ rows: [Float]) throws {
    if sink == nil { sink = try ElementRows(elementSound, parameters.element, rate: rate, of: task, writer) }
    try sink?.append(rows, to: featureSet.name, width: width)
  }

  private func begin(_ times: [Double]) throws {
    try begin(times, columns: featureSet.columns, units: "1", nativeRateHz: featureSet.nativeRateHz)
  }

  /// Announces the rows of a set whose columns or native rate depend on its parameters.
  func begin(_ times: [Double], columns: [String], units: String, nativeRateHz: Double?) throws {
    width = columns.count
    let title = featureSet.title(parameters.filters)
    let name = FeatureName(
      dataset: parameters.dataset, stimulus: parameters.stimulus, element: parameters.element, set: title, layer: nil,
      rate: rate, nativeRateHz: nativeRateHz, variants: variants)
    try writer.begin(
      name.description(["set": .string(title)]), group: featureSet.name,
      axes: [.time(times), .labels("feature", columns)], units: units)
  }

  private var variants: [String] {
    var variants: [String] = []
    if case .bins(_, let aggregate) = rate, aggregate != .mean { variants.append(aggregate.rawValue) }
    if let variant = elementSound?.variant { variants.append(variant) }
    return variants
  }
}
