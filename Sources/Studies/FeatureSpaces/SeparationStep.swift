import ContentIdentity
import Diagnostics
import LabelledArrays
import MediaSources
import Recordings
import SignalProcessing
import SourceSeparation
import Synchronization
import TensorFiles
import Warehouse
import Work

extension StereoSource: StereoSampleSource {}

/// Voice and soundtrack of one stimulus' sound.
///
/// Each stem is an array of kind `stem`, `[second, sample, channel]` at 44.1 kHz, the last second filled with NaN: a time
/// scale of every sample would be larger than the sound. Samples are rounded to multiples of 2^-20 of full scale (noise
/// 131 dB below it), without which nothing of them could be compressed. The level of each second stands beside it.
struct SeparationStep: WorkStep {
  struct Parameters: Codable, Sendable, DatasetParameters {
    let dataset: String
    let stimulus: String
    /// Index of the sound's stream in the file; nil where the import chose none: then the default one.
    let audioStream: Int?
    /// nil where the import counted no samples.
    let length: SoundLength?
    /// Name of the imported separation model.
    let separation: String
    let `extension`: MaskExtension
  }

  let name = "separation"
  let version = 2
  let summary = "voice and soundtrack separated from the sound of one stimulus"
  let tables: [any ResultRow.Type] = [StemRow.self]

  /// Separators of this process by place and weights.
  private static let separators = Mutex<[String: Separator]>([:])
  /// Operations of two-stem separation per second of sound.
  private static let operationsPerSecond = 2e9

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let separator = try Self.separator(task.source("weights"))
    let rate = Separator.rateHz
    let source = try StereoSource(
      path: task.source("media").path, audioStream: parameters.audioStream, rateHz: rate,
      sampleCount: parameters.length?.samples(atHz: rate))
    guard source.sampleCount > 0 else {
      throw EvokeError(
        .nothingToDo, task.label, reason: "the sound has no samples", remedy: "import the media file again")
    }
    var stems = try Stem.allCases.map {
      try StemWriter(parameters, $0, sampleCount: source.sampleCount, writer)
    }
    try separator.separate(source, extension: parameters.extension, progress: progress) { voice, soundtrack in
      try stems[0].append(voice)
      try stems[1].append(soundtrack)
    }
    for i in stems.indices { try stems[i].finish() }
    return [ResultRows(Self.rows(parameters, stems))]
  }

  func measure(_ parameters: Parameters) -> WorkMeasure? {
    WorkMeasure(
      name: "", settings: ["separation": .string(parameters.separation)], soundS: parameters.length?.seconds)
  }

  func cost(_ parameters: Parameters, source: SourcePlace) throws -> WorkCost {
    guard let seconds = parameters.length?.seconds else { return .unknown }
    // Two stems of two channels of four bytes.
    return WorkCost(
      time: .operations(Self.operationsPerSecond * seconds), memory: .typical(700 << 20),
      diskBytes: Int(seconds * Double(Separator.rateHz)) * 16)
  }

  private static func rows(_ parameters: Parameters, _ stems: [StemWriter]) -> [StemRow] {
    let energy = stems.reduce(0) { $0 + $1.survey.levels.meanSquare }
    return stems.map { stem in
      let (survey, levels) = (stem.survey, stem.survey.levels)
      return StemRow(
        dataset: parameters.dataset, stimulus: parameters.stimulus, element: stem.stem.rawValue,
        separation: parameters.separation, rateHz: Double(Separator.rateHz), sampleCount: levels.sampleCount,
        meanSquare: levels.meanSquare, rmsDbfs: levels.decibels,
        energyShare: energy > 0 ? levels.meanSquare / energy : nil, silentFraction: levels.silentFraction,
        array: stem.description.name, channelCorrelation: survey.channelCorrelation, monoLossDb: survey.mixingLossDB,
        clippedShare: survey.clippedShare, dc: survey.offset, firstSoundS: survey.firstSoundS,
        lastSoundS: survey.lastSoundS, remarkable: survey.remarksOfPart.map(\.rawValue).joined(separator: " "))
    }
  }

  private static func separator(_ source: TaskSource) throws -> Separator {
    let key = source.path + "\n" + source.sha256
    if let ready = separators.withLock({ $0[key] }) { return ready }
    let weights = try SeparationWeights(ModelFiles(source.path))
    guard weights.weightsSHA256 == source.sha256 else {
      throw EvokeError(
        .sourceChanged, source.path,
        reason: "the weights hash to \(weights.weightsSHA256.prefix(12))…, imported \(source.sha256.prefix(12))…",
        remedy: "restore them, or import the new weights under another name")
    }
    let separator = Separator(weights: weights)
    separators.withLock { $0[key] = separator }
    return separator
  }
}

