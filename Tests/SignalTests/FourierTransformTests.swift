import FourierTransform
import Testing

#if canImport(Glibc)
  import Glibc
#endif

/// Reproducible numbers in (-1, 1), without the product's generator.
func testNoise(_ count: Int, seed: UInt64 = 1) -> [Double] {
  var state = seed &* 0x9E37_79B9_7F4A_7C15 | 1
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Double(Int64(bitPattern: state) >> 11) / Double(Int64(1) << 52)
  }
}

@Suite struct FourierTransformTests {
  @Test("The transform equals the defining sum", arguments: [1, 2, 5, 8, 31, 60, 97])
  func equalsTheSum(length: Int) {
    let x = testNoise(length)
    var transform = RealFourierTransform(length: length)
    let spectrum = transform.forward(x)
    #expect(spectrum.binCount == length / 2 + 1)
    for k in 0..<spectrum.binCount {
      var (re, im) = (0.0, 0.0)
      for t in 0..<length {
        let angle = -2 * Double.pi * Double(k * t % length) / Double(length)
        re += x[t] * cos(angle)
        im += x[t] * sin(angle)
      }
      #expect(abs(spectrum.real(k) - re) < 1e-12 * Double(length))
      #expect(abs(spectrum.imaginary(k) - im) < 1e-12 * Double(length))
    }
  }

  @Test("The inverse of the transform is the signal", arguments: [1, 2, 7, 1_024, 3_599, 7_919])
  func roundTrip(length: Int) {
    let x = testNoise(length * 3)
    var transform = RealFourierTransform(length: length, columns: 3)
    let back = transform.inverse(transform.forward(x))
    #expect(zip(x, back).allSatisfy { abs($0 - $1) < 1e-12 })
  }

  @Test("Columns are transformed independently, time first")
  func columnsAreIndependent() {
    let (length, columns) = (90, 4)
    let x = testNoise(length * columns)
    var all = RealFourierTransform(length: length, columns: columns)
    let together = all.forward(x)
    var one = RealFourierTransform(length: length)
    for column in 0..<columns {
      let alone = one.forward((0..<length).map { x[$0 * columns + column] })
      for k in 0..<alone.binCount {
        #expect(abs(alone.real(k) - together.real(k, column)) < 1e-12)
        #expect(abs(alone.imaginary(k) - together.imaginary(k, column)) < 1e-12)
      }
    }
  }

  @Test("Rotating phases keeps the power of every bin")
  func rotationKeepsPower() {
    let length = 101
    var transform = RealFourierTransform(length: length)
    var spectrum = transform.forward(testNoise(length))
    let before = (0..<spectrum.binCount).map { spectrum.power($0) }
    for k in 1..<spectrum.binCount { spectrum.rotate(k, cosine: cos(Double(k)), sine: sin(Double(k))) }
    let after = transform.forward(transform.inverse(spectrum))
    for k in 0..<before.count { #expect(abs(after.power(k) - before[k]) < 1e-10) }
  }

  @Test("Multiplying spectra convolves circularly")
  func multiplicationConvolves() {
    let length = 12
    let (x, h) = (testNoise(length), testNoise(length, seed: 9))
    var transform = RealFourierTransform(length: length)
    var spectrum = transform.forward(x)
    spectrum.multiply(by: transform.forward(h))
    let product = transform.inverse(spectrum)
    for t in 0..<length {
      let direct = (0..<length).reduce(0.0) { $0 + x[$1] * h[(t - $1 + length) % length] }
      #expect(abs(product[t] - direct) < 1e-12)
    }
  }

  @Test("Float32 frames equal the float64 transform to single precision")
  func framesEqualDouble() {
    let (length, frames) = (512, 5)
    let x = testNoise(length * frames)
    let samples = x.map(Float.init)
    var batched = FrameFourierTransform(length: length, frames: frames)
    var spectrum = [Float](repeating: 0, count: 2 * batched.binCount * frames)
    var power = [Float](repeating: 0, count: batched.binCount * frames)
    var back = [Float](repeating: 0, count: length * frames)
    batched.forward(samples, into: &spectrum)
    batched.power(samples, into: &power)
    batched.inverse(spectrum, into: &back)
    var one = RealFourierTransform(length: length)
    for frame in 0..<frames {
      let exact = one.forward(samples[frame * length..<(frame + 1) * length].map(Double.init))
      for k in 0..<exact.binCount {
        let i = frame * batched.binCount + k
        // Float32 rounding grows with log2(512) butterflies on values near sqrt(512).
        #expect(abs(Double(spectrum[2 * i]) - exact.real(k)) < 2e-5)
        #expect(abs(Double(power[i]) - exact.power(k)) < 2e-3)
      }
    }
    #expect(zip(samples, back).allSatisfy { abs($0 - $1) < 1e-6 })
  }

  @Test("Fast lengths have only small factors and are not below the count")
  func fastLengths() {
    #expect(RealFourierTransform.fastLength(atLeast: 7) == 8)
    #expect(RealFourierTransform.fastLength(atLeast: 1_999) == 2_000)
    #expect(RealFourierTransform.fastLength(atLeast: 1_424) == 1_440)
  }
}
