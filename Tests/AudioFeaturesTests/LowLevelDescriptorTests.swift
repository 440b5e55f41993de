import AudioFeatures
import Foundation
import MediaSources
import SignalProcessing
import Testing

@Suite struct LowLevelDescriptorTests {
  @Test("Items 1 and 5 to 11 equal librosa's on identical frames of speech")
  func equalsLibrosa() throws {
    let reference = try table("jfk_lld.csv")
    let ours = try lld12(try WaveformSource(path: soundFixture("jfk.wav")))
    #expect(ours.seconds == 11)
    for (name, expected) in reference {
      for (second, value) in zip(ours.column(name), expected).enumerated() {
        #expect(abs(Double(value.0) - value.1) <= 1e-5 * abs(value.1), "\(name) in second \(second)")
      }
    }
    #expect(reference.count == 8)
  }

  @Test("f0 of speech has less than 1 % gross errors against librosa's YIN where that is periodic")
  func pitchEqualsLibrosa() throws {
    let reference = try #require(try table("jfk_f0.csv")["f0_hz"])
    let sound = try WaveformSource(path: soundFixture("jfk.wav"))
    let ours = pitchTrack(try sound.samples(0..<sound.sampleCount))
    #expect(ours.count == reference.count)
    let voiced = ours.indices.filter { !ours[$0].isNaN }
    #expect(voiced.count > 200)
    let gross = voiced.count { abs(ours[$0] - 12 * log2(reference[$0] / 27.5)) > 0.5 }
    #expect(Double(gross) < 0.01 * Double(voiced.count), "\(gross) of \(voiced.count)")
  }

  @Test("Harmonicity of synthetic vowels is Praat's within 1 dB, and their pitch is found")
  func harmonicityEqualsPraat() throws {
    let lines = try String(contentsOfFile: soundFixture("vowels_hnr.csv"), encoding: .utf8).split(separator: "\n")
      .dropFirst()
    #expect(lines.count == 3)
    for line in lines {
      let parts = line.split(separator: ",")
      let ours = try lld12(try WaveformSource(path: soundFixture("vowel_\(parts[0]).wav")))
      let hnr = ours.column("hnr_db").reduce(0, +) / Float(ours.seconds)
      #expect(abs(Double(hnr) - (Double(parts[1]) ?? .nan)) < 1, "\(line): \(hnr)")
      let semitone = 12 * log2((Double(parts[2]) ?? .nan) / 27.5)
      #expect(ours.column("f0_st").allSatisfy { abs(Double($0) - semitone) < 0.1 })
    }
  }

  @Test("A 440 Hz tone is 48 semitones, narrow, tonal and harmonic")
  func tone() throws {
    let ours = try lld12(source(sine(440, seconds: 3)))
    #expect(ours.column("f0_st").allSatisfy { abs($0 - 48) < 0.05 })
    #expect(ours.column("centroid").allSatisfy { abs($0 - 440) < 16 })
    #expect(ours.column("flatness_db").allSatisfy { $0 < -30 })
    #expect(ours.column("hnr_db").allSatisfy { $0 > 30 })
    #expect(ours.column("rms_db").allSatisfy { abs($0 - Float(20 * log10(0.5 / 2.0.squareRoot()))) < 0.01 })
    #expect(ours.column("zcr").allSatisfy { abs($0 - 0.055) < 0.001 })
    #expect(ours.isFilled.allSatisfy { !$0 })
  }

  @Test("White noise is flat, unvoiced and crosses zero every second sample")
  func whiteNoise() throws {
    let ours = try lld12(source(gaussianNoise(64_000)))
    // E ln of an exponential variable is -0.577 nats.
    #expect(ours.column("flatness_db").allSatisfy { abs($0 + 2.51) < 0.15 })
    #expect(ours.column("zcr").allSatisfy { abs($0 - 0.5) < 0.01 })
    #expect(ours.column("hnr_db").allSatisfy { $0 < 0 })
    #expect(ours.isFilled == [true, true, true, true])
  }

  @Test("Pink noise has a lower centroid, roll-off and zero-crossing rate than white noise, and a higher alpha ratio")
  func pinkNoise() throws {
    let white = gaussianNoise(48_000)
    // Voss: sources that are renewed every 1, 2, 4, ... samples add up to a spectrum near 1 / f.
    var sources = [Double](repeating: 0, count: 12)
    let pink = white.indices.map { i -> Double in
      for k in sources.indices where i % (1 << k) == 0 { sources[k] = white[(i * 31 + k * 7_919) % white.count] }
      return sources.reduce(0, +) / 3
    }
    let (a, b) = (try lld12(source(pink)), try lld12(source(white)))
    for name in ["centroid", "rolloff85", "zcr"] {
      #expect(zip(a.column(name), b.column(name)).allSatisfy { $0 < 0.95 * $1 }, "\(name)")
    }
    #expect(zip(a.column("alpha_ratio"), b.column("alpha_ratio")).allSatisfy { $0 > $1 + 6 })
  }

