import AudioFeatures
import Diagnostics
import Foundation
import MediaSources
import SignalProcessing
import Testing
import Vocabulary

/// Half voice-like, half noise, 0.4 full scale.
private func mixture(seconds: Int) -> [Double] {
  let quiet = gaussianNoise(16_000 * seconds, seed: 11)
  return (0..<16_000 * seconds).map { i in
    let t = Double(i) / 16_000
    let voiced = Int(t * 2) % 2 == 0 ? 1.0 : 0
    let tone = (1...8).reduce(0.0) { $0 + sin(2 * Double.pi * 140 * Double($1) * t) / Double($1) }
    return 0.15 * voiced * tone + 0.1 * quiet[i]
  }
}

/// The registered sets, and one of those that are made to a model's measure.
private let everySet = DescriptorSets.all + [.logMelSpectrum(width: 24, contextSeconds: 3)]

@Suite struct DescriptorSetTests {
  @Test("Names are unique and columns are as many as the name says", arguments: DescriptorSets.all)
  func names(_ set: DescriptorSet) throws {
    #expect(Set(set.columns.map(\.name)).count == set.columns.count)
    #expect(set.name.split(separator: "-")[0].hasSuffix("\(set.columns.count)"))
    #expect(set.columns.allSatisfy { !$0.name.isEmpty && !$0.unit.isEmpty } && !set.summary.isEmpty)
    #expect(DescriptorSets.named(set.name)?.name == set.name)
    #expect(Set(DescriptorSets.all.map(\.name)).count == DescriptorSets.all.count)
  }

