import Resampling
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Amplitude and phase of a sine at `hz` fitted by least squares, and the largest residual.
private func fitSine(_ x: ArraySlice<Float>, hz: Double, rate: Double) -> (
  amplitude: Double, phase: Double, residual: Double
) {
  var (ss, cc, sc, xs, xc) = (0.0, 0.0, 0.0, 0.0, 0.0)
  for i in x.indices {
    let angle = 2 * Double.pi * hz * Double(i) / rate
    let (s, c, v) = (sin(angle), cos(angle), Double(x[i]))
    ss += s * s
    cc += c * c
    sc += s * c
    xs += v * s
    xc += v * c
  }
  let determinant = ss * cc - sc * sc
  let a = (xs * cc - xc * sc) / determinant
  let b = (xc * ss - xs * sc) / determinant
  var residual = 0.0
  for i in x.indices {
    let angle = 2 * Double.pi * hz * Double(i) / rate
    residual = max(residual, abs(Double(x[i]) - a * sin(angle) - b * cos(angle)))
  }
  return ((a * a + b * b).squareRoot(), atan2(b, a), residual)
}

private func sine(_ hz: Double, rate: Double, seconds: Double) -> [Float] {
  (0..<Int(rate * seconds)).map { Float(sin(2 * Double.pi * hz * Double($0) / rate)) }
}

@Suite struct ResamplingTests {
  @Test("A 1 kHz sine keeps its amplitude and phase", arguments: [8_000, 22_050, 44_100, 48_000, 96_000])
  func sineKeepsAmplitude(rate: Int) throws {
    let y = try resample(sine(1_000, rate: Double(rate), seconds: 1), fromHz: rate, toHz: 16_000)
    let fit = fitSine(y[2_000..<14_000], hz: 1_000, rate: 16_000)
    #expect(abs(fit.amplitude - 1) < 1e-4)
    // Zero delay: a hundredth of an output sample at 1 kHz would be 4e-3 rad.
    #expect(abs(fit.phase) < 1e-4)
    // Images and noise below -96 dB.
    #expect(fit.residual < 1.6e-5)
  }

  @Test("A sine above the new Nyquist rate vanishes")
  func aliasVanishes() throws {
    let y = try resample(sine(9_000, rate: 44_100, seconds: 1), fromHz: 44_100, toHz: 16_000)
    #expect(y[1_000..<15_000].allSatisfy { abs($0) < 1.6e-5 })
  }

  @Test("The output has ceil(N to / from) samples", arguments: [1, 2, 3, 159, 441, 44_100, 44_101, 100_003])
  func lengthRule(count: Int) throws {
    let x = testNoise(count).map(Float.init)
    for (from, to) in [
      (44_100, 16_000), (48_000, 16_000), (8_000, 16_000), (16_000, 16_000), (22_050, 16_000), (16_000, 48_000),
    ] {
      let expected = (Double(count) * Double(to) / Double(from)).rounded(.up)
      #expect(try resample(x, fromHz: from, toHz: to).count == Int(expected))
    }
  }

  @Test("Pieces give the same samples as the whole")
  func piecesEqualTheWhole() throws {
    let x = testNoise(60_000).map(Float.init)
    let whole = try resample(x, fromHz: 44_100, toHz: 16_000)
    var resampler = try StreamResampler(fromHz: 44_100, toHz: 16_000)
    var pieces: [Float] = []
    var start = 0
    for size in [1, 7, 1_024, 30_000, 500, 0, 40_000] {
      let end = min(x.count, start + size)
      pieces += try resampler.process(Array(x[start..<end]))
      start = end
    }
    pieces += try resampler.finish()
    #expect(pieces == whole)
  }

  @Test("Up by three and down again is the identity in the pass band")
  func roundTrip() throws {
    // Noise of sines below 7 kHz.
    let x = (0..<16_000).map { i -> Float in
      var sum = 0.0
      for k in 1...13 { sum += sin(2 * Double.pi * 521 * Double(k) * Double(i) / 16_000 + Double(k * k)) }
      return Float(sum / 13)
    }
    let up = try resample(x, fromHz: 16_000, toHz: 48_000)
    let back = try resample(up, fromHz: 48_000, toHz: 16_000)
    #expect(back.count == x.count)
    #expect((1_000..<15_000).allSatisfy { abs(back[$0] - x[$0]) < 1e-4 })
  }
}
