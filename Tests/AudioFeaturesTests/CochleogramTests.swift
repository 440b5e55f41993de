import AudioFeatures
import Diagnostics
import FilterFiles
import Foundation
import HDF5File
import SignalProcessing
import Testing

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("Fixtures/cochleogram")

private func fixture(_ name: String) -> String { folder.appendingPathComponent(name).path }

private func readBank(_ path: String, variable: String? = nil) throws -> (bank: CochlearFilterBank, variable: String) {
  let file = try CochlearFilterFile(reading: path, variable: variable)
  return (try CochlearFilterBank(coefficients: file.filters, object: file.object), file.variable)
}

private func code(_ body: () throws -> Void) -> String? {
  do { try body() } catch { return (error as? EvokeError)?.code.id }
  return nil
}

private func tone(_ hertz: Double, seconds: Double = 1, amplitude: Double = 1) -> [Float] {
  (0..<Int(16_000 * seconds)).map { Float(amplitude * sin(2 * Double.pi * hertz * Double($0) / 16_000)) }
}

/// Noise that is the same everywhere.
private func noise(_ count: Int) -> [Float] {
  var state: UInt64 = 42
  return (0..<count).map { _ in
    state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
    return Float(Int64(bitPattern: state) >> 40) / Float(1 << 23)
  }
}

@Suite struct CochleogramTests {
  @Test("Every mode of wav2aud equals SciPy's filters, sample by sample", arguments: 0..<6)
  func modes(index: Int) throws {
    let expected = try HDF5File(reading: fixture("expected.h5"))
    let p = try expected.doubles("parameters", offset: [index, 0], count: [1, 4])
    let parameters = try CochleogramParameters(
      frameMilliseconds: p[0], timeConstantMilliseconds: p[1], factor: p[2], octaveShift: Int(p[3]))
    let (bank, name) = try readBank(fixture("synthetic_cochba.mat"))
    #expect(name == "COCHBA" && bank.channelCount == 128 && bank.orders == 4...8 && bank.engine == .file)
    let sound = ArraySampleSource(try expected.floats("x"), rateHz: parameters.sourceRateHz)
    let rows = try Cochleogram(.channels, bank: bank, parameters: parameters).rows(of: sound, rate: .native)
    let wanted = try expected.doubles("case\(index)")
    #expect(rows.values.count == wanted.count)
    let largest = wanted.map(abs).max() ?? 0
    // The values are float32; filters of order 8 lose some digits in float64 already.
    for (value, want) in zip(rows.values, wanted) {
      #expect(abs(Double(value) - want) <= 1e-4 * abs(want) + 1e-6 * largest)
    }
  }

  @Test("The built-in gammatone filters are SciPy's, with unit gain at their frequency")
  func gammatone() throws {
    let expected = try HDF5File(reading: fixture("expected.h5"))
    let (b, a) = (try expected.doubles("gammatone_b"), try expected.doubles("gammatone_a"))
    let bank = CochlearFilterBank.gammatone
    #expect(bank.filters.count == 129 && bank.engine == .gammatone)
    for (i, filter) in bank.filters.enumerated() {
      for k in 0...8 {
        // SciPy rounds 1 / (0.0247 * 4.37) to 9.26449: bandwidths differ by 1e-7.
        #expect(abs(filter.a[k] - a[i * 9 + k]) <= 3e-7 * (filter.a.map(abs).max() ?? 0))
        let want = k < 5 ? b[i * 5 + k] : 0
        #expect(abs(filter.b[k] - want) <= 1e-5 * abs(want), "filter \(i) tap \(k)")
      }
    }
    let sound = ArraySampleSource(try expected.floats("x"), rateHz: 16_000)
    let rows = try Cochleogram(.channels, bank: bank).rows(of: sound, rate: .native)
    let wanted = try expected.doubles("gammatone_case")
    let largest = wanted.map(abs).max() ?? 0
    for (value, want) in zip(rows.values, wanted) {
      // Four equal poles near the unit circle: rounding the expanded denominator to float64 alone moves the gain of the
      // lowest channels by 2e-4, and lateral inhibition subtracts neighbours.
      #expect(abs(Double(value) - want) <= 1e-3 * abs(want) + 1e-5 * largest)
    }
  }

