import Foundation

/// Sound files written byte by byte, so that every size in them can be made wrong.
enum SoundFiles {
  static let rateHz = 8_000

  /// A tone of 16 bits, `seconds` long, of every channel.
  static func tone(_ seconds: Double, gains: [Double] = [0.5]) -> [[Int16]] {
    gains.map { gain in
      (0..<Int(seconds * Double(rateHz))).map { n in
        Int16((gain * 32_767 * sin(2 * Double.pi * 440 * Double(n) / Double(rateHz))).rounded())
      }
    }
  }

  static func interleaved(_ channels: [[Int16]], bigEndian: Bool = false) -> [UInt8] {
    channels[0].indices.flatMap { n in
      channels.flatMap { channel -> [UInt8] in
        let bytes = number(Int(UInt16(bitPattern: channel[n])), 2)
        return bigEndian ? bytes.reversed() : bytes
      }
    }
  }

  /// Little-endian.
  static func number(_ value: Int, _ width: Int) -> [UInt8] {
    (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
  }

  static func big(_ value: Int, _ width: Int) -> [UInt8] { number(value, width).reversed() }

  static func chunk(_ name: String, _ content: [UInt8], size: Int? = nil) -> [UInt8] {
    Array(name.utf8) + number(size ?? content.count, 4) + content + [UInt8](repeating: 0, count: content.count & 1)
  }

  static func format(_ channels: Int) -> [UInt8] {
    number(1, 2) + number(channels, 2) + number(rateHz, 4) + number(2 * channels * rateHz, 4)
      + number(2 * channels, 2) + number(16, 2)
  }

  /// - Parameters:
  ///   - before: chunks before the format.
  ///   - size: what the header gives as the size of the samples.
  ///   - after: what follows the samples.
  static func wav(
    _ sound: [[Int16]], before: [UInt8] = [], size: Int? = nil, after: [UInt8] = []
  ) -> [UInt8] {
    let body =
      before + chunk("fmt ", format(sound.count)) + chunk("data", interleaved(sound), size: size) + after
    return Array("RIFF".utf8) + number(4 + body.count, 4) + Array("WAVE".utf8) + body
  }

  static func rf64(_ sound: [[Int16]], size: Int? = nil) -> [UInt8] {
    let samples = interleaved(sound)
    let long = number(0, 8) + number(size ?? samples.count, 8) + number(sound[0].count, 8) + number(0, 4)
    let body = chunk("ds64", long) + chunk("fmt ", format(sound.count)) + chunk("data", samples, size: 0xffff_ffff)
    return Array("RF64".utf8) + number(0xffff_ffff, 4) + Array("WAVE".utf8) + body
  }

  static func wave64(_ sound: [[Int16]], size: Int? = nil) -> [UInt8] {
    let tail: [UInt8] = [0xf3, 0xac, 0xd3, 0x11, 0x8c, 0xd1, 0x00, 0xc0, 0x4f, 0x8e, 0xdb, 0x8a]
    let samples = interleaved(sound)
    let wave = Array("wave".utf8) + tail
    let head = Array("fmt ".utf8) + tail + number(24 + 16, 8) + format(sound.count)
    let data = Array("data".utf8) + tail + number(size ?? 24 + samples.count, 8) + samples
    let riff: [UInt8] = [0x72, 0x69, 0x66, 0x66, 0x2e, 0x91, 0xcf, 0x11, 0xa5, 0xd6, 0x28, 0xdb, 0x04, 0xc1, 0, 0]
    return riff + number(40 + head.count + data.count, 8) + wave + head + data
  }

  static func aiff(_ sound: [[Int16]], frames: Int? = nil, size: Int? = nil) -> [UInt8] {
    func chunk(_ name: String, _ content: [UInt8], _ size: Int? = nil) -> [UInt8] {
      Array(name.utf8) + big(size ?? content.count, 4) + content
    }
    let samples = interleaved(sound, bigEndian: true)
    // 8000 as 80 bits: 1.953125 x 2^12.
    let rate = big(16_383 + 12, 2) + big(8_000 << 51, 8)
    let common = big(sound.count, 2) + big(frames ?? sound[0].count, 4) + big(16, 2) + rate
    let body = chunk("COMM", common) + chunk("SSND", big(0, 8) + samples, size)
    return Array("FORM".utf8) + big(4 + body.count, 4) + Array("AIFF".utf8) + body
  }

  static func coreAudio(_ sound: [[Int16]], size: Int? = nil) -> [UInt8] {
    let samples = interleaved(sound, bigEndian: true)
    let rate = big(Int(Double(rateHz).bitPattern), 8)
    let description =
      rate + Array("lpcm".utf8) + big(0, 4) + big(2 * sound.count, 4) + big(1, 4) + big(sound.count, 4) + big(16, 4)
    return Array("caff".utf8) + big(1, 2) + big(0, 2) + Array("desc".utf8) + big(32, 8) + description
      + Array("data".utf8) + big(size ?? 4 + samples.count, 8) + big(0, 4) + samples
  }

  static func sunAudio(_ sound: [[Int16]], size: Int? = nil) -> [UInt8] {
    let samples = interleaved(sound, bigEndian: true)
    let fields = [24, size ?? samples.count, 3, rateHz, sound.count].flatMap { big($0, 4) }
    return Array(".snd".utf8) + fields + samples
  }
}
