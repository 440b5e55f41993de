import ContentIdentity
import Diagnostics
import Foundation
import Importing
import Media
import MediaSources
import Testing

private func importing(
  _ files: [String], _ kind: MediaKind = .video, _ change: (inout MediaOptions) -> Void = { _ in }
) -> ImportBatch {
  var options = MediaOptions.unset
  change(&options)
  return importMedia(files: files, kind: kind, options: options, common: CommonOptions(dataset: "films"))
}

private func codes(_ batch: ImportBatch, _ severity: Diagnostic.Severity) -> [String] {
  batch.diagnostics.filter { $0.severity == severity }.map(\.code.id)
}

@Suite struct MediaImportTests {
  @Test(
    "Sound and picture that do not begin or end together are said",
    arguments: [
      ("sound_ends_early.mp4", "runs to 4 s and the sound to 2", 2.0, true),
      ("picture_ends_early.mp4", "runs to 2 s and the sound to 4", 4.0, false),
      // The edit that delays the sound ends where the encoder's first frame of priming begins: 1024 samples of 8 kHz.
      ("sound_begins_late.mp4", "begins at 0 s and the sound at 1.37", 2.69, false),
      // Transport streams declare no length, their packets tell it; nor do they say what of the sound is priming.
      ("sound_ends_early.ts", "and the sound to", 2.18, true),
      ("sound_begins_late.ts", "and the sound at", 2.69, false),
    ])
  func extents(_ name: String, _ words: String, _ lasts: Double, _ isShort: Bool) throws {
    let batch = importing([fixture(name)])
    let stimulus = try #require(batch.stimuli.first)
    #expect(abs((stimulus.durationS ?? 0) - lasts) < 0.15 && stimulus.soundEndsEarly == isShort)
    let said = batch.diagnostics.filter { $0.code == .streamsDiffer }
    #expect(said.count == 1 && said.allSatisfy { $0.reason.contains(words) }, "\(said)")
    let statements = stimulus.clock.statements
    #expect(
      Set(statements.map(\.statement)) == ["start of sound", "end of sound", "start of picture", "end of picture"])
  }

  @Test("A film becomes a stimulus with its streams, length, start and the hash of its sound")
  func film() throws {
    let batch = importing([fixture("bbb_120s_480p.mp4", "film")]) { $0.genre = "animation" }
    #expect(batch.verb == "import video" && batch.diagnostics.isEmpty)
    let stimulus = try #require(batch.stimuli.first)
    #expect(stimulus.name == "bbb_120s_480p" && stimulus.genre == "animation" && stimulus.language == "eng")
    #expect(stimulus.streams.map(\.kind) == ["video", "audio"] && stimulus.streams.allSatisfy { $0.isChosen })
    #expect(stimulus.streams[1].rateHz == 44_100 && stimulus.streams[1].channels == 2)
    #expect(abs((stimulus.durationS ?? 0) - 120) < 0.05)
    #expect(stimulus.source?.sha256 == "642f356dd592c40cd44a5d9bee96bdd351367197b027515066081b1b0715d8b7")
    let source = try WaveformSource(path: fixture("bbb_120s_480p.mp4", "film"))
    let samples = try readAll(source, step: 100_000)
    var hash = SHA256()
    hash.updateCanonical(samples)
    let expected = hash.hex()
    #expect(stimulus.audioSHA256 == expected)
    let native = try #require(stimulus.audioSampleCount)
    #expect(WaveformSource.sampleCount(native: native, nativeHz: 44_100) == samples.count)
    #expect(abs((stimulus.rmsDBFS ?? 0) - 20 * log10(rms(samples))) < 1e-6)
  }

  @Test("The default audio stream is chosen, or the one asked for, and its language is kept")
  func streams() throws {
    let chosen = try #require(importing([fixture("two_languages.mkv")], .audio).stimuli.first)
    #expect(chosen.language == "eng" && chosen.streams.map(\.isChosen) == [false, true])
    let asked = try #require(importing([fixture("two_languages.mkv")], .audio) { $0.audioStream = 0 }.stimuli.first)
    #expect(asked.language == "fra" && asked.streams.map(\.isChosen) == [true, false])
    #expect(asked.audioSHA256 != chosen.audioSHA256)
    let absent = importing([fixture("two_languages.mkv")], .audio) { $0.audioStream = 5 }
    #expect(codes(absent, .error) == ["E-MED-005"])
  }

  @Test("A film without sound is accepted with a warning, a sound file without sound is refused")
  func withoutSound() throws {
    let film = importing([fixture("no_sound.mp4")])
    #expect(codes(film, .warning) == ["E-MED-004"] && !film.hasErrors)
    let stimulus = try #require(film.stimuli.first)
    #expect(stimulus.audioSHA256 == nil && stimulus.durationS == 3)
    #expect(codes(importing([fixture("no_sound.mp4")], .audio), .error) == ["E-MED-004"])
    #expect(codes(importing([fixture("pings.flac")], .video), .error) == ["E-MED-013"])
  }

  @Test("All faults of all files are reported at once")
  func faults() throws {
    let text = Data("not sound\n".utf8)
    try withTemporaryFile("text.wav", text) { path in
      let batch = importing([path, fixture("absent.mp4"), fixture("pings.flac"), fixture("short.wav")], .audio)
      #expect(codes(batch, .error) == ["E-MED-002", "E-MED-001"])
      #expect(codes(batch, .warning) == ["E-MED-015"])
      #expect(batch.diagnostics[0].object == path && batch.hasErrors)
    }
  }

  @Test("A film cut short is refused, and --allow-short records it")
  func cutShort() throws {
    let whole = try content("film_index_first.mp4")
    try withTemporaryFile("cut.mp4", whole.prefix(whole.count * 6 / 10)) { path in
      let refused = importing([path])
      #expect(codes(refused, .error).contains("E-MED-007"))
      #expect(refused.diagnostics.contains { $0.reason.contains("declared 5.00 s, decoded") })
      let accepted = importing([path]) { $0.allowShort = true }
      #expect(!accepted.hasErrors && codes(accepted, .warning).contains("E-MED-007"))
      #expect(accepted.options != refused.options)
    }
  }

  @Test("Equal names are refused and equal sound is pointed out")
  func duplicates() throws {
    let sound = try content("pings.flac")
    try withTemporaryFile("copy.flac", sound) { path in
      #expect(codes(importing([path, fixture("pings.flac")], .audio), .warning) == ["E-MED-016"])
      #expect(codes(importing([path, fixture("pings.flac")], .audio) { $0.name = "pings" }, .error) == ["E-MED-016"])
    }
    #expect(codes(importing([fixture("pings.flac"), fixture("pings.m4a")], .audio), .error) == ["E-MED-016"])
  }

  @Test("Digital silence is pointed out")
  func silence() throws {
    var wav = Data("RIFF".utf8)
    func append(_ value: UInt32, _ count: Int) {
      for i in 0..<count { wav.append(UInt8(value >> (8 * UInt32(i)) & 255)) }
    }
    append(36 + 32_000, 4)
    wav += Data("WAVEfmt ".utf8)
    for (value, count) in [(16, 4), (1, 2), (1, 2), (8_000, 4), (16_000, 4), (2, 2), (16, 2)] {
      append(UInt32(value), count)
    }
    wav += Data("data".utf8)
    append(32_000, 4)
    wav += Data(repeating: 0, count: 32_000)
    try withTemporaryFile("silence.wav", wav) { path in
      let batch = importing([path], .audio)
      #expect(codes(batch, .warning) == ["E-MED-014"])
      #expect(
        batch.stimuli.first?.rmsDBFS == -100
          && batch.stimuli.first?.durationS == 2)
    }
  }
}

extension ImportBatch {
  fileprivate var stimuli: [StimulusRecord] { records(of: StimulusRecord.self) }
}
