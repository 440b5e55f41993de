import AudioFeatures
import Foundation
import SignalProcessing
import Testing

/// A planted voice of the fixtures, with what was planted and what Praat found.
struct PlantedVoice: CustomTestStringConvertible {
  let file: String
  let values: [String: Double]
  var testDescription: String { file }

  static let all: [PlantedVoice] = {
    guard let text = try? String(contentsOfFile: soundFixture("voices.csv"), encoding: .utf8) else { return [] }
    let lines = text.split(separator: "\n").map { $0.split(separator: ",").map(String.init) }
    return lines.dropFirst().map { fields in
      let pairs = zip(lines[0], fields).dropFirst().map { ($0, Double($1) ?? .nan) }
      return PlantedVoice(file: fields[0], values: Dictionary(uniqueKeysWithValues: pairs))
    }
  }()

  func value(_ name: String) -> Double { values[name] ?? .nan }
}

private func median(_ x: [Float]) -> Double {
  let sorted = x.filter { !$0.isNaN }.sorted()
  return sorted.isEmpty ? .nan : Double(sorted[sorted.count / 2])
}

private func mean(_ x: [Float]) -> Double {
  let present = x.filter { !$0.isNaN }
  return present.reduce(0.0) { $0 + Double($1) } / Double(present.count)
}

/// Harmonics of a fundamental with given amplitudes.
private func harmonics(_ f0: Double, _ amplitudes: [Double], seconds: Double = 1) -> [Double] {
  (0..<Int(16_000 * seconds)).map { i in
    let t = Double(i) / 16_000
    return amplitudes.enumerated().reduce(0.0) { sum, harmonic in
      let (h, a) = (Double(harmonic.offset + 1), harmonic.element)
      return sum + a * sin(2 * Double.pi * h * f0 * t + h * h)
    }
  }
}

@Suite struct VoiceDescriptorTests {
  private let set = DescriptorSet.egemaps25

  private func inner(_ x: [Double]) throws -> DescriptorRows {
    let rows = try set.rows(of: source(x), rate: .native)
    let (count, width) = (rows.isFilled.count, set.columns.count)
    return DescriptorRows(
      firstRow: 0, values: Array(rows.values[(10 * width)..<((count - 10) * width)]),
      isFilled: Array(rows.isFilled[10..<(count - 10)]))
  }

  @Test("What every frame has equals NumPy's values of the same definitions")
  func balanceEqualsNumPy() throws {
    let reference = try table("jfk_balance.csv")
    let rows = try set.rows(of: source(try recording("jfk.wav")), rate: .native)
    #expect(reference.count == 10)
    for (name, expected) in reference {
      for (row, pair) in zip(rows.column(name, of: set), expected).enumerated() {
        // Slopes are of the order 0.01 dB/Hz; float32 transforms differ from float64 in the last digits of weak bins.
        let tolerance = name.hasPrefix("slope") ? 2e-6 : 1e-5 * abs(pair.1) + 1e-4
        #expect(abs(Double(pair.0) - pair.1) < tolerance, "\(name) in row \(row)")
      }
    }
  }

  @Test(
    "Planted voices: pitch, jitter, shimmer and formants are what was planted and what Praat finds",
    arguments: PlantedVoice.all)
  func planted(_ voice: PlantedVoice) throws {
    let rows = try inner(try recording(voice.file))
    func column(_ name: String) -> [Float] { rows.column(name, of: set) }
    #expect(column("f0_semitone").allSatisfy { !$0.isNaN })
    let f0 = 27.5 * pow(2, median(column("f0_semitone")) / 12)
    // The random periods of a second shift the realised pitch by up to 0.3 %.
    #expect(abs(f0 / voice.value("f0_hz") - 1) < 0.005 && abs(f0 / voice.value("praat_f0_hz") - 1) < 0.003)
    let jitter = mean(column("jitter_local"))
    // One second realises its jitter and shimmer to about 10 %; matched waveforms smooth large jitter (so in Praat).
    #expect(abs(jitter - voice.value("praat_jitter")) < 0.05 * voice.value("praat_jitter") + 3e-4)
    #expect(abs(jitter - voice.value("jitter")) < 0.4 * voice.value("jitter") + 3e-4)
    let shimmer = mean(column("shimmer_local_db"))
    #expect(abs(shimmer - voice.value("praat_shimmer_db")) < 0.1 * voice.value("praat_shimmer_db") + 0.04)
    // Peaks of a resonating wave also move with the jitter of the pulses.
    #expect(abs(shimmer - voice.value("shimmer_db")) < 0.3 * voice.value("shimmer_db") + 0.13)
    for i in 1...3 {
      let frequency = median(column("f\(i)_frequency"))
      #expect(abs(frequency / voice.value("praat_f\(i)_hz") - 1) < 0.01, "F\(i) \(frequency)")
      // Linear prediction is drawn to the nearest harmonic: at most half of f0 away, in practice 6 %.
      #expect(abs(frequency / voice.value("f\(i)_hz") - 1) < 0.06, "F\(i) \(frequency)")
    }
  }

