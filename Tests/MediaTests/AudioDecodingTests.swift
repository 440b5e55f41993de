import Diagnostics
import Foundation
import MediaDecoding
import MediaSources
import SignalProcessing
import Testing

/// Lag in samples at 16 kHz at which the sound best matches the burst that belongs at container time `time`.
private func pingLag(_ x: [Float], at time: Double, start: Double) -> Int {
  let centre = Int(((time - start) * 16_000).rounded())
  let offset = time - start - Double(centre) / 16_000
  let burst = (-400...400).map { i -> Double in
    let t = Double(i) / 16_000 - offset
    return sin(2 * Double.pi * 1_000 * t) * exp(-(t / 0.005) * (t / 0.005))
  }
  var best = (lag: 0, match: -Double.infinity)
  for lag in -600...600 {
    var match = 0.0
    for i in burst.indices {
      let position = centre + lag + i - 400
      if position >= 0, position < x.count { match += burst[i] * Double(x[position]) }
    }
    if match > best.match { best = (lag, match) }
  }
  return best.lag
}

@Suite struct AudioDecodingTests {
  @Test(
    "Bursts stay where they are on the container's clock, through every codec",
    arguments: [
      "pings.wav", "pings.flac", "pings.m4a", "pings.mp3", "pings.ogg", "pings.webm", "film_index_last.mp4",
      "film_index_first.mp4",
    ])
  func burstsStayInPlace(name: String) throws {
    let source = try WaveformSource(path: fixture(name))
    let x = try readAll(source)
    // The MP3 container's clock counts the encoder delay it drops: its first sample is stimulus time 0 all the same.
    let start = name == "pings.mp3" ? 0 : source.startSeconds
    for second in 0..<5 { #expect(abs(pingLag(x, at: Double(second) + 0.5, start: start)) <= 1, "\(name) \(second)") }
    let seconds = Double(source.sampleCount) / 16_000
    #expect(abs(seconds - 5) <= (name.hasSuffix("webm") ? 0.02 : 0.05))
  }

  @Test("Sound that starts after the picture keeps its place on the container's clock")
  func lateSound() throws {
    let source = try WaveformSource(path: fixture("late_sound.mp4"))
    let x = try readAll(source)
    #expect(source.startSeconds > 0.45 && source.startSeconds < 0.51)
    for second in 0..<5 {
      // The file's edit list counts milliseconds.
      #expect(abs(pingLag(x, at: Double(second) + 1, start: source.startSeconds)) <= 16)
    }
  }

  @Test("Mono is the mean of all channels, of two and of six")
  func monoIsTheMean() throws {
    let six = try decodeAll(fixture("six_channels.wav"))
    #expect(six.decoder.channels == 6)
    #expect(six.mono.allSatisfy { abs($0 - 0.35) < 1e-6 })
    // Channel 2 is half of channel 1.
    let decoder = try AudioDecoder(path: fixture("pings.flac"))
    let block = try #require(try decoder.next())
    #expect(block.channels.count == 2)
    #expect(zip(block.channels[0], block.mono).allSatisfy { abs(0.75 * $0 - $1) < 4e-5 })
    let film = try decodeAll(fixture("bbb_surround.mp4"))
    #expect(film.decoder.channels == 6 && film.decoder.rateHz == 48_000)
    #expect(abs(Double(film.mono.count) / 48_000 - 5.312) < 0.05)
  }

  @Test("Bursts of a lossy and a lossless file agree in level")
  func levelsAgree() throws {
    let reference = rms(try decodeAll(fixture("pings.wav")).mono)
    for name in ["pings.flac", "pings.m4a", "pings.ogg", "pings.webm"] {
      #expect(abs(rms(try decodeAll(fixture(name)).mono) / reference - 1) < 0.03, "\(name)")
    }
  }

  @Test("The stream flagged default is taken, or the one asked for")
  func streamChoice() throws {
    let probe = try probeMedia(fixture("two_languages.mkv"))
    #expect(probe.streams.map(\.language) == ["fra", "eng"])
    #expect(probe.chosenAudio?.index == 1)
    let chosen = try decodeAll(fixture("two_languages.mkv"))
    #expect(chosen.decoder.rateHz == 48_000 && chosen.decoder.channels == 2)
    let other = try decodeAll(fixture("two_languages.mkv"), stream: 0)
    #expect(other.decoder.rateHz == 22_050 && other.decoder.channels == 1)
    #expect(code { _ = try AudioDecoder(path: fixture("two_languages.mkv"), stream: 7) } == "E-MED-005")
    #expect(code { _ = try AudioDecoder(path: fixture("nasa_13013.mp4"), stream: 0) } == "E-MED-005")
  }

  @Test("Six streams are listed with kinds, sizes and rates")
  func streamTable() throws {
    let probe = try probeMedia(fixture("nasa_13013.mp4"))
    #expect(probe.streams.map(\.kind) == [.video, .audio, .subtitle, .video, .audio, .subtitle])
    #expect(probe.streams[1].rateHz == 8_000 && probe.streams[4].rateHz == 16_000)
    #expect(probe.streams[4].channels == 2 && probe.streams[4].codec == "aac")
    #expect(abs((probe.streams[3].framesPerSecond ?? 0) - 30_000 / 1_001) < 1e-6)
    #expect(probe.streams.allSatisfy { $0.language == "eng" })
  }

  @Test("8 kHz telephone sound and a clip of 0.3 s are resampled by the length rule")
  func shortAndSlow() throws {
    let phone = try WaveformSource(path: fixture("phone_8k.wav"))
    #expect(phone.sampleCount == 48_000)
    let short = try WaveformSource(path: fixture("short.wav"))
    #expect(short.sampleCount == 4_800)
    #expect(try readAll(short).count == 4_800)
  }

  @Test("Reading in pieces, overlapping and again after a rewind gives the same samples")
  func piecesAgree() throws {
    let source = try WaveformSource(path: fixture("pings.m4a"))
    let whole = try source.samples(0..<source.sampleCount)
    try source.rewind()
    #expect(try readAll(source, step: 777) == whole)
    let known = try WaveformSource(path: fixture("pings.m4a"), sampleCount: source.sampleCount)
    #expect(try known.samples(100..<40_000) == Array(whole[100..<40_000]))
    #expect(try known.samples(16_000..<40_100) == Array(whole[16_000..<40_100]))
    let wrong = try WaveformSource(path: fixture("pings.m4a"), sampleCount: source.sampleCount + 1)
    #expect(code { _ = try readAll(wrong) } == "E-MED-007")
  }
}

@Suite struct DamagedMediaTests {
  @Test("What is no media names its fault")
  func noMedia() throws {
    #expect(code { _ = try AudioDecoder(path: fixture("absent.wav")) } == "E-MED-001")
    #expect(code { _ = try AudioDecoder(path: fixture("")) } == "E-MED-001")
    #expect(code { _ = try AudioDecoder(path: fixture("no_sound.mp4")) } == "E-MED-004")
    let text = Data("time,arousal\n0,0.5\n1,0.25\n".utf8)
    for name in ["table.wav", "table.mp4", "table.txt", "table.mp3"] {
      try withTemporaryFile(name, text) { path in
        #expect(code { _ = try AudioDecoder(path: path) } == "E-MED-002")
        #expect(code { _ = try probeMedia(path) } == "E-MED-002")
        #expect(code { _ = try VideoDecoder(path: path) } == "E-MED-002")
      }
    }
    try withTemporaryFile("list.m3u8", Data("#EXTM3U\n#EXTINF:5,\n/etc/passwd\n".utf8)) { path in
      #expect(code { _ = try AudioDecoder(path: path) } == "E-MED-002")
    }
    try withTemporaryFile("empty.wav", Data()) { path in
      #expect(code { _ = try AudioDecoder(path: path) } == "E-MED-012")
    }
  }

