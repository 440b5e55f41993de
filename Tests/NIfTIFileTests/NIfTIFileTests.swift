import Diagnostics
import Foundation
import LabelledArrays
import NIfTIFile
import Testing

private let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
  .appendingPathComponent("Fixtures/nifti")

private func fixture(_ name: String) -> String { folder.appendingPathComponent(name).path }

private struct Reference: Decodable {
  let shape: [Int]
  let affine: [Double]
  let values: [Double]
  let zoom4: Double

  static func read(_ name: String) throws -> Reference {
    let all = try JSONDecoder().decode(
      [String: Reference].self, from: Data(contentsOf: URL(fileURLWithPath: fixture("reference.json"))))
    return try #require(all[name])
  }
}

/// A folder that is removed with the value.
private final class Folder {
  let url = FileManager.default.temporaryDirectory.appendingPathComponent("evoke-\(UUID().uuidString)")

  init() throws { try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true) }

  func path(_ name: String) -> String { url.appendingPathComponent(name).path }

  deinit { try? FileManager.default.removeItem(at: url) }
}

private func error(_ body: () throws -> Void) -> EvokeError? {
  do { try body() } catch { return error as? EvokeError }
  return nil
}

private func allValues(_ file: NIfTIFile) throws -> [Double] {
  var values: [Double] = []
  try file.forEachVolume { _, volume in values += volume }
  return values
}

private let images = [
  "int16.nii", "int16-big-scaled.nii.gz", "float32.nii.gz", "uint8-v2.nii.gz", "float64-v2-big.nii.gz", "int8.nii.gz",
  "uint16.nii.gz", "int32.nii.gz", "uint32.nii.gz", "int64.nii.gz", "pair.hdr",
]

@Suite struct NIfTIFileTests {
  @Test("Values, extents and affines are what nibabel reads", arguments: images)
  func values(name: String) throws {
    let reference = try Reference.read(name)
    let file = try NIfTIFile(reading: fixture(name))
    #expect(file.header.dims == reference.shape)
    // Every stored number and its product with slope and intercept are exact in float64.
    #expect(try allValues(file) == reference.values)
    let difference = zip(file.header.grid.affine, reference.affine).map { abs($0 - $1) }.max() ?? .infinity
    // Quaternions are float32.
    #expect(difference < 1e-6)
    let voxel = file.header.grid.voxelSize
    #expect(abs(voxel[0] - 2) < 1e-6 && abs(voxel[1] - 2.5) < 1e-6 && abs(voxel[2] - 3) < 1e-6)
  }

  @Test("Volumes that are not declared are refused, and of a plain file those that are there are taken on request")
  func otherLengths() throws {
    let folder = try Folder()
    let whole = try Data(contentsOf: URL(fileURLWithPath: fixture("int16.nii")))
    // Six volumes of 60 voxels of two bytes.
    for (change, code, left) in [
      (120, ErrorCode.niftiCorrupt, 6), (-1, .niftiTruncated, 5), (-300, .niftiTruncated, 3),
    ] {
      let other = change > 0 ? whole + Data(repeating: 1, count: change) : whole.dropLast(-change)
      let path = folder.path("other.nii")
      try other.write(to: URL(fileURLWithPath: path))
      #expect(error { _ = try NIfTIFile(reading: path) }?.code == code)
      let accepted = try NIfTIFile(reading: path, allowShort: true)
      #expect(accepted.volumeCount == left && accepted.unlikeDeclared != nil)
      #expect(try allValues(accepted) == Array(try Reference.read("int16.nii").values.prefix(60 * left)))
    }
    try (whole + Data(repeating: 0, count: 119)).write(to: URL(fileURLWithPath: folder.path("padded.nii")))
    #expect(try NIfTIFile(reading: folder.path("padded.nii")).unlikeDeclared == nil)
    // A second gzip member goes on where the image ended.
    let packed = try Data(contentsOf: URL(fileURLWithPath: fixture("float32.nii.gz")))
    try (packed + packed).write(to: URL(fileURLWithPath: folder.path("twice.nii.gz")))
    let twice = try NIfTIFile(reading: folder.path("twice.nii.gz"))
    #expect(error { try twice.forEachVolume { _, _ in } }?.code == .niftiCorrupt)
    #expect(try NIfTIFile(reading: folder.path("twice.nii.gz"), allowShort: true).unlikeDeclared != nil)
  }

