import AudioModels
import ContentIdentity
import SignalProcessing
import Testing
import Vocabulary

/// Keeps records in memory and fails when it has as many as wanted.
private final class MemoryJournal: ExtractionJournal {
  struct Full: Error {}
  var records: [ExtractionRecord] = []
  var limit = Int.max

  func replay(_ body: (ExtractionRecord) throws -> Void) throws {
    // As from a file: states pass through text.
    for record in records {
      try body(
        ExtractionRecord(
          chunk: record.chunk, rows: record.rows, state: try JSONValue(parsing: record.state.canonical)))
    }
  }

  func append(_ record: ExtractionRecord) throws {
    if records.count == limit { throw Full() }
    records.append(record)
  }
}

/// Counts the samples that are read a second time, after the normalisation's pass.
private final class CountingSource: SampleSource {
  private let inner: ArraySampleSource
  private(set) var rewinds = 0
  private(set) var samplesInLastPass = 0

  init(_ sound: [Float]) { inner = ArraySampleSource(sound, rateHz: 16_000) }
  var sampleCount: Int { inner.sampleCount }
  var rateHz: Double { inner.rateHz }

  func samples(_ range: Range<Int>) throws -> [Float] {
    samplesInLastPass += range.count
    return try inner.samples(range)
  }

  func rewind() throws {
    rewinds += 1
    samplesInLastPass = 0
  }
}

@Suite struct JournalTests {
  private static let rates: [FeatureRate] =
    [.native, .bins(seconds: 0.7, aggregate: .mean)]
    + Aggregate.allCases.map { .bins(seconds: 1, aggregate: $0) }

  private func extract(
    _ encoder: SpeechEncoder, _ source: CountingSource, _ rate: FeatureRate, _ journal: MemoryJournal?
  ) throws -> [String: [UInt32]] {
    var rows: [String: [UInt32]] = [:]
    try encoder.extract(
      from: source, layers: ["conv.3", "hs.2", "last"], rate: rate,
      chunking: Chunking(coreFrames: 83, contextFrames: 20), journal: journal
    ) { layer, first, values in
      let width = try encoder.layer(layer).dimension
      #expect(rows[layer, default: []].count == first * width)
      rows[layer, default: []] += values.map(\.bitPattern)
    }
    return rows
  }

  @Test("an extraction cut off behind any chunk goes on there and delivers the same bits", arguments: rates)
  func resumed(rate: FeatureRate) throws {
    let encoder = try SpeechEncoder(folder: EncoderFixtures.encoder("w2v2-tiny-random"))
    let sound = EncoderFixtures.noise(seconds: 9.3)
    let whole = try extract(encoder, CountingSource(sound), rate, nil)
    let chunks = (encoder.frameCount(sampleCount: sound.count) + 82) / 83
    #expect(chunks == 6)
    for done in 0...chunks {
      let journal = MemoryJournal()
      journal.limit = done
      do { _ = try extract(encoder, CountingSource(sound), rate, journal) } catch is MemoryJournal.Full {}
      #expect(journal.records.count == done)
      journal.limit = .max
      let source = CountingSource(sound)
      #expect(try extract(encoder, source, rate, journal) == whole, "after \(done) chunks")
      #expect(journal.records.map(\.chunk) == Array(0..<chunks))
      let chunk = 123 * 320 + 400 + 320
      #expect(source.samplesInLastPass <= (chunks - done) * chunk, "no chunk is computed twice")
    }
  }
}
