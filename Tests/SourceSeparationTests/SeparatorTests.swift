import Diagnostics
import Foundation
import FourierTransform
import HDF5File
import LinearAlgebra
import SignalProcessing
import SourceSeparation
import Testing

@Suite struct SeparatorTests {
  private static func cut(_ x: [Float], _ slices: [Range<Int>]) -> [Float] { slices.flatMap { x[$0] } }

  @Test(arguments: MaskExtension.allCases)
  func `both stems of two segments are those of Spleeter's own graph`(_ extension: MaskExtension) throws {
    let file = try HDF5File(reading: SeparationFixtures.folder + "/reference.h5")
    let bounds = try file.doubles("slices").map { Int($0) }
    let slices = stride(from: 0, to: bounds.count, by: 2).map { bounds[$0]..<bounds[$0 + 1] }
    let found = try SeparationFixtures.separate(
      SeparationFixtures.sound, by: SeparationFixtures.separator(), extension: `extension`)
    for (stem, name) in [(found.voice, "vocals"), (found.soundtrack, "accompaniment")] {
      #expect(stem.count == SeparationFixtures.count)
      let expected = try file.floats("\(`extension`.rawValue)/\(name)")
      for (channel, samples) in [stem.left, stem.right].enumerated() {
        let reference = stride(from: channel, to: expected.count, by: 2).map { expected[$0] }
        // 60 dB is asked for; float32 in another order of sums leaves about 110.
        #expect(SeparationFixtures.signalToNoise(Self.cut(samples, slices), reference) > 90)
      }
    }
  }

  @Test func `masks are those of Spleeter's graph on both sides of a segment's end, and sum to one`() throws {
    let file = try HDF5File(reading: SeparationFixtures.folder + "/reference.h5")
    let x = SeparationFixtures.sound
    let source = ArrayStereoSource(left: x.left, right: x.right, rateHz: 44_100)
    let expected = try ["vocals", "accompaniment"].map { try file.floats("mask/\($0)") }
    var (checked, largest, furthest) = (0, Float(0), Float(0))
    try SeparationFixtures.separator().separate(
      source,
      masks: { masks in
        let half = 2 * masks.frames * 1_024
        for i in 0..<half {
          furthest = max(furthest, abs(masks.values[i] + masks.values[half + i] - 1))
        }
        for frame in 510..<514 where (masks.firstFrame..<masks.firstFrame + masks.frames).contains(frame) {
          // The reference holds every 16th of 2049 bins, [frame, bin, channel].
          for bin in stride(from: 0, to: 1_024, by: 16) {
            for channel in 0..<2 {
              for stem in 0..<2 {
                let row = (stem * 2 + channel) * masks.frames + frame - masks.firstFrame
                let reference = expected[stem][((frame - 510) * 129 + bin / 16) * 2 + channel]
                largest = max(largest, abs(masks.values[row * 1_024 + bin] - reference))
                checked += 1
              }
            }
          }
        }
      }, sink: { _, _ in })
    #expect(checked == 4 * 64 * 2 * 2)
    #expect(largest < 1e-4)
    #expect(furthest < 1e-6)
    // Above the bins the networks see, "zeros" means zero in the reference too.
    #expect((64..<129).allSatisfy { expected[0][$0 * 2] == 0 })
  }

  /// The sound with all bins from `kept` on left out.
  private static func lowPassed(_ x: [Float], kept: Int) -> [Float] {
    let transform = ShortTimeTransform(window: hannWindow(length: 4_096).map { Float($0) }, hop: 1_024)
    let frames = (x.count + 4_096 + 1_023) / 1_024
    var padded = [Float](repeating: 0, count: (frames - 1) * 1_024 + 4_096)
    padded.replaceSubrange(4_096..<4_096 + min(x.count, padded.count - 4_096), with: x.prefix(padded.count - 4_096))
    var spectra = [Float](repeating: 0, count: frames * 2 * transform.binCount)
    transform.forward(padded, series: 1, frames: frames, into: &spectra, threads: 1)
    let width = 2 * transform.binCount
    var cut: [Float] = []
    for frame in 0..<frames { cut += spectra[frame * width..<frame * width + 2 * kept] }
    var y = [Float](repeating: 0, count: padded.count)
    transform.inverse(cut, series: 1, frames: frames, kept: kept, gain: 2 / 3, into: &y, threads: 1)
    return Array(y[4_096..<4_096 + x.count])
  }

