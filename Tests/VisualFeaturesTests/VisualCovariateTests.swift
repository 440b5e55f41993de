import Foundation
import MediaSources
import MotionEstimation
import SignalProcessing
import Testing
import VisualFeatures

/// Pictures made by a function of time and place.
private final class DrawnFilm: PictureSource {
  let framesPerSecond: Double
  private let times: [Double]
  private let draw: (Double, Int, Int) -> (Double, Double, Double)
  private var index = 0

  init(fps: Double = 25, times: [Double], _ draw: @escaping (Double, Int, Int) -> (Double, Double, Double)) {
    framesPerSecond = fps
    self.times = times
    self.draw = draw
  }

  convenience init(fps: Double = 25, seconds: Double, _ draw: @escaping (Double, Int, Int) -> (Double, Double, Double))
  {
    self.init(fps: fps, times: (0..<Int(seconds * fps)).map { Double($0) / fps }, draw)
  }

  func next() -> Picture? {
    guard index < times.count else { return nil }
    let time = times[index]
    index += 1
    var rgb: [UInt8] = []
    for y in 0..<96 {
      for x in 0..<320 {
        let (r, g, b) = draw(time, x, y)
        rgb += [r, g, b].map { UInt8(max(0, min(255, $0.rounded()))) }
      }
    }
    return Picture(seconds: time, width: 320, height: 96, rgb: rgb)
  }
}

/// A value in 0...255 that looks random but depends on the place only.
private func texture(_ x: Int, _ y: Int) -> Double {
  var state = UInt64(bitPattern: Int64(x &* 73_856_093 ^ y &* 19_349_663)) &* 0x9E37_79B9_7F4A_7C15
  state ^= state >> 29
  state = state &* 0xBF58_476D_1CE4_E5B9
  return Double(state >> 56)
}

