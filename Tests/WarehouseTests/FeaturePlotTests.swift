import Diagnostics
import Figures
import LabelledArrays
import Testing

@Suite struct FeaturePlotTests {
  private func array(_ rows: Int, _ columns: Int, _ value: (Int, Int) -> Float) -> LabelledArray {
    LabelledArray(
      axes: [.time((0..<rows).map(Double.init)), .index("feature", columns)],
      values: (0..<rows * columns).map { value($0 / columns, $0 % columns) })
  }

  private func plot(_ array: LabelledArray, _ annotations: [RatedSeries] = []) throws -> FeaturePlot {
    try FeaturePlot(title: "space over film", subtitle: "a < b", features: array, annotations: annotations)
  }

  /// The colours of a heat map's cells, by row; every cell has exactly one.
  private func cells(_ group: Substring) throws -> [[String]] {
    var found: [Int: [Int: String]] = [:]
    for path in group.matches(of: /<path stroke="(#[0-9a-f]{6})" d="([^"]*)"/) {
      var (x, y) = (0, 0)
      for run in path.2.matches(of: /m(-?[0-9]+) ([0-9]+)h([0-9]+)/) {
        x += try #require(Int(run.1))
        y += try #require(Int(run.2))
        for _ in 0..<(try #require(Int(run.3))) {
          #expect(found[y, default: [:]].updateValue(String(path.1), forKey: x) == nil)
          x += 1
        }
      }
    }
    return try (0..<found.count).map { row in
      let cells = try #require(found[row])
      return try (0..<cells.count).map { try #require(cells[$0]) }
    }
  }

  /// Width, height and palette indices of the picture in a drawing; the colours' bar beside it has all 255 from the top.
  private func picture(_ svg: String) throws -> (width: Int, height: Int, pixels: [[Int]]) {
    let groups = svg.matches(of: /<g transform=[^>]*shape-rendering="crispEdges">([\s\S]*?)<\/g>/)
    #expect(groups.count == 2)
    let bar = try cells(groups[1].1).map { $0[0] }
    #expect(bar.count == 255 && Set(bar).count == 255)
    let index = Dictionary(uniqueKeysWithValues: bar.enumerated().map { ($1, 254 - $0) })
    let pixels = try cells(groups[0].1).map { row in row.map { index[$0] ?? 255 } }
    return (pixels[0].count, pixels.count, pixels)
  }

  @Test func manyColumnsAreAPictureOfZScoresWithMissingInGrey() throws {
    // Column c is -1 in the first half and +1 in the second, times c + 1: z-scores -1 and +1. Column 3 is constant.
    let svg = try plot(
      array(40, 20) { t, c in
        if t == 5, c == 7 { return .nan }
        if c == 3 { return 8 }
        return Float(c + 1) * (t < 20 ? -1 : 1)
      }
    ).svg()
    let (width, height, pixels) = try picture(svg)
    #expect(width == 40 && height == 20)
    // (z + 2.5) / 5 of 254.
    #expect(pixels[0] == [Int](repeating: 76, count: 20) + [Int](repeating: 178, count: 20))
    #expect(pixels[19] == pixels[0])
    #expect(pixels[3] == [Int](repeating: 127, count: 40))
    #expect(pixels[7][5] == 255 && pixels[7].filter { $0 == 255 }.count == 1)
    #expect(try plot(array(40, 20) { Float($0 * $1) }).svg() == plot(array(40, 20) { Float($0 * $1) }).svg())
  }

  @Test func longAndWideArraysFitThePageByMeansOfNeighbours() throws {
    let svg = try plot(array(7300, 1024) { t, c in Float(t) + Float(c % 2) }).svg()
    let (width, height, pixels) = try picture(svg)
    #expect(width == 900 && height == 384)
    // A rising ramp stays one.
    #expect(pixels.allSatisfy { row in zip(row, row.dropFirst()).allSatisfy { $0 <= $1 } })
    #expect(pixels[0][0] < 45 && pixels[0][899] > 210)
    #expect(svg.contains("2:00:00"))
  }

  @Test func fewColumnsAreCurvesWithGapsAndTheRatingsStandBelow() throws {
    let features = LabelledArray(
      axes: [.time((0..<30).map(Double.init)), .labels("feature", ["loud & clear", "flat", "gone"])],
      values: (0..<90).map { i -> Float in
        switch i % 3 {
        case 0: (10..<15).contains(i / 3) ? .nan : Float(i)
        case 1: 4
        default: .nan
        }
      })
    let times = (0..<30).map(Double.init)
    let svg = try plot(
      features,
      [
        .init(name: "valence", rater: "b", times: times, values: times),
        .init(name: "arousal", rater: "a", times: times, values: times.map { -$0 }),
        .init(name: "valence", rater: "a", times: times, values: times.map { $0 == 3 ? .nan : $0 }),
      ]
    ).svg()
    #expect(!svg.contains("crispEdges"))
    #expect(svg.contains("loud &amp; clear") && svg.contains("a &lt; b") && svg.contains("missing throughout"))
    // The first curve has two pieces, the flat one is one; valence of a has two pieces, valence of b and arousal one each.
    #expect(svg.matches(of: /<polyline/).count == 7)
    #expect(svg.contains("2 ratings") && svg.contains("1 rating<"))
    let arousal = try #require(svg.range(of: "arousal"))
    let valence = try #require(svg.range(of: "valence"))
    #expect(arousal.lowerBound < valence.lowerBound)
  }

  @Test func ratingsOfDifferentRunsHaveAPanelEach() throws {
    let times = (0..<10).map { Double($0) + 0.5 }
    let svg = try plot(
      array(10, 2) { t, c in Float(t + c) },
      [
        .init(name: "valence", rater: "a", run: "2", times: times, values: times),
        .init(name: "valence", rater: "b", run: "1", times: times, values: times),
        .init(name: "valence", rater: "a", run: "1", times: times, values: times),
        .init(name: "arousal", rater: "a", times: times, values: times),
      ]
    ).svg()
    let order = try [">1 rating<", ">run 1, 2 ratings<", ">run 2, 1 rating<"].map {
      try #require(svg.range(of: $0)).lowerBound
    }
    #expect(order == order.sorted() && svg.matches(of: />valence</).count == 2)
  }

  @Test func anArrayWithoutTimeIsRefused() {
    let array = LabelledArray(axes: [.index("feature", 3)], values: [1, 2, 3])
    do {
      _ = try plot(array)
      Issue.record("it was drawn")
    } catch { #expect((error as? EvokeError)?.code == .nothingToPlot) }
  }
}
