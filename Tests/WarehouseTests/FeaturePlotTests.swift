import Diagnostics
import Figures
import Foundation
import LabelledArrays
import Testing

@Suite struct FeaturePlotTests {
  private func array(_ rows: Int, _ columns: Int, _ value: (Int, Int) -> Float) -> LabelledArray {
    LabelledArray(
      axes: [.time((0..<rows).map(Double.init)), .index("feature", columns)],
      values: (0..<rows * columns).map { value($0 / columns, $0 % columns) })
  }

  private func plot(_ array: LabelledArray, _ annotations: [FeaturePlot.Annotation] = []) throws -> FeaturePlot {
    try FeaturePlot(title: "space over film", subtitle: "a < b", features: array, annotations: annotations)
  }

  /// Width, height and colour indices of the first PNG in a drawing, every checksum tested bit by bit.
  private func picture(_ svg: String) throws -> (width: Int, height: Int, pixels: [[UInt8]]) {
    let encoded = try #require(svg.firstMatch(of: /base64,([A-Za-z0-9+\/=]+)/)?.1)
    let bytes = [UInt8](try #require(Data(base64Encoded: String(encoded))))
    #expect(Array(bytes.prefix(8)) == [137, 80, 78, 71, 13, 10, 26, 10])
    func number(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    var chunks: [String: [UInt8]] = [:]
    var at = 8
    while at < bytes.count {
      let length = number(at)
      let body = bytes[at + 4..<at + 8 + length]
      var crc: UInt32 = 0xffff_ffff
      for byte in body {
        crc ^= UInt32(byte)
        for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xedb8_8320 : crc >> 1 }
      }
      #expect(Int(~crc) == number(at + 8 + length))
      chunks[String(decoding: body.prefix(4), as: UTF8.self)] = Array(body.dropFirst(4))
      at += 12 + length
    }
    let header = try #require(chunks["IHDR"])
    let width = Int(header[2]) << 8 | Int(header[3])
    let height = Int(header[6]) << 8 | Int(header[7])
    #expect(Array(header[8...]) == [8, 3, 0, 0, 0] && chunks["PLTE"]?.count == 768)
    var raw: [UInt8] = []
    let data = try #require(chunks["IDAT"])
    var block = 2
    while true {
      let length = Int(data[block + 1]) | Int(data[block + 2]) << 8
      #expect(length ^ (Int(data[block + 3]) | Int(data[block + 4]) << 8) == 0xffff)
      raw += data[block + 5..<block + 5 + length]
      let isLast = data[block] == 1
      block += 5 + length
      if isLast { break }
    }
    let a = raw.reduce(1) { ($0 + Int($1)) % 65_521 }
    #expect(Int(data[block + 2]) << 8 | Int(data[block + 3]) == a && block + 4 == data.count)
    #expect(raw.count == height * (width + 1))
    return (width, height, (0..<height).map { Array(raw[$0 * (width + 1) + 1..<($0 + 1) * (width + 1)]) })
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
    #expect(pixels[0] == [UInt8](repeating: 76, count: 20) + [UInt8](repeating: 178, count: 20))
    #expect(pixels[19] == pixels[0])
    #expect(pixels[3] == [UInt8](repeating: 127, count: 40))
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
    #expect(!svg.contains("<image"))
    #expect(svg.contains("loud &amp; clear") && svg.contains("a &lt; b") && svg.contains("missing throughout"))
    // The first curve has two pieces, the flat one is one; valence of a has two pieces, valence of b and arousal one each.
    #expect(svg.matches(of: /<polyline/).count == 7)
    #expect(svg.contains("2 ratings") && svg.contains("1 rating<"))
    let arousal = try #require(svg.range(of: "arousal"))
    let valence = try #require(svg.range(of: "valence"))
    #expect(arousal.lowerBound < valence.lowerBound)
  }

  @Test func anArrayWithoutTimeIsRefused() {
    let array = LabelledArray(axes: [.index("feature", 3)], values: [1, 2, 3])
    do {
      _ = try plot(array)
      Issue.record("it was drawn")
    } catch { #expect((error as? EvokeError)?.code == .nothingToPlot) }
  }
}
