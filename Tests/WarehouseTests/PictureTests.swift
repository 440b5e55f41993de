import Compression
import Diagnostics
import Figures
import Foundation
import LabelledArrays
import PictureRendering
import Testing

/// The pixels of a PNG of eight bits a channel, as cairo writes it.
struct Pixels {
  let width: Int
  let height: Int
  /// Red, green, blue of every pixel, rows from the top.
  private let values: [UInt8]
  private let channels: Int

  init(_ png: [UInt8]) throws {
    #expect(png.starts(with: [137, 80, 78, 71, 13, 10, 26, 10]))
    func number(_ at: Int) -> Int { png[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
    var (packed, at): ([UInt8], Int) = ([], 8)
    while at < png.count {
      if Array(png[at + 4..<at + 8]) == Array("IDAT".utf8) { packed += png[at + 8..<at + 8 + number(at)] }
      at += 12 + number(at)
    }
    (width, height) = (number(16), number(20))
    #expect(png[24] == 8 && (png[25] == 6 || png[25] == 2))
    channels = png[25] == 6 ? 4 : 3
    var inflater = Inflater()
    var raw: [UInt8] = []
    let isSound = inflater.inflate(packed, into: &raw, limit: .max)
    let hasEnded = inflater.hasEnded
    #expect(isSound && hasEnded)
    values = Self.unfiltered(raw, height: height, bytes: width * channels, step: channels)
  }

  /// Filters 0 to 4 of the PNG specification undone.
  private static func unfiltered(_ raw: [UInt8], height: Int, bytes: Int, step: Int) -> [UInt8] {
    var out = [UInt8](repeating: 0, count: height * bytes)
    for row in 0..<height {
      let filter = raw[row * (bytes + 1)]
      for i in 0..<bytes {
        let a = i >= step ? Int(out[row * bytes + i - step]) : 0
        let b = row > 0 ? Int(out[(row - 1) * bytes + i]) : 0
        let c = i >= step && row > 0 ? Int(out[(row - 1) * bytes + i - step]) : 0
        let (pa, pb, pc) = (abs(b - c), abs(a - c), abs(a + b - 2 * c))
        let paeth = pa <= pb && pa <= pc ? a : pb <= pc ? b : c
        let guess = [0, a, b, (a + b) / 2, paeth][Int(filter)]
        out[row * bytes + i] = raw[row * (bytes + 1) + 1 + i] &+ UInt8(truncatingIfNeeded: guess)
      }
    }
    return out
  }

  func colour(_ x: Int, _ y: Int) -> [Int] { (0..<3).map { Int(values[(y * width + x) * channels + $0]) } }

  /// Pixels of a part that are nearer to black than to white.
  func dark(_ x: Range<Int>, _ y: Range<Int>) -> Int {
    y.reduce(0) { sum, row in sum + x.count { colour($0, row).reduce(0, +) < 384 } }
  }
}

@Suite struct PictureTests {
  private func svg(_ inside: String) -> String {
    """
    <?xml version="1.0" encoding="UTF-8"?>
    <svg xmlns="http://www.w3.org/2000/svg" width="120" height="60" viewBox="0 0 120 60" \
    font-family="Helvetica, Arial, sans-serif"><rect width="100%" height="100%" fill="#ffffff"/>\(inside)</svg>
    """
  }

  @Test func aPNGHasThePixelsOfShapesAndOfText() throws {
    let shapes = "<rect x=\"0\" y=\"0\" width=\"20\" height=\"20\" fill=\"#2166ac\"/>"
    let text = "<text x=\"40\" y=\"40\" font-size=\"24\" fill=\"#000000\">Wµ8</text>"
    let picture = try Pixels(FigureFormat.png.bytes(of: svg(shapes + text)))
    #expect(picture.width == 240 && picture.height == 120)
    #expect(picture.colour(10, 10) == [0x21, 0x66, 0xac] && picture.colour(239, 119) == [255, 255, 255])
    // Letters of 24 units cover a few hundred of the 48 x 48 pixels each has here, and leave the most of them.
    let dark = picture.dark(80..<230, 30..<100)
    #expect((600..<5_000).contains(dark), "\(dark)")
    let without = try Pixels(FigureFormat.png.bytes(of: svg(shapes)))
    #expect(without.dark(80..<230, 30..<100) == 0)
  }

  /// Two rows in time are two blocks, 900 pixels wide each from pixel 300 on, and one cell of them is missing.
  @Test func cellsOfAHeatMapStaySharpBlocks() throws {
    let array = LabelledArray(
      axes: [.time([0, 1]), .index("feature", 20)],
      values: (0..<40).map { $0 == 30 ? .nan : $0 < 20 ? -1 : 1 })
    let plot = try FeaturePlot(title: "blocks", subtitle: "", features: array, annotations: [])
    let picture = try Pixels(FigureFormat.png.bytes(of: plot.svg()))
    // Rows of 20 pixels from pixel 116 on; missing is row 10, whose feature has one value left, 0 in z-scores.
    let (low, high) = (picture.colour(310, 200), picture.colour(2_090, 200))
    #expect(low[2] > low[0] + 50 && high[0] > high[2] + 50)
    for y in [118, 134, 138, 200] {
      #expect([310, 700, 1_190].allSatisfy { picture.colour($0, y) == low }, "\(y)")
      #expect([1_210, 1_640, 2_090].allSatisfy { picture.colour($0, y) == high }, "\(y)")
    }
    for y in [318, 326, 334] {
      #expect([1_210, 2_090].allSatisfy { picture.colour($0, y) == [190, 190, 190] }, "\(y)")
      #expect([310, 1_190].allSatisfy { picture.colour($0, y) == [247, 247, 247] }, "\(y)")
    }
  }

  @Test func aPDFIsOnePageWithAFont() throws {
    let bytes = try FigureFormat.pdf.bytes(of: svg("<text x=\"10\" y=\"40\" font-size=\"24\">page</text>"))
    let text = String(decoding: bytes, as: UTF8.self)
    #expect(text.hasPrefix("%PDF-") && text.contains("/MediaBox [ 0 0 90 45 ]") && text.contains("/Font"))
  }

  @Test func svgIsWrittenAsItWasDrawn() throws {
    #expect(try FigureFormat.svg.bytes(of: svg("é")) == Array(svg("é").utf8))
    #expect(FigureFormat(path: "a/b.PNG") == .png && FigureFormat(path: "x.pdf") == .pdf)
    #expect(FigureFormat(path: "x.gif") == nil && FigureFormat(path: "svg") == nil)
  }

  @Test func aLibraryThatIsNotThereIsNamedWithItsPackages() {
    let error = #expect(throws: EvokeError.self) {
      try PictureRendering.render(svg(""), as: .png, scale: 1, libraries: ["librsvg-0.so.0", "libcairo.so.2"])
    }
    #expect(error?.code == .pictureLibraryMissing && error?.code.exit == .unavailable)
    #expect(error?.object == "librsvg-0.so.0" && error?.remedy.contains("librsvg2-2") == true)
    let old = #expect(throws: EvokeError.self) {
      try PictureRendering.render(svg(""), as: .png, scale: 1, libraries: ["libc.so.6"])
    }
    #expect(old?.reason.contains("rsvg_handle_new_from_data") == true)
  }

  @Test func whatIsNoDrawingOrTooLargeIsRefused() {
    for (text, scale) in [("<svg", 1.0), ("", 1), (svg(""), 1_000)] {
      let error = #expect(throws: EvokeError.self) { try PictureRendering.render(text, as: .png, scale: scale) }
      #expect(error?.code == .pictureFailed && error?.reason.isEmpty == false)
    }
  }
}
