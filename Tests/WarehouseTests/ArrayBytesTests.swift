import ContentIdentity
import Diagnostics
import Foundation
import HDF5File
import LabelledArrays
import Testing
import Warehouse

/// What is known of array files beside the hash of axes and values: their bytes, their axes, the checksums of their chunks.
@Suite struct ArrayBytesTests {
  private static let axes = [Axis.time((0..<600).map(Double.init)), Axis.labels("region", ["left", "mid", "right"])]

  private func stored(in folder: TemporaryFolder, labels: [String] = ["left", "mid", "right"]) throws -> StoredArray {
    let writer = try ArrayFileWriter(in: folder.path + "/arrays")
    let axes = [Self.axes[0], Axis.labels("region", labels)]
    let values = (0..<1800).map { Float($0 % 97) / 7 }
    try writer.add(
      ArrayDescription(name: "held/clip", kind: "recording"), group: "recording",
      LabelledArray(axes: axes, values: values, units: "V"))
    return try #require(try writer.finish().first)
  }

  /// - Parameters:
  ///   - isRecorded: the bytes are those that the catalog has, whatever they are.
  ///   - stamp: what the catalog has of size, time and inode, if not those of the file as it was written.
  private func reference(
    _ array: StoredArray, in folder: TemporaryFolder, file: String? = nil, isRecorded: Bool = false,
    stamp: String? = nil
  ) throws -> ArrayReference {
    let place = file ?? folder.path + "/" + array.file
    let bytes =
      isRecorded
      ? SHA256.hex(of: Array(try Data(contentsOf: URL(fileURLWithPath: place)))) : array.fileBytes.sha256
    return ArrayReference(
      name: array.description.name, file: place, path: array.path, sha256: array.sha256,
      record: ArrayReference.Record(
        axesSHA256: array.axesSHA256, fileSHA256: bytes, fileStamp: stamp ?? array.fileBytes.stamp))
  }

