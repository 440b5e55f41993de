import ArgumentParser
import Diagnostics
import Importing
import MediaDecoding
import SignalProcessing

#if canImport(Glibc)
  import Glibc
#endif

/// Whether a stimulus is imported as a film or as sound.
package enum MediaKind: String, Sendable { case video, audio }

/// The options of `import video` and `import audio`, as typed.
package struct MediaOptions: VerbOptions {
  /// Only for a single file.
  @Option(help: "Name of the stimulus; else the file's stem.") package var name: String?
  @Option(help: "Genre.") package var genre: String?
  /// The chosen stream's own tag where nil.
  @Option(help: "Language spoken.") package var language: String?
  @Option(help: "Culture.") package var culture: String?
  @Option(help: "Index of the audio stream; else the default one.") package var audioStream: Int?
  @Flag(help: "Accept sound that is shorter or longer than declared, and record it.") package var allowShort = false

  package init() {}
}

/// Reads films or sound files: their streams, and their sound decoded once to its end, each file one stimulus.
///
/// The sound's length, start on the container's clock, level and the hash of its 16 kHz mono samples are recorded; a
/// decoded length that differs from the declared one by more than 0.1 s is an error unless `allowShort`. A film without
/// sound is accepted with a warning, a sound file without sound is not. Nothing is thrown: every fault is a diagnostic
/// of the batch, and one error keeps the whole import out.
///
/// - Parameter progress: called with seconds done, seconds in all (as far as declared) and the file.
package func importMedia(
  files: [String], kind: MediaKind, options: MediaOptions, common: CommonOptions,
  progress: ImportProgress? = nil
) -> ImportBatch {
  var batch = ImportBatch(verb: "import \(kind.rawValue)", options: options, common: common)
  var findings = Findings()
  var stimuli: [StimulusRecord] = []
  var reader = MediaReader(kind: kind, options: options, progress: progress)
  let probes = files.map { file in findings.collect(file) { try probeMedia(file) } }
  reader.totalSeconds = probes.compactMap { $0?.durationSeconds }.reduce(0) { $0 + Int($1) }
  reader.checkNames(files, &findings)
  for case let probe? in probes {
    guard let source = findings.collect(probe.path, { try SourceFile(reading: probe.path) }) else { continue }
    batch.sources.append(source)
    if let stimulus = reader.read(probe, source, &findings) { stimuli.append(stimulus) }
    if let seconds = probe.durationSeconds { reader.doneSeconds += Int(seconds) }
  }
  reader.warnOfEqualSound(stimuli, &findings)
  batch.records = stimuli
  progress?(reader.totalSeconds, reader.totalSeconds, "")
  batch.diagnostics = findings.all
  return batch
}

private struct MediaReader {
  let kind: MediaKind
  let options: MediaOptions
  let progress: ImportProgress?
  var totalSeconds = 0
  var doneSeconds = 0

  private func stimulusName(_ path: String) -> String { options.name ?? SourceFile.stem(path) }

  func checkNames(_ files: [String], _ findings: inout Findings) {
    for (name, same) in Dictionary(grouping: files, by: stimulusName).sorted(by: { $0.key < $1.key })
    where same.count > 1 {
      findings.error(
        .mediaDuplicate, name, reason: "it would be the name of " + same.joined(separator: " and "),
        remedy: options.name == nil ? "import one of them alone with --name" : "--name goes with a single file")
    }
  }

  func read(_ probe: MediaProbe, _ source: SourceFile, _ findings: inout Findings) -> StimulusRecord? {
    var record = StimulusRecord(name: stimulusName(probe.path), source: source)
    record.genre = options.genre
    record.culture = options.culture
    let picture = readPicture(probe, &findings)
    let sound = readSound(probe, &record, &findings)
    record.language = options.language ?? sound?.stream.language
    record.streams = probe.streams.map { stream in
      var row = self.row(stream)
      row.isChosen = stream.index == sound?.stream.index || (kind == .video && stream.index == picture?.index)
      if let sound, stream.index == sound.stream.index {
        // What decoding found replaces what the header says.
        row.rateHz = Double(sound.rateHz)
        row.channels = sound.channels
        row.primingSamples = sound.report.primingSamples
      }
      return row
    }
    if record.durationS == nil { record.durationS = picture?.durationSeconds ?? probe.durationSeconds }
    return record
  }

