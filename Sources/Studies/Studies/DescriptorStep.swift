import AudioFeatures
import AudioModels
import ContentIdentity
import LabelledArrays
import LinearAlgebra
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

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
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
  let task: UnitTask
  let writer: ArrayFileWriter
  private var collector: FrameCollector?
  private var sink: ElementRows?

  init(featureSet: FeatureSet, task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) {
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

  /// Computes and gives all rows of a set of descriptors of sound, in stretches; bins whose values were filled in are
  /// listed in the array's attribute `filled_bins`.
  func add(_ set: DescriptorSet) throws {
    let sound = try sound()
    try begin(try set.times(sampleCount: sound.sampleCount, rate: rate))
    try set.extract(from: sound, rate: rate, threads: BLASThreads.current, progress: progress) { rows in
      try writer.append(rows.values, to: featureSet.name)
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

  private func write(_ rows: [Float]) throws {
    if sink == nil { sink = try ElementRows(task, writer) }
    try sink?.append(rows, to: featureSet.name, width: featureSet.columns.count)
  }

  private func begin(_ times: [Double]) throws {
    try begin(times, columns: featureSet.columns, units: "1", nativeRateHz: featureSet.nativeRateHz)
  }

  /// Announces the rows of a set whose columns or native rate depend on its parameters.
  func begin(_ times: [Double], columns: [String], units: String, nativeRateHz: Double?) throws {
    try writer.begin(
      task.featureDescription(layer: nil, rate: rate == .native ? nativeRateHz : nil), group: featureSet.name,
      axes: [.time(times), .labels("feature", columns)], units: units)
  }
}
