import Electrophysiology
import Testing

#if canImport(Glibc)
  import Glibc
#endif

@Suite struct WelchTests {
  private static let rate = 100.0

  /// Stretches of 200 samples of a sine of 10 Hz and amplitude 3 on an offset, of white noise, and of a channel that is
  /// missing once.
  private static func spectra(_ stretches: Int, length: Int = 200) -> ([Double], [[Double]]) {
    var spectra = WelchSpectra(length: length, channelCount: 3, rateHz: rate)
    var state: UInt64 = 88_172_645_463_325_252
    for stretch in 0..<stretches {
      var samples: [Float] = []
      for t in 0..<length {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        let noise = (Double(state >> 11) * 0x1p-53 - 0.5) * 12.0.squareRoot()
        samples.append(Float(5 + 3 * sin(2 * Double.pi * 10 * Double(t) / rate)))
        samples.append(Float(noise))
        samples.append(stretch == 0 && t == 7 ? .nan : Float(t % 2))
      }
      spectra.add(samples)
    }
    return (spectra.frequencies, spectra.densities())
  }

  @Test func aSineHasItsPowerAtItsFrequency() throws {
    let (frequencies, densities) = Self.spectra(2)
    #expect(frequencies.count == 100 && frequencies[0] == 0.5 && frequencies[99] == 50)
    let sine = densities[0]
    let peak = try #require(sine.indices.max { sine[$0] < sine[$1] })
    #expect(frequencies[peak] == 10)
    // a² / 2, all of it within the window's three bins.
    let whole: Double = sine.reduce(0, +) * 0.5
    let window: Double = sine[(peak - 1)...(peak + 1)].reduce(0, +) * 0.5
    #expect(abs(whole - 4.5) < 1e-4)
    #expect(abs(window - 4.5) < 1e-4)
  }

  @Test func whiteNoiseIsFlatAtTwiceItsVarianceOverTheRate() {
    let noise = Self.spectra(400).1[1]
    let mean = noise.dropLast().reduce(0, +) / 99
    #expect(abs(mean * Self.rate / 2 - 1) < 0.05)
    #expect(noise.dropFirst().dropLast().allSatisfy { abs($0 / mean - 1) < 0.35 })
  }

  @Test func theLastBinOfAnEvenLengthHasNoTwin() {
    // 0, 1, 0, 1 ...: variance 1/4, all of it at half the rate.
    let alternating = Self.spectra(2).1[2]
    let whole: Double = alternating.reduce(0, +) * 0.5
    #expect(abs(whole - 0.25) < 1e-6)
  }

  @Test func aStretchWithAMissingSampleIsLeftOut() {
    #expect(Self.spectra(1).1[2].isEmpty)
    let once = Self.spectra(2).1[2]
    let twice = Self.spectra(3).1[2]
    #expect(zip(once, twice).allSatisfy { abs($0 - $1) <= 1e-12 * max(1, $0) } && once.count == 100)
  }
}
