import Diagnostics
import Warehouse

/// A film or a piece of sound.
package struct StimulusRecord: ImportRecord {
  /// One elementary stream of the file.
  package struct Stream: Sendable, Equatable {
    package var index: Int
    /// video, audio, subtitle or other.
    package var kind: String
    package var codec: String
    package var language: String?
    package var rateHz: Double?
    package var channels: Int?
    package var width: Int?
    package var height: Int?
    package var framesPerSecond: Double?
    package var startS: Double?
    package var durationS: Double?
    package var primingSamples: Int?
    /// The stream the stimulus' sound or picture is taken from.
    package var isChosen: Bool

    package init(index: Int, kind: String, codec: String, isChosen: Bool = false) {
      self.index = index
      self.kind = kind
      self.codec = codec
      self.isChosen = isChosen
    }
  }

  package var name: String
  /// Seconds of decoded audio (or of picture where there is no audio); nil for a stimulus without media.
  package var durationS: Double?
  package var genre: String?
  package var language: String?
  package var culture: String?
  /// The media file (an entry of `ImportBatch.sources`), nil for a stimulus without media.
  package var source: SourceFile?
  package var streams: [Stream]
  /// Seconds from the container's clock zero to the first decoded audio sample.
  package var audioStartOffsetS: Double?
  /// Decoded samples of the chosen audio stream at its native rate.
  package var audioSampleCount: Int?
  /// SHA-256 of the 16 kHz mono float32 little-endian samples.
  package var audioSHA256: String?
  /// Root mean square of the mono samples, dB re full scale.
  package var rmsDBFS: Double?

  package init(name: String, source: SourceFile? = nil, streams: [Stream] = []) {
    self.name = name
    self.source = source
    self.streams = streams
  }
}

extension StimulusRecord {
  package static let noun = "stimulus"

  package func conflict(in place: ImportPlace) throws -> EvokeError? {
    guard let source else { return nil }
    let rows = try place.connection.report(
      "stimulus_media", ["dataset": .text(place.dataset), "name": .text(name)])
    guard let row = rows.first, let other = row.optionalText("sha256"), other != source.sha256 else { return nil }
    return EvokeError(
      .stimulusHasMedia, name, reason: "\(row.text("path")) is its media file",
      remedy: "import \(source.path) under another --name")
  }

  /// Rows of tables `stimulus`, `stream`, `element` and, for its sound, `alignment`.
  package func enter(_ entry: RecordEntry) throws {
    let key = try entry.stimulus(name)
    let source = try source.map(entry.sourceFile)
    try entry.connection.execute(
      """
      UPDATE stimulus SET activity_id = :activity, source_file_id = :source, duration_s = coalesce(:duration, duration_s),
        genre = coalesce(:genre, genre), language = coalesce(:language, language), culture = coalesce(:culture, culture),
        audio_start_offset_s = :offset WHERE stimulus_id = :id
      """,
      [
        "activity": .int(entry.activity), "source": .optional(source), "duration": .optional(durationS),
        "genre": .optional(genre), "language": .optional(language), "culture": .optional(culture),
        "offset": .optional(audioStartOffsetS), "id": .int(key),
      ])
    for stream in streams { try entry.connection.insert("stream", stream.row(of: key), conflict: "OR REPLACE") }
    if let audioSHA256 {
      try entry.connection.insert(
        "element",
        [
          ("stimulus_id", .int(key)), ("name", "original"), ("rms_dbfs", .optional(rmsDBFS)),
          ("sample_count", .optional(audioSampleCount)), ("audio_sha256", .text(audioSHA256)),
        ], conflict: "OR REPLACE")
    }
    guard let audioSampleCount else { return }
    var alignment = Alignment(stimulus: name, series: "audio", onsetSource: "cut")
    alignment.declaredRateHz = streams.first { $0.isChosen && $0.kind == "audio" }?.rateHz
    alignment.impliedRateHz = durationS.map { Double(audioSampleCount) / $0 }
    alignment.offsetS = audioStartOffsetS
    try entry.enter(alignment)
  }
}

extension StimulusRecord.Stream {
  fileprivate func row(of stimulus: Int) -> [(String, SQLValue)] {
    [
      ("stimulus_id", .int(stimulus)), ("position", .int(index)), ("kind", .text(kind)), ("codec", .text(codec)),
      ("language", .optional(language)), ("rate_hz", .optional(rateHz)), ("channels", .optional(channels)),
      ("width", .optional(width)), ("height", .optional(height)), ("frames_per_second", .optional(framesPerSecond)),
      ("start_s", .optional(startS)), ("duration_s", .optional(durationS)),
      ("priming_samples", .optional(primingSamples)), ("is_chosen", .flag(isChosen)),
    ]
  }
}

extension ImportBatch {
  /// Adds the stimuli that are not known yet before all other records, each once, with a note that names near misses.
  package mutating func introduce(stimuli names: some Sequence<String>, known: KnownNames, _ findings: inout Findings) {
    var new: [StimulusRecord] = []
    for name in names where !known.stimuli.contains(name) && !new.contains(where: { $0.name == name }) {
      new.append(StimulusRecord(name: name))
      let near = NearMiss.of(name, in: known.stimuli.sorted())
      findings.add(
        .note, .stimulusNew, name, reason: "no stimulus of this name has been imported",
        remedy: near.isEmpty ? "import its media under this name" : "did you mean \(near.joined(separator: " or "))?")
    }
    records.insert(contentsOf: new, at: 0)
  }
}