  @Test func `rows of a file with other labels are refused when it is opened`() throws {
    let folder = try TemporaryFolder()
    let (own, other) = (try stored(in: folder), try stored(in: folder, labels: ["right", "mid", "left"]))
    let rows = try ArrayRows(reference(own, in: folder))
    #expect(rows.axes == own.axes)
    #expect(try rows.rows(10..<12) == (30..<36).map { Float($0 % 97) / 7 })
    let error = #expect(throws: EvokeError.self) {
      try ArrayRows(reference(own, in: folder, file: folder.path + "/" + other.file, isRecorded: true))
    }
    #expect(error?.code == .arrayCorrupt && error?.reason.contains("axes") == true)
  }

  @Test func `rows without a checksum are refused, and so are files with any flipped bit`() throws {
    let folder = try TemporaryFolder()
    let own = try stored(in: folder)
    let path = folder.path + "/bare.h5"
    let writer = try HDF5Writer(creating: path)
    try writer.dataset(
      own.path, .float32, shape: [600, 3], storage: HDF5Storage(deflate: 4, shuffle: true, fletcher32: false))
    try writer.append(rows: (0..<1800).map { Float($0 % 97) / 7 }, to: own.path)
    try writer.attribute("units", "V", on: own.path)
    try writer.scale("recording/time_s", (0..<600).map(Double.init), name: "time", units: "s")
    try writer.attach(scale: "recording/time_s", to: own.path, axis: 0)
    try writer.scale("recording/region", labels: ["left", "mid", "right"], name: "region")
    try writer.attach(scale: "recording/region", to: own.path, axis: 1)
    try writer.close()
    let bare = #expect(throws: EvokeError.self) {
      try ArrayRows(reference(own, in: folder, file: path, isRecorded: true))
    }
    #expect(bare?.code == .arrayCorrupt && bare?.reason.contains("checksum") == true, "\(String(describing: bare))")
    let file = folder.path + "/" + own.file
    let original = try Data(contentsOf: URL(fileURLWithPath: file))
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
    for draw in 0..<150 {
      var data = original
      data[(draw * 7919 + 11) % data.count] ^= 1 << UInt8(draw % 8)
      try data.write(to: URL(fileURLWithPath: file))
      let error = #expect(throws: EvokeError.self) { try ArrayRows(reference(own, in: folder)) }
      #expect(error?.code == .arrayCorrupt, "draw \(draw)")
    }
  }

  /// A file that may be written to, and its bytes.
  private func opened(_ array: StoredArray, in folder: TemporaryFolder) throws -> (file: String, bytes: Data) {
    let file = folder.path + "/" + array.file
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
    return (file, try Data(contentsOf: URL(fileURLWithPath: file)))
  }

  @Test func `a file beyond the limit that was written to since it was hashed is hashed before it is opened`() throws {
    let folder = try TemporaryFolder()
    let own = try stored(in: folder)
    let (file, original) = try opened(own, in: folder)
    for draw in 0..<150 {
      var data = original
      data[(draw * 7919 + 11) % data.count] ^= 1 << UInt8(draw % 8)
      try data.write(to: URL(fileURLWithPath: file))
      let written = Date(timeIntervalSince1970: 1_000_000 + Double(draw))
      try FileManager.default.setAttributes([.modificationDate: written], ofItemAtPath: file)
      let error = #expect(throws: EvokeError.self) { try ArrayRows(reference(own, in: folder), mostHashed: 0) }
      #expect(error?.code == .arrayCorrupt && error?.reason.contains("the bytes of") == true, "draw \(draw)")
    }
    try original.write(to: URL(fileURLWithPath: file))
    #expect(try ArrayRows(reference(own, in: folder), mostHashed: 0).rows(0..<600).count == 1800)
  }

  @Test func `bits turned over in chunks and axes of a file beyond the limit are found by their checksums`() throws {
    let folder = try TemporaryFolder()
    let own = try stored(in: folder)
    let (file, original) = try opened(own, in: folder)
    // Where deflate's stream of the values begins (level 4), and the first label.
    let chunk = try #require(original.range(of: Data([0x78, 0x5e]))).lowerBound
    let label = try #require(original.range(of: Data("left".utf8))).lowerBound
    for (place, word) in (0..<80).map({ (chunk + 3 * $0, "checksum") }) + (0..<4).map({ (label + $0, "axes") }) {
      var data = original
      data[place] ^= 1 << UInt8(place % 5)
      try data.write(to: URL(fileURLWithPath: file))
      // Nothing that the file system tells of it has changed.
      let stamp = try StoredBytes(unchanged: own.fileBytes.sha256, at: file).stamp
      let error = #expect(throws: EvokeError.self) {
        try ArrayRows(reference(own, in: folder, stamp: stamp), mostHashed: 0).rows(0..<600)
      }
      #expect(error?.code == .arrayCorrupt && error?.reason.contains(word) == true, "\(place): \(error?.reason ?? "")")
      // Up to the limit it is hashed all the same.
      let hashed = #expect(throws: EvokeError.self) {
        try ArrayRows(reference(own, in: folder, stamp: stamp), mostHashed: data.count)
      }
      #expect(hashed?.reason.contains("the bytes of") == true)
    }
  }

  @Test func `a file beyond the limit in a copied warehouse is hashed once, and the catalog notes it`() throws {
    let folder = try TemporaryFolder()
    let copy = folder.path + "/copy.evoke"
    try FileManager.default.copyItem(atPath: SmallWarehouse(in: folder).directory, toPath: copy)
    let warehouse = try Warehouse.open(copy, .writing("test"))
    defer { try? warehouse.close() }
    func stored() throws -> Rows.ArrayFiles { try #require(try warehouse.read { try $0.arrayFiles() }.first) }
    let row = try stored()
    let now = try StoredBytes(unchanged: row.fileSHA256, at: copy + "/" + row.file).stamp
    #expect(row.fileStamp != now)
    _ = try ArrayRows(warehouse.reference(row), mostHashed: 0)
    try warehouse.noteStamps()
    #expect(try stored().fileStamp == now)
    let differences = try warehouse.read { try RowAudit($0).differences }
    #expect(differences == [])
  }

  @Test func `whole arrays are read from the bytes that were written`() throws {
    let folder = try TemporaryFolder()
    let own = try stored(in: folder)
    let file = folder.path + "/" + own.file
    #expect(try ArrayReader.read(reference(own, in: folder)).axes == own.axes)
    var data = try Data(contentsOf: URL(fileURLWithPath: file))
    // The unit: no part of the hash of axes and values.
    let place = try #require(data.range(of: Data([UInt8(ascii: "V"), 0])) ?? data.range(of: Data("V".utf8)))
    data[place.lowerBound] = UInt8(ascii: "W")
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
    try data.write(to: URL(fileURLWithPath: file))
    let error = #expect(throws: EvokeError.self) { try ArrayReader.read(reference(own, in: folder), always: true) }
    #expect(error?.code == .arrayCorrupt && error?.remedy.contains("evoke repair") == true)
  }

  @Test func `a damaged file in the place of a new one goes into quarantine`() throws {
    let folder = try TemporaryFolder()
    let first = try stored(in: folder)
    let file = folder.path + "/" + first.file
    let whole = try Data(contentsOf: URL(fileURLWithPath: file))
    #expect(try stored(in: folder).fileBytes == first.fileBytes)
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: file)
    try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: file))
    #expect(try stored(in: folder).fileBytes.sha256 == first.fileBytes.sha256)
    #expect(try Data(contentsOf: URL(fileURLWithPath: file)) == whole)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.path + "/quarantine").count == 1)
  }
}