  @Test("An MP4 cut before its index is refused")
  func indexMissing() throws {
    let whole = try content("film_index_last.mp4")
    try withTemporaryFile("cut.mp4", whole.prefix(whole.count * 3 / 4)) { path in
      #expect(code { _ = try AudioDecoder(path: path) } == "E-MED-003")
    }
  }

  @Test(
    "A file cut behind its index decodes, and its length finding says so",
    arguments: [
      "film_index_first.mp4", "pings.wav", "pings.flac", "pings.mp3", "pings.webm", "two_languages.mkv",
    ])
  func cutShort(name: String) throws {
    let whole = try content(name)
    try withTemporaryFile(name, whole.prefix(whole.count * 7 / 10)) { path in
      let decoder = try AudioDecoder(path: path)
      while try decoder.next() != nil {}
      let finding = try #require(decoder.lengthFinding)
      #expect(finding.code.id == "E-MED-007" && finding.severity == .error)
      #expect(finding.object.hasPrefix(path))
    }
  }

  @Test(
    "Whole files have no finding",
    arguments: [
      "pings.wav", "pings.flac", "pings.m4a", "pings.mp3", "pings.ogg", "pings.webm", "film_index_last.mp4",
      "film_index_first.mp4", "late_sound.mp4", "two_languages.mkv", "variable_rate.mp4", "short.wav", "phone_8k.wav",
      "six_channels.wav", "bbb_surround.mp4", "nasa_13013.mp4",
    ])
  func wholeFiles(name: String) throws {
    let decoder = try decodeAll(fixture(name)).decoder
    #expect(decoder.lengthFinding == nil)
    #expect(decoder.damageFinding == nil)
  }

  @Test(
    "Bytes overwritten in the middle are reported", arguments: ["pings.mp3", "pings.m4a", "pings.webm", "pings.flac"])
  func overwritten(name: String) throws {
    var bytes = try content(name)
    let (middle, count) = (bytes.count / 2, bytes.count / 6)
    bytes.replaceSubrange(middle..<(middle + count), with: Data(repeating: 0xA5, count: count))
    try withTemporaryFile(name, bytes) { path in
      let decoder = try AudioDecoder(path: path)
      while try decoder.next() != nil {}
      let findings = [decoder.damageFinding, decoder.lengthFinding].compactMap { $0 }
      #expect(findings.contains { $0.severity == .error }, "\(decoder.report)")
    }
  }

  @Test("A float file with NaN is refused")
  func notFinite() throws {
    var wav = Data("RIFF".utf8)
    func append(_ value: UInt32, _ count: Int) {
      for i in 0..<count { wav.append(UInt8(value >> (8 * UInt32(i)) & 255)) }
    }
    append(36 + 400, 4)
    wav += Data("WAVEfmt ".utf8)
    append(16, 4)
    append(3, 2)
    append(1, 2)
    append(16_000, 4)
    append(64_000, 4)
    append(4, 2)
    append(32, 2)
    wav += Data("data".utf8)
    append(400, 4)
    for i in 0..<100 { append(i == 57 ? Float.nan.bitPattern : Float(0.1).bitPattern, 4) }
    try withTemporaryFile("nan.wav", wav) { path in
      #expect(code { _ = try decodeAll(path) } == "E-MED-010")
    }
  }
}