  @Test(
    "Of a compressed file that was cut the volumes that are there are taken on request, and named where they can be")
  func cutCompressed() throws {
    let folder = try Folder()
    for name in ["int16-big-scaled.nii.gz", "float32.nii.gz", "int64.nii.gz"] {
      let whole = try Data(contentsOf: URL(fileURLWithPath: fixture(name)))
      let values = try Reference.read(name).values
      let path = folder.path("cut.nii.gz")
      var met: Set<Int> = []
      for end in stride(from: 100, through: whole.count, by: 7) {
        try whole.prefix(end).write(to: URL(fileURLWithPath: path))
        let refused = error { _ = try allValues(NIfTIFile(reading: path)) }
        #expect((refused == nil) == (end == whole.count))
        var left: NIfTIFile?
        let failure = error { left = try NIfTIFile(reading: path, allowShort: true) }
        guard let left else {
          #expect(failure?.code == .niftiTruncated && failure?.remedy.contains("--allow-short") == false)
          #expect(refused?.remedy.contains("--allow-short") == false)
          continue
        }
        #expect(left.unlikeDeclared != nil || end == whole.count)
        // What works is offered.
        if left.volumeCount < left.header.volumeCount {
          #expect(refused?.remedy.contains("--allow-short") == true)
        }
        let perVolume = values.count / left.header.volumeCount
        #expect(try allValues(left) == Array(values.prefix(perVolume * left.volumeCount)))
        met.insert(left.volumeCount)
      }
      #expect(met.count > 2, "\(met)")
    }
  }

  @Test("A range of volumes is read without the rest")
  func ranges() throws {
    for name in ["int16.nii", "int16-big-scaled.nii.gz"] {
      let file = try NIfTIFile(reading: fixture(name))
      let all = try Reference.read(name).values
      #expect(try file.volume(4) == Array(all[240..<300]))
      var indices: [Int] = []
      try file.forEachVolume(in: 2..<4) { index, volume in
        indices.append(index)
        #expect(volume == Array(all[(60 * index)..<(60 * (index + 1))]))
      }
      #expect(indices == [2, 3])
    }
  }

  @Test("Repetition times are seconds, whatever the header's unit; none is guessed")
  func repetitionTimes() throws {
    func seconds(_ name: String) throws -> Double? { try NIfTIFile(reading: fixture(name)).header.repetitionTimeS }
    #expect(try seconds("int16.nii") == 2)
    #expect(try seconds("float32.nii.gz") == 1.5)
    #expect(try seconds("float64-v2-big.nii.gz") == 0.8)
    #expect(try seconds("no-unit.nii") == nil)
    #expect(try NIfTIFile(reading: fixture("no-unit.nii")).header.timeStep == 2)
  }

  @Test("The affine's source is told")
  func affineSources() throws {
    #expect(try NIfTIFile(reading: fixture("int16.nii")).header.affineSource == .sform)
    #expect(try NIfTIFile(reading: fixture("int16.nii")).header.sformCode == 4)
    #expect(try NIfTIFile(reading: fixture("float32.nii.gz")).header.affineSource == .qform)
  }

  @Test(
    "Damaged and foreign files give their own errors",
    arguments: [
      ("bad-truncated.nii", "E-NII-002"), ("bad-truncated.nii.gz", "E-NII-002"),
      ("bad-no-checksum.nii.gz", "E-NII-002"),
      ("bad-checksum.nii.gz", "E-NII-003"), ("bad-complex.nii", "E-NII-004"), ("bad-bits.nii", "E-NII-003"),
      ("bad-dims.nii", "E-NII-003"), ("bad-extent.nii", "E-NII-003"), ("bad-offset.nii", "E-NII-003"),
      ("bad-analyze.nii", "E-NII-001"), ("bad-intercept.nii", "E-NII-003"), ("bad-affine.nii", "E-NII-003"),
      ("make_nifti_reference.py", "E-NII-001"),
    ])
  func faults(name: String, code: String) throws {
    #expect(error { _ = try allValues(NIfTIFile(reading: fixture(name))) }?.code.id == code)
  }

  @Test("Every cut of a file is an error, and none gives values")
  func cuts() throws {
    let folder = try Folder()
    for name in ["int16.nii", "uint8-v2.nii.gz"] {
      let bytes = try Data(contentsOf: URL(fileURLWithPath: fixture(name)))
      for length in stride(from: 0, to: bytes.count, by: 23) {
        let path = folder.path("cut-\(length)-\(name)")
        try bytes.prefix(length).write(to: URL(fileURLWithPath: path))
        let id = error { _ = try allValues(NIfTIFile(reading: path)) }?.code.id
        #expect(id == "E-NII-002" || id == "E-NII-001", "\(name) cut to \(length) bytes")
      }
    }
  }

