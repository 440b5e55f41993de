import ArgumentParser
import Diagnostics
import Foundation
import Importing
import MediaDecoding
import MediaSources
import SoundFiles
import Stems
import Testing

@Suite struct StemImportTests {
  private static let rate = 22_050

  /// Noise of a stem; the same seed gives the same samples.
  private static func noise(_ seconds: Double, seed: UInt64) -> [Float] {
    Convolution2DTests.numbers(2 * Int(seconds * Double(rate)), seed: seed).map { $0 * 0.25 }
  }

  private static func write(_ x: [Float], to path: String, _ format: SoundFormat = .wav) throws {
    var writer = try SoundFileWriter(path: path, format: format, rateHz: rate, channels: 2)
    for start in stride(from: 0, to: x.count, by: 10_000) {
      try writer.append(Array(x[start..<min(x.count, start + 10_000)]))
    }
    try writer.close()
  }

  /// Writes a file of which nothing is left when its end is written.
  private static func writeCutOff(_ path: String, _ format: SoundFormat) throws {
    var writer = try SoundFileWriter(path: path, format: format, rateHz: rate, channels: 2)
    try writer.append(noise(1, seed: 5))
    try FileHandle(forWritingTo: URL(fileURLWithPath: path)).truncate(atOffset: 0)
    try writer.close()
  }

  /// libsndfile tells nothing of a head that it cannot write when a file is closed.
  @Test(arguments: SoundFormat.allCases)
  func `a file whose end was not written is an error`(_ format: SoundFormat) throws {
    try SeparationFixtures.inFolder { folder in
      let error = #expect(throws: EvokeError.self) {
        try Self.writeCutOff(folder + "/x." + format.rawValue, format)
      }
      #expect(error?.code == .soundNotWritten)
    }
  }

  @Test(arguments: SoundFormat.allCases)
  func `written sound is read back, float exactly and 24 bit to its step`(_ format: SoundFormat) throws {
    try SeparationFixtures.inFolder { folder in
      let x = Self.noise(1, seed: 5)
      let path = folder + "/x." + format.rawValue
      try Self.write(x, to: path, format)
      let source = try StereoSource(path: path, rateHz: Self.rate)
      #expect(source.sampleCount == x.count / 2 && source.nativeChannels == 2)
      let (left, right) = try source.samples(0..<source.sampleCount)
      let tolerance: Float = format == .wav ? 0 : 1 / 8_388_608
      for i in left.indices {
        #expect(abs(left[i] - x[2 * i]) <= tolerance && abs(right[i] - x[2 * i + 1]) <= tolerance)
      }
      let error = SeparationFixtures.error { try Self.write(x, to: folder + "/none/x.wav") }
      #expect(error?.code == .soundNotWritten)
    }
  }

  /// Imports stems of `original = voice + soundtrack` after a change.
  private static func batch(
    files: [String] = ["song_vocals.wav", "song_accompaniment.wav"], element: String? = nil, allowShort: Bool = false,
    allowResidual: Bool = false, change: (inout [Float]) -> Void = { _ in }
  ) throws -> ImportBatch {
    try SeparationFixtures.inFolder { folder in
      var voice = noise(3, seed: 1)
      let soundtrack = noise(3, seed: 2)
      try write(zip(voice, soundtrack).map { $0 + $1 }, to: folder + "/song.wav")
      change(&voice)
      try write(voice, to: folder + "/" + files[0])
      if files.count > 1 { try write(soundtrack, to: folder + "/" + files[1]) }
      var options = try StemOptions.parse(["--stimulus", "song"])
      options.element = element
      options.allowShort = allowShort
      options.allowResidual = allowResidual
      let original = StemOriginal(path: folder + "/song.wav", audioStream: nil, durationS: 3, stems: [:])
      return importStems(
        files: files.map { folder + "/" + $0 }, options: options, original: original,
        common: CommonOptions(dataset: "d"))
    }
  }

  @Test func `both stems are taken by their names, with levels and a vanishing rest`() throws {
    let batch = try Self.batch()
    #expect(!batch.hasErrors && batch.diagnostics.isEmpty)
    #expect(batch.stems.map(\.element) == ["voice", "soundtrack"])
    for stem in batch.stems {
      #expect(stem.sampleCount == 66_150 && stem.rateHz == 22_050 && stem.silentFraction == 0)
      // Uniform noise in ±0.25: mean square 1/48, of which resampling to 44.1 kHz takes the top of the band.
      #expect(abs(stem.meanSquare - 1 / 48) < 2e-3)
      // The sum was rounded to float32: the rest is its rounding.
      #expect((stem.residualDB ?? 0) < -120)
    }
  }

  @Test func `another length, a shift, and another level are found`() throws {
    #expect(try Self.batch { $0.removeLast(2 * 4_410) }.diagnostics.first?.code == .stemLengthDiffers)
    let short = try Self.batch(allowShort: true) { $0.removeLast(2 * 4_410) }
    #expect(!short.hasErrors && (short.stems[0].residualDB ?? 0) < -120)
    let rest = short.diagnostics.filter { $0.code == .stemResidual }
    #expect(rest.count == 1 && rest.allSatisfy { $0.reason.contains("is that of 2.8 s, of 0.2 s a stem is missing") })
    let shifted = try Self.batch { $0 = [0, 0, 0, 0] + $0.dropLast(4) }
    #expect(shifted.hasErrors && shifted.diagnostics.first?.code == .stemResidual)
    #expect(try !Self.batch(allowResidual: true) { $0 = [0, 0, 0, 0] + $0.dropLast(4) }.hasErrors)
    let quieter = try Self.batch { $0 = $0.map { $0 * 0.9 } }
    #expect(!quieter.hasErrors && quieter.diagnostics.first?.severity == .warning)
    // A tenth of a voice that is half of the energy.
    #expect(abs((quieter.stems[0].residualDB ?? 0) - -23) < 0.5)
  }

  @Test func `a single stem is named by its element, and silence is pointed out`() throws {
    let one = try Self.batch(files: ["a.wav"], element: "voice") { $0 = $0.map { _ in 0 } }
    #expect(one.stems.map(\.element) == ["voice"] && one.stems[0].residualDB == nil)
    #expect(one.stems[0].silentFraction == 1 && one.diagnostics.map(\.code) == [.mediaSilent])
    #expect(try Self.batch(files: ["a.wav"]).diagnostics.first?.code == .stemElementUnclear)
    #expect(try Self.batch(element: "voice").diagnostics.first?.code == .stemElementUnclear)
    #expect(try Self.batch(files: ["vocals.wav", "voice.wav"]).diagnostics.first?.code == .stemElementUnclear)
    let named = try Self.batch(files: ["x_no_vocals.wav", "x_vocals.wav"])
    #expect(named.stems.map(\.element) == ["soundtrack", "voice"])
  }
}

extension ImportBatch {
  fileprivate var stems: [StemRecord] { records(of: StemRecord.self) }
}