  @Test("The nominal frequencies run from 179.7 to 7,040 Hz")
  func frequencies() {
    let names = CochlearFilterBank.gammatone.channelNames()
    #expect(names.first == "cf_179.7" && names.last == "cf_7040.0" && Set(names).count == 128)
    #expect(CochlearFilterBank.gammatone.channelNames(octaveShift: -1).last == "cf_3520.0")
  }

  /// Needs the toolbox's own file, whose licence does not let it stand here: EVOKE_NSL_FILTERS=aud24.mat.
  @Test(
    "The toolbox's own filters give its published row for an 800 Hz tone",
    .enabled(if: ProcessInfo.processInfo.environment["EVOKE_NSL_FILTERS"] != nil))
  func toolboxRow() throws {
    let path = try #require(ProcessInfo.processInfo.environment["EVOKE_NSL_FILTERS"])
    let bank = try readBank(path).bank
    #expect(bank.channelCount == 128 && bank.orders == 7...24 && bank.largestPoleRadius < 1)
    let parameters = try CochleogramParameters(timeConstantMilliseconds: 4)
    let rows = try Cochleogram(.channels, bank: bank, parameters: parameters)
      .rows(of: ArraySampleSource(tone(800), rateHz: 16_000), rate: .native)
    #expect(rows.values.count == 125 * 128)
    for (channel, want) in [(49, 1.1915), (50, 6.3451), (51, 18.4818), (52, 14.8572)] {
      #expect(abs(Double(rows.values[124 * 128 + channel - 1]) - want) < 1e-3, "channel \(channel)")
    }
  }

  @Test("A tone is largest near its own channel, and silence is zero", arguments: [300.0, 800, 3_000])
  func tones(hertz: Double) throws {
    let set = Cochleogram(.channels, bank: .gammatone)
    let rows = try set.rows(of: ArraySampleSource(tone(hertz), rateHz: 16_000))
    #expect(rows.values.count == 128)
    let peak = try #require(rows.values.indices.max { rows.values[$0] < rows.values[$1] })
    // Lateral inhibition subtracts the next higher channel, which moves the peak down by a channel or two.
    #expect((-4...1).contains(Double(peak) + 1 - (32 + 24 * log2(hertz / 440))))
    let silence = try set.rows(of: ArraySampleSource([Float](repeating: 0, count: 32_000), rateHz: 16_000))
    #expect(silence.values == [Float](repeating: 0, count: 256) && silence.isFilled == [false, false])
  }

  @Test("Twice the sound gives twice the linear cochleogram, and the envelope is the mean of the channels")
  func linearity() throws {
    let sound = noise(20_000)
    let set = Cochleogram(.channels, bank: .gammatone)
    let once = try set.rows(of: ArraySampleSource(sound, rateHz: 16_000), rate: .native).values
    let twice = try set.rows(of: ArraySampleSource(sound.map { 2 * $0 }, rateHz: 16_000), rate: .native).values
    #expect(zip(once, twice).allSatisfy { 2 * $0 == $1 })
    let envelope = try Cochleogram(.envelope, bank: .gammatone)
      .rows(of: ArraySampleSource(sound, rateHz: 16_000), rate: .native).values
    for (row, value) in envelope.enumerated() {
      let mean = once[(row * 128)..<(row * 128 + 128)].reduce(0.0) { $0 + Double($1) } / 128
      #expect(abs(Double(value) - mean) <= 1e-6 * mean)
    }
  }

