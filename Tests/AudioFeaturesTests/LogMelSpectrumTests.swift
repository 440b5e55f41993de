import AudioFeatures
import Foundation
import SignalProcessing
import Testing

@Suite struct LogMelSpectrumTests {
  private func columns(_ set: DescriptorSet, _ rows: DescriptorRows, _ name: String) throws -> [Double] {
    let place = try #require(set.columns.firstIndex { $0.name == name })
    return stride(from: place, to: rows.values.count, by: set.columns.count).map { Double(rows.values[$0]) }
  }

  @Test("as many columns as asked for, spans as the context holds", arguments: [3, 12, 24, 512, 768, 1024])
  func widths(width: Int) {
    for context in [0, 0.025, 2.9, 3, 20, 40] {
      let spans = LogMelSpans(width: width, contextSeconds: context)
      let set = DescriptorSet.logMelSpectrum(width: width, contextSeconds: context)
      #expect(set.columns.count == width && Set(set.columns.map(\.name)).count == width)
      #expect(spans.seconds == Array([0, 3, 9, 27].filter { $0 <= context }.prefix(width / 3)))
      #expect(spans.bands.allSatisfy { $0 >= 1 } && (spans.bands.max() ?? 0) - (spans.bands.min() ?? 0) <= 1)
    }
  }

  @Test("digital silence has the stated values in every column")
  func silence() throws {
    let set = DescriptorSet.logMelSpectrum(width: 40, contextSeconds: 9)
    let rows = try set.rows(of: source([Double](repeating: 0, count: 64_000)))
    for (i, value) in rows.values.enumerated() { #expect(value == set.columns[i % 40].silence) }
  }

  @Test("a gain of 20 dB adds 20 dB to levels and bands and multiplies loudness by 100^.33")
  func gain() throws {
    let set = DescriptorSet.logMelSpectrum(width: 64, contextSeconds: 3)
    let noise = gaussianNoise(16_000 * 5, seed: 3)
    let (quiet, loud) = (
      try set.rows(of: source(noise.map { 0.02 * $0 })), try set.rows(of: source(noise.map { 0.2 * $0 }))
    )
    for (c, column) in set.columns.enumerated() {
      for row in 0..<5 {
        let (a, b) = (Double(quiet.values[row * 64 + c]), Double(loud.values[row * 64 + c]))
        if column.unit == "dB" { #expect(abs(b - a - 20) < 1e-3) } else { #expect(abs(b / a - pow(100, 0.33)) < 1e-3) }
      }
    }
  }

  @Test("a tone is in the band whose centre is nearest, and its level is that of its samples")
  func tone() throws {
    let set = DescriptorSet.logMelSpectrum(width: 66, contextSeconds: 0)
    let x = (0..<32_000).map { 0.5 * sin(2 * Double.pi * 1_000 * Double($0) / 16_000) }
    let rows = try set.rows(of: source(x))
    let levels = try columns(set, rows, "level")
    #expect(abs(levels[0] - 10 * log10(0.125)) < 0.01)
    // Band b of 64 has its centre at b / 65 of the mels of 8 kHz.
    func mel(_ hz: Double) -> Double { 2_595 * log10(1 + hz / 700) }
    let nearest = Int((mel(1_000) / mel(8_000) * 65).rounded())
    let bands = rows.values[2..<66]
    #expect((bands.indices.max { bands[$0] < bands[$1] } ?? 0) - 1 == nearest)
  }

  @Test("no band is empty, however narrow: each hears white noise")
  func narrow() throws {
    let set = DescriptorSet.logMelSpectrum(width: 1024, contextSeconds: 0.025)
    let rows = try set.rows(of: source(gaussianNoise(32_000, seed: 4).map { 0.1 * $0 }))
    #expect(rows.values.allSatisfy { $0 > -60 })
  }

  @Test("spans are centred means over the frames there are")
  func spans() throws {
    let set = DescriptorSet.logMelSpectrum(width: 12, contextSeconds: 9)
    let x = (0..<16_000 * 25).map { i -> Double in
      let t = Double(i) / 16_000
      return (t > 10 && t < 14 ? 0.4 : 0.01) * sin(2 * Double.pi * 440 * t)
    }
    let rows = try set.rows(of: source(x), rate: .native)
    let (own, three, nine) = (
      try columns(set, rows, "level"), try columns(set, rows, "level_3s"), try columns(set, rows, "level_9s")
    )
    for row in [0, 100, 333, 1_050, 1_200, 2_000, own.count - 1] {
      for (values, half) in [(three, 150), (nine, 450)] {
        let range = max(0, row - half)..<min(own.count, row + half + 1)
        #expect(abs(values[row] - own[range].reduce(0, +) / Double(range.count)) < 1e-4)
      }
    }
  }

  @Test("threads and blocks change nothing")
  func threads() throws {
    let set = DescriptorSet.logMelSpectrum(width: 24, contextSeconds: 20)
    let x = source(gaussianNoise(16_000 * 33, seed: 5).map { 0.1 * $0 })
    let (one, three) = (try set.rows(of: x, rate: .native), try set.rows(of: x, rate: .native, threads: 3))
    #expect(one.values.map(\.bitPattern) == three.values.map(\.bitPattern))
  }
}