  /// The picture of a film, of which one frame is decoded.
  private func readPicture(_ probe: MediaProbe, _ findings: inout Findings) -> MediaStream? {
    guard kind == .video else { return nil }
    return findings.collect(probe.path) {
      let decoder = try VideoDecoder(path: probe.path, threads: 1)
      guard try decoder.next() != nil else {
        throw EvokeError(
          .mediaEmpty, probe.path, reason: "no picture of stream \(decoder.stream.index) could be decoded",
          remedy: "copy or download the file again, or import its sound with import audio")
      }
      return decoder.stream
    }
  }

  private func readSound(
    _ probe: MediaProbe, _ record: inout StimulusRecord, _ findings: inout Findings
  ) -> AudioDecoder? {
    if probe.chosenAudio == nil, kind == .video, options.audioStream == nil {
      findings.add(
        .warning, .mediaNoAudio, probe.path, reason: "the film has no sound",
        remedy: "only visual features can be computed; nothing to do if that is meant")
      return nil
    }
    guard
      let scan = findings.collect(
        probe.path,
        {
          try SoundScan(path: probe.path, stream: options.audioStream) { seconds in
            progress?(doneSeconds + Int(seconds), max(totalSeconds, doneSeconds + Int(seconds)), probe.path)
          }
        })
    else { return nil }
    let decoder = scan.decoder
    record.durationS = Double(decoder.report.decodedCount) / Double(decoder.rateHz)
    record.audioStartOffsetS = decoder.report.clockStartSeconds
    record.audioSampleCount = decoder.report.decodedCount
    record.audioSHA256 = scan.sha256
    record.rmsDBFS = 20 * log10(max(scan.rms, 1e-5))
    judge(scan, probe.path, &findings)
    return decoder
  }

  private func judge(_ scan: SoundScan, _ path: String, _ findings: inout Findings) {
    for finding in [scan.decoder.lengthFinding, scan.decoder.damageFinding].compactMap({ $0 }) {
      findings.add(
        options.allowShort ? .warning : finding.severity, finding.code, finding.object, reason: finding.reason,
        remedy: options.allowShort ? "accepted by --allow-short" : finding.remedy)
    }
    if scan.rms == 0 {
      findings.add(
        .warning, .mediaSilent, path,
        reason: "all \(scan.sampleCount) samples of stream \(scan.decoder.stream.index) are zero",
        remedy: "choose another stream with --audio-stream if there is one")
    }
    if binCount(durationSeconds: Double(scan.sampleCount) / 16_000) == 0 {
      findings.add(
        .warning, .mediaTooShort, path, reason: "\(scan.sampleCount) samples at 16 kHz",
        remedy: "features per second will be empty; use a longer clip")
    }
  }

  func warnOfEqualSound(_ stimuli: [StimulusRecord], _ findings: inout Findings) {
    var groups: [String: [StimulusRecord]] = [:]
    for stimulus in stimuli { if let sha256 = stimulus.audioSHA256 { groups[sha256, default: []].append(stimulus) } }
    for same in groups.values.filter({ $0.count > 1 }).sorted(by: { $0[0].name < $1[0].name }) {
      findings.add(
        .warning, .mediaDuplicate, same.map(\.name).joined(separator: ", "),
        reason: "their sound is the same to the bit",
        remedy: "drop all but one, unless that is meant")
    }
  }

  private func row(_ stream: MediaStream) -> StimulusRecord.Stream {
    var row = StimulusRecord.Stream(index: stream.index, kind: stream.kind.rawValue, codec: stream.codec)
    row.language = stream.language
    row.rateHz = stream.rateHz.map(Double.init)
    row.channels = stream.channels
    row.width = stream.width
    row.height = stream.height
    row.framesPerSecond = stream.framesPerSecond
    row.startS = stream.startSeconds
    row.durationS = stream.durationSeconds
    row.primingSamples = stream.primingSamples
    return row
  }
}
