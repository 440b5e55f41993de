import Encoding
import EncodingModels
import LinearAlgebra
import Recordings
import Showings
import Statistics
import Testing
import Vocabulary

/// Where a stimulus that went on after a pause is divided.
@Suite struct ShownPiecesTests {
  private let clock = SampleClock(start: 0, step: 1, count: 2000)

  /// `anna rec 10 0:300 run-1`: who, the recording, its second at which the seconds of the film begin, a run.
  private func shown(_ texts: [String], on clock: SampleClock) -> [RecordedShowing] {
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
  private func pieces(_ texts: [String], on clock: SampleClock? = nil) -> [String: [String]] {
    let cut = PieceCut(ofFeatures: [], EncodingSettings(), separatesRuns: false)
    let found = ShownPieces(shown(texts, on: clock ?? self.clock), cut).members.map { key, members in
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

  @Test(
    "what lies between the pauses of two is in no piece, and parts of which a stimulus is made are",
    arguments: [0, 1, 2, 3])
  func slivers(_ turn: Int) {
    let texts = ["anna rec 10 0:300", "anna rec 370 300:600", "bert rec 0 0:302", "bert rec 400 302:600"]
    let turned = Array(texts[turn...] + texts[..<turn])
    #expect(
      pieces(turned) == [
        "film from 0 s": ["anna 0.0 10.0 300.0", "bert 0.0 0.0 300.0"],
        "film from 302 s": ["anna 302.0 372.0 298.0", "bert 302.0 400.0 298.0"],
      ])
    let cut = PieceCut(ofFeatures: [], EncodingSettings(), separatesRuns: false)
    #expect(ShownPieces(shown(turned, on: clock), cut).sliverS == 2)
    // A last part that is hardly one, and excerpts of eight seconds.
    #expect(Set(pieces(["anna rec 10 0:300", "anna rec 370 300:305"]).keys) == ["film from 0 s"])
    #expect(
      Set(pieces(["anna rec 10 0:8", "anna rec 30 8:16", "anna rec 50 16:24"]).keys)
        == ["film from 0 s", "film from 8 s", "film from 16 s"])
  }

  @Test("a part that has no sample on a slow clock is none")
  func slowClock() {
    let slow = SampleClock(start: 0, step: 2, count: 1000)
    let found = pieces(
      ["anna rec 10 0:300", "anna rec 370 300:600", "bert rec 5 0:301", "carl rec 0 0:600"], on: slow)
    #expect(
      found.mapValues { $0.map { $0.prefix(4) } } == [
        "film from 0 s": ["anna", "bert", "carl"], "film from 300 s": ["anna", "carl"],
      ])
  }

  @Test("parts that share seconds are known to, and parts that follow each other share nothing")
  func tens() {
    var stream = RandomStream(seed: 1, purpose: "test", key: "tens")
    func drawn(_ low: Double, _ high: Double) -> Double { low + (high - low) * stream.uniform() }
    for _ in 0..<500 {
      let part = { (start: Double, length: Double) in start..<(start + length) }
      let one = part(drawn(0, 900), drawn(11, 300))
      let next = part(one.upperBound + drawn(-0.5, 0.5), drawn(1, 300))
      #expect(!ShownTens.ofPart(one).overlaps(ShownTens.ofPart(next)), "\(one) \(next)")
      let other = part(max(0, drawn(one.lowerBound - 200, one.upperBound - 11)), 200)
      let shared = min(one.upperBound, other.upperBound) - max(one.lowerBound, other.lowerBound)
      if shared >= 11 {
        #expect(ShownTens.ofPart(one).overlaps(ShownTens.ofPart(other)), "\(one) \(other)")
      }
      if shared > 0 { #expect(ShownTens.ofPart(one).overlaps(ShownTens.ofWhole(other)), "\(one) \(other)") }
    }
  }

  @Test("of a film that two recordings divide differently no second is trained on that is tested")
  func differentParts() throws {
    var stream = RandomStream(seed: 2, purpose: "test", key: "parts")
    let shown: [(run: String, seconds: [Range<Int>])] = [("a", [0..<120, 120..<240]), ("b", [0..<60, 60..<240])]
    let pieces = shown.flatMap { run, parts in
      parts.map { own in
        let tens = ShownTens.ofPart(Double(own.lowerBound)..<Double(own.upperBound))
        let numbers = own.map { _ in stream.normal() }
        let values = Matrix(rows: own.count, columns: 1, values: numbers)
        return Piece(
          stimulus: "film", run: run, part: "from \(own.lowerBound) s", material: Set(tens.map { "film \($0)" }),
          start: Double(own.lowerBound), features: [values], targets: values)
      }
    }
    var settings = EncodingSettings()
    (settings.gap, settings.outer) = (.seconds(0), .blocks(4))
    let fit = try EncodingModel(settings).fit(
      EncodingData(bands: [Band("x")], pieces: pieces, dt: 1, targetNames: ["y"]))
    #expect(fit.evidence.count == 4 && fit.evidence.allSatisfy { $0.overlap == 0 })
    for (k, fold) in fit.full.folds.enumerated() {
      var tested: Set<Int> = []
      for own in shown.flatMap(\.seconds) {
        let (first, end) = (own.count * k / 4, own.count * (k + 1) / 4)
        tested.formUnion((own.lowerBound + first)..<(own.lowerBound + end))
      }
      #expect(fold.trainCount[0] <= 2 * (240 - tested.count), "\(fold.trainCount)")
      #expect(fold.trainCount[0] > 200)
    }
  }

  @Test("a second that is no whole number, or beyond them, has a name")
  func names() {
    #expect(
      [300, 300.3, 1e19].map { PieceKey(stimulus: "film", run: nil, partS: $0).label }
        == ["film from 300 s", "film from 300.3 s", "film from 1e+19 s"])
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