  @Test(
    "Digital silence has the stated values, missing ones natively and filled ones per second",
    arguments: everySet)
  func silence(_ set: DescriptorSet) throws {
    let sound = source([Double](repeating: 0, count: 48_000))
    let (native, seconds) = (try set.rows(of: sound, rate: .native), try set.rows(of: sound))
    for (c, column) in set.columns.enumerated() {
      for row in native.isFilled.indices {
        let value = native.values[row * set.columns.count + c]
        #expect(column.silence == nil ? value.isNaN : value == column.silence, "\(column.name): \(value)")
      }
      for row in 0..<3 { #expect(seconds.values[row * set.columns.count + c] == column.silence ?? 0) }
    }
    #expect(seconds.isFilled == [Bool](repeating: set.columns.contains { $0.silence == nil }, count: 3))
  }

  @Test("Natively only voiced descriptors are ever missing; in bins nothing is", arguments: everySet)
  func missing(_ set: DescriptorSet) throws {
    var clipped = mixture(seconds: 3).map { max(-1, min(1, 20 * $0)) }
    clipped += [Double](repeating: 1, count: 8_000) + [Double](repeating: 0, count: 8_000)
    let native = try set.rows(of: source(clipped), rate: .native)
    for (i, value) in native.values.enumerated() where !value.isFinite {
      #expect(value.isNaN && set.columns[i % set.columns.count].silence == nil)
    }
    for seconds in [0.01, 0.5, 1, 2, 2.5] {
      for aggregate in Aggregate.allCases {
        let bins = try set.rows(of: source(clipped), rate: .bins(seconds: seconds, aggregate: aggregate))
        #expect(bins.values.allSatisfy { $0.isFinite })
        #expect(bins.isFilled.count == Int((4 / seconds + 0.5).rounded(.down)))
        #expect(bins.values.count == bins.isFilled.count * set.columns.count)
      }
    }
  }

  @Test(
    "Bins are means over the frames whose centres lie in them, medians over voiced ones",
    arguments: everySet)
  func pooling(_ set: DescriptorSet) throws {
    let x = source(mixture(seconds: 4))
    let native = try set.rows(of: x, rate: .native)
    let times = try set.times(sampleCount: x.sampleCount, rate: .native)
    #expect(times.count == native.isFilled.count)
    let width = set.columns.count
    let bins = try set.rows(of: x, rate: .bins(seconds: 2, aggregate: .mean))
    let (peaks, lasts) = (
      try set.rows(of: x, rate: .bins(seconds: 2, aggregate: .max)),
      try set.rows(of: x, rate: .bins(seconds: 2, aggregate: .last))
    )
    for (c, column) in set.columns.enumerated() where column.name != "mod_4hz" {
      for bin in 0..<2 {
        let rows = times.indices.filter { Int(times[$0] / 2) == bin && !(column.name == "flux" && $0 == 0) }
        let values = rows.map { Double(native.values[$0 * width + c]) }.filter { !$0.isNaN }.sorted()
        guard !values.isEmpty else { continue }
        let middle = values.count / 2
        let median = values.count % 2 == 1 ? values[middle] : (values[middle - 1] + values[middle]) / 2
        let expected = column.silence == nil ? median : values.reduce(0, +) / Double(values.count)
        let got = Double(bins.values[bin * width + c])
        #expect(abs(got - expected) <= 1e-5 * max(1, abs(expected)), "\(column.name)")
        #expect(Double(peaks.values[bin * width + c]) == values.last)
        let last = rows.last { !native.values[$0 * width + c].isNaN }.map { native.values[$0 * width + c] }
        #expect(lasts.values[bin * width + c] == last)
      }
    }
  }

  @Test("Threads change nothing, not one bit", arguments: everySet)
  func threads(_ set: DescriptorSet) throws {
    let x = source(mixture(seconds: 33))
    let one = try set.rows(of: x, rate: .native)
    let three = try set.rows(of: x, rate: .native, threads: 3)
    #expect(one.values.map(\.bitPattern) == three.values.map(\.bitPattern))
    var (next, last) = (0, 0.0)
    try set.extract(from: x, rate: .native, threads: 2, progress: { last = $0 }) {
      #expect($0.firstRow == next && $0.values.count == $0.isFilled.count * set.columns.count)
      next += $0.isFilled.count
    }
    #expect(next == one.isFilled.count && last == 1)
  }

  @Test(
    "Clips of 0.3 s have their frames, shorter than a frame none, and their bins the values of silence",
    arguments: everySet)
  func short(_ set: DescriptorSet) throws {
    let x = mixture(seconds: 1)
    let clip = source(Array(x[0..<4_800]))
    let rows = try set.rows(of: clip, rate: .native)
    #expect(!rows.isFilled.isEmpty)
    #expect(rows.isFilled.count == (try set.times(sampleCount: 4_800, rate: .native).count))
    #expect(try set.rows(of: clip).values.isEmpty)
    #expect(try set.rows(of: clip, rate: .bins(seconds: 0.3, aggregate: .mean)).isFilled.count == 1)
    #expect(try set.rows(of: source([]), rate: .native).values.isEmpty)
    let tiny = try set.rows(of: source([0.1, -0.1, 0.1]), rate: .bins(seconds: 0.001, aggregate: .mean))
    #expect(tiny.isFilled.isEmpty)
    let hint = try set.rows(of: source(Array(x[0..<40])), rate: .bins(seconds: 0.002, aggregate: .mean))
    #expect(hint.isFilled.count == 1 && hint.values.allSatisfy { $0.isFinite })
  }

  @Test("A sample that is no number is refused with its place", arguments: everySet)
  func notFinite(_ set: DescriptorSet) throws {
    for bad in [Double.nan, .infinity] {
      var x = mixture(seconds: 12)
      x[16_000 * 11 + 5] = bad
      let error = #expect(throws: EvokeError.self) { try set.rows(of: source(x)) }
      #expect(error?.code.id == "E-LLD-002" && error?.object.contains("176005") == true)
    }
    let error = #expect(throws: EvokeError.self) {
      try set.rows(of: source(mixture(seconds: 1)), rate: .bins(seconds: 0, aggregate: .mean))
    }
    #expect(error?.code.id == "E-LLD-001")
  }

  @Test("Sound of 8 kHz, resampled, has finite descriptors and its own pitch", arguments: everySet)
  func narrowBand(_ set: DescriptorSet) throws {
    let path = URL(fileURLWithPath: soundFixture("jfk.wav")).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("media/phone_8k.wav").path
    let sound = try WaveformSource(path: path)
    let rows = try set.rows(of: sound, rate: .native)
    for (i, value) in rows.values.enumerated() {
      #expect(value.isFinite || set.columns[i % set.columns.count].silence == nil)
    }
    #expect(!rows.values.isEmpty)
  }

  @Test("Memory of a set does not depend on the sound's length: rows arrive in stretches of ten seconds")
  func stretches() throws {
    var counts: [Int] = []
    try DescriptorSet.lld12.extract(from: source(gaussianNoise(16_000 * 25)), rate: .native) {
      counts.append($0.isFilled.count)
    }
    #expect(counts == [1_000, 1_000, 498])
  }
}
