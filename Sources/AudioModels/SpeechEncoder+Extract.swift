import Diagnostics
import SignalProcessing

extension SpeechEncoder {
  /// Takes rows of one layer: its key, the index of the first row, and rows x dimension numbers.
  public typealias RowSink = (_ layer: String, _ firstRow: Int, _ rows: [Float]) throws -> Void

  /// Runs the encoder over a sound and delivers the named layers' rows, each row once and in order within its layer.
  ///
  /// Memory is that of one chunk, whatever the sound's length. The sound is read twice where the model normalises it
  /// (mean and variance over all of it, then the chunks), once otherwise; it is rewound first. All numbers delivered are
  /// finite, except rows of bins that hold no frame, which are NaN.
  ///
  /// Throws E-WGT-011 for sound at another rate, E-WGT-012 for one shorter than a frame (or half a bin), E-WGT-013 for
  /// NaN or infinite samples, E-WGT-014, E-WGT-015, and whatever the source or the sink throws.
  public func extract(
    from source: any SampleSource, layers keys: [String], rate: FeatureRate = .perSecond,
    chunking: Chunking = .standard, progress: ((Double) -> Void)? = nil, sink: RowSink
  ) throws {
    let wanted = try keys.map { try layer($0) }
    try check(source)
    var collectors = try collectors(wanted, sampleCount: source.sampleCount, rate: rate)
    let sound = try SoundNormalisation(source, isOn: configuration.normalisesSound)
    try source.rewind()
    let slowest = layers[layers.count - 1].grid
    let isWanted = layers.map { layer in wanted.contains { $0.key == layer.key } }
    var workspace = EncoderWorkspace()
    let chunks = chunking.chunks(source.sampleCount, slowest)
    for (done, chunk) in chunks.enumerated() {
      let samples = try sound.apply(source.samples(chunk.samples), first: chunk.samples.lowerBound)
      try network.run(samples, wanted: isWanted, &workspace) { index, firstRow, rows, values, offset in
        let grid = layers[index].grid
        let base = chunk.first(grid, slowest: slowest)
        let owned = chunk.owned(grid, slowest: slowest, sampleCount: source.sampleCount)
        let kept = owned.clamped(to: base + firstRow..<base + firstRow + rows)
        guard !kept.isEmpty else { return }
        let skip = (kept.lowerBound - base - firstRow) * layers[index].dimension
        if let ready = collectors[index]?.take(rows: kept.count, values, offset: offset + skip) {
          try sink(layers[index].key, ready.first, ready.rows)
        }
      }
      progress?(Double(done + 1) / Double(chunks.count))
    }
    for index in layers.indices {
      if let ready = collectors[index]?.finish() { try sink(layers[index].key, ready.first, ready.rows) }
      let expected = layers[index].grid.frameCount(source.sampleCount)
      precondition(collectors[index].map { $0.nextFrame == expected } ?? true, "a frame was lost or doubled")
    }
  }

  private func check(_ source: any SampleSource) throws {
    guard source.rateHz == Double(configuration.rateHz) else {
      throw EvokeError(
        .soundRateWrong, "sound at \(source.rateHz) Hz", reason: "the encoder takes \(configuration.rateHz) Hz",
        remedy: "resample the sound to \(configuration.rateHz) Hz mono")
    }
    let field = layers[layers.count - 1].grid.field
    guard source.sampleCount >= field else {
      throw EvokeError(
        .soundTooShort, "sound of \(source.sampleCount) samples", reason: "one frame needs \(field) samples",
        remedy: "leave the stimulus out, or check that its sound was decoded completely")
    }
  }

  /// One collector per wanted layer, at the layer's index.
  private func collectors(_ wanted: [EncoderLayer], sampleCount: Int, rate: FeatureRate) throws -> [LayerCollector?] {
    var bins: (grid: BinGrid, aggregate: FeatureRate.Aggregate, count: Int)?
    if case .bins(let seconds, let aggregate) = rate {
      let grid = try self.bins(seconds, for: wanted)
      let count = grid.count(sampleCount)
      guard count > 0 else {
        throw EvokeError(
          .soundTooShort, "sound of \(sampleCount) samples", reason: "it does not cover half a bin of \(seconds) s",
          remedy: "use shorter bins, or leave the stimulus out")
      }
      bins = (grid, aggregate, count)
    }
    return layers.map { layer in
      wanted.contains { $0.key == layer.key } ? LayerCollector(layer, bins: bins) : nil
    }
  }
}

/// (x - mean) / √(variance + 1e-7) with the population moments of the whole sound, or nothing.
struct SoundNormalisation {
  private(set) var mean = 0.0
  private(set) var scale = 1.0
  let isOn: Bool

  /// Reads the sound once, in pieces, where it is on.
  init(_ source: any SampleSource, isOn: Bool) throws {
    self.isOn = isOn
    guard isOn else { return }
    try source.rewind()
    var count = 0.0
    var spread = 0.0
    let block = 1 << 16
    for first in stride(from: 0, to: source.sampleCount, by: block) {
      let samples = try source.samples(first..<min(first + block, source.sampleCount))
      try Self.checkFinite(samples, first)
      let n = Double(samples.count)
      let blockMean = samples.reduce(0.0) { $0 + Double($1) } / n
      let blockSpread = samples.reduce(0.0) { $0 + (Double($1) - blockMean) * (Double($1) - blockMean) }
      // Moments of two parts combine exactly (Chan et al. 1979).
      let shift = blockMean - mean
      spread += blockSpread + shift * shift * count * n / (count + n)
      mean += shift * n / (count + n)
      count += n
    }
    scale = 1 / (spread / count + 1e-7).squareRoot()
  }

  /// The normalised samples of a piece that begins at sample `first`.
  func apply(_ samples: [Float], first: Int) throws -> [Float] {
    if !isOn {
      try Self.checkFinite(samples, first)
      return samples
    }
    return samples.map { Float((Double($0) - mean) * scale) }
  }

  private static func checkFinite(_ samples: [Float], _ first: Int) throws {
    guard let bad = samples.firstIndex(where: { !$0.isFinite }) else { return }
    throw EvokeError(
      .soundNotFinite, "sample \(first + bad)", reason: "it is \(samples[bad])",
      remedy: "decode the sound again, or repair it")
  }
}
