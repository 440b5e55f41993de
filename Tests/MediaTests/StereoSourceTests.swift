import Diagnostics
import Foundation
import MediaSources
import Testing

@Suite struct StereoSourceTests {
  /// A 32-bit float WAV whose channels are given by a function of channel and sample.
  private func file(channels: Int, rateHz: Int = 44_100, count: Int = 9000, _ value: (Int, Int) -> Float) throws
    -> String
  {
    var samples = Data()
    for i in 0..<count {
      for c in 0..<channels {
        withUnsafeBytes(of: value(c, i).bitPattern.littleEndian) { samples.append(contentsOf: $0) }
      }
    }
    func number<T: FixedWidthInteger>(_ value: T) -> Data { withUnsafeBytes(of: value.littleEndian) { Data($0) } }
    var data = Data("RIFF".utf8)
    data += number(UInt32(36 + samples.count))
    data += Data("WAVEfmt ".utf8)
    data += number(UInt32(16))
    for half in [3, channels] { data += number(UInt16(half)) }
    for word in [rateHz, rateHz * channels * 4] { data += number(UInt32(word)) }
    for half in [channels * 4, 32] { data += number(UInt16(half)) }
    data += Data("data".utf8)
    data += number(UInt32(samples.count))
    data += samples
    let path = NSTemporaryDirectory() + "stereo-\(UUID().uuidString).wav"
    try data.write(to: URL(fileURLWithPath: path))
    return path
  }

  private func wave(_ channel: Int, _ i: Int) -> Float { Float(sin(Double(i) * 0.01 * Double(channel + 1))) * 0.2 }

  @Test("mono is given twice and two channels as they are, in any pieces")
  func oneAndTwo() throws {
    for channels in [1, 2] {
      let path = try file(channels: channels, wave)
      defer { try? FileManager.default.removeItem(atPath: path) }
      let source = try StereoSource(path: path)
      #expect(source.sampleCount == 9000 && source.nativeChannels == channels)
      var left: [Float] = []
      var right: [Float] = []
      for start in stride(from: 0, to: 9000, by: 777) {
        let part = try source.samples(start..<min(start + 777, 9000))
        left += part.left
        right += part.right
      }
      #expect(left == (0..<9000).map { wave(0, $0) })
      #expect(right == (0..<9000).map { wave(channels - 1, $0) })
      try source.rewind()
      #expect(try source.samples(0..<9000).left == left)
    }
  }

  @Test("5.1 and 7.1 are mixed with the centre and the surrounds 3 dB down and without LFE, scaled not to clip")
  func surround() throws {
    for channels in [6, 8] {
      let path = try file(channels: channels, count: 500, wave)
      defer { try? FileManager.default.removeItem(atPath: path) }
      let part = try StereoSource(path: path).samples(0..<500)
      let rear = stride(from: 4, to: channels, by: 2)
      let scale = 1 / (1 + Double(1 + (channels - 4) / 2) * 0.5.squareRoot())
      for (side, found) in [(0, part.left), (1, part.right)] {
        let expected = (0..<500).map { i in
          let behind = rear.reduce(Double(wave(2, i))) { $0 + Double(wave($1 + side, i)) }
          return scale * (Double(wave(side, i)) + 0.5.squareRoot() * behind)
        }
        let worst = zip(found, expected).reduce(0) { max($0, abs(Double($1.0) - $1.1)) }
        #expect(worst < 1e-6, "float32 sums of five numbers")
      }
    }
  }

  @Test("the rate can be changed: length and both channels follow", arguments: [22_050, 48_000])
  func rates(rateHz: Int) throws {
    let path = try file(channels: 2, rateHz: rateHz, count: 10_000, wave)
    defer { try? FileManager.default.removeItem(atPath: path) }
    let source = try StereoSource(path: path)
    #expect(source.sampleCount == (10_000 * 44_100 + rateHz - 1) / rateHz)
    let mono = try WaveformSource(path: path, rateHz: 44_100)
    let part = try source.samples(0..<source.sampleCount)
    let mean = zip(part.left, part.right).map { ($0 + $1) / 2 }
    let worst = zip(mean, try mono.samples(0..<mono.sampleCount)).reduce(0) { max($0, abs($1.0 - $1.1)) }
    #expect(worst < 1e-5, "resampling is linear")
  }

  @Test("other numbers of channels are refused, and a file of another length than recorded", arguments: [3, 4, 5])
  func refused(channels: Int) throws {
    let path = try file(channels: channels, count: 100, wave)
    defer { try? FileManager.default.removeItem(atPath: path) }
    do {
      _ = try StereoSource(path: path)
      Issue.record("it was taken")
    } catch let error as EvokeError { #expect(error.code == .mediaLayoutUnknown) }
    let stereo = try file(channels: 2, count: 100, wave)
    defer { try? FileManager.default.removeItem(atPath: stereo) }
    do {
      _ = try StereoSource(path: stereo, sampleCount: 90).samples(0..<90)
      Issue.record("it was taken")
    } catch let error as EvokeError { #expect(error.code == .mediaLengthDiffers) }
  }
}
