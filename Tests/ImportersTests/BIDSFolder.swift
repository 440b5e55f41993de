import Foundation
import Testing

/// A BIDS folder made for one test.
final class BIDSFolder {
  let scratch: Scratch
  var root: String { scratch.path("data") }

  init(description: String? = #"{"Name": "Test", "BIDSVersion": "1.9.0", "License": "CC0"}"#) throws {
    scratch = try Scratch()
    try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    if let description { try text("dataset_description.json", description) }
  }

  func path(_ name: String) -> String { root + "/" + name }

  func bytes(_ name: String, _ bytes: [UInt8]) throws {
    let url = URL(fileURLWithPath: path(name))
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    try Data(bytes).write(to: url)
  }

  func text(_ name: String, _ text: String) throws { try bytes(name, Array(text.utf8)) }

  /// Lines of cells separated by tabs.
  func table(_ name: String, _ rows: [[String]]) throws {
    try text(name, rows.map { $0.joined(separator: "\t") + "\n" }.joined())
  }

  /// A git-annex link whose object is not there.
  func annexed(_ name: String, bytes: Int) throws {
    let url = URL(fileURLWithPath: path(name))
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    let up = String(repeating: "../", count: name.split(separator: "/").count - 1)
    let key = "MD5E-s\(bytes)--0123456789abcdef0123456789abcdef.nii.gz"
    try FileManager.default.createSymbolicLink(
      atPath: url.path, withDestinationPath: "\(up).git/annex/objects/Xx/Yy/\(key)/\(key)")
  }

  /// A gzip member that stores its bytes (RFC 1951, 1952), so that tests need no compressor.
  func gzipped(_ name: String, _ text: String) throws {
    let payload = Array(text.utf8)
    var out: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]
    var start = 0
    repeat {
      let end = min(payload.count, start + 65_535)
      let length = end - start
      out.append(end == payload.count ? 1 : 0)
      out += [UInt8(length & 255), UInt8(length >> 8), UInt8(~length & 255), UInt8((~length >> 8) & 255)]
      out += payload[start..<end]
      start = end
    } while start < payload.count
    for word in [Self.crc(payload), UInt32(payload.count)] {
      out += (0..<4).map { UInt8((word >> (8 * UInt32($0))) & 255) }
    }
    try bytes(name, out)
  }

  static func crc(_ bytes: [UInt8]) -> UInt32 {
    var crc: UInt32 = 0xffff_ffff
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? (crc >> 1) ^ 0xedb8_8320 : crc >> 1 }
    }
    return ~crc
  }

  /// EDF with a record per second; `value(sample, channel)` in the digital units 0.1 microvolts.
  func edf(
    _ name: String, channels: [String], rate: Int = 20, seconds: Int, unit: String = "uV",
    value: (Int, Int) -> Int
  ) throws {
    func field(_ text: String, _ width: Int) -> [UInt8] {
      Array(text.utf8.prefix(width)) + [UInt8](repeating: 32, count: max(0, width - text.utf8.count))
    }
    var head = field("0", 8) + field("X", 80) + field("X", 80) + field("01.01.20", 8) + field("00.00.00", 8)
    head += field("\(256 * (channels.count + 1))", 8) + field("", 44) + field("\(seconds)", 8) + field("1", 8)
    head += field("\(channels.count)", 4)
    for (value, width) in [
      ("", 16), ("", 80), (unit, 8), ("-3276.8", 8), ("3276.7", 8), ("-32768", 8), ("32767", 8), ("", 80),
      ("\(rate)", 8), ("", 32),
    ] {
      for channel in channels { head += field(width == 16 ? channel : value, width) }
    }
    for second in 0..<seconds {
      for channel in channels.indices {
        for sample in 0..<rate {
          let digital = UInt16(bitPattern: Int16(value(second * rate + sample, channel)))
          head += [UInt8(digital & 255), UInt8(digital >> 8)]
        }
      }
    }
    try bytes(name, head)
  }

  /// EDF with waves that differ between channels and subjects.
  func waves(
    _ name: String, channels: [String], rate: Int = 20, seconds: Int, subject: Int = 1, unit: String = "uV"
  ) throws {
    try edf(name, channels: channels, rate: rate, seconds: seconds, unit: unit) {
      Int(200 * wave($0, $1, subject))
    }
  }

  /// BrainVision, 16 bit, one marker per onset in samples.
  func brainVision(
    _ stem: String, channels: [String], units: [String: String] = [:], rate: Int = 20, seconds: Int,
    markers: [(String, Int)]
  ) throws {
    let base = stem.split(separator: "/").last.map(String.init) ?? stem
    let names = channels.enumerated().map { "Ch\($0 + 1)=\($1),,0.1,\(units[$1, default: "uV"])" }.joined(
      separator: "\n")
    try text(
      "\(stem).vhdr",
      """
      Brain Vision Data Exchange Header File Version 1.0
      [Common Infos]
      Codepage=UTF-8
      DataFile=\(base).eeg
      MarkerFile=\(base).vmrk
      DataFormat=BINARY
      DataOrientation=MULTIPLEXED
      NumberOfChannels=\(channels.count)
      SamplingInterval=\(1_000_000 / rate)
      [Binary Infos]
      BinaryFormat=INT_16
      [Channel Infos]
      \(names)

      """)
    let lines = markers.enumerated().map { "Mk\($0 + 1)=Stimulus,\($1.0),\($1.1 + 1),1,0" }.joined(separator: "\n")
    try text(
      "\(stem).vmrk",
      """
      Brain Vision Data Exchange Marker File, Version 1.0
      [Common Infos]
      DataFile=\(base).eeg
      [Marker Infos]
      \(lines)

      """)
    var samples: [UInt8] = []
    for sample in 0..<rate * seconds {
      for channel in channels.indices {
        let digital = UInt16(bitPattern: Int16(200 * wave(sample, channel, 7)))
        samples += [UInt8(digital & 255), UInt8(digital >> 8)]
      }
    }
    try bytes("\(stem).eeg", samples)
  }
}
