import Diagnostics
import Foundation
import Importing
import Media
import Testing

/// Imports that compare what a sound file declares with what is there.
@Suite struct DeclaredLengthTests {
  private func importing(_ name: String, _ bytes: [UInt8], allowShort: Bool = false) throws -> ImportBatch {
    try withTemporaryFile(name, Data(bytes)) { path in
      var options = MediaOptions.unset
      options.allowShort = allowShort
      return importMedia(files: [path], kind: .audio, options: options, common: CommonOptions(dataset: "d"))
    }
  }

  private func seconds(_ batch: ImportBatch) -> Double? { batch.records(of: StimulusRecord.self).first?.durationS }

  private func errors(_ batch: ImportBatch) -> [String] {
    batch.diagnostics.filter { $0.severity == .error }.map(\.code.id)
  }

  @Test(arguments: WrittenContainer.all) func aWholeFileIsImported(_ container: WrittenContainer) throws {
    let batch = try importing("x." + container.name, container.write(SoundFiles.tone(6), nil))
    #expect(batch.diagnostics.isEmpty, "\(batch.diagnostics)")
    #expect(seconds(batch) == 6)
  }

  @Test(arguments: WrittenContainer.all) func halfAFileIsRefusedUnlessAccepted(_ container: WrittenContainer) throws {
    let whole = container.write(SoundFiles.tone(6), nil)
    let half = Array(whole.prefix(container.header + 48_000))
    let refused = try importing("x." + container.name, half)
    #expect(errors(refused).contains("E-MED-007"), "\(refused.diagnostics)")
    let accepted = try importing("x." + container.name, half, allowShort: true)
    #expect(!accepted.hasErrors && seconds(accepted) == 3)
    #expect(accepted.diagnostics.contains { $0.code == .mediaLengthDiffers && $0.remedy.contains("--allow-short") })
  }

  /// All of it, or a refusal: never a sound of no length.
  @Test(arguments: WrittenContainer.all) func sizesLeftAtZeroReadToTheEnd(_ container: WrittenContainer) throws {
    let batch = try importing("x." + container.name, container.write(SoundFiles.tone(6), 0))
    if ["wav", "bext.wav"].contains(container.name) { #expect(!batch.hasErrors, "\(batch.diagnostics)") }
    if !batch.hasErrors {
      #expect(seconds(batch) == 6 && batch.diagnostics.map(\.code) == [.mediaLengthDiffers])
      #expect(batch.diagnostics.first?.severity == .warning)
    }
  }

  @Test(arguments: WrittenContainer.all) func samplesThatWouldBeLostAreRefused(_ container: WrittenContainer) throws {
    let size = 16_000 + (container.name == "w64" ? 24 : container.name == "aiff" ? 8 : container.name == "caf" ? 4 : 0)
    let batch = try importing("x." + container.name, container.write(SoundFiles.tone(6), size))
    #expect(errors(batch).contains("E-MED-007"), "\(batch.diagnostics)")
  }

  @Test func aSecondChunkOfSamplesIsNotLost() throws {
    let after = SoundFiles.chunk("LIST", [1, 2, 3, 4]) + SoundFiles.chunk("data", SoundFiles.interleaved([[1, 2, 3]]))
    let batch = try importing("x.wav", SoundFiles.wav(SoundFiles.tone(6), after: after))
    #expect(errors(batch) == ["E-MED-007"], "\(batch.diagnostics)")
  }

  @Test func noSamplesAreNoSound() throws {
    #expect(errors(try importing("x.wav", SoundFiles.wav([[]]))) == ["E-MED-012"])
  }

  @Test func aBitOfACompressedFileIsMeasuredInSeconds() throws {
    let bytes = [UInt8](try content("pings.flac"))
    var damaged = bytes
    damaged[bytes.count / 2] ^= 8
    let one = try importing("x.flac", damaged)
    let finding = try #require(one.diagnostics.first { $0.code == .mediaDamaged })
    #expect(finding.reason.contains("of sound are lost"), "\(finding)")
    for place in stride(from: bytes.count / 2, to: bytes.count * 3 / 4, by: 2_000) { damaged[place] ^= 8 }
    #expect(errors(try importing("x.flac", damaged)).contains("E-MED-008"))
    #expect(try !importing("x.flac", damaged, allowShort: true).hasErrors)
  }

  @Test func anOggThatEndsEarlyIsRefused() throws {
    let bytes = [UInt8](try content("pings.ogg"))
    for part in [0.5, 0.8, 0.98] {
      let batch = try importing("x.ogg", Array(bytes.prefix(Int(Double(bytes.count) * part))))
      #expect(errors(batch).contains("E-MED-007"), "\(part): \(batch.diagnostics)")
    }
  }

  /// What FFmpeg takes from the last stamp of a transport stream is no declaration.
  @Test func anEstimateIsNoDeclaration() throws {
    let batch = try importing("x.ts", [UInt8](try content("pings.ts")))
    #expect(batch.diagnostics.map(\.code) == [.mediaLengthUndeclared] && !batch.hasErrors, "\(batch.diagnostics)")
    #expect(seconds(batch).map { abs($0 - 5.04) < 0.01 } == true)
    #expect(batch.records(of: StimulusRecord.self).first?.audioStartOffsetS.map { abs($0 - 1.4) < 0.001 } == true)
  }

  @Test func longerThanADayIsRefusedBeforeItIsRead() throws {
    // A header that declares 8000 samples at 1 Hz.
    var bytes = SoundFiles.wav(SoundFiles.tone(1))
    bytes.replaceSubrange(24..<28, with: SoundFiles.number(1, 4))
    let batch = try withTemporaryFile("x.wav", Data(bytes + [UInt8](repeating: 0, count: 100))) { path in
      var common = CommonOptions(dataset: "d")
      common.longestS = 3_600
      return importMedia(files: [path], kind: .audio, options: .unset, common: common)
    }
    #expect(errors(batch) == ["E-FIL-014"], "\(batch.diagnostics)")
  }
}
