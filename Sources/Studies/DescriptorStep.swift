import AudioModels
import ContentIdentity
import LabelledArrays
import MediaSources
import Plans
import SignalProcessing
import Warehouse

/// Computes one descriptor set of one stimulus.
struct DescriptorStep: Step {
  let featureSet: FeatureSet

  var name: String { featureSet.name }
  var version: Int { featureSet.version }
  var summary: String { featureSet.summary }
  let tables: [String] = []

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping @Sendable (Double) -> Void) throws
    -> [ResultRows]
  {
    let work = SetTask(featureSet: featureSet, task: task, writer: writer, progress: progress)
    try featureSet.compute(work)
    try work.finish()
    return []
  }
}

/// What a descriptor set gets to work with, and where its rows go. One thread uses it.
final class SetTask {
  let featureSet: FeatureSet
  /// Rows per second that are wanted; one the set has.
  let rate: FeatureRate
  let progress: @Sendable (Double) -> Void
  private let task: UnitTask
  private let writer: ArrayFileWriter
  private var collector: FrameCollector?
  private var sink: ElementRows?

  init(featureSet: FeatureSet, task: UnitTask, writer: ArrayFileWriter, progress: @escaping @Sendable (Double) -> Void)
  {
    self.featureSet = featureSet
    self.task = task
    self.writer = writer
    self.progress = progress
    rate = task.rate
  }

  /// The element's sound at the set's rate.
  func sound() throws -> any SampleSource {
    guard case .sound(let rateHz) = featureSet.medium else {
      preconditionFailure("\(featureSet.name) is not made of sound")
    }
    return try task.sound(rateHz: rateHz)
  }

  /// The film's pictures on the clock of its sound.
  func film() throws -> FilmSource {
    try FilmSource(path: try task.media().path, audioStartSeconds: task.parameters["audio_start_s"]?.doubleValue)
  }

  /// Seconds of the stimulus as imported.
  var durationSeconds: Double { task.parameters["duration_s"]?.doubleValue ?? 0 }

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

  private func write(_ rows: [Float]) throws {
    if sink == nil { sink = try ElementRows(task, writer) }
    try sink?.append(rows, to: featureSet.name, width: featureSet.columns.count)
  }

  private func begin(_ times: [Double]) throws {
    let native = rate == .native ? featureSet.nativeRateHz : nil
    try writer.begin(
      task.featureDescription(layer: nil, rate: native), group: featureSet.name,
      axes: [.time(times), .labels("feature", featureSet.columns)], units: "1")
  }
}
