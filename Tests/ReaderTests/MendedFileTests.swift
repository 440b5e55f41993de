import ByteSource
import Compression
import Diagnostics
import Foundation
import NIfTIFile
import Testing

/// Damage behind a checksum that is right: what a program that writes nonsense leaves, and what random damage never is.
@Suite struct MendedFileTests {
  private static let rounds = 800

  /// Changed bytes of `places`, mended, read; the error has to be an `EvokeError`.
  private func damage(
    _ name: String, places: [Range<Int>], _ mend: (inout [UInt8], Range<Int>) -> Void
  ) throws {
    let reader = try #require(ReaderCase.all.first { $0.name == name })
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent("evoke-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    for companion in reader.companions {
      try FileManager.default.copyItem(
        atPath: ReaderCase.path(companion),
        toPath: folder.appendingPathComponent((companion as NSString).lastPathComponent).path)
    }
    let bytes = try reader.bytes()
    var same = bytes
    for place in places { mend(&same, place) }
    #expect(same == bytes, "\(name): the mending is another than the file's")
    var numbers = SeededNumbers(seed: 19)
    for round in 0..<Self.rounds {
      var changed = bytes
      let place = places[Int.random(in: places.indices, using: &numbers)]
      for _ in 0...round % 3 {
        let at = Int.random(in: place, using: &numbers)
        changed[at] = [0, 1, 0x7f, 0x80, 0xff, changed[at] ^ 8][Int.random(in: 0..<6, using: &numbers)]
      }
      mend(&changed, place)
      guard let error = try reader.error(reading: changed, in: folder) else { continue }
      #expect(error is EvokeError, "\(name), round \(round): \(error)")
    }
  }

  private func put(_ value: UInt32, _ bytes: inout [UInt8], at place: Int) {
    for byte in 0..<4 { bytes[place + byte] = UInt8(truncatingIfNeeded: value >> UInt32(8 * byte)) }
  }

  /// Records of a zip that are stored: their content, and where their CRC-32 stands in the central directory.
  private func records(_ bytes: [UInt8]) -> [(content: Range<Int>, checksum: Int)] {
    func number(_ at: Int, _ width: Int) -> Int { (0..<width).reduce(0) { $0 | Int(bytes[at + $1]) << (8 * $1) } }
    return bytes.indices.dropLast(46).filter { bytes[$0...].starts(with: [0x50, 0x4b, 1, 2]) }.map { entry in
      let local = number(entry + 42, 4)
      let start = local + 30 + number(local + 26, 2) + number(local + 28, 2)
      return (start..<start + number(entry + 20, 4), entry + 16)
    }
  }

  @Test(arguments: ["PyTorch, ZIP", "NumPy archive"]) func recordsOfAZip(_ name: String) throws {
    let reader = try #require(ReaderCase.all.first { $0.name == name })
    let records = records(try reader.bytes())
    // The pickle and the arrays' headers are what describes the rest.
    let places = records.map { $0.content.lowerBound..<min($0.content.upperBound, $0.content.lowerBound + 1_200) }
    try damage(name, places: places.filter { !$0.isEmpty }) { bytes, place in
      guard let record = records.first(where: { $0.content.lowerBound == place.lowerBound }) else { return }
      put(CRC32.checksum(Array(bytes[record.content])), &bytes, at: record.checksum)
    }
  }

  /// CRC-32C a bit at a time, rotated and shifted as tables store it.
  private func masked(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var crc = ~UInt32(0)
    for byte in bytes {
      crc ^= UInt32(byte)
      for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0x82f6_3b78 : crc >> 1 }
    }
    crc = ~crc
    return (crc >> 15 | crc << 17) &+ 0xa282_ead8
  }

  /// The blocks of a sorted table: the one that lists the others, and those.
  private func blocks(_ bytes: [UInt8]) -> [Range<Int>] {
    func varint(_ at: inout Int) -> Int {
      var (value, shift) = (0, 0)
      while true {
        let byte = bytes[at]
        at += 1
        value |= Int(byte & 0x7f) << shift
        shift += 7
        if byte & 0x80 == 0 { return value }
      }
    }
    func handle(_ at: inout Int) -> Range<Int> {
      let offset = varint(&at)
      return offset..<offset + varint(&at)
    }
    var at = bytes.count - 48
    _ = handle(&at)
    let index = handle(&at)
    var found = [index]
    let restarts = Int(bytes[index.upperBound - 4])
    at = index.lowerBound
    while at < index.upperBound - 4 - 4 * restarts {
      _ = varint(&at)
      let fresh = varint(&at)
      let size = varint(&at)
      at += fresh
      var value = at
      found.append(handle(&value))
      at += size
    }
    return found
  }

  @Test(arguments: ["TensorFlow V1", "TensorFlow V2"]) func blocksOfATable(_ name: String) throws {
    let reader = try #require(ReaderCase.all.first { $0.name == name })
    let blocks = blocks(try reader.bytes())
    #expect(blocks.count > 1 && blocks.allSatisfy { !$0.isEmpty })
    try damage(name, places: blocks) { bytes, block in
      put(masked(bytes[block.lowerBound..<block.upperBound + 1]), &bytes, at: block.upperBound + 1)
    }
  }

  /// A compressed image whose header asks for a terabyte a volume: memory grows with what is there.
  @Test func aHeaderThatAsksForMoreThanThereIsNeedsNoMemory() throws {
    var bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: ReaderCase.path("nifti/int16.nii"))))
    // dim[1...3], int16 at byte 42.
    for axis in 0..<3 { (bytes[42 + 2 * axis], bytes[43 + 2 * axis]) = (0x40, 0x1f) }
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("evoke-\(UUID().uuidString).nii.gz").path
    defer { try? FileManager.default.removeItem(atPath: path) }
    var writer = try ByteWriter(path, isCompressed: true, failure: .niftiNotWritten)
    try writer.write(bytes)
    try writer.close()
    let file = try NIfTIFile(reading: path)
    #expect(file.header.dims.prefix(3) == [8_000, 8_000, 8_000])
    #expect(failure { try file.forEachVolume { _, _ in } }?.code == .niftiTruncated)
  }
}