/// What an array of a stem tells of its sound.
struct StemParameters: Codable, Sendable, Equatable {
  /// Name of the model that separated it.
  let separation: String
  let `extension`: MaskExtension
  /// Samples per channel.
  let sampleCount: Int
  let rateHz: Int

  var length: SoundLength { SoundLength(sampleCount: sampleCount, rateHz: rateHz) }
}

extension StemParameters {
  /// What `SeparationStep` wrote of a stem.
  init(of description: ArrayDescription) throws {
    self = try StrictCoder.decode(Self.self, from: description.parameters)
  }
}

/// Writes one stem in blocks of a second while it is made.
private struct StemWriter {
  let stem: Stem
  let description: ArrayDescription
  private(set) var survey = SoundSurvey(rateHz: Separator.rateHz)
  /// What the names of its arrays begin with.
  private let path: String
  private let seconds: Int
  private let writer: ArrayFileWriter
  private var pending: [Float] = []

  private static let step: Float = 1 / 1_048_576

  init(_ parameters: SeparationStep.Parameters, _ stem: Stem, sampleCount: Int, _ writer: ArrayFileWriter) throws {
    let rate = Separator.rateHz
    path = [parameters.dataset, parameters.stimulus, stem.rawValue, parameters.separation].joined(separator: "/")
    let settings = StemParameters(
      separation: parameters.separation, extension: parameters.extension, sampleCount: sampleCount, rateHz: rate)
    var description = ArrayDescription(
      name: "\(path)@\(rate)", kind: "stem", parameters: try StrictCoder.encode(settings))
    description.dataset = parameters.dataset
    description.stimulus = parameters.stimulus
    description.element = stem.rawValue
    description.model = parameters.separation
    description.rateHz = Double(rate)
    self.stem = stem
    self.description = description
    self.writer = writer
    seconds = (sampleCount + rate - 1) / rate
    try writer.begin(
      description, group: stem.rawValue,
      axes: [
        .time((0..<seconds).map(Double.init)), .index("sample", rate), .labels("channel", ["left", "right"]),
      ], units: "1", chunk: [1, rate / 2, 2], deflate: 1)
  }

  mutating func append(_ piece: StereoPiece) throws {
    let rate = Separator.rateHz
    var left = piece.left
    var right = piece.right
    for i in left.indices {
      left[i] = (left[i] / Self.step).rounded() * Self.step
      right[i] = (right[i] / Self.step).rounded() * Self.step
    }
    survey.add([left, right], left: left, right: right)
    pending.reserveCapacity(pending.count + 2 * left.count)
    for i in left.indices {
      pending.append(left[i])
      pending.append(right[i])
    }
    let whole = pending.count / (2 * rate) * 2 * rate
    if whole > 0 {
      try writer.append(Array(pending[0..<whole]), to: stem.rawValue)
      pending.removeFirst(whole)
    }
  }

  mutating func finish() throws {
    let rate = Separator.rateHz
    survey.finish()
    if !pending.isEmpty {
      let rest = [Float](repeating: .nan, count: 2 * rate - pending.count)
      try writer.append(pending + rest, to: stem.rawValue)
      pending = []
    }
    var level = description
    level.name = "\(path).level@1"
    level.kind = StemLevels.kind
    level.rateHz = 1
    try writer.add(level, group: stem.rawValue + ".level", StemLevels.array(survey.levels.secondDecibels))
  }
}
