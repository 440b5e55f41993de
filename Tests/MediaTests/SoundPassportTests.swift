import Diagnostics
import Foundation
import Importing
import Media
import SignalProcessing
import Testing

@Suite struct SoundPassportTests {
  private func importing(_ sound: [[Int16]]) throws -> (passport: SoundPassport, batch: ImportBatch) {
    try withTemporaryFile("x.wav", Data(SoundFiles.wav(sound))) { path in
      let batch = importMedia(files: [path], kind: .audio, options: .unset, common: CommonOptions(dataset: "d"))
      return (try #require(batch.records(of: StimulusRecord.self).first?.passport), batch)
    }
  }

  private func codes(_ batch: ImportBatch) -> [ErrorCode] { batch.diagnostics.map(\.code) }

  @Test func channelsThatCancelAreSaidAndNotCalledSilent() throws {
    let (passport, batch) = try importing(SoundFiles.tone(3, gains: [0.025, -0.025]))
    #expect(codes(batch) == [.mediaChannelsCancel])
    #expect(passport.channelCorrelation.map { abs($0 + 1) < 1e-9 } == true)
    // A sine of amplitude 0.025 is at -35.05 dBFS; the mix is at the floor of -100.
    #expect(abs(passport.stereoDBFS + 35.05) < 0.01 && abs(passport.monoLossDB - 64.95) < 0.01)
    #expect(batch.diagnostics[0].reason.contains("-1.0") && batch.diagnostics[0].reason.contains("dB"))
  }

  /// Channels that differ by a gain lose what their mean loses; of channels without anything in common half the energy.
  @Test(arguments: [(1.0, 0.0), (0.5, 0.4576), (0.0, 3.0103), (-0.5, 10)]) func gainsAreTheLossTheyMake(
    gain: Double, loss: Double
  ) throws {
    let (passport, batch) = try importing(SoundFiles.tone(2, gains: [0.5, 0.5 * gain]))
    #expect(abs(passport.monoLossDB - loss) < 0.01, "\(passport.monoLossDB)")
    #expect(codes(batch) == (loss > 6 ? [.mediaChannelsCancel] : []))
  }

  @Test func clippingOffsetAndPausesAreMeasured() throws {
    var clipped = SoundFiles.tone(2)[0]
    for n in 0..<80 { clipped[100 * n] = 32_767 }
    let loud = try importing([clipped])
    #expect(codes(loud.batch) == [.mediaClipped] && abs(loud.passport.clippedShare - 0.005) < 1e-6)
    let shifted = try importing([SoundFiles.tone(2)[0].map { $0 / 2 + 3_277 }])
    #expect(codes(shifted.batch) == [.mediaOffset] && abs(shifted.passport.offset - 0.1) < 1e-4)
    let pause = [Int16](repeating: 0, count: 4 * SoundFiles.rateHz)
    let late = try importing([pause + SoundFiles.tone(1)[0] + pause])
    #expect(codes(late.batch) == [.mediaMostlySilent])
    #expect(late.passport.firstSoundS == 4 && late.passport.lastSoundS == 5)
    #expect(abs(late.passport.silentShare - 8.0 / 9) < 1e-12)
    let silence = try importing([pause])
    #expect(codes(silence.batch) == [.mediaSilent] && silence.passport.firstSoundS == nil)
    // Below -60 dBFS throughout, yet not zero.
    let faint = try importing([SoundFiles.tone(2)[0].map { $0 / 4_096 }])
    #expect(codes(faint.batch) == [.mediaMostlySilent] && faint.passport.silentShare == 1)
  }

  @Test func aCommonSoundIsWithoutReproach() throws {
    let (passport, batch) = try importing(SoundFiles.tone(2, gains: [0.5, 0.5]))
    #expect(batch.diagnostics.isEmpty && passport.clippedShare == 0 && abs(passport.offset) < 1e-5)
    #expect(passport.monoLossDB < 1e-9 && passport.channels == 2)
  }

  /// In pieces of any length the survey is the same; correlation is Pearson's over all samples.
  @Test func piecesDoNotCount() {
    let x = (0..<5_000).map { Float(sin(Double($0) * 0.37) * 0.3 + 0.01) }
    let y = (0..<5_000).map { Float(sin(Double($0) * 0.37 + 1) * 0.2 - 0.02) }
    var found: [SoundSurvey] = []
    for step in [1, 77, 5_000] {
      var survey = SoundSurvey(rateHz: 1_000)
      for start in stride(from: 0, to: x.count, by: step) {
        let range = start..<min(x.count, start + step)
        survey.add([Array(x[range]), Array(y[range])], left: Array(x[range]), right: Array(y[range]))
      }
      survey.finish()
      found.append(survey)
    }
    for survey in found {
      #expect(survey.channelCorrelation.map { abs($0 - cos(1)) < 2e-3 } == true)
      #expect(abs(survey.offset + 0.02) < 1e-3)
      #expect(abs(survey.mixingLossDB - found[0].mixingLossDB) < 1e-9)
      #expect(survey.firstSoundS == 0 && survey.lastSoundS == 5)
    }
  }

  @Test func otherStreamsAreNamed() {
    let batch = importMedia(
      files: [fixture("two_languages.mkv")], kind: .audio, options: .unset, common: CommonOptions(dataset: "d"))
    let note = batch.diagnostics.first { $0.code == .mediaOtherSound }
    #expect(note?.severity == .note && note?.reason.contains("0 (fra") == true)
  }
}
