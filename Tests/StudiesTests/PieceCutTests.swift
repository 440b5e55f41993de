import Encoding
import EncodingModels
import LinearAlgebra
import Recordings
import Testing

/// Which showings are one piece of what a fit divides into folds.
@Suite struct PieceCutTests {
  /// `film/1 0:300`: run 1 shows these seconds.
  private func shown(_ texts: [String]) -> [PieceCut.Shown] {
    texts.map { text in
      let words = text.split(separator: " ").map(String.init)
      let names = words[0].split(separator: "/").map(String.init)
      let seconds = words[1].split(separator: ":").compactMap { Double($0) }
      return (
        piece: PieceKey(stimulus: names[0], run: names.count > 1 ? names[1] : nil), seconds: seconds[0]..<seconds[1]
      )
    }
  }

  private func labels(_ texts: [String]) -> Set<String> { Set(PieceCut.parts(shown(texts)).map(\.label)) }

  @Test("runs that show other seconds of a film are its parts, in whatever order they are named", arguments: [0, 1, 2])
  func parts(_ turn: Int) {
    func turned(_ texts: [String]) -> [String] { Array(texts[turn...] + texts[..<turn]) }
    #expect(
      labels(turned(["film/1 0:300", "film/2 300:600", "film/1 0:298.5", "clip 0:60"]))
        == ["film run 1", "film run 2"])
    // Clocks differ by less than half a second; more is shown twice.
    #expect(labels(turned(["film/1 0:300.4", "film/2 300:600", "film/3 600.5:800"])).count == 3)
    #expect(labels(turned(["film/1 0:303", "film/2 300:600", "film/3 600:800"])).isEmpty)
    // One subject's second run shows the first part: the runs are no parts.
    #expect(labels(turned(["film/1 0:300", "film/2 300:600", "film/2 0:300"])).isEmpty)
    // What no run tells apart cannot be pieces; a single run has no other part.
    #expect(labels(turned(["film 0:300", "film 300:600", "clip/1 0:60"])).isEmpty)
  }

  @Test("parts are pieces of their own, repetitions one piece, unless they are kept apart")
  func pieces() {
    let parts = shown(["film/1 0:300", "film/2 300:600", "song/1 0:60", "song/2 0:60"])
    for separatesRuns in [false, true] {
      let cut = PieceCut(ofFeatures: [], EncodingSettings(), separatesRuns: separatesRuns)
      let pieces = cut.pieces(of: parts)
      #expect(
        Set(pieces.values.map(\.label))
          == Set(["film run 1", "film run 2"] + (separatesRuns ? ["song run 1", "song run 2"] : ["song"])))
    }
  }

  @Test(
    "a part has no rows from before it, and the rows of a grid hold a series of any step", arguments: [0.5, 1, 2, 3])
  func rows(_ step: Double) {
    let times = (0..<40).map { 300 + Double($0) * step }
    let series = ClockSeries(
      labels: ["x"], times: times, step: step, values: Matrix(rows: 40, columns: 1, values: times))
    #expect(series.grid(dt: step, isPart: true).start == 300 && series.grid(dt: step, isPart: false).start < step)
    let later = series.from(300 + 7 * step)
    #expect(later.times.first == 300 + 7 * step && later.values.rows == 33 && series.from(0).times == times)
    let placed = series.onRows(dt: 6)
    #expect(placed.step == 6 && placed.times.first == 300 && placed.end >= series.end)
    // A row of 6 s is the mean of the samples in it.
    let inside = placed.times.enumerated().filter { $0.element + 6 <= series.end + 1e-9 }
    #expect(
      !inside.isEmpty && inside.allSatisfy { abs(placed.values[$0.offset, 0] - ($0.element + 3 - step / 2)) < 1e-9 })
  }
}
