import Compression
import Containers
import Diagnostics
import FileSystem
import Foundation
import LabelledArrays

/// A NIfTI-1 or NIfTI-2 image (.nii, .nii.gz, .hdr with .img), in either byte order, gzip of several members included.
///
/// Only the header is kept; voxels are read volume by volume, so that memory holds one volume. Volumes are float64,
/// scaled by the header, `[k, j, i]` row-major: voxel (i, j, k) is `volume[i + dims[0] * (j + dims[1] * k)]`. NaN stays.
/// nifticlib was not taken, because it prints its faults and may read a cut file as zeros; what is read here is small,
/// within checked bounds, and each fault has its own error.
public struct NIfTIFile: VolumeSource {
  public let path: String
  public let header: NIfTIHeader
  public var grid: ImageGrid { header.grid }
  /// Those that can be read.
  public private(set) var volumeCount: Int
  /// What the file lacks or has too much, where that was accepted.
  public private(set) var unlikeDeclared: String?
  private let voxelPath: String

  /// Opens an image and reads its header; a plain file's length is checked.
  ///
  /// - Parameter allowShort: takes the volumes that are both declared and there, where the two differ; a compressed file is
  ///   read through for it, of which else only the last volume tells.
  /// - Throws: `fileMissing` (a git-annex link that is not fetched is named as such), `fileUnreadable`,
  ///   `niftiUnknownFormat`, `niftiTruncated`, `niftiCorrupt`, `niftiType`.
  public init(reading path: String, allowShort: Bool = false) throws {
    self.path = path
    let reader = try ByteReader(path, truncation: .niftiTruncated, damage: .niftiCorrupt)
    var bytes = try reader.read(4)
    guard let dialect = NIfTIHeader.dialect(bytes) else {
      if let reason = reader.fault() { throw reader.truncated(reason) }
      throw EvokeError(
        .niftiUnknownFormat, path,
        reason: bytes.isEmpty ? "the file is empty" : "it does not begin with a NIfTI header",
        remedy: "name a .nii, .nii.gz or .hdr file")
    }
    bytes += try reader.read(NIfTIHeader.byteCount(dialect.version) - 4)
    guard bytes.count == NIfTIHeader.byteCount(dialect.version) else {
      throw reader.truncated("it ends inside its header, after \(bytes.count) bytes")
    }
    header = try NIfTIHeader(bytes, dialect, path: path)
    volumeCount = header.volumeCount
    voxelPath = header.isSingleFile ? path : try Self.voxelFile(of: path)
    let isPlain =
      header.isSingleFile
      ? reader.isPlain : try ByteReader(voxelPath, truncation: .niftiTruncated, damage: .niftiCorrupt).isPlain
    if isPlain { try checkLength(allowShort) } else if allowShort { try countPresent() }
  }

  /// The .img beside a .hdr, compressed or not.
  private static func voxelFile(of path: String) throws -> String {
    var stem = path
    for suffix in [".gz", ".hdr"] where stem.lowercased().hasSuffix(suffix) { stem.removeLast(suffix.count) }
    for candidate in [stem + ".img", stem + ".img.gz"] where FileManager.default.fileExists(atPath: candidate) {
      return candidate
    }
    throw EvokeError(
      .fileMissing, stem + ".img", reason: "\(path) is a header, and its voxels are not beside it",
      remedy: "put the .img file beside it")
  }

  private mutating func checkLength(_ allowShort: Bool) throws {
    let needed = header.voxelOffset + header.volumeCount * header.volumeBytes
    // What is no regular file tells its length only by its end.
    guard let size = Files.size(of: voxelPath) else { return }
    try compare(size, needed, allowShort)
  }

