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
  /// Without `{stimulus}` only for a single file.
  @Option(help: "Name of the stimulus, {stimulus} as a template reads it; else that, or the file's stem.")
  package var name: String?
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
/// - Parameter files: paths, or templates in which `{stimulus}` names each stimulus.
/// - Parameter progress: called with seconds done, seconds in all (as far as declared) and the file.
package func importMedia(
  files: [String], kind: MediaKind, options: MediaOptions, common: CommonOptions,
  progress: ImportProgress? = nil
) -> ImportBatch {
  var batch = ImportBatch(verb: "import \(kind.rawValue)", options: options, common: common)
  var findings = Findings()
  var stimuli: [StimulusRecord] = []
  var reader = MediaReader(kind: kind, options: options, common: common, progress: progress)
  let found = MediaNames.files(files, but: common.leftOut, &findings)
  reader.names = MediaNames(found, options, &findings)
  let probes = found.map { file in
    findings.file = file.path
    return findings.collect(file.path) {
      try SourceFile.refusePointer(at: file.path)
      return try probeMedia(file.path)
    }
  }
  findings.file = nil
  reader.totalSeconds = probes.compactMap { $0?.durationSeconds }.reduce(0) { $0 + Int($1) }
  for (file, probe) in zip(found, probes) {
    guard let probe else { continue }
    findings.file = probe.path
    guard let source = findings.collect(probe.path, { try SourceFile(reading: probe.path, fields: file.fields) }) else {
      continue
    }
    batch.sources.append(source)
    if let stimulus = reader.read(probe, source, &findings) { stimuli.append(stimulus) }
    if let seconds = probe.durationSeconds { reader.doneSeconds += Int(seconds) }
  }
  findings.file = nil
  reader.warnOfEqualSound(stimuli, &findings)
  batch.records = stimuli
  progress?(reader.totalSeconds, reader.totalSeconds, "")
  batch.conclude(findings)
  return batch
}

private struct MediaReader {
  let kind: MediaKind
  let options: MediaOptions
  let common: CommonOptions
  let progress: ImportProgress?
  var totalSeconds = 0
  var doneSeconds = 0
  var names = MediaNames()

  func read(_ probe: MediaProbe, _ source: SourceFile, _ findings: inout Findings) -> StimulusRecord? {
    if let seconds = probe.durationSeconds {
      guard findings.collect(probe.path, { try common.refuse(longer: seconds, probe.path) }) != nil else { return nil }
    }
    var record = StimulusRecord(name: names[probe.path], source: source)
    record.genre = options.genre
    record.culture = options.culture
    let picture = readPicture(probe, &findings)
    let sound = readSound(probe, &record, &findings)
    judgeLength(probe.path, sound, &findings)
    noteOtherSound(probe, sound, &findings)
    record.language = options.language ?? sound?.stream.language
    record.streams = probe.streams.map { stream in
      var row = self.row(stream)
      row.isChosen = stream.index == sound?.stream.index || (kind == .video && stream.index == picture?.index)
      if let sound, stream.index == sound.stream.index {
        // What decoding found replaces what the header says.
        row.rateHz = Double(sound.rateHz)
        row.channels = sound.channels
        row.primingSamples = sound.report.primingSamples
        if sound.report.joinCount > 0 { row.durationS = record.durationS }
      }
      return row
    }
    state(sound, picture, of: probe.path, &record.clock)
    if let sound, let extents = extents(sound, picture) {
      record.soundEndsEarly = extents.endsEarly
      extents.report(probe.path, &findings)
    }
    if record.durationS == nil { record.durationS = picture?.durationSeconds ?? probe.durationSeconds }
    return record
  }

  /// nil where there is no picture. Where the container does not say how long it runs, its last packet does.
  private func extents(_ sound: AudioDecoder, _ picture: MediaStream?) -> StreamExtents? {
    guard let picture, let startS = picture.startSeconds else { return nil }
    return StreamExtents(sound: extent(sound), pictureStartS: startS, pictureEndS: end(of: picture, sound))
  }

  private func extent(_ sound: AudioDecoder) -> StreamExtents.Extent {
    let startS = sound.report.clockStartSeconds
    return .init(startS: startS, endS: startS + Double(sound.report.decodedCount) / Double(sound.rateHz))
  }

  private func end(of picture: MediaStream, _ sound: AudioDecoder?) -> Double? {
    if let start = picture.startSeconds, let lasts = picture.durationSeconds { return start + lasts }
    return sound?.report.packetEndSeconds[picture.index]
  }

  /// Enters what the container says of both, and where decoding found the sound's end, as far as it is known.
  private func state(
    _ sound: AudioDecoder?, _ picture: MediaStream?, of path: String, _ clock: inout ClockLedger
  ) {
    func say(_ statement: String, _ seconds: Double?) {
      if let seconds { clock.state(statement, seconds, "s", by: .container, of: path) }
    }
    let heard = sound.map(extent)
    say("start of sound", heard?.startS)
    say("end of sound", heard?.endS)
    say("start of picture", picture?.startSeconds)
    say("end of picture", picture.flatMap { end(of: $0, sound) })
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
    record.passport = SoundPassport(scan.survey)
    judge(scan, probe.path, &findings)
    return decoder
  }

  /// What decoding and the file's own structure tell against it; accepted on request.
  private func judgeLength(_ path: String, _ decoder: AudioDecoder?, _ findings: inout Findings) {
    for finding in findings.collect(path, { try mediaFindings(path, decoder) }) ?? [] {
      findings.add(finding, acceptedBy: options.allowShort ? "--allow-short" : nil)
    }
  }

  private func judge(_ scan: SoundScan, _ path: String, _ findings: inout Findings) {
    if scan.decoder.report.decodedCount == 0 {
      findings.error(
        .mediaEmpty, path, reason: "stream \(scan.decoder.stream.index) has no samples",
        remedy: "copy or download the file again")
      return
    }
    let isZero = scan.survey.channelDecibels <= SoundLevels.floor
    for finding in SoundPassport(scan.survey).findings(path, isOriginal: true)
    where !isZero || finding.code != .mediaMostlySilent { findings.add(finding) }
    if isZero {
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

  private func noteOtherSound(_ probe: MediaProbe, _ sound: AudioDecoder?, _ findings: inout Findings) {
    let others = probe.streams.filter { $0.kind == .audio && $0.index != sound?.stream.index }
    guard let sound, !others.isEmpty, options.audioStream == nil else { return }
    let list = others.map { "\($0.index) (\($0.language ?? "no language"), \($0.codec))" }
    findings.add(
      .note, .mediaOtherSound, probe.path,
      reason: "stream \(sound.stream.index) (\(sound.stream.language ?? "no language")) is taken of "
        + "\(others.count + 1); the others are \(list.joined(separator: ", "))",
      remedy: "choose another one with --audio-stream, if it was heard")
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
