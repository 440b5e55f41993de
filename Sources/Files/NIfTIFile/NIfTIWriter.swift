import Compression
import Diagnostics
import LabelledArrays

/// What is written besides the voxels.
public struct NIfTIFormat: Sendable, Equatable {
  public var voxelType = VoxelType.float32
  /// 1 or 2; nil: 1 where the extents fit its 16 bits.
  public var version: Int?
  public var isBigEndian = false
  /// stored = (value - intercept) / slope, rounded for whole numbers.
  public var slope = 1.0
  public var intercept = 0.0
  /// Seconds from one volume to the next; nil: no unit of time.
  public var repetitionTimeS: Double?
  /// The space of the affine (0 unknown, 1 scanner, 2 aligned, 3 Talairach, 4 MNI 152).
  public var sformCode = 2
  public var description = ""

  public init() {}
}

/// Writes an image of `volumeCount` volumes over a grid; compressed where the path ends in .gz.
///
/// `volume` gives one volume at a time, `[k, j, i]` row-major, so that memory holds one. The affine is written as sform.
/// The file takes its name when it is complete; an existing one is replaced. The same values give the same bytes.
///
/// - Throws: `niftiNotWritten` (also for a value that the voxel type cannot hold), and what `volume` throws.
public func writeNIfTI(
  _ path: String, grid: ImageGrid, volumeCount: Int = 1, format: NIfTIFormat = NIfTIFormat(),
  volume: (Int) throws -> [Double]
) throws {
  precondition(volumeCount > 0 && format.slope != 0 && format.slope.isFinite, "an image has volumes and a slope")
  let extents = grid.dims + (volumeCount > 1 || format.repetitionTimeS != nil ? [volumeCount] : [])
  let version = format.version ?? (extents.allSatisfy { $0 <= Int(Int16.max) } ? 1 : 2)
  guard version == 2 || extents.allSatisfy({ $0 <= Int(Int16.max) }) else {
    throw EvokeError(
      .niftiNotWritten, path, reason: "NIfTI-1 has no extents beyond 32767, asked for are \(extents)",
      remedy: "write NIfTI-2")
  }
  var writer = try ByteWriter(path, isCompressed: path.lowercased().hasSuffix(".gz"), failure: .niftiNotWritten)
  try writer.write(headerBytes(grid, extents, format, version))
  for index in 0..<volumeCount {
    var values = try volume(index)
    precondition(values.count == grid.count, "a volume has as many values as its grid")
    if format.slope != 1 || format.intercept != 0 {
      for i in values.indices { values[i] = (values[i] - format.intercept) / format.slope }
    }
    guard let bytes = format.voxelType.encode(values, isBigEndian: format.isBigEndian) else {
      throw EvokeError(
        .niftiNotWritten, path, reason: "volume \(index + 1) has a value that \(format.voxelType) cannot hold",
        remedy: "write float32, or choose slope and intercept for it")
    }
    try writer.write(bytes)
  }
  try writer.close()
}

/// The header and the four bytes after it that say "no extensions".
private func headerBytes(_ grid: ImageGrid, _ extents: [Int], _ format: NIfTIFormat, _ version: Int) -> [UInt8] {
  let size = NIfTIHeader.byteCount(version)
  var bytes = HeaderBytes(count: size + 4, isBigEndian: format.isBigEndian)
  let dims = [extents.count] + extents + [Int](repeating: 1, count: 7 - extents.count)
  let pixdim = [1] + grid.voxelSize + [format.repetitionTimeS ?? 0, 0, 0, 0]
  let units = 2 + (format.repetitionTimeS == nil ? 0 : 8)
  bytes.set(0, Int32(size))
  if version == 1 {
    for (i, extent) in dims.enumerated() { bytes.set(40 + 2 * i, Int16(extent)) }
    bytes.set(70, format.voxelType.rawValue)
    bytes.set(72, Int16(8 * format.voxelType.size))
    for (i, step) in pixdim.enumerated() { bytes.setSingle(76 + 4 * i, step) }
    bytes.setSingle(108, Double(size + 4))
    bytes.setSingle(112, format.slope)
    bytes.setSingle(116, format.intercept)
    bytes.set(123, UInt8(units))
    bytes.set(148..<227, format.description)
    bytes.set(254, Int16(format.sformCode))
    for i in 0..<12 { bytes.setSingle(280 + 4 * i, grid.affine[i]) }
    bytes.set(344..<348, "n+1")
  } else {
    bytes.set(4..<8, "n+2")
    for (i, byte) in [UInt8](arrayLiteral: 0x0D, 0x0A, 0x1A, 0x0A).enumerated() { bytes.set(8 + i, byte) }
    bytes.set(12, format.voxelType.rawValue)
    bytes.set(14, Int16(8 * format.voxelType.size))
    for (i, extent) in dims.enumerated() { bytes.set(16 + 8 * i, Int64(extent)) }
    for (i, step) in pixdim.enumerated() { bytes.setDouble(104 + 8 * i, step) }
    bytes.set(168, Int64(size + 4))
    bytes.setDouble(176, format.slope)
    bytes.setDouble(184, format.intercept)
    bytes.set(240..<319, format.description)
    bytes.set(348, Int32(format.sformCode))
    for i in 0..<12 { bytes.setDouble(400 + 8 * i, grid.affine[i]) }
    bytes.set(500, Int32(units))
  }
  return bytes.bytes
}
