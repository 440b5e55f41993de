import ContentIdentity
import Diagnostics
import LinearAlgebra
import SignalProcessing
import Vocabulary

/// Takes rows of one layer: its key, the index of the first row, and rows x dimension numbers.
public typealias RowSink = (_ layer: String, _ firstRow: Int, _ rows: [Float]) throws -> Void

extension AudioModel {
  /// Runs the model over a sound and delivers the named layers' rows, each row once and in order within its layer.
  ///
  /// Memory is that of one chunk, whatever the sound's length. The sound is read twice where the model normalises it
  /// (mean and variance over all of it, then the chunks), once otherwise; it is rewound first. All numbers delivered are
  /// finite, except rows of bins that hold no frame, which are NaN.
  ///
  /// With a `journal`, rows kept by an earlier extraction are delivered from it first and only the chunks behind them are
  /// computed; the rows are the same bits as without one.
  ///
  /// Throws E-WGT-011 for sound at another rate, E-WGT-012 for one shorter than a frame (or half a bin), E-WGT-013 for
  /// NaN or infinite samples, E-WGT-014, E-WGT-015, and whatever the source, the journal or the sink throws.
  public func extract(
    from source: any SampleSource, layers keys: [String], rate: FeatureRate = .perSecond,
    chunking: Chunking = .standard, journal: (any ExtractionJournal)? = nil, progress: ((Double) -> Void)? = nil,
    sink: RowSink
  ) throws {
    let wanted = try keys.map { try layer($0) }
    try check(source)
    var collectors = try collectors(wanted, sampleCount: source.sampleCount, rate: rate)
    let chunks = chunking.chunks(source.sampleCount, slowest)
    let done = try replay(journal, &collectors, sink)
    if journal != nil { progress?(Double(done) / Double(chunks.count)) }
    var pass = try pass(over: source)
    try source.rewind()
    for (position, chunk) in chunks.enumerated().dropFirst(done) {
      var kept: [ExtractionRecord.Rows] = []
      try run(chunk, pass: &pass, source: source, collectors: &collectors) { layer, first, rows in
        try sink(layer, first, rows)
        if journal != nil { kept.append(.init(layer: layer, first: first, values: rows)) }
      }
      let state = journal == nil ? .null : JSONValue.array(collectors.map { $0?.state ?? .null })
      try journal?.append(ExtractionRecord(chunk: position, rows: kept, state: state))
      progress?(Double(position + 1) / Double(chunks.count))
    }
    for index in layers.indices {
      if let ready = collectors[index]?.finish() { try sink(layers[index].key, ready.first, ready.rows) }
      let expected = layers[index].grid.frameCount(source.sampleCount)
      precondition(collectors[index].map { $0.nextFrame == expected } ?? true, "a frame was lost or doubled")
    }
  }

  /// Delivers what a journal holds and brings the collectors to where it ends; returns the chunks it holds.
  private func replay(
    _ journal: (any ExtractionJournal)?, _ collectors: inout [LayerCollector?], _ sink: RowSink
  ) throws -> Int {
    var done = 0
    var state = JSONValue.null
    try journal?.replay { record in
      precondition(record.chunk == done, "a journal has every chunk once and in order")
      for part in record.rows { try sink(part.layer, part.first, part.values) }
      done += 1
      state = record.state
    }
    guard done > 0 else { return 0 }
    for index in collectors.indices {
      guard let restored = collectors[index]?.restore(state.arrayValue?[index] ?? .null) else { continue }
      precondition(restored, "a journal belongs to one model and one set of layers")
    }
    return done
  }

  /// Computes one chunk and hands out the rows that became ready.
  private func run(
    _ chunk: Chunk, pass: inout any AudioModelPass, source: any SampleSource,
    collectors: inout [LayerCollector?], sink: RowSink
  ) throws {
    let wanted = collectors.map { $0 != nil }
    let samples = try source.padded(chunk.samples)
    try Lanes.sharing {
      try pass.run(samples, first: chunk.samples.lowerBound, wanted: wanted) { index, firstRow, rows, values, offset in
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
    }
  }

  private func check(_ source: any SampleSource) throws {
    guard source.rateHz == Double(inputRateHz) else {
      throw EvokeError(
        .soundRateWrong, "sound at \(source.rateHz) Hz", reason: "the encoder takes \(inputRateHz) Hz",
        remedy: "resample the sound to \(inputRateHz) Hz mono")
    }
    guard slowest.frameCount(source.sampleCount) > 0 else {
      throw EvokeError(
        .soundTooShort, "sound of \(source.sampleCount) samples", reason: "one frame needs \(slowest.field) samples",
        remedy: "leave the stimulus out, or check that its sound was decoded completely")
    }
  }

  /// One collector per wanted layer, at the layer's index.
  private func collectors(_ wanted: [EncoderLayer], sampleCount: Int, rate: FeatureRate) throws -> [LayerCollector?] {
    var bins: (grid: BinGrid, aggregate: Aggregate, count: Int)?
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

extension SampleSource {
  /// The samples of a range that may reach beyond the sound, zeros there.
  fileprivate func padded(_ range: Range<Int>) throws -> [Float] {
    let inside = range.clamped(to: 0..<sampleCount)
    let found = try samples(inside)
    if inside == range { return found }
    let before = max(0, min(range.upperBound, 0) - range.lowerBound)
    return [Float](repeating: 0, count: before) + found
      + [Float](repeating: 0, count: range.count - before - found.count)
  }
}