@Suite struct VisualCovariateTests {
  @Test("A still picture has no change, motion or cut")
  func still() throws {
    let film = DrawnFilm(seconds: 2) { _, x, y in (texture(x, y), texture(y, x), 40) }
    let vis = try vis12(film, seconds: 2)
    for name in ["luminance_change", "flow", "flow_coherence", "cut_rate"] { #expect(vis.column(name) == [0, 0]) }
    #expect(vis.column("edge_density").allSatisfy { $0 > 0.5 })
  }

  @Test("A texture that moves by (2, 1) pixels a frame flows at its speed, coherently", arguments: [25.0, 12.5])
  func translation(fps: Double) throws {
    let film = DrawnFilm(fps: fps, seconds: 2) { t, x, y in
      let step = Int((t * fps).rounded())
      let v = texture(x - 2 * step, y - step)
      return (v, v, v)
    }
    let vis = try vis12(film, seconds: 2)
    let expected = Float(5.0.squareRoot() / 320 * fps)
    #expect(vis.column("flow").allSatisfy { abs($0 / expected - 1) < 0.05 })
    #expect(vis.column("flow_coherence").allSatisfy { $0 > 0.95 })
  }

  @Test("Block matching finds a displacement exactly inside the picture")
  func blockMatching() {
    let (width, height) = (64, 64)
    func picture(_ dx: Int, _ dy: Int) -> [UInt8] {
      (0..<height).flatMap { y in (0..<width).map { x in UInt8(texture(x - dx, y - dy)) } }
    }
    for (dx, dy) in [(0, 0), (3, -5), (-8, 8), (7, 0)] {
      let vectors = blockMotion(current: picture(dx, dy), previous: picture(0, 0), width: width, height: height)
      #expect(vectors == [MotionVector](repeating: MotionVector(x: dx, y: dy), count: 9))
    }
    #expect(blockMotion(current: [1], previous: [1], width: 1, height: 1).isEmpty)
  }

  @Test("Gray has no colour; pure colours have their hue")
  func colour() throws {
    let gray = try vis12(
      DrawnFilm(seconds: 1) { _, x, _ in (Double(x % 256), Double(x % 256), Double(x % 256)) }, seconds: 1)
    for name in ["saturation", "colourfulness", "hue_cos", "hue_sin"] { #expect(gray.column(name) == [0]) }
    let red = try vis12(DrawnFilm(seconds: 1) { _, _, _ in (255, 0, 0) }, seconds: 1)
    #expect(red.column("saturation") == [1] && red.column("hue_cos") == [1] && red.column("hue_sin") == [0])
    #expect(abs(red.column("luminance")[0] - 0.2126) < 1e-4)
    // m_rg = 255, m_yb = 127.5, no spread.
    #expect(abs(red.column("colourfulness")[0] - 0.3 * 285.10) < 0.01)
    let green = try vis12(DrawnFilm(seconds: 1) { _, _, _ in (0, 200, 0) }, seconds: 1)
    #expect(abs(green.column("hue_cos")[0] + 0.5) < 1e-5 && abs(green.column("hue_sin")[0] - 0.8660) < 1e-4)
  }

  @Test("Black and white in turn change most, and every turn is a cut")
  func alternation() throws {
    let film = DrawnFilm(fps: 10, seconds: 4) { t, _, _ in Int(t + 1e-9) % 2 == 0 ? (0, 0, 0) : (255, 255, 255) }
    let vis = try vis12(film, seconds: 4)
    #expect(vis.column("luminance") == [0, 1, 0, 1])
    #expect(vis.column("contrast") == [0, 0, 0, 0])
    #expect(vis.column("entropy") == [0, 0, 0, 0])
    // Nine pairs in the first second, then one turn in ten.
    #expect(zip(vis.column("luminance_change"), [0, 0.1, 0.1, 0.1] as [Float]).allSatisfy { abs($0 - $1) < 1e-6 })
    #expect(vis.column("cut_rate") == [0, 1, 1, 1])
    #expect(vis.column("flow") == [0, 0, 0, 0])
  }

  @Test("Half black, half white: contrast one half, entropy one bit, edges along one line")
  func halves() throws {
    let vis = try vis12(DrawnFilm(seconds: 1) { _, x, _ in x < 160 ? (0, 0, 0) : (255, 255, 255) }, seconds: 1)
    #expect(abs(vis.column("contrast")[0] - 0.5) < 1e-6 && abs(vis.column("entropy")[0] - 1) < 1e-6)
    #expect(abs(vis.column("edge_density")[0] - 2.0 / 318) < 1e-6)
  }

  @Test("A picture counts for as long as it is shown, and only seconds before the first one are missing")
  func shownTime() throws {
    let film = DrawnFilm(fps: 4, times: [2.5, 2.75, 3.9, 4, 9]) { t, _, _ in (40 * t, 40 * t, 40 * t) }
    let vis = try vis12(film, seconds: 6)
    let missing = (0..<6).map { second in (0..<12).allSatisfy { vis.rows[second * 12 + $0].isNaN } }
    #expect(missing == [true, true, false, false, false, false])
    let levels = [100.0, 110, 156, 160].map { $0 / 255 }
    let expected = [(levels[0] + levels[1]) / 2, 0.9 * levels[1] + 0.1 * levels[2], levels[3], levels[3]]
    let luminance = vis.column("luminance").dropFirst(2).map(Double.init)
    #expect(zip(luminance, expected).allSatisfy { abs($0 - $1) < 1e-4 }, "\(luminance)")
  }

  @Test("A slide show holds each slide, and nothing changes while it does", arguments: [1.0, 1.7, 4, 5])
  func slides(every step: Double) throws {
    let times = Array(stride(from: 0, to: 24, by: step))
    let film = DrawnFilm(fps: 1 / step, times: times) { t, _, _ in
      let level = 30 + 9 * (t / step).rounded()
      return (level, level, level)
    }
    let vis = try vis12(film, seconds: 24)
    #expect(vis.rows.allSatisfy { $0.isFinite })
    for second in 0..<24 {
      let starts = times.filter { $0 > 0 && Int($0 + 1e-9) == second }
      if starts.isEmpty, step > 1 {
        for name in ["luminance_change", "flow", "flow_coherence", "cut_rate"] {
          #expect(vis.column(name)[second] == 0, "\(name) of second \(second)")
        }
      }
      // The mean over the second of a staircase, by a thousand looks at it.
      var sum = 0.0
      for look in 0..<1000 {
        let time = Double(second) + (Double(look) + 0.5) / 1000
        sum += 30 + 9 * (time / step).rounded(.down)
      }
      let luminance = Double(vis.column("luminance")[second])
      #expect(abs(luminance - sum / 255_000) < 1e-3, "second \(second)")
    }
  }

  @Test("Pictures shown twice as long are as good as the same picture twice")
  func repeatedPictures() throws {
    func film(_ times: [Double], _ fps: Double) throws -> SecondFeatures {
      try vis12(
        DrawnFilm(fps: fps, times: times) { t, x, y in
          let v = texture(x + 2 * Int((t * 4 + 1e-9).rounded(.down)), y)
          return (v, v, 90)
        }, seconds: 3)
    }
    let sparse = try film((0..<12).map { Double($0) / 4 }, 4)
    let dense = try film((0..<24).map { Double($0) / 8 }, 8)
    for name in ["luminance", "contrast", "saturation", "edge_density", "entropy", "colourfulness"] {
      let pairs = zip(sparse.column(name), dense.column(name))
      #expect(pairs.allSatisfy { abs($0 - $1) < 1e-5 }, "\(name)")
    }
  }

  @Test("A real film has plausible covariates in every second")
  func realFilm() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/media/bbb_surround.mp4").path
    let vis = try vis12(try FilmSource(path: path), seconds: 5)
    #expect(vis.rows.allSatisfy { $0.isFinite })
    #expect(vis.column("luminance").allSatisfy { $0 > 0.05 && $0 < 0.95 })
    #expect(vis.column("entropy").allSatisfy { $0 > 2 && $0 < 6 })
    #expect(vis.column("saturation").allSatisfy { $0 > 0.02 && $0 < 1 })
  }

  @Test("The cuts of a real film are found, and nothing else")
  func realCuts() throws {
    let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/film/bbb_120s_480p.mp4").path
    let cuts = try vis12(try FilmSource(path: path), seconds: 20).column("cut_rate")
    // The pictures FFmpeg's scene filter reports: 0.67, 3.79, 9.42, 11.29, 13.46, 15.54 and 19.96 s.
    #expect(cuts.indices.filter { cuts[$0] > 0 } == [0, 3, 9, 11, 13, 15, 19])
    #expect(cuts.allSatisfy { $0 <= 1 })
  }
}
