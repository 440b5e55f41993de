import Foundation

/// Files of a folder in the formats that importers read.
package struct ToyFolder: Sendable {
  package let path: String

  package init(path: String) { self.path = path }

  private func place(_ name: String) throws -> URL {
    let url = URL(fileURLWithPath: path + "/" + name)
    try FileManager.default.createDirectory(at: url.deletingLastPathComponent(), withIntermediateDirectories: true)
    return url
  }

  package func text(_ text: String, _ name: String) throws { try Data(text.utf8).write(to: try place(name)) }

  /// Columns of equal length under their names; a NaN is an empty field.
  package func table(_ columns: [(name: String, values: [Double])], _ name: String) throws {
    let separator = name.hasSuffix(".tsv") ? "\t" : ","
    var lines = [columns.map(\.name).joined(separator: separator)]
    for row in columns[0].values.indices {
      lines.append(columns.map { Self.shown($0.values[row]) }.joined(separator: separator))
    }
    try text(lines.joined(separator: "\n") + "\n", name)
  }

  package static func shown(_ value: Double) -> String { value.isNaN ? "" : String(format: "%.6g", value) }

  /// A version 1.0 .npy file of little-endian float32, rows first.
  package func array(_ values: [Double], shape: [Int], _ name: String) throws {
    let axes = shape.map(String.init).joined(separator: ", ")
    var header = "{'descr': '<f4', 'fortran_order': False, 'shape': (\(axes)), }"
    while (10 + header.utf8.count + 1) % 64 != 0 { header += " " }
    header += "\n"
    var data = Data([0x93] + Array("NUMPY".utf8) + [1, 0])
    data.append(contentsOf: [UInt8(header.utf8.count & 0xFF), UInt8(header.utf8.count >> 8)])
    data.append(contentsOf: Array(header.utf8))
    data.append(Self.floats(values))
    try data.write(to: try place(name))
  }

  private static func floats(_ values: [Double]) -> Data {
    var data = Data(capacity: 4 * values.count)
    for value in values {
      let bits = Float(value).bitPattern
      data.append(contentsOf: [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: bits >> $0) })
    }
    return data
  }

  /// BrainVision: header, markers and samples in microvolts, `channels[channel][sample]`.
  package func recording(_ channels: [[Double]], names: [String], rateHz: Double, _ name: String) throws {
    let stem = (name as NSString).lastPathComponent
    let info = names.enumerated().map { "Ch\($0.offset + 1)=\($0.element),,1,µV" }.joined(separator: "\n")
    try text(
      """
      Brain Vision Data Exchange Header File Version 1.0

      [Common Infos]
      Codepage=UTF-8
      DataFile=\(stem).eeg
      MarkerFile=\(stem).vmrk
      DataFormat=BINARY
      DataOrientation=VECTORIZED
      NumberOfChannels=\(names.count)
      SamplingInterval=\(1e6 / rateHz)

      [Binary Infos]
      BinaryFormat=IEEE_FLOAT_32

      [Channel Infos]
      \(info)

      """, name + ".vhdr")
    try text(
      """
      Brain Vision Data Exchange Marker File, Version 1.0

      [Common Infos]
      Codepage=UTF-8
      DataFile=\(stem).eeg

      [Marker Infos]
      Mk1=New Segment,,1,1,0,20260101000000000000

      """, name + ".vmrk")
    try Self.floats(channels.flatMap { $0 }).write(to: try place(name + ".eeg"))
  }

  /// A 16-bit WAV file of one channel.
  package func sound(_ samples: [Double], rateHz: Int, _ name: String) throws {
    func number(_ value: Int, _ bytes: Int) -> [UInt8] {
      (0..<bytes).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }
    var data = Data("RIFF".utf8)
    data.append(contentsOf: number(36 + 2 * samples.count, 4))
    data.append(Data("WAVEfmt ".utf8))
    for (value, bytes) in [(16, 4), (1, 2), (1, 2), (rateHz, 4), (2 * rateHz, 4), (2, 2), (16, 2)] {
      data.append(contentsOf: number(value, bytes))
    }
    data.append(Data("data".utf8))
    data.append(contentsOf: number(2 * samples.count, 4))
    for sample in samples { data.append(contentsOf: number(Int(max(-1, min(1, sample)) * 32_767), 2)) }
    try data.write(to: try place(name))
  }
}
