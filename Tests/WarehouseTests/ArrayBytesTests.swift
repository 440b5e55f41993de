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

  /// - Parameter isRecorded: the bytes are those that the catalog has, whatever they are.
  private func reference(
    _ array: StoredArray, in folder: TemporaryFolder, file: String? = nil, isRecorded: Bool = false
  ) throws -> ArrayReference {
    let place = file ?? folder.path + "/" + array.file
    let bytes =
      isRecorded
      ? SHA256.hex(of: Array(try Data(contentsOf: URL(fileURLWithPath: place)))) : array.fileBytes.sha256
    return ArrayReference(
      name: array.description.name, file: place, path: array.path, sha256: array.sha256,
      record: ArrayReference.Record(axesSHA256: array.axesSHA256, fileSHA256: bytes))
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
