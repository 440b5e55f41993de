import Foundation
import SignalProcessing
import Testing

@Suite struct SoundLevelsTests {
  @Test func `levels are those of known signals, in pieces of any length`() {
    let rate = 1_000
    // 2 s of a sine of amplitude 0.5 (-9.03 dB), 1 s below -60 dB, half a second of full scale on one side.
    let sine = (0..<2_000).map { Float(0.5 * sin(2 * Double.pi * 50 * Double($0) / 1_000)) }
    let left = sine + [Float](repeating: 0.0005, count: 1_000) + [Float](repeating: 1, count: 500)
    let right = sine + [Float](repeating: 0.0005, count: 1_000) + [Float](repeating: 0, count: 500)
    for step in [1, 333, 3_500] {
      var levels = SoundLevels(rateHz: rate)
      for start in stride(from: 0, to: left.count, by: step) {
        let range = start..<min(left.count, start + step)
        levels.add(Array(left[range]), Array(right[range]))
      }
      let seconds = levels.secondDecibels
      #expect(seconds.count == 4)
      let expected = [-9.0309, -9.0309, -66.0206, -3.0103]
      #expect(zip(seconds, expected).allSatisfy { abs($0 - $1) < 1e-3 })
      #expect(levels.silentFraction == 0.25)
      let mean = (2 * 0.125 + 2.5e-7 + 0.5 * 0.5) / 3.5
      // The sine is rounded to float32.
      #expect(abs(levels.meanSquare - mean) < 1e-8)
    }
    #expect(SoundLevels(rateHz: 10).decibels == -100 && SoundLevels(rateHz: 10).silentFraction == 1)
  }

  @Test func `rows of silent seconds become the mean of the others`() {
    var rows: [Float] = [1, 10, 900, 900, 3, .nan, 5, 30]
    SilentRows.fill(&rows, width: 2, silent: [false, true, false])
    #expect(rows[2...3] == [3, 20])
    #expect(rows[0...1] == [1, 10] && rows[4] == 3 && rows[5].isNaN && rows[6...7] == [5, 30])
    var all: [Float] = [1, 2]
    SilentRows.fill(&all, width: 1, silent: [true, true])
    #expect(all == [0, 0])
    var none: [Float] = [1, 2]
    SilentRows.fill(&none, width: 1, silent: [])
    #expect(none == [1, 2])
  }
}
