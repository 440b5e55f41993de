import Encoding
import EncodingModels
import Recordings
import Showings
import Testing

/// Where a stimulus that went on after a pause is divided.
@Suite struct ShownPiecesTests {
  private let clock = SampleClock(start: 0, step: 1, count: 2000)

  /// `anna rec 10 0:300 run-1`: who, the recording, its second at which the seconds of the film begin, a run.
  private func shown(_ texts: [String]) -> [RecordedShowing] {
    texts.map { text in
      let words = text.split(separator: " ").map(String.init)
      let seconds = words[3].split(separator: ":").compactMap { Double($0) }
      return RecordedShowing(
        Showing(
          subject: words[0], stimulus: "film", run: words.count > 4 ? words[4] : nil, onsetS: Double(words[2]) ?? -1,
          stimulusStartS: seconds[0], durationS: seconds[1] - seconds[0]), in: words[1], on: clock)
    }
  }

  /// Per piece, the seconds of the stimulus and of the recording at which its members begin, and how long they are.
  private func pieces(_ texts: [String]) -> [String: [String]] {
    let cut = PieceCut(ofFeatures: [], EncodingSettings(), separatesRuns: false)
    let found = ShownPieces(shown(texts), cut).members.map { key, members in
      (
        key.label,
        members.map {
          "\($0.showing.subject) \($0.showing.stimulusStartS) \($0.showing.onsetS) \($0.showing.durationS ?? -1)"
        }
        .sorted()
      )
    }
    return Dictionary(uniqueKeysWithValues: found)
  }

  @Test(
    "a pause divides a film, whichever order its parts are named in, and one that goes on does not",
    arguments: [0, 1, 2])
  func pauses(_ turn: Int) {
    func turned(_ texts: [String]) -> [String] { Array(texts[turn...] + texts[..<turn]) }
    let three = turned(["anna rec 10 0:300", "anna rec 370 300:600", "anna rec 670 600:700"])
    #expect(
      pieces(three) == [
        "film from 0 s": ["anna 0.0 10.0 300.0"],
        "film from 300 s": ["anna 300.0 370.0 300.0", "anna 600.0 670.0 100.0"],
      ])
    // Behind a hole of the stimulus that the recording has, too.
    #expect(
      Set(pieces(turned(["anna rec 10 0:300", "anna rec 410 400:600", "anna rec 700 600:700"])).keys)
        == ["film from 0 s", "film from 600 s"])
    #expect(
      Set(pieces(turned(["anna rec 10 0:300", "anna rec 310.4 300:600", "anna rec 610 600:700"])).keys) == ["film"])
    // Other recordings without a run are other times.
    #expect(
      Set(pieces(turned(["anna a 10 0:300", "anna b 310 300:600", "anna c 610 600:700"])).keys)
        == ["film from 0 s", "film from 300 s", "film from 600 s"])
  }

  @Test("what one saw with a pause is divided for all, repetitions and late starts divide nothing")
  func groups() {
    #expect(
      pieces([
        "anna rec 10 0:300", "anna rec 370 300.3:600", "bert rec 5 0:600", "carl rec 0 300:600", "dora r 0 0:299.8",
      ])
        == [
          "film from 0 s": ["anna 0.0 10.0 300.0", "bert 0.0 5.0 300.3", "dora 0.0 0.0 299.8"],
          "film from 300.3 s": ["anna 300.3 370.0 299.7", "bert 300.3 305.3 299.7", "carl 300.0 0.0 300.0"],
        ])
    #expect(Set(pieces(["anna rec 10 0:300", "anna rec 370 0:300", "bert rec 0 100:300"]).keys) == ["film"])
    // Both parts twice: each is one piece of two showings.
    let twice = pieces(["anna rec 0 0:300", "anna rec 310 300:600", "anna rec 700 0:300", "anna rec 1010 300:600"])
    #expect(twice.mapValues(\.count) == ["film from 0 s": 2, "film from 300 s": 2])
    // Runs of one part each, in another order for another subject.
    let balanced = [
      "anna a 0 0:300 r1", "anna b 0 300:600 r2", "bert a 0 300:600 r1", "bert b 0 0:300 r2",
    ]
    #expect(pieces(balanced).mapValues(\.count) == ["film from 0 s": 2, "film from 300 s": 2])
  }

  @Test("runs that show other parts stay runs, and a pause within one divides that one")
  func runs() {
    #expect(
      Set(pieces(["anna a 0 0:300 r1", "anna b 0 300:600 r2"]).keys) == ["film run r1", "film run r2"])
    #expect(
      Set(pieces(["anna a 0 0:100 r1", "anna a 160 100:300 r1", "anna b 0 300:600 r2"]).keys)
        == ["film run r1 from 0 s", "film run r1 from 100 s", "film run r2"])
    let key = PieceKey(stimulus: "film", run: "r1", partS: 100)
    #expect(key.holders.map(\.label) == ["film run r1 from 100 s", "film run r1", "film"])
    #expect(PieceCut.parts([(key, 100..<300)]) == [key])
  }
}