  @Test("Links to content that was not fetched are named as such")
  func annex() throws {
    let folder = try Folder()
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("bold.nii.gz"), withDestinationPath: "../.git/annex/objects/aa/bb/MD5E-s62800000--abc.nii.gz")
    let found = try #require(error { _ = try NIfTIFile(reading: folder.path("bold.nii.gz")) })
    #expect(found.code == .fileMissing && found.reason.contains("git-annex"))
    #expect(error { _ = try NIfTIFile(reading: folder.path("none.nii")) }?.code == .fileMissing)
    #expect(error { _ = try NIfTIFile(reading: folder.url.path) }?.code == .fileUnreadable)
  }

  @Test("A header without its voxels names the missing file")
  func lonelyHeader() throws {
    let folder = try Folder()
    try FileManager.default.copyItem(atPath: fixture("pair.hdr"), toPath: folder.path("pair.hdr"))
    #expect(error { _ = try NIfTIFile(reading: folder.path("pair.hdr")) }?.object == folder.path("pair.img"))
  }
}

@Suite struct NIfTIWriterTests {
  private static let grid = ImageGrid(
    dims: [4, 3, 2], affine: [2, 0, 0.5, -30, 0, 2, 0, 12, -0.5, 0, 2, 7, 0, 0, 0, 1])

  @Test("What is written is read again, bit for bit", arguments: VoxelType.allCases, [1, 2])
  func roundTrip(type: VoxelType, version: Int) throws {
    let folder = try Folder()
    let whole = (0..<72).map { Double(($0 * 37) % 128) }
    let values =
      type == .float64 ? whole.map { $0 / 3 } : type == .float32 ? whole.map { Double(Float($0 / 3)) } : whole
    for (name, isBigEndian) in [("a.nii", false), ("b.nii.gz", true)] {
      var format = NIfTIFormat()
      format.voxelType = type
      format.version = version
      format.isBigEndian = isBigEndian
      format.repetitionTimeS = 1.5
      format.description = "region scores"
      try writeNIfTI(folder.path(name), grid: Self.grid, volumeCount: 3, format: format) {
        Array(values[(24 * $0)..<(24 * ($0 + 1))])
      }
      let file = try NIfTIFile(reading: folder.path(name))
      #expect(try allValues(file) == values)
      #expect(file.header.grid == Self.grid && file.header.dims == [4, 3, 2, 3])
      #expect(file.header.version == version && file.header.isBigEndian == isBigEndian)
      #expect(file.header.repetitionTimeS == 1.5 && file.header.description == "region scores")
    }
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).sorted() == ["a.nii", "b.nii.gz"])
  }

  @Test("NaN and infinities stay in floating-point voxels")
  func notFinite() throws {
    let folder = try Folder()
    var values = [Double](repeating: 1, count: 24)
    (values[0], values[1], values[2]) = (.nan, .infinity, -.infinity)
    try writeNIfTI(folder.path("a.nii.gz"), grid: Self.grid) { _ in values }
    let read = try NIfTIFile(reading: folder.path("a.nii.gz")).volume()
    #expect(read[0].isNaN && Array(read[1...]) == Array(values[1...]))
  }

  @Test("Slope and intercept are undone on reading, to half a step")
  func scaling() throws {
    let folder = try Folder()
    var format = NIfTIFormat()
    format.voxelType = .int16
    (format.slope, format.intercept) = (0.01, 5)
    let values = (0..<24).map { 5 + 0.333 * Double($0) }
    try writeNIfTI(folder.path("a.nii"), grid: Self.grid, format: format) { _ in values }
    let read = try NIfTIFile(reading: folder.path("a.nii")).volume()
    // Half a step, and what float32 keeps of the slope.
    #expect(zip(read, values).allSatisfy { abs($0 - $1) <= 0.005 + 1e-6 })
  }

  @Test("A value that the type cannot hold is refused, and no file is left")
  func refused() throws {
    let folder = try Folder()
    var format = NIfTIFormat()
    format.voxelType = .uint8
    for value in [-1, 256, Double.nan] {
      let found = error {
        try writeNIfTI(folder.path("a.nii"), grid: Self.grid, format: format) { _ in
          [Double](repeating: value, count: 24)
        }
      }
      #expect(found?.code == .niftiNotWritten)
    }
    #expect(error { try writeNIfTI(folder.path("no/a.nii"), grid: Self.grid) { _ in [] } }?.code == .niftiNotWritten)
    #expect(try FileManager.default.contentsOfDirectory(atPath: folder.url.path).isEmpty)
  }
}
