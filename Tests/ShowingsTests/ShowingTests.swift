import Diagnostics
import Showings
import Testing

@Suite struct ShowingTests {
  private let clock = SampleClock(start: 10, step: 0.5, count: 100)

  @Test("the rows of a showing begin at its onset and end with its duration or the recording")
  func rows() {
    let whole = Showing(subject: "a", stimulus: "s", onsetS: 12)
    #expect(whole.rows(on: clock) == 4..<100)
    #expect(Showing(subject: "a", stimulus: "s", onsetS: 12, durationS: 3).rows(on: clock) == 4..<10)
    // Between two samples: the first sample that is shown.
    #expect(Showing(subject: "a", stimulus: "s", onsetS: 12.1, durationS: 3).rows(on: clock) == 5..<10)
    #expect(Showing(subject: "a", stimulus: "s", onsetS: 5, durationS: 6).rows(on: clock) == 0..<2)
    #expect(Showing(subject: "a", stimulus: "s", onsetS: 70).rows(on: clock).isEmpty)
  }

  @Test("blanked samples are missing in their channel alone, bad and unknown channels throughout")
  func blanks() {
    let showing = Showing(
      subject: "a", stimulus: "s", onsetS: 0, bad: ["c"],
      blank: [BlankStretch(from: 11, to: 11.5, channel: "b"), BlankStretch(from: 13)])
    var values = (0..<24).map(Float.init)
    showing.clear(&values, channels: ["a", "b", "c"]) { clock.time($0) }
    #expect(values.indices.filter { values[$0].isNaN } == [7, 18, 19, 20, 21, 22, 23])
    let chosen = showing.columns(["b", "c", "d", "a"], of: values, channels: ["a", "b", "c"])
    #expect(chosen.count == 32 && chosen[0] == 1 && chosen[1].isNaN && chosen[2].isNaN && chosen[3] == 0)
  }

  @Test("a bad segment lies on the stimulus' clock and masks every row it touches")
  func segments() {
    let found = BadSegment.found(
      times: [0, 10, 20, 30], values: [0, 1, 1, 0], stimulus: "s", run: nil, subject: "a")
    #expect(found == [BadSegment(stimulus: "s", run: nil, subject: "a", from: 10, to: 30)])
    #expect(!found[0].concerns(stimulus: "s", run: nil, subject: nil))
    let showing = Showing(subject: "a", stimulus: "s", onsetS: 100, stimulusStartS: 5)
    #expect(found[0].blank(in: showing) == BlankStretch(from: 105, to: 125))
    var values = [Double](repeating: 1, count: 8)
    [BadSegment(stimulus: "s", run: nil, subject: nil, from: 1.5, to: 3)].clear(&values, times: [0, 1, 2, 3], step: 1)
    #expect(values.indices.filter { values[$0].isNaN } == [2, 3, 4, 5])
  }

  @Test("uneven stamps and single samples have no clock, and are named", arguments: [[0, 1, 2.5, 3], [4], []])
  func uneven(_ stamps: [Double]) throws {
    let error = try #require(throws: EvokeError.self) { try SampleClock(stamps: stamps, of: "sub-1") }
    #expect(error.code == .unevenStamps && error.object == "sub-1")
  }

  @Test(
    "a stamp anywhere in a sample stands for it; on a multiple of the step it stays",
    arguments: [(0.5, 1.0, 0.0), (3, 1, 3), (15.25, 0.5, 15), (-0.5, 1, -1), (0.3, 0.1, 0.3)])
  func starts(_ stamp: Double, _ step: Double, _ start: Double) {
    #expect(SampleClock.binStart(of: stamp, step: step) == start)
  }
}