  /// The same of a compressed file, whose length tells only when it is unpacked.
  private mutating func countPresent() throws {
    let reader = try ByteReader(voxelPath, truncation: .niftiTruncated, damage: .niftiCorrupt)
    var size = 0
    while case let piece = try reader.read(1 << 20).count, piece > 0 { size += piece }
    try compare(size, header.voxelOffset + header.volumeCount * header.volumeBytes, true)
    if unlikeDeclared == nil { unlikeDeclared = reader.fault() }
  }

  private mutating func compare(_ size: Int, _ needed: Int, _ allowShort: Bool) throws {
    let extent = DeclaredExtent("NIfTI", presentBytes: size, declaredBytes: needed)
    let there = max(0, size - header.voxelOffset) / header.volumeBytes
    unlikeDeclared = try extent.refuse(
      voxelPath, unit: header.volumeBytes,
      "its header asks for \(needed) bytes (\(header.volumeCount) volumes), it has \(size) (\(there))",
      short: .niftiTruncated, long: .niftiCorrupt, unlessAccepted: allowShort, isAcceptable: there > 1)
    volumeCount = min(volumeCount, there)
  }

  /// The files it is read from: one, or header and voxels.
  public var files: [String] { voxelPath == path ? [path] : [path, voxelPath] }

  /// Whether the bytes at the start of an (unpacked) file are those of a NIfTI header.
  public static func isNIfTI(_ head: [UInt8]) -> Bool { NIfTIHeader.dialect(head) != nil }

  /// Calls `body` with every volume of a range in order, by its index and values; memory holds one volume.
  ///
  /// When the last volume is reached, the checksum of a compressed file is compared.
  /// - Throws: `niftiTruncated`, `niftiCorrupt`, and what the body throws.
  public func forEachVolume(in range: Range<Int>?, _ body: (Int, [Double]) throws -> Void) throws {
    let range = range ?? 0..<volumeCount
    precondition(range.lowerBound >= 0 && range.upperBound <= volumeCount, "volumes outside the image")
    let reader = try ByteReader(voxelPath, truncation: .niftiTruncated, damage: .niftiCorrupt)
    try reader.skip(header.voxelOffset + range.lowerBound * header.volumeBytes)
    for index in range {
      let bytes = try reader.read(header.volumeBytes)
      guard bytes.count == header.volumeBytes else {
        let error = reader.truncated("it ends inside volume \(index + 1) of \(header.volumeCount)")
        // Where a series is left.
        throw index > 1
          ? EvokeError(
            error.code, error.object, reason: error.reason,
            remedy: "\(error.remedy), or accept what is both declared and there with --allow-short") : error
      }
      var values = header.voxelType.decode(bytes, isBigEndian: header.isBigEndian)
      if header.slope != 1 || header.intercept != 0 {
        for i in values.indices { values[i] = header.slope * values[i] + header.intercept }
      }
      try body(index, values)
    }
    guard range.upperBound == header.volumeCount, !reader.isPlain, unlikeDeclared == nil else { return }
    let rest = try reader.finish()
    guard rest < header.volumeBytes else {
      throw EvokeError(
        .niftiCorrupt, voxelPath,
        reason: "\(rest) bytes follow the \(header.volumeCount) volumes of \(header.volumeBytes) bytes of its header",
        remedy: "restore the number of volumes in the header (dim[4])")
    }
  }

  /// Throws `niftiShape` unless the image is a series of volumes.
  public func checkIsSeries() throws {
    let extents = header.dims.map(String.init).joined(separator: " x ")
    if (3000..<3100).contains(header.intentCode) {
      throw EvokeError(
        .niftiShape, path, reason: "it is a CIFTI file (\(extents)): grayordinates, which lie on no grid",
        remedy: "average it over parcels (wb_command -cifti-parcellate) and import the table, or name the volume image")
    }
    guard header.dims.count == 4 || header.dims.dropFirst(4).allSatisfy({ $0 == 1 }), header.volumeCount > 1 else {
      throw EvokeError(
        .niftiShape, path, reason: "its extents are \(extents)",
        remedy: "name a series of volumes: three axes of space, one of time")
    }
  }
}