  @Test func `the stems sum to the sound below 11 kHz, or to all of it with averaged masks`() throws {
    let x = SeparationFixtures.sound(30_000)
    let separator = try SeparationFixtures.separator()
    for (mask, kept) in [(MaskExtension.zeros, 1_024), (.average, 2_049)] {
      let found = try SeparationFixtures.separate(x, by: separator, extension: mask)
      let expected = Self.lowPassed(x.left, kept: kept)
      let sum = zip(found.voice.left, found.soundtrack.left).map { $0 + $1 }
      #expect(zip(sum, expected).allSatisfy { abs($0 - $1) < 1e-5 })
      // With every bin the transforms give the sound itself back.
      if kept == 2_049 { #expect(zip(expected, x.left).allSatisfy { abs($0 - $1) < 1e-6 }) }
    }
  }

  @Test(arguments: [1, 1_000, 13_230, 519_168, 519_169, 524_288])
  func `stems are as long as the sound, to the sample`(_ count: Int) throws {
    let found = try SeparationFixtures.separate(SeparationFixtures.sound(count), by: SeparationFixtures.separator())
    #expect(found.voice.count == count && found.soundtrack.count == count)
    let samples = found.voice.left + found.soundtrack.right
    #expect(samples.allSatisfy { $0.isFinite })
  }

  @Test func `silence gives silence, and nothing gives nothing`() throws {
    let separator = try SeparationFixtures.separator()
    let silence = StereoPiece(
      left: [Float](repeating: 0, count: 50_000), right: [Float](repeating: 0, count: 50_000))
    let found = try SeparationFixtures.separate(silence, by: separator, extension: .average)
    let samples = found.voice.left + found.voice.right + found.soundtrack.left
    #expect(samples.allSatisfy { $0 == 0 })
    let nothing = try SeparationFixtures.separate(SeparationFixtures.sound(0), by: separator)
    #expect(nothing.voice.count == 0)
  }

  @Test func `a shift by a segment shifts the stems, a shift by a frame does not`() throws {
    let separator = try SeparationFixtures.separator()
    let x = SeparationFixtures.sound(60_000)
    func shifted(_ by: Int) throws -> [Float] {
      let zeros = [Float](repeating: 0, count: by)
      let found = try SeparationFixtures.separate(
        StereoPiece(left: zeros + x.left, right: zeros + x.right), by: separator)
      return Array(found.voice.left[by...])
    }
    let plain = try shifted(0)
    // 512 frames of 1024 samples: the same networks see the same numbers.
    let segment = try shifted(512 * 1_024)
    #expect(segment == plain)
    let frame = try shifted(1_024)
    #expect(SeparationFixtures.signalToNoise(frame, plain) < 60)
  }

  /// Counts what is asked of it.
  private final class Watched: StereoSampleSource {
    let sampleCount = SeparationFixtures.count
    let rateHz: Int
    var longest = 0
    var last = 0
    var isOrdered = true

    init(rateHz: Int) { self.rateHz = rateHz }

    func samples(_ range: Range<Int>) throws -> (left: [Float], right: [Float]) {
      isOrdered = isOrdered && range.lowerBound >= last
      last = range.lowerBound
      longest = max(longest, range.count)
      return (Array(SeparationFixtures.sound.left[range]), Array(SeparationFixtures.sound.right[range]))
    }
  }

  @Test func `a long sound is read forwards in pieces of one segment`() throws {
    let source = Watched(rateHz: 44_100)
    var (largest, total) = (0, 0)
    try SeparationFixtures.separator().separate(source) { voice, _ in
      largest = max(largest, voice.count)
      total += voice.count
    }
    #expect(source.isOrdered && source.longest <= 511 * 1_024 + 4_096)
    #expect(largest <= 512 * 1_024 && total == source.sampleCount)
  }

  @Test func `results do not depend on the number of threads`() throws {
    let before = BLASThreads.current
    defer { BLASThreads.set(before) }
    let separator = try SeparationFixtures.separator()
    var results: [StereoPiece] = []
    for threads in [1, 3] {
      BLASThreads.set(threads)
      results.append(try SeparationFixtures.separate(SeparationFixtures.sound(40_000), by: separator).voice)
    }
    #expect(results[0] == results[1])
  }

  @Test func `another rate and samples that are not finite are refused`() throws {
    let separator = try SeparationFixtures.separator()
    let other = SeparationFixtures.error { try separator.separate(Watched(rateHz: 48_000)) { _, _ in } }
    #expect(other?.code == .soundRateWrong)
    var x = SeparationFixtures.sound(5_000)
    x.right[4_321] = .nan
    let broken = SeparationFixtures.error { _ = try SeparationFixtures.separate(x, by: separator) }
    #expect(broken?.code == .soundNotFinite)
  }

  /// Set EVOKE_SPLEETER to the folder of the published checkpoint and EVOKE_SONGS to one with the two OpenMIIR songs.
  @Test(.enabled(if: ProcessInfo.processInfo.environment["EVOKE_SPLEETER"] != nil))
  func `the published weights were trained as published`() throws {
    let weights = try SeparationWeights(folder: ProcessInfo.processInfo.environment["EVOKE_SPLEETER"] ?? "")
    #expect(weights.hasInitialStatistics && weights.hasUntrainedBottleneck)
    #expect(weights.tensors.count == 149 && weights.filters == [16, 32, 64, 128, 256, 512])
  }
}
