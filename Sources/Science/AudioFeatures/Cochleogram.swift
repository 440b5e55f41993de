import Diagnostics
import SignalProcessing

/// The cochleogram of a sound as a feature set: all channels, or their mean, the broadband envelope.
///
/// Row n is the frame of samples `[L n, L (n + 1))`, placed at its centre; bins take frames by their centres.
public struct Cochleogram: Sendable {
  public enum Output: String, Sendable, CaseIterable {
    /// One feature per channel.
    case channels = "cochleogram"
    /// One feature: the mean over the channels.
    case envelope = "coch-env"
  }

  /// Version of the definition: part of the key of what it computes.
  public static let version = 1

  public let output: Output
  public let bank: CochlearFilterBank
  public let parameters: CochleogramParameters

  public init(_ output: Output, bank: CochlearFilterBank, parameters: CochleogramParameters = .standard) {
    self.output = output
    self.bank = bank
    self.parameters = parameters
  }

  /// Name and unit of each feature; arbitrary units (the leaky integral is not normalised).
  public var columns: [DescriptorColumn] {
    switch output {
    case .channels:
      bank.channelNames(octaveShift: parameters.octaveShift).map { DescriptorColumn($0, unit: "au", silence: 0) }
    case .envelope: [DescriptorColumn("envelope", unit: "au", silence: 0)]
    }
  }

  /// Rows of a sound natively: `ceil(samples / frame length)`.
  public func rowCount(_ sampleCount: Int) -> Int {
    (sampleCount + parameters.frameLength - 1) / parameters.frameLength
  }

  /// The time of every row in seconds of the sound: the centre of a frame, the start of a bin.
  ///
  /// - Throws: `E-LLD-001` for bins of no positive length.
  public func times(sampleCount: Int, rate: FeatureRate = .perSecond) throws -> [Double] {
    switch rate {
    case .native: return (0..<rowCount(sampleCount)).map(centre)
    case .bins(let seconds, _): return (0..<(try binCount(sampleCount, seconds))).map { Double($0) * seconds }
    }
  }

  private func centre(_ row: Int) -> Double {
    (Double(row) + 0.5) * Double(parameters.frameLength) / parameters.sourceRateHz
  }

  private func binCount(_ sampleCount: Int, _ seconds: Double) throws -> Int {
    guard seconds.isFinite, seconds >= 0.001 else {
      throw EvokeError(
        .descriptorBins, "bins of \(seconds) s", reason: "a bin lasts at least a millisecond",
        remedy: "ask for example for one row per second")
    }
    return SignalProcessing.binCount(
      durationSeconds: Double(sampleCount) / parameters.sourceRateHz, binSeconds: seconds)
  }

  /// Computes it over a sound, read once from its present start, in bounded memory.
  ///
  /// - Parameters:
  ///   - source: mono sound at `parameters.sourceRateHz`.
  ///   - progress: called with the fraction done, now and then.
  ///   - receive: called with stretches of rows in order; bins come in one stretch at the end.
  /// - Throws: `E-LLD-001` for bins of no positive length, `E-LLD-002` for samples that are no numbers, what the source
  ///   and `receive` throw.
  public func extract(
    from source: some SampleSource, rate: FeatureRate = .perSecond, progress: (Double) -> Void = { _ in },
    receive: (DescriptorRows) throws -> Void
  ) throws {
    precondition(source.rateHz == parameters.sourceRateHz, "resample the sound first")
    let count = source.sampleCount
    let columns = columns
    var pool: BinPool?
    if case .bins(let seconds, let aggregate) = rate {
      pool = BinPool(
        columns, width: columns.count, binCount: try binCount(count, seconds), aggregate: aggregate)
    }
    var stream = CochleogramStream(bank: bank, parameters: parameters)
    var row = 0
    // A second or so at a time: part of no definition.
    let step = max(parameters.frameLength, Int(parameters.sourceRateHz))
    for start in stride(from: 0, to: count, by: step) {
      let samples = try source.samples(start..<min(count, start + step))
      try requireFinite(samples, offset: start)
      var frames = stream.process(samples)
      if start + step >= count { frames += stream.finish() }
      let values = features(frames)
      let rows = values.count / columns.count
      if case .bins(let seconds, _) = rate {
        for i in 0..<rows { pool?.add(values, row: i, to: binIndex(of: centre(row + i), binSeconds: seconds)) }
      } else if rows > 0 {
        try receive(
          DescriptorRows(firstRow: row, values: values, isFilled: [Bool](repeating: false, count: rows)))
      }
      row += rows
      progress(Double(min(count, start + step)) / Double(count))
    }
    if let rows = pool?.finish() { try receive(rows) }
  }

  /// All rows at once.
  public func rows(of source: some SampleSource, rate: FeatureRate = .perSecond) throws -> DescriptorRows {
    var (values, filled): ([Float], [Bool]) = ([], [])
    try extract(from: source, rate: rate) {
      values += $0.values
      filled += $0.isFilled
    }
    return DescriptorRows(firstRow: 0, values: values, isFilled: filled)
  }

  private func features(_ frames: [Double]) -> [Float] {
    guard output == .envelope else { return frames.map { Float($0) } }
    let width = bank.channelCount
    return (0..<(frames.count / width)).map { row in
      var sum = 0.0
      for channel in 0..<width { sum += frames[row * width + channel] }
      return Float(sum / Double(width))
    }
  }

  private func requireFinite(_ samples: [Float], offset: Int) throws {
    guard let at = samples.firstIndex(where: { !$0.isFinite }) else { return }
    throw EvokeError(
      .descriptorSamples, "sample \(offset + at) (\(Double(offset + at) / parameters.sourceRateHz) s)",
      reason: "it is \(samples[at]), and everything after it would be none",
      remedy: "repair the sound: no value can be guessed")
  }
}
