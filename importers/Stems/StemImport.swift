import ArgumentParser
import Diagnostics
import Importing
import MediaDecoding
import MediaSources
import SignalProcessing

#if canImport(Glibc)
  import Glibc
#endif

/// The options of `import stems`, as typed.
package struct StemOptions: VerbOptions {
  @Option(help: "Stimulus they belong to.") package var stimulus: String
  /// Read off the files' names where nil.
  @Option(help: "voice or soundtrack; for a single file.") package var element: String?
  @Flag(help: "Accept a stem of another length.") package var allowShort = false
  @Flag(help: "Accept stems that do not add up to the original.") package var allowResidual = false

  package init() {}
}

/// What the warehouse knows of the stimulus whose stems are imported.
package struct StemOriginal: Sendable {
  /// The media file, where there is one.
  package let path: String?
  package let audioStream: Int?
  package let durationS: Double?
  /// Files of the stems imported before, by element.
  package let stems: [String: String]

  package init(path: String?, audioStream: Int?, durationS: Double?, stems: [String: String]) {
    self.path = path
    self.audioStream = audioStream
    self.durationS = durationS
    self.stems = stems
  }
}

/// Reads separated sound made elsewhere: voice, soundtrack, or both, of one stimulus.
///
/// Checked are the length (0.1 s) and, once both stems are there, the rest `original - voice - soundtrack` below 10 kHz:
/// above -10 dB re the original it is an error, above -30 dB a warning (lossy stems; separation that is not meant to sum).
/// Levels are taken at 44.1 kHz over two channels. Nothing is thrown: every fault is a diagnostic of the batch.
package func importStems(
  files: [String], options: StemOptions, original: StemOriginal, common: CommonOptions,
  progress: ImportProgress? = nil
) -> ImportBatch {
  var batch = ImportBatch(verb: "import stems", options: options, common: common)
  var findings = Findings()
  let elements = elements(of: files, options, &findings)
  var stems: [StemRecord] = []
  for (file, element) in zip(files, elements) {
    progress?(stems.count, files.count + 1, file)
    guard let element else { continue }
    guard
      let (source, sound) = findings.collect(
        file, { (try SourceFile(reading: file), try StemSound(path: file)) })
    else { continue }
    batch.sources.append(source)
    stems.append(sound.record(of: source, element: element, options, original, &findings))
  }
  var paths = original.stems
  for stem in stems { paths[stem.element] = stem.source.path }
  if let path = original.path, let voice = paths["voice"], let soundtrack = paths["soundtrack"], !findings.hasErrors {
    progress?(files.count, files.count + 1, path)
    if let rest = findings.collect(path, { try Residual(path, original.audioStream, voice, soundtrack) }) {
      rest.judge(options, &findings)
      for i in stems.indices { stems[i].residualDB = rest.decibels }
    }
  }
  batch.records = stems
  batch.diagnostics = findings.all
  return batch
}

/// The element of every file; two files of one element, or a name that tells nothing, are errors.
private func elements(
  of files: [String], _ options: StemOptions, _ findings: inout Findings
) -> [String?] {
  if let element = options.element {
    guard ["voice", "soundtrack"].contains(element), files.count == 1 else {
      findings.error(
        .stemElementUnclear, "--element \(element)", reason: "one file is the voice or the soundtrack",
        remedy: "give one file with --element voice or --element soundtrack")
      return files.map { _ in nil }
    }
    return [element]
  }
  var seen: Set<String> = []
  return files.map { file in
    let name = SourceFile.stem(file).lowercased()
    // "no_vocals" is the soundtrack of several programs.
    let isSoundtrack = ["accompaniment", "soundtrack", "instrumental", "no_voc", "novoc", "music"].contains {
      name.contains($0)
    }
    let isVoice = !isSoundtrack && ["voc", "voice", "speech", "dialog"].contains { name.contains($0) }
    let element = isSoundtrack ? "soundtrack" : isVoice ? "voice" : nil
    guard let element, seen.insert(element).inserted else {
      findings.error(
        .stemElementUnclear, file, reason: "which element it is cannot be told from its name",
        remedy: "import it alone with --element voice or --element soundtrack")
      return nil
    }
    return element
  }
}

/// A stem's sound, decoded once.
private struct StemSound {
  let rateHz: Int
  let sampleCount: Int
  let levels: SoundLevels
  let survey: SoundSurvey
  /// What its file's structure and its decoding tell against it.
  let faults: [Diagnostic]

