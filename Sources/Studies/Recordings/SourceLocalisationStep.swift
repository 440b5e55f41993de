import ContentIdentity
import Diagnostics
import Electrophysiology
import LabelledArrays
import LinearAlgebra
import Showings
import Vocabulary
import Warehouse
import Work

/// One EEG recording as time courses of cortical regions: a product with the kernel, on the recording's own clock.
///
/// The channels used are average-referenced first, as the leadfield is. A sample in which one of them is missing is
/// missing in all regions.
struct SourceLocalisationStep: WorkStep {
  struct Parameters: Codable, Sendable, DatasetParameters {
    let model: SourceModel.Parameters
    let noise: Noise
    /// The array that is localised.
    let recording: String
    let dataset: String
    let subject: String
    /// Channels of the recording that are used, each with the sensor of the same place in `model.sensors`.
    let channels: [String]
    let channelsLeftOut: [String]
    /// Sensors of the leadfield without a channel.
    let sensorsUnused: Int
  }

  enum Noise: Codable, Hashable, Sendable {
    case adHoc
    /// Over so many seconds from the recording's start.
    case baseline(seconds: Double)

    var word: SourceNoise {
      switch self {
      case .adHoc: .adHoc
      case .baseline: .baseline
      }
    }
  }

  let name = "source_localisation"
  let version = 1
  let summary = "time courses of cortical regions from an EEG recording"
  let tables: [any ResultRow.Type] = [SourceEstimateRow.self]

  static func arrayName(recording: String, key: String) -> String { "\(recording)/source-\(key.prefix(12))" }

  /// Samples at a time: 4 MB of 64 channels in float64.
  static let batch = 8192

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let input = try task.array("recording")
    let channels = parameters.channels
    let reader = try ChannelReader(input.reference, channels: channels)
    let regions = parameters.model.regions
    let chosen = try kernel(parameters, task, reader, progress)
    var description = ArrayDescription(
      name: Self.arrayName(recording: input.reference.name, key: task.key), kind: "source",
      parameters: chosen.parameters)
    let source = input.description
    description.dataset = source.dataset
    description.cohort = source.dataset
    description.subject = source.subject
    description.session = source.session
    description.run = source.run
    description.stimulus = source.stimulus
    description.repetition = source.repetition
    description.rateHz = source.rateHz
    try writer.begin(
      description, group: "source", axes: [.time(reader.times), .labels("region", regions)], units: chosen.units)
    var missing = 0
    var absent = Set(channels.indices)
    try reader.forEachBatch(of: Self.batch) { samples, range in
      for c in absent
      where stride(from: c, to: samples.count, by: channels.count).contains(where: { !samples[$0].isNaN }) {
        absent.remove(c)
      }
      let values = chosen.kernel.applied(channels: samples[...])
      for row in stride(from: 0, to: values.count, by: regions.count) where values[row].isNaN { missing += 1 }
      try writer.append(values, to: "source")
      progress(0.2 + 0.8 * Double(range.upperBound) / Double(reader.times.count))
    }
    guard absent.isEmpty else {
      throw EvokeError(
        .leadfieldChannels, input.reference.name,
        reason:
          "no sample of \(absent.sorted().map { channels[$0] }.joined(separator: ", ")) is there, so every region "
          + "would be missing",
        remedy: "a channel found bad that has no position cannot be interpolated: exclude it (evoke import exclusions)")
    }
    return [ResultRows([Self.row(parameters, chosen, array: description.name, missing: missing)])]
  }

  private struct Chosen {
    let kernel: RegionKernel
    let rank: Int
    let shrinkage: Double?
    let units: String
    let parameters: JSONValue
  }

  /// The kernel all recordings of these channels share, or one of this recording's own noise or components.
  private func kernel(
    _ parameters: Parameters, _ task: UnitTask, _ reader: ChannelReader, _ progress: @escaping Progress
  ) throws -> Chosen {
    let isPrincipal = parameters.model.label == .principalFlip
    if !isPrincipal, parameters.noise == .adHoc {
      guard let array = task.arrays("kernel").first(where: { $0.description.kind == "inverse" }) else {
        throw EvokeError(.inputMissing, task.label, reason: "its kernel is missing", remedy: "run the study again")
      }
      let stored = try ArrayReader.read(array.reference)
      let matrix = Matrix(rows: stored.shape[0], columns: stored.shape[1], values: stored.values.map(Double.init))
      return Chosen(
        kernel: RegionKernel(matrix: matrix), rank: stored.shape[1] - 1, shrinkage: nil,
        units: stored.units == "1/V" ? "1" : "A m", parameters: array.description.parameters)
    }
    let model = try SourceModel(parameters.model, task)
    var noise = try NoiseCovariance.adHoc(channelCount: model.settings.sensors.count)
    var shrinkage: Double?
    if case .baseline(let seconds) = parameters.noise {
      let samples = try reader.baseline(seconds: seconds, object: task.label)
      (noise, shrinkage) = try NoiseCovariance.ledoitWolf(samples)
    }
    let inverse = try model.kernel(noise: noise)
    progress(0.2)
    let kernel =
      isPrincipal
      ? try RegionKernel(principal: inverse, regions: model.map, moment: try reader.moment(batch: Self.batch))
      : RegionKernel(inverse, regions: model.map)
    return Chosen(
      kernel: kernel, rank: noise.rank, shrinkage: shrinkage, units: model.isNormalised ? "1" : "A m",
      parameters: model.settings.shown)
  }

  private static func row(_ parameters: Parameters, _ chosen: Chosen, array: String, missing: Int) -> SourceEstimateRow
  {
    let model = parameters.model
    return SourceEstimateRow(
      dataset: parameters.dataset, subject: parameters.subject, recording: parameters.recording,
      leadfield: model.leadfield, atlas: model.atlas, inverse: model.inverse.rawValue, label: model.label.rawValue,
      noise: parameters.noise.word.rawValue, noiseShrinkage: chosen.shrinkage, rank: chosen.rank,
      channelCount: parameters.channels.count,
      channelsLeftOut: JSONValue.array(parameters.channelsLeftOut.map { .string($0) }).canonical,
      sensorsUnused: parameters.sensorsUnused, regionCount: model.regions.count, missingCount: missing, array: array)
  }
}

