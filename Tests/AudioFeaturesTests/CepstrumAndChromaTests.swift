import AudioFeatures
import SignalProcessing
import Testing

@Suite struct CepstrumAndChromaTests {
  @Test("Cepstral coefficients of speech are librosa's, frame by frame")
  func cepstrumEqualsLibrosa() throws {
    let reference = try table("jfk_mfcc12.csv")
    let rows = try DescriptorSet.mfcc12.rows(of: source(try recording("jfk.wav")), rate: .native)
    #expect(reference.count == 12)
    for (name, expected) in reference {
      for (frame, pair) in zip(rows.column(name, of: .mfcc12), expected).enumerated() {
        // Bands near the floor of -100 dB hold the rounding of the float32 transform.
        #expect(abs(Double(pair.0) - pair.1) < 5e-3, "\(name) in frame \(frame)")
      }
    }
  }

  @Test("Pitch classes of speech are librosa's, frame by frame")
  func chromaEqualsLibrosa() throws {
    let reference = try table("jfk_chroma12.csv")
    let rows = try DescriptorSet.chroma12.rows(of: source(try recording("jfk.wav")), rate: .native)
    #expect(reference.count == 12 && rows.isFilled.count == 108)
    for (name, expected) in reference {
      let ours = rows.column(name, of: .chroma12)
      #expect(zip(ours, expected).allSatisfy { abs(Double($0) - $1) < 1e-5 }, "\(name)")
    }
  }

  @Test("lld12 on librosa's default frames equals librosa's functions called as users call them")
  func librosaFrames() throws {
    let reference = try table("jfk_lld12_librosa.csv")
    let rows = try DescriptorSet.lld12Librosa.rows(of: source(try recording("jfk.wav")), rate: .native)
    #expect(reference.count == 8 && rows.isFilled.count == 344)
    for (name, expected) in reference {
      for (frame, pair) in zip(rows.column(name, of: .lld12Librosa), expected).enumerated() {
        // Flatness sums logarithms of bins that hold little but float32 rounding.
        let tolerance = name == "flatness_db" ? 2e-3 : 1e-5 * abs(pair.1) + 1e-5
        #expect(abs(Double(pair.0) - pair.1) <= tolerance, "\(name) in frame \(frame)")
      }
    }
  }

  @Test("An octave changes no pitch class; a semitone moves to the next")
  func pitchClasses() throws {
    for (hz, name) in [(440.0, "chroma_a"), (880.0, "chroma_a"), (220.0, "chroma_a"), (261.63, "chroma_c")] {
      let rows = try DescriptorSet.chroma12.rows(of: source(sine(hz, seconds: 2)), rate: .perSecond)
      #expect(rows.column(name, of: .chroma12).allSatisfy { $0 > 0.99 }, "\(hz) Hz")
      let others = DescriptorSet.chroma12.columns.map(\.name).filter { $0 != name }
      for other in others { #expect(rows.column(other, of: .chroma12).allSatisfy { $0 < 0.6 }, "\(hz) \(other)") }
    }
    let rows = try DescriptorSet.chroma12.rows(of: source(sine(466.16, seconds: 1)))
    #expect(rows.column("chroma_as", of: .chroma12)[0] > 0.99)
  }

  @Test("Gain changes no cepstral coefficient; darker noise has a larger first one")
  func cepstrumOfNoise() throws {
    let x = gaussianNoise(32_000)
    let plain = try DescriptorSet.mfcc12.rows(of: source(x))
    let louder = try DescriptorSet.mfcc12.rows(of: source(x.map { 3 * $0 }))
    #expect(zip(plain.values, louder.values).allSatisfy { abs($0 - $1) < 1e-3 })
    var (dark, last) = ([Double](), 0.0)
    for value in x {
      last = 0.9 * last + value
      dark.append(last)
    }
    let darker = try DescriptorSet.mfcc12.rows(of: source(dark))
    #expect(zip(darker.column("mfcc1", of: .mfcc12), plain.column("mfcc1", of: .mfcc12)).allSatisfy { $0 > $1 + 20 })
  }
}
