import Foundation
import MediaDecoding
import MediaSources
import SignalProcessing
import Testing

@Suite struct VideoDecodingTests {
  private func pictures(_ path: String) throws -> [Picture] {
    let film = try FilmSource(path: path)
    var all: [Picture] = []
    while let picture = try film.next() { all.append(picture) }
    return all
  }

  @Test("Frames come in order, at their own times, in a fixed size")
  func framesInOrder() throws {
    let film = try pictures(fixture("nasa_13013.mp4"))
    #expect(film.count == 325)
    #expect(zip(film, film.dropFirst()).allSatisfy { abs($1.seconds - $0.seconds - 0.04) < 1e-6 })
    #expect(film.allSatisfy { $0.width == 320 && $0.rgb.count == 320 * $0.height * 3 })
    let surround = try pictures(fixture("bbb_surround.mp4"))
    #expect(surround.count == 132 && surround[0].width == 320 && surround[0].height == 180)
  }

  @Test("A variable frame rate keeps every frame's own time")
  func variableRate() throws {
    let film = try pictures(fixture("variable_rate.mp4"))
    #expect(film.count { $0.seconds < 0.99 } == 24)
    #expect(film.count { $0.seconds >= 1 } == 24)
    #expect(abs((film.last?.seconds ?? 0) - 3.875) < 0.02)
  }

  @Test("Picture times count from the first sound sample")
  func soundClock() throws {
    let late = try WaveformSource(path: fixture("late_sound.mp4"))
    let film = try pictures(fixture("late_sound.mp4"))
    #expect(abs((film.first?.seconds ?? 9) + late.startSeconds) < 1e-9)
    #expect(abs(try pictures(fixture("no_sound.mp4"))[0].seconds) < 1e-9)
  }

  @Test("Sound without picture is refused")
  func noPicture() throws {
    #expect(code { _ = try VideoDecoder(path: fixture("pings.m4a")) } == "E-MED-013")
    #expect(code { _ = try VideoDecoder(path: fixture("pings.wav")) } == "E-MED-013")
  }
}