  @Test("Pitch and formants of speech are Praat's where both are voiced")
  func speechEqualsPraat() throws {
    let reference = try table("jfk_praat.csv")
    let rows = try set.rows(of: source(try recording("jfk.wav")), rate: .native)
    let f0 = rows.column("f0_semitone", of: set)
    let expected = try #require(reference["f0_hz"]).map { 12 * log2($0 / 27.5) }
    #expect(f0.count == expected.count)
    let both = f0.indices.filter { !f0[$0].isNaN && !expected[$0].isNaN }
    let alike = f0.indices.count { f0[$0].isNaN == expected[$0].isNaN }
    // Praat compares levels with the whole sound, we with two seconds of it.
    #expect(both.count > 500 && Double(alike) > 0.9 * Double(f0.count))
    let gross = both.count { abs(Double(f0[$0]) - expected[$0]) > 0.5 }
    #expect(Double(gross) < 0.03 * Double(both.count), "\(gross) of \(both.count)")
    for i in 1...3 {
      let (ours, theirs) = (rows.column("f\(i)_frequency", of: set), try #require(reference["f\(i)_hz"]))
      let errors = both.map { Float(abs(Double(ours[$0]) / theirs[$0] - 1)) }
      #expect(median(errors) < 0.015, "F\(i): \(median(errors))")
    }
  }

  @Test("Harmonicity of synthetic vowels is Praat's within 1 dB, up to where the window bounds it")
  func harmonicityEqualsPraat() throws {
    let lines = try String(contentsOfFile: soundFixture("vowels_hnr.csv"), encoding: .utf8).split(separator: "\n")
    #expect(lines.count == 4)
    for line in lines.dropFirst() {
      let parts = line.split(separator: ",")
      let rows = try inner(try recording("vowel_\(parts[0]).wav"))
      let (hnr, expected) = (mean(rows.column("hnr_db", of: set)), Double(parts[1]) ?? .nan)
      #expect(expected > 30 ? hnr > 33 && hnr < expected : abs(hnr - expected) < 1, "\(line): \(hnr)")
      let semitone = 12 * log2((Double(parts[2]) ?? .nan) / 27.5)
      #expect(rows.column("f0_semitone", of: set).allSatisfy { abs(Double($0) - semitone) < 0.1 })
    }
  }

  @Test("Harmonics of known amplitude have their differences of level", arguments: [100.0, 173, 250])
  func harmonicDifferences(_ f0: Double) throws {
    // A resonance at 2,500 Hz far above its surroundings makes the third formant's strongest harmonic known.
    let amplitudes = [0.2, 0.1] + [Double](repeating: 0.02, count: Int(5_000 / f0) - 2)
    let rows = try inner(harmonics(f0, amplitudes))
    let difference = rows.column("h1_h2", of: set)
    // The Gaussian window keeps harmonics 100 Hz apart below 1 % of one another.
    #expect(difference.allSatisfy { abs($0 - 6.0206) < 0.15 }, "\(mean(difference))")
    for (i, level) in [(2, Float(-20)), (3, Float(-20))] {
      let found = zip(rows.column("f\(i)_amplitude", of: set), rows.column("f\(i)_frequency", of: set))
      for (amplitude, frequency) in found where Double(frequency) > 2.6 * f0 && frequency < 4_500 {
        #expect(abs(amplitude - level) < 0.5, "F\(i) at \(frequency): \(amplitude)")
      }
    }
    for (difference, frequency) in zip(rows.column("h1_a3", of: set), rows.column("f3_frequency", of: set))
    where Double(frequency) > 4 * f0 && frequency < 3_900 {
      #expect(abs(difference - 20) < 0.5, "\(difference)")
    }
  }

  @Test("Two tones have the balance of their amplitudes")
  func balanceOfTones() throws {
    // 500 and 3,000 Hz are bins 16 and 96: no leakage between them beyond the window's.
    let x = zip(sine(500, seconds: 1, amplitude: 0.4), sine(3_000, seconds: 1, amplitude: 0.04)).map { $0 + $1 }
    let rows = try inner(x)
    #expect(rows.column("hammarberg_index", of: set).allSatisfy { abs($0 - 20) < 0.05 })
    #expect(rows.column("alpha_ratio", of: set).allSatisfy { abs($0 + 20) < 0.05 })
    #expect(rows.column("spectral_flux", of: set).allSatisfy { $0 < 0.5 })
    let steep = rows.column("slope_0_500", of: set)
    #expect(steep.allSatisfy { $0 > 0.05 } && rows.column("slope_500_1500", of: set).allSatisfy { $0 < -0.02 })
  }

  @Test("Noise is unvoiced: the voiced descriptors are missing, per second filled and flagged")
  func unvoicedNoise() throws {
    let x = gaussianNoise(64_000)
    let rows = try set.rows(of: source(x), rate: .native)
    let missing = rows.column("f0_semitone", of: set).count { $0.isNaN }
    #expect(Double(missing) > 0.98 * Double(rows.isFilled.count))
    let voice = try recording("voice_a120.wav")
    let seconds = try set.rows(of: source(voice[0..<15_000] + [Double](repeating: 0, count: 33_000)))
    #expect(seconds.isFilled == [false, true, true])
    let f0 = seconds.column("f0_semitone", of: set)
    #expect(f0[1] == f0[0] && f0[2] == f0[0])
    #expect(seconds.column("loudness", of: set)[2] == 0)
  }

  @Test("Gain changes levels only")
  func gain() throws {
    let x = try recording("voice_u160.wav")
    let (a, b) = (try inner(x), try inner(x.map { $0 / 2 }))
    for column in set.columns where !["loudness", "spectral_flux"].contains(column.name) {
      for (before, after) in zip(a.column(column.name, of: set), b.column(column.name, of: set)) {
        #expect(before.isNaN == after.isNaN && (before.isNaN || abs(before - after) <= 2e-3 * max(1, abs(before))))
      }
    }
    let flux = zip(a.column("spectral_flux", of: set), b.column("spectral_flux", of: set))
    #expect(flux.allSatisfy { abs($0 - 2 * $1) < 1e-3 })
    let loudness = zip(a.column("loudness", of: set), b.column("loudness", of: set))
    #expect(loudness.allSatisfy { abs($1 / $0 - Float(pow(0.25, 0.33))) < 1e-3 })
  }

  @Test("A shift by one second moves every row by a hundred, across the borders of blocks too")
  func shift() throws {
    let speech = try recording("jfk.wav")
    let x = speech + speech[0..<64_000]
    let (a, b) = (
      try set.rows(of: source(x), rate: .native), try set.rows(of: source(Array(x[16_000...])), rate: .native)
    )
    let width = set.columns.count
    var (compared, different) = (0, 0)
    for row in 150..<(b.isFilled.count - 150) {
      for c in 0..<width {
        let (before, after) = (a.values[(row + 100) * width + c], b.values[row * width + c])
        compared += 1
        if before.isNaN != after.isNaN || abs(before - after) > 1e-3 * max(1, abs(before)) { different += 1 }
      }
    }
    #expect(compared > 20_000 && different == 0, "\(different) of \(compared)")
  }

  @Test("The table of shapes against openSMILE names every descriptor; levels and cepstrum follow it closely")
  func shapeTable() throws {
    let lines = try String(contentsOfFile: soundFixture("egemaps_shape.csv"), encoding: .utf8).split(separator: "\n")
    let rows = lines.dropFirst().map { $0.split(separator: ",", omittingEmptySubsequences: false) }
    #expect(rows.map { String($0[0]) } == set.columns.map(\.name))
    for row in rows where ["loudness", "alpha_ratio", "spectral_flux"].contains(row[0]) || row[0].hasPrefix("mfcc") {
      #expect((Double(row[2]) ?? 0) > 0.95, "\(row[0])")
    }
  }
}