  init(path: String) throws {
    let decoder = try AudioDecoder(path: path)
    var survey = SoundSurvey(rateHz: decoder.rateHz)
    while let block = try decoder.next() {
      let (left, right) = StereoSource.mix(block.channels)
      survey.add(block.channels, left: left, right: right)
    }
    survey.finish()
    self.survey = survey
    faults = try mediaFindings(path, decoder)
    rateHz = decoder.rateHz
    sampleCount = decoder.report.decodedCount
    let source = try StereoSource(path: path, rateHz: 44_100)
    var levels = SoundLevels(rateHz: 44_100)
    for start in stride(from: 0, to: source.sampleCount, by: 441_000) {
      let piece = try source.samples(start..<min(source.sampleCount, start + 441_000))
      levels.add(piece.left, piece.right)
    }
    self.levels = levels
  }

  func record(
    of file: SourceFile, element: String, _ options: StemOptions, _ original: StemOriginal,
    _ findings: inout Findings
  ) -> StemRecord {
    let seconds = Double(sampleCount) / Double(rateHz)
    for fault in faults { findings.add(fault, acceptedBy: options.allowShort ? "--allow-short" : nil) }
    for finding in SoundPassport(survey).findings(file.path, isOriginal: false) { findings.add(finding) }
    if let expected = original.durationS, original.path != nil {
      if abs(seconds - expected) > 0.1 {
        findings.add(
          options.allowShort ? .warning : .error, .stemLengthDiffers, file.path,
          reason: "it has \(seconds) s, \(options.stimulus) has \(expected) s",
          remedy: options.allowShort
            ? "accepted by --allow-short" : "separate the whole sound, or accept it by --allow-short")
      }
    } else {
      findings.add(
        .warning, .stemLengthDiffers, options.stimulus, reason: "the stimulus has no media: its length is not known",
        remedy: "import its film or sound too")
    }
    if levels.meanSquare == 0 {
      findings.add(
        .warning, .mediaSilent, file.path, reason: "all its samples are zero", remedy: "nothing if that is meant")
    }
    return StemRecord(
      stimulus: options.stimulus, element: element, source: file, rateHz: Double(rateHz), sampleCount: sampleCount,
      meanSquare: levels.meanSquare, rmsDBFS: levels.decibels, silentFraction: levels.silentFraction, residualDB: nil,
      passport: SoundPassport(survey))
  }
}

/// What of a sound its stems leave, over the seconds that all three have.
private struct Residual {
  /// 10 log10 of the energy of original minus voice minus soundtrack over the original's, below 10 kHz.
  let decibels: Double
  /// Seconds that all three have.
  private let seconds: Double
  private let originalSeconds: Double

  init(_ path: String, _ stream: Int?, _ voice: String, _ soundtrack: String) throws {
    let rate = 22_050
    let original = try StereoSource(path: path, audioStream: stream, rateHz: rate)
    let stems = (try StereoSource(path: voice, rateHz: rate), try StereoSource(path: soundtrack, rateHz: rate))
    let sounds = [original, stems.0, stems.1]
    let count = min(original.sampleCount, stems.0.sampleCount, stems.1.sampleCount)
    var (whole, rest) = (0.0, 0.0)
    for start in stride(from: 0, to: count, by: 10 * rate) {
      let pieces = try sounds.map { try $0.samples(start..<min(count, start + 10 * rate)) }
      for channel in [pieces.map(\.left), pieces.map(\.right)] {
        for i in channel[0].indices {
          let missing = Double(channel[0][i]) - Double(channel[1][i]) - Double(channel[2][i])
          whole += Double(channel[0][i]) * Double(channel[0][i])
          rest += missing * missing
        }
      }
    }
    decibels = rest > 0 ? (whole > 0 ? max(-200, 10 * log10(rest / whole)) : 200) : -200
    seconds = Double(count) / Double(rate)
    originalSeconds = Double(original.sampleCount) / Double(rate)
  }

  func judge(_ options: StemOptions, _ findings: inout Findings) {
    func rounded(_ value: Double) -> Double { (value * 10).rounded() / 10 }
    if originalSeconds - seconds > 0.1 {
      findings.add(
        .warning, .stemResidual, options.stimulus,
        reason: "its rest of \(rounded(decibels)) dB is that of \(rounded(seconds)) s, of "
          + "\(rounded(originalSeconds - seconds)) s a stem is missing",
        remedy: "read residual_db beside residual_s (stem_energy), or separate the whole sound")
    }
    guard decibels > -30 else { return }
    let isError = decibels > -10 && !options.allowResidual
    findings.add(
      isError ? .error : .warning, .stemResidual, options.stimulus,
      reason: "voice plus soundtrack leave a rest of \(rounded(decibels)) dB below 10 kHz",
      remedy: isError
        ? "check that both stems belong to this sound, unshifted and at its level; --allow-residual accepts them"
        : "nothing if the separation is not meant to sum")
  }
}