  @Test("The envelope of noise modulated at 4 Hz has its peak at 4 Hz")
  func modulation() throws {
    let sound = noise(64_000).enumerated().map { n, x in
      x * Float(1 + 0.9 * cos(2 * Double.pi * 4 * Double(n) / 16_000))
    }
    let envelope = try Cochleogram(.envelope, bank: .gammatone)
      .rows(of: ArraySampleSource(sound, rateHz: 16_000), rate: .native).values
    #expect(envelope.count == 500)
    let mean = envelope.reduce(0, +) / 500
    func power(_ hertz: Double) -> Double {
      var (c, s) = (0.0, 0.0)
      for (n, value) in envelope.enumerated() {
        c += Double(value - mean) * cos(2 * Double.pi * hertz * Double(n) / 125)
        s += Double(value - mean) * sin(2 * Double.pi * hertz * Double(n) / 125)
      }
      return c * c + s * s
    }
    let candidates = stride(from: 0.5, through: 40, by: 0.25)
    #expect(candidates.max { power($0) < power($1) } == 4)
  }

  @Test("Rows do not depend on the pieces a sound arrives in")
  func pieces() throws {
    let sound = noise(5_000)
    let parameters = try CochleogramParameters(factor: 0.1)
    var whole = CochleogramStream(bank: .gammatone, parameters: parameters)
    let all = whole.process(sound) + whole.finish()
    #expect(all.count == 40 * 128)
    var stream = CochleogramStream(bank: .gammatone, parameters: parameters)
    var rows: [Double] = []
    var start = 0
    for size in [1, 127, 129, 2_000, 500] {
      rows += stream.process(Array(sound[start..<(start + size)]))
      start += size
    }
    rows += stream.process(Array(sound[start...])) + stream.finish()
    #expect(rows == all)
    // A finished stream begins anew.
    #expect(stream.process(sound) + stream.finish() == all)
  }

  @Test("Bins of a second or of a TR are the means of their frames")
  func bins() throws {
    let sound = ArraySampleSource(noise(16_000 * 5), rateHz: 16_000)
    let set = Cochleogram(.envelope, bank: .gammatone)
    let native = try set.rows(of: sound, rate: .native).values
    #expect(native.count == 625 && set.parameters.nativeRateHz == 125)
    #expect(try set.times(sampleCount: 80_000, rate: .native)[1] == 0.012)
    for (seconds, frames) in [(1.0, 125), (2, 250), (0.8, 100)] {
      let rate = FeatureRate.bins(seconds: seconds, aggregate: .mean)
      let rows = try set.rows(of: sound, rate: rate).values
      // 2.5 bins of 2 s: the half one counts.
      #expect(rows.count == Int((5 / seconds + 0.5).rounded(.down)))
      #expect(try set.times(sampleCount: 80_000, rate: rate).count == rows.count)
      for (bin, value) in rows.enumerated() {
        let part = native[(bin * frames)..<min(625, bin * frames + frames)]
        #expect(abs(value - part.reduce(0, +) / Float(part.count)) <= 1e-5 * value)
      }
    }
  }

  @Test("Long silence after sound is exact zero, not slow tiny numbers")
  func settling() throws {
    var stream = CochleogramStream(bank: .gammatone, parameters: .standard)
    _ = stream.process(noise(1_000))
    let rows = stream.process([Float](repeating: 0, count: 16_000 * 8))
    #expect(rows.suffix(128).allSatisfy { $0 == 0 })
  }

  @Test("A bank is the same from every format")
  func formats() throws {
    let bank = try readBank(fixture("few.mat")).bank
    #expect(bank.filters.count == 9)
    for name in ["few_v73.mat", "few_complex.npy", "few_fortran.npy", "few_real.npy", "few.csv", "few_rows.h5"] {
      #expect(try readBank(fixture(name)).bank == bank, "\(name)")
    }
    #expect(try readBank(fixture("few_rows.h5")).variable == "bank/filters")
    #expect(try readBank(fixture("few_v73.mat")).variable == "COCHBA")
    #expect(bank.channelNames().first == "ch_1")
  }

