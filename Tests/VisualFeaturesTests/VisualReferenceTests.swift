import Foundation
import HDF5File
import MediaDecoding
import MediaSources
import SignalProcessing
import Testing
import VisualFeatures

private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("Fixtures")

private func fixture(_ name: String) -> String { fixtures.appendingPathComponent(name).path }

/// Stored pictures.
private final class StoredFilm: PictureSource {
  let framesPerSecond = 25.0
  private let times: [Double]
  private let pixels: [UInt8]
  private let shape: [Int]
  private var index = 0

  init(_ file: HDF5File) throws {
    times = try file.doubles("drawn/times")
    pixels = try file.integers("drawn/frames").map { UInt8(truncatingIfNeeded: $0) }
    shape = try file.info("drawn/frames").shape
  }

  func next() -> Picture? {
    guard index < times.count else { return nil }
    defer { index += 1 }
    let size = shape[1] * shape[2] * 3
    return Picture(
      seconds: times[index], width: shape[2], height: shape[1],
      rgb: Array(pixels[(index * size)..<((index + 1) * size)]))
  }
}

/// Compares with what the NumPy script found.
///
/// Luminance is rounded from weights of 16 bits here and from decimal ones there: single pixels differ by one step, and
/// a block's best displacement may then be another of nearly the same sum.
private func compare(_ vis: SecondFeatures, _ expected: [Double], motion: Double, _ name: String) {
  #expect(vis.rows.count == expected.count, "\(name)")
  let scale = [1, 1, 1, 1, 1, 1, 1, 1, 100, 1, 6, 1.0]
  for (i, (value, want)) in zip(vis.rows, expected).enumerated() {
    let feature = i % 12
    let tolerance = feature == 3 || feature == 4 ? motion : 1e-4
    #expect(
      value.isNaN && want.isNaN || abs(Double(value) - want) <= tolerance * scale[feature],
      "\(name) second \(i / 12) \(vis.names[feature]): \(value), reference \(want)")
  }
}

@Suite struct VisualReferenceTests {
  @Test("On drawn pictures at uneven times all twelve equal NumPy's")
  func drawn() throws {
    let file = try HDF5File(reading: fixture("visual/expected.h5"))
    compare(try vis12(try StoredFilm(file), seconds: 5), try file.doubles("drawn/vis12"), motion: 1e-4, "drawn")
  }

  @Test(
    "On real films all twelve equal NumPy's on FFmpeg's own pictures",
    arguments: [
      ("media/variable_rate.mp4", 4), ("media/no_sound.mp4", 3), ("media/bbb_surround.mp4", 2),
      ("visual/interlaced.mp4", 1), ("visual/lying.mp4", 1),
    ])
  func films(path: String, seconds: Int) throws {
    let file = try HDF5File(reading: fixture("visual/expected.h5"))
    let stem = URL(fileURLWithPath: path).deletingPathExtension().lastPathComponent
    // A film without sound counts from its first picture.
    let source = try FilmSource(path: fixture(path), audioStartSeconds: stem == "no_sound" ? nil : 0)
    compare(try vis12(source, seconds: seconds), try file.doubles(stem), motion: 2e-3, stem)
  }

  @Test("A film that players turn is measured as they show it", arguments: ["upright", "overhead"])
  func turned(name: String) throws {
    let file = try HDF5File(reading: fixture("visual/expected.h5"))
    let source = try FilmSource(path: fixture("visual/\(name).mp4"), audioStartSeconds: 0)
    compare(try vis12(source, seconds: 1), try file.doubles(name), motion: 2e-3, name)
    let picture = try #require(try FilmSource(path: fixture("visual/\(name).mp4")).next())
    let lying = try #require(try FilmSource(path: fixture("visual/lying.mp4")).next())
    #expect((lying.width, lying.height) == (128, 72))
    #expect((picture.width, picture.height) == (name == "upright" ? (72, 128) : (128, 72)))
  }

  @Test("Pixels that are not square become so")
  func widePixels() throws {
    let picture = try #require(try FilmSource(path: fixture("visual/wide_pixels.mp4"), width: 128).next())
    #expect((picture.width, picture.height) == (128, 36))
    let whole = try #require(try FilmSource(path: fixture("visual/wide_pixels.mp4"), width: 1_000).next())
    #expect((whole.width, whole.height) == (256, 72))
  }

  @Test("Visual features do not know the sound")
  func soundless() throws {
    // The same stream of pictures with sound from second 0 and without any.
    let withSound = try vis12(try FilmSource(path: fixture("media/film_index_first.mp4")), seconds: 5)
    let silent = try vis12(try FilmSource(path: fixture("visual/soundless.mp4")), seconds: 5)
    #expect(withSound == silent)
  }

  @Test("Motion of two pixels a frame is found in films of any size, rate and direction", arguments: [24.0, 50])
  func speed(fps: Double) throws {
    for (dx, dy) in [(2, 0), (-2, 0), (0, 2), (-1, -1), (8, -8)] {
      let film = Shifting(fps: fps, dx: dx, dy: dy)
      let vis = try vis12(film, seconds: 1)
      let expected = Double(dx * dx + dy * dy).squareRoot() / 160 * fps
      #expect(abs(Double(vis.column("flow")[0]) / expected - 1) < 0.05, "\(dx), \(dy)")
      #expect(vis.column("flow_coherence")[0] > 0.99)
      #expect(vis.column("cut_rate") == [0])
    }
  }
}

/// A texture that moves by whole pixels.
private final class Shifting: PictureSource {
  let framesPerSecond: Double
  private let shift: (x: Int, y: Int)
  private var index = 0

  init(fps: Double, dx: Int, dy: Int) {
    framesPerSecond = fps
    shift = (dx, dy)
  }

  func next() -> Picture? {
    guard Double(index) < framesPerSecond else { return nil }
    defer { index += 1 }
    var rgb: [UInt8] = []
    for y in 0..<64 {
      for x in 0..<160 {
        var state = UInt64(bitPattern: Int64((x - shift.x * index) &* 73_856_093 ^ (y - shift.y * index) &* 19_349_663))
        state = state &* 0x9E37_79B9_7F4A_7C15
        state = (state ^ state >> 31) &* 0xBF58_476D_1CE4_E5B9
        let value = UInt8(truncatingIfNeeded: state >> 56)
        rgb += [value, value, value]
      }
    }
    return Picture(seconds: Double(index) / framesPerSecond, width: 160, height: 64, rgb: rgb)
  }
}
