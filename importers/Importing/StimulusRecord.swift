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
  package var clock = ClockLedger()
  /// Whether its picture goes on after its sound.
  package var soundEndsEarly = false
  /// Decoded samples of the chosen audio stream at its native rate.
  package var audioSampleCount: Int?
  /// SHA-256 of the 16 kHz mono float32 little-endian samples.
  package var audioSHA256: String?
  /// Root mean square of the mono samples, dB re full scale.
  package var rmsDBFS: Double?
  /// Of the original sound, where there is one.
  package var passport: SoundPassport?

  package init(name: String, source: SourceFile? = nil, streams: [Stream] = []) {
    self.name = name
    self.source = source
    self.streams = streams
  }
}

extension StimulusRecord {
  package static let noun = "stimulus"
  package static let plural = "stimuli"
  package var names: [(noun: String, text: String)] {
    [("stimulus", name)]
  }
  package var origin: [String]? { source.map { [$0.path] } }

  package func conflict(in place: ImportPlace) throws -> EvokeError? {
    guard let source else { return nil }
    let media = try place.connection.stimulusMedia(dataset: place.dataset, name: name).first
    guard let other = media?.sha256, let path = media?.path, other != source.sha256 else { return nil }
    return EvokeError(
      .stimulusHasMedia, name, reason: "\(path) is its media file",
      remedy: "import \(source.path) under another --name")
  }

  package func stands(in place: ImportPlace, of activity: Int) throws -> Bool? {
    guard source != nil else { return nil }
    return try place.connection.stimulusMedia(dataset: place.dataset, name: name).first?.activityID == activity
  }

  /// Rows of tables `stimulus`, `stream`, `element` and, for its sound, `alignment`.
  package func enter(_ entry: RecordEntry) throws {
    let key = try entry.stimulus(name)
    let source = try source.map(entry.sourceFile)
    try entry.connection.describeStimulus(
      activity: entry.activity, source: source, durationS: durationS, genre: genre, language: language,
      culture: culture, audioStartOffsetS: audioStartOffsetS, stimulus: key)
    for stream in streams { try entry.connection.insert(stream.row(of: key), or: .replace) }
    if let audioSHA256 {
      try entry.connection.insert(
        ElementRow(
          stimulusID: key, name: "original", rmsDbfs: rmsDBFS, sampleCount: audioSampleCount, audioSHA256: audioSHA256),
        or: .replace)
    }
    if let passport { try entry.enter(passport, of: key, element: "original") }
    try entry.enter(clock, series: "media", stimulus: name, subject: nil)
    guard let audioSampleCount else { return }
    var alignment = Alignment(
      stimulus: name, series: "audio", onsetSource: "cut", verdict: soundEndsEarly ? .short : .ok)
    alignment.declaredRateHz = streams.first { $0.isChosen && $0.kind == "audio" }?.rateHz
    alignment.impliedRateHz = durationS.map { Double(audioSampleCount) / $0 }
    alignment.offsetS = audioStartOffsetS
    try entry.enter(alignment)
  }
}

extension StimulusRecord.Stream {
  fileprivate func row(of stimulus: Int) -> StreamRow {
    StreamRow(
      stimulusID: stimulus, position: index, kind: kind, codec: codec, language: language, rateHz: rateHz,
      channels: channels, width: width, height: height, framesPerSecond: framesPerSecond, startS: startS,
      durationS: durationS, primingSamples: primingSamples, isChosen: isChosen ? 1 : 0)
  }
}

extension ImportBatch {
  /// Warns of a dataset that is new beside one it is almost called like.
  package mutating func compareDataset(_ known: KnownNames) {
    var findings = Findings()
    known.compare([common.dataset], "dataset", in: known.datasets, &findings)
    diagnostics += findings.all
  }

  /// Warns of a consent that is wider than what holds of the dataset already, which stays.
  package mutating func compareConsent(_ kept: DatasetConsent) {
    let word = kept.declared ?? .unstated
    guard let asked = common.consent, word.isStricter(than: asked) else { return }
    var findings = Findings()
    findings.add(
      .warning, .consentKept, "dataset \(common.dataset)",
      reason: "its consent stays \(word.rawValue)\(kept.declared == nil ? " (nothing was said)" : "")",
      remedy:
        "evoke consent \(common.dataset) \(asked.rawValue) --reason TEXT changes it, where the participants agreed")
    diagnostics += findings.all
  }

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