  @Test("lld12 natively: pitch and level of every frame, the modulation of the second around it")
  func native() throws {
    let x = sine(440, seconds: 2).enumerated().map { i, v in
      v * (1 + 0.5 * sin(2 * Double.pi * 4 * Double(i) / 16_000))
    }
    let rows = try DescriptorSet.lld12.rows(of: source(x), rate: .native)
    #expect(rows.isFilled.count == 198)
    #expect(rows.column("f0_st", of: .lld12).allSatisfy { abs($0 - 48) < 0.1 })
    let depth = rows.column("mod_4hz", of: .lld12)
    #expect(depth[90...110].allSatisfy { abs($0 - 0.5 / Float(2).squareRoot()) < 0.02 })
    let level = rows.column("rms_db", of: .lld12)
    // 20 log10 of the envelope 0.5 / sqrt 2 at a crest, 1 + 0.5, and in a trough, 1 - 0.5.
    #expect(abs((level.max() ?? 0) + 5.5) < 0.2 && abs((level.min() ?? 0) + 14.9) < 0.3)
  }

  @Test("Digital silence takes the stated values, without NaN")
  func silence() throws {
    let ours = try lld12(source([Double](repeating: 0, count: 32_000)))
    #expect(ours.rows == [-100, 0, 0, -30, 0, 0, 0, 0, 0, 0, 0, 0] + [-100, 0, 0, -30, 0, 0, 0, 0, 0, 0, 0, 0])
    #expect(ours.isFilled == [true, true])
  }

  @Test("Twice the gain adds 6.02 dB and leaves shape alone")
  func gain() throws {
    let x = zip(gaussianNoise(48_000), sine(220, seconds: 3)).map { 0.2 * $0 + 0.3 * $1 }
    let (a, b) = (try lld12(source(x)), try lld12(source(x.map { 2 * $0 })))
    for (before, after) in zip(a.column("rms_db"), b.column("rms_db")) { #expect(abs(after - before - 6.0206) < 1e-3) }
    for name in ["zcr", "centroid", "spread", "rolloff85", "flatness_db", "alpha_ratio", "mod_4hz", "flux", "f0_st"] {
      for (before, after) in zip(a.column(name), b.column(name)) {
        #expect(abs(after - before) <= 1e-4 * max(1, abs(before)), "\(name)")
      }
    }
    #expect(zip(a.column("loudness"), b.column("loudness")).allSatisfy { $1 > $0 })
  }

  @Test("An unvoiced second takes the median pitch of the others and is flagged")
  func filling() throws {
    let ours = try lld12(source(sine(220, seconds: 2) + gaussianNoise(48_000) + sine(440, seconds: 3)))
    #expect(ours.isFilled == (0..<8).map { (2...4).contains($0) })
    let f0 = ours.column("f0_st")
    #expect(abs(f0[0] - 36) < 0.05 && abs(f0[7] - 48) < 0.05)
    let others = [f0[0], f0[1], f0[5], f0[6], f0[7]].sorted()
    #expect(f0[2...4].allSatisfy { $0 == others[2] })
  }

  @Test("A 4 Hz amplitude modulation of depth m has mod_4hz m / sqrt 2")
  func modulation() throws {
    let x = sine(1_000, seconds: 6).enumerated().map { i, v in
      v * (1 + 0.5 * sin(2 * Double.pi * 4 * Double(i) / 16_000))
    }
    let ours = try lld12(source(x)).column("mod_4hz")
    // Inside, beyond the filter's second at each end; the band's edges pass 4 Hz to 1 %.
    #expect(ours[2...3].allSatisfy { abs($0 - 0.5 / Float(2).squareRoot()) < 0.01 })
    #expect(try lld12(source(sine(1_000, seconds: 4))).column("mod_4hz")[1...2].allSatisfy { $0 < 0.01 })
  }

  @Test("A shift by one second moves every row by one")
  func shift() throws {
    let sound = try WaveformSource(path: soundFixture("jfk.wav"))
    let x = try sound.samples(0..<sound.sampleCount).map(Double.init)
    let (a, b) = (try lld12(source(x)), try lld12(source(Array(x[16_000...]))))
    for second in 2..<9 {
      for item in 0..<12 where item != 2 || !(a.isFilled[second + 1] || b.isFilled[second]) {
        let (before, after) = (a.rows[(second + 1) * 12 + item], b.rows[second * 12 + item])
        #expect(abs(before - after) <= 1e-4 * max(1, abs(before)), "\(lld12Names[item])")
      }
    }
  }

  @Test("Long sound in blocks equals short sound; the last half second counts, less does not")
  func blocks() throws {
    let x = gaussianNoise(16_000 * 23 + 8_000)
    let all = try lld12(source(x))
    #expect(all.seconds == 24)
    let part = try lld12(source(Array(x[(16_000 * 8)..<(16_000 * 13)])))
    for second in 1..<4 {
      for item in [0, 1, 3, 4, 5, 6, 8, 9, 10] {
        let (whole, alone) = (all.rows[(second + 8) * 12 + item], part.rows[second * 12 + item])
        #expect(abs(whole - alone) <= 1e-4 * max(1, abs(whole)))
      }
    }
    #expect(try lld12(source(Array(x[0..<(16_000 + 7_999)]))).seconds == 1)
    #expect(try lld12(source(Array(x[0..<4_800]))).seconds == 0)
  }
}
