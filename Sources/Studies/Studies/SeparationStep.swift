import ContentIdentity
import Diagnostics
import LabelledArrays
import MediaSources
import Plans
import SignalProcessing
import SourceSeparation
import Synchronization
import TensorFiles
import Warehouse

extension StereoSource: StereoSampleSource {}

/// Voice and soundtrack of one stimulus' sound.
///
/// Each stem is an array of kind `stem`, `[second, sample, channel]` at 44.1 kHz, the last second filled with NaN: a time
/// scale of every sample would be larger than the sound. Samples are rounded to multiples of 2^-20 of full scale (noise
/// 131 dB below it), without which nothing of them could be compressed. The level of each second stands beside it.
struct SeparationStep: Step {
  let name = "separation"
  let version = 1
  let summary = "voice and soundtrack separated from the sound of one stimulus"
  let tables = ["stem"]

  /// Separators of this process by place and weights.
  private static let separators = Mutex<[String: Separator]>([:])

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping @Sendable (Double) -> Void) throws
    -> [ResultRows]
  {
    let separator = try Self.separator(task)
    let media = try task.media()
    let rate = Separator.rateHz
    let count = task.sampleCount(rateHz: rate)
    let source = try StereoSource(
      path: media.path, audioStream: task.parameters["audio_stream"]?.intValue, rateHz: rate, sampleCount: count)
    guard source.sampleCount > 0 else {
      throw EvokeError(
        .nothingToDo, task.label, reason: "the sound has no samples", remedy: "import the media file again")
    }
    var stems = try Stem.allCases.map {
      try StemWriter(task, $0.rawValue, sampleCount: source.sampleCount, writer)
    }
    let mask = MaskExtension(rawValue: task.parameters["extension"]?.stringValue ?? "") ?? .zeros
    try separator.separate(source, extension: mask, progress: progress) { voice, soundtrack in
      try stems[0].append(voice)
      try stems[1].append(soundtrack)
    }
    for i in stems.indices { try stems[i].finish() }
    return [Self.rows(task, stems)]
  }

  private static func rows(_ task: UnitTask, _ stems: [StemWriter]) -> ResultRows {
    let energy = stems.reduce(0) { $0 + $1.levels.meanSquare }
    return ResultRows(
      table: "stem",
      columns: [
        "dataset", "stimulus", "element", "separation", "rate_hz", "sample_count", "mean_square", "rms_dbfs",
        "energy_share", "silent_fraction", "array",
      ],
      rows: stems.map { stem in
        let share = energy > 0 ? stem.levels.meanSquare / energy : nil
        return [
          .optional(stem.description.dataset), .optional(stem.description.stimulus),
          .optional(stem.description.element), .text(task.parameters["separation"]?.stringValue ?? ""),
          .real(Double(Separator.rateHz)), .int(stem.levels.sampleCount), .real(stem.levels.meanSquare),
          .real(stem.levels.decibels), .optional(share), .real(stem.levels.silentFraction),
          .text(stem.description.name),
        ]
      })
  }

  private static func separator(_ task: UnitTask) throws -> Separator {
    guard let source = task.sources.first(where: { $0.role == "weights" }) else {
      preconditionFailure("a separation unit has weights")
    }
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

/// Writes one stem in blocks of a second while it is made.
private struct StemWriter {
  let description: ArrayDescription
  private(set) var levels = SoundLevels(rateHz: Separator.rateHz)
  private let element: String
  private let seconds: Int
  private let writer: ArrayFileWriter
  private var pending: [Float] = []

  private static let step: Float = 1 / 1_048_576

  init(_ task: UnitTask, _ element: String, sampleCount: Int, _ writer: ArrayFileWriter) throws {
    let rate = Separator.rateHz
    let model = task.parameters["separation"]?.stringValue ?? ""
    let parts = [task.parameters["dataset"]?.stringValue, task.parameters["stimulus"]?.stringValue, element, model]
    let name = parts.compactMap { $0 }.joined(separator: "/")
    var description = ArrayDescription(
      name: "\(name)@\(rate)", kind: "stem",
      parameters: [
        "separation": .string(model), "extension": task.parameters["extension"] ?? .null,
        "sample_count": .int(sampleCount), "rate_hz": .int(rate),
      ])
    description.dataset = task.parameters["dataset"]?.stringValue
    description.stimulus = task.parameters["stimulus"]?.stringValue
    description.element = element
    description.model = model
    description.rateHz = Double(rate)
    self.description = description
    self.element = element
    self.writer = writer
    seconds = (sampleCount + rate - 1) / rate
    try writer.begin(
      description, group: element,
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
    levels.add(left, right)
    pending.reserveCapacity(pending.count + 2 * left.count)
    for i in left.indices {
      pending.append(left[i])
      pending.append(right[i])
    }
    let whole = pending.count / (2 * rate) * 2 * rate
    if whole > 0 {
      try writer.append(Array(pending[0..<whole]), to: element)
      pending.removeFirst(whole)
    }
  }

  mutating func finish() throws {
    let rate = Separator.rateHz
    if !pending.isEmpty {
      let rest = [Float](repeating: .nan, count: 2 * rate - pending.count)
      try writer.append(pending + rest, to: element)
      pending = []
    }
    var level = description
    level.name = description.name.replacingSuffix("@\(rate)", by: ".level@1")
    level.kind = "stem_level"
    level.rateHz = 1
    try writer.add(
      level, group: element + ".level",
      LabelledArray(
        axes: [.time((0..<seconds).map(Double.init)), .labels("feature", ["rms_dbfs"])],
        values: levels.secondDecibels.map { Float($0) }, units: "dB"))
  }
}

extension String {
  fileprivate func replacingSuffix(_ suffix: String, by other: String) -> String {
    hasSuffix(suffix) ? String(dropLast(suffix.count)) + other : self
  }
}