/// The named channels of a recording, in batches.
private struct ChannelReader {
  let times: [Double]
  private let rows: ArrayRows
  private let columns: [Int]
  private let width: Int

  /// - Throws: `E-LF-008` for a channel the array does not have.
  init(_ reference: ArrayReference, channels: [String]) throws {
    rows = try ArrayRows(reference)
    guard rows.axes.count == 2, let times = rows.axes[0].numbers, let labels = rows.axes[1].labels else {
      throw EvokeError(
        .leadfieldChannels, reference.name, reason: "it is no series of channels", remedy: "import it again")
    }
    let places = Dictionary(uniqueKeysWithValues: labels.enumerated().map { ($1, $0) })
    columns = try channels.map { channel in
      guard let place = places[channel] else {
        throw EvokeError(
          .leadfieldChannels, reference.name, reason: "it has no channel \(channel)", remedy: "run the study again")
      }
      return place
    }
    self.times = times
    width = labels.count
  }

  /// `[range.count, channels]`, as recorded.
  private func samples(_ range: Range<Int>) throws -> [Float] {
    let values = try rows.rows(range)
    guard columns.count < width || columns != Array(0..<width) else { return values }
    var result: [Float] = []
    result.reserveCapacity(range.count * columns.count)
    for row in 0..<range.count { for column in columns { result.append(values[row * width + column]) } }
    return result
  }

  func forEachBatch(of size: Int, _ body: ([Float], Range<Int>) throws -> Void) throws {
    for start in stride(from: 0, to: times.count, by: size) {
      let range = start..<min(start + size, times.count)
      try body(try samples(range), range)
    }
  }

  /// The samples in which no channel is missing, average-referenced.
  private func complete(_ samples: [Float]) -> Matrix {
    let count = columns.count
    let kept = (0..<samples.count / count).filter { row in
      samples[row * count..<(row + 1) * count].allSatisfy { $0.isFinite }
    }
    let values = kept.flatMap { row in samples[row * count..<(row + 1) * count].map(Double.init) }
    return averageReferenced(leadfield: Matrix(rows: kept.count, columns: count, values: values).transposed).transposed
  }

  /// Sum over complete samples of x xᵀ.
  func moment(batch: Int) throws -> Matrix {
    var total = Matrix(rows: columns.count, columns: columns.count)
    try forEachBatch(of: batch) { samples, _ in
      let part = complete(samples).gram
      for i in total.values.indices { total.values[i] += part.values[i] }
    }
    return total
  }

  /// The complete samples of the first seconds.
  ///
  /// - Throws: `E-LF-009` where fewer than 30 s of them are complete.
  func baseline(seconds: Double, object: String) throws -> Matrix {
    let end = times.firstIndex { $0 >= seconds } ?? times.count
    let samples = complete(try samples(0..<end))
    let step = try SampleClock(stamps: times, of: rows.reference.name).step
    guard Double(samples.rows) * step >= 30 - step else {
      throw EvokeError(
        .noBaseline, object, reason: "\(Int(Double(samples.rows) * step)) s before the stimulus are complete",
        remedy: "use noise: ad_hoc")
    }
    return samples
  }
}