  @Test("Filters that cannot be used are refused with the reason")
  func refusedFilters() throws {
    func filter(_ b: [Double], _ a: [Double]) -> String? {
      code { _ = try CochlearFilter(b: b, a: a, object: "x") }
    }
    #expect(filter([1], [1, -0.999]) == nil)
    #expect(filter([1], [1, -1]) == "E-FLT-003")
    #expect(filter([1], [1, -1.9, 1.01]) == "E-FLT-003")
    #expect(filter([1], [0, 1]) == "E-FLT-002")
    #expect(filter([0, 0], [1, 0.5]) == "E-FLT-002")
    #expect(filter([.nan], [1, 0.5]) == "E-FLT-002")
    #expect(filter([1], [1]) == "E-FLT-002")
    let radius = try CochlearFilter(b: [1], a: [1, -2 * 0.97 * cos(0.3), 0.97 * 0.97], object: "x").largestPoleRadius
    #expect(abs(radius - 0.97) < 1e-9)
    let one = try CochlearFilter(b: [1], a: [1, -0.5], object: "x")
    #expect(code { _ = try CochlearFilterBank(engine: .file, filters: [one], object: "x") } == "E-FLT-002")
  }

  @Test("Files without filters are refused with what they hold")
  func refusedFiles() throws {
    let matlab = folder.deletingLastPathComponent().appendingPathComponent("matlab")
    #expect(code { _ = try readBank(matlab.appendingPathComponent("plain.mat").path) } == "E-FLT-001")
    #expect(
      code { _ = try readBank(matlab.appendingPathComponent("plain.mat").path, variable: "matrix") }
        == "E-FLT-001")
    #expect(code { _ = try readBank(fixture("few.mat"), variable: "NONE") } == "E-MAT-005")
    #expect(code { _ = try readBank(fixture("expected.h5")) } == "E-FLT-001")
    #expect(code { _ = try readBank(fixture("nothing.mat")) } == "E-FIL-001")
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("evoke-\(UUID().uuidString)").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    for (text, wanted) in [
      ("time,value\n0,1\n", "E-FLT-001"), ("filter,tap,b,a\n1,0,1,1\n1,1,0,x\n", "E-FLT-002"),
      ("filter,tap,b,a\n1,0,1,1\n1,0,0,0.5\n", "E-FLT-002"),
      // A tap that is missing is no tap of zeros.
      ("filter,tap,b,a\n1,0,1,1\n1,2,0,0.5\n2,0,1,1\n2,1,0,-0.5\n", "E-FLT-002"),
      ("filter;tap;b;a\n1;0;1;1\n1;1;0;-1.5\n2;0;1;1\n2;1;0;-0.5\n", "E-FLT-003"), ("", "E-FLT-001"),
    ] {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
      #expect(code { _ = try readBank(path) } == wanted, "\(text)")
    }
    let whole = try Data(contentsOf: URL(fileURLWithPath: fixture("few_real.npy")))
    try whole.prefix(1_000).write(to: URL(fileURLWithPath: path))
    #expect(code { _ = try readBank(path) } == "E-FIL-013")
  }

  @Test("Parameters and samples without a meaning are refused")
  func refusedParameters() throws {
    #expect(code { _ = try CochleogramParameters(frameMilliseconds: 0) } == "E-FLT-004")
    #expect(code { _ = try CochleogramParameters(timeConstantMilliseconds: -1) } == "E-FLT-004")
    #expect(code { _ = try CochleogramParameters(factor: -3) } == "E-FLT-004")
    #expect(code { _ = try CochleogramParameters(octaveShift: 5) } == "E-FLT-004")
    var sound = noise(1_000)
    sound[700] = .nan
    let set = Cochleogram(.envelope, bank: .gammatone)
    #expect(code { _ = try set.rows(of: ArraySampleSource(sound, rateHz: 16_000)) } == "E-LLD-002")
    let bins = FeatureRate.bins(seconds: 0, aggregate: .mean)
    #expect(code { _ = try set.rows(of: ArraySampleSource(noise(1_000), rateHz: 16_000), rate: bins) } == "E-LLD-001")
    #expect(try set.rows(of: ArraySampleSource([], rateHz: 16_000), rate: .native).values.isEmpty)
  }
}
