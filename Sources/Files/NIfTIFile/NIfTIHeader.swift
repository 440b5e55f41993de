import ByteSource
import Diagnostics
import LabelledArrays

/// Where the affine of an image comes from.
public enum AffineSource: String, Sendable {
  /// `sform`: the affine as written.
  case sform
  /// `qform`: a rotation, voxel sizes and an offset.
  case qform
  /// Neither has a code: voxel sizes alone.
  case pixdim
}

/// What the header of a NIfTI-1 or NIfTI-2 image says.
///
/// Source: nifti1.h and nifti2.h of the NIfTI Data Format Working Group.
public struct NIfTIHeader: Sendable, Equatable {
  /// 1 or 2.
  public let version: Int
  public let isBigEndian: Bool
  /// Extents of the axes in use, i fastest; at least one.
  public let dims: [Int]
  public let voxelType: VoxelType
  /// value = slope * stored + intercept; 1 and 0 where the header has slope 0 or NaN.
  public let slope: Double
  public let intercept: Double
  /// The first three axes.
  public let grid: ImageGrid
  public let affineSource: AffineSource
  /// Codes of the spaces (0 unknown, 1 scanner, 2 aligned, 3 Talairach, 4 MNI 152, 5 another template).
  public let sformCode: Int
  public let qformCode: Int
  /// Repetition time in seconds; nil where the unit of time is unknown or the step not positive.
  public let repetitionTimeS: Double?
  /// `pixdim[4]` as written, whatever its unit.
  public let timeStep: Double
  /// `intent_code`: 3000 and above in CIFTI files.
  public let intentCode: Int
  public let description: String
  /// Whether voxels stand in the header's file.
  let isSingleFile: Bool
  /// Where voxels begin.
  let voxelOffset: Int

  /// Volumes of the image: the product of all axes after the third.
  public var volumeCount: Int { dims.dropFirst(3).reduce(1, *) }

  var volumeBytes: Int { grid.count * voxelType.size }

  /// The version and byte order that the first four bytes tell (348 or 540, the header's length); nil for other files.
  static func dialect(_ head: [UInt8]) -> (version: Int, isBigEndian: Bool)? {
    switch Array(head.prefix(4)) {
    case [0x5c, 1, 0, 0]: (1, false)
    case [0, 0, 1, 0x5c]: (1, true)
    case [0x1c, 2, 0, 0]: (2, false)
    case [0, 0, 2, 0x1c]: (2, true)
    default: nil
    }
  }

  static func byteCount(_ version: Int) -> Int { version == 1 ? 348 : 540 }

  init(_ bytes: [UInt8], _ dialect: (version: Int, isBigEndian: Bool), path: String) throws {
    let source = ByteSource(bytes, path: path, truncation: .niftiTruncated)
    let fields = try HeaderFields(source, dialect.isBigEndian ? .big : .little, dialect.version)
    func corrupt(_ reason: String) -> EvokeError {
      EvokeError(.niftiCorrupt, path, reason: reason, remedy: "restore the file from its source")
    }
    (version, isBigEndian) = dialect
    isSingleFile = try Self.isSingleFile(fields, path)
    let extents = try Self.extents(fields, corrupt)
    dims = extents
    guard let type = VoxelType(rawValue: Int16(truncatingIfNeeded: fields.datatype)) else {
      throw EvokeError(
        .niftiType, path, reason: "its voxels are \(VoxelType.name(fields.datatype))",
        remedy: "write them as float32 first")
    }
    guard fields.bitpix == 8 * type.size else {
      throw corrupt("its voxels are \(type), of \(fields.bitpix) bits each")
    }
    voxelType = type
    let offset = fields.voxelOffset
    // Some writers leave the offset out.
    let least = isSingleFile ? Self.byteCount(version) + 4 : 0
    guard offset == offset.rounded(), offset == 0 || offset >= Double(least), offset <= 0x1p40 else {
      throw corrupt("its voxels would begin at byte \(offset), the header has \(least)")
    }
    voxelOffset = offset == 0 ? least : Int(offset)
    let isScaled = fields.slope != 0 && fields.slope.isFinite
    guard !isScaled || fields.intercept.isFinite else { throw corrupt("its intercept is \(fields.intercept)") }
    (slope, intercept) = isScaled ? (fields.slope, fields.intercept) : (1, 0)
    (sformCode, qformCode) = (fields.sformCode, fields.qformCode)
    let affine = fields.affine
    guard affine.values.allSatisfy(\.isFinite) else { throw corrupt("its \(affine.source) is not finite") }
    affineSource = affine.source
    grid = ImageGrid(dims: (0..<3).map { $0 < extents.count ? extents[$0] : 1 }, affine: affine.values)
    timeStep = fields.pixdim[4]
    repetitionTimeS = Self.seconds(timeStep, units: fields.units)
    intentCode = fields.intentCode
    description = fields.description
  }

  private static func isSingleFile(_ fields: HeaderFields, _ path: String) throws -> Bool {
    switch fields.magic {
    case "n+1", "n+2": return true
    case "ni1", "ni2": return false
    default:
      throw EvokeError(
        .niftiUnknownFormat, path, reason: "its header has no NIfTI magic: it is Analyze 7.5, or damaged",
        remedy: "convert it (nibabel.save of the loaded image as .nii.gz)")
    }
  }

  private static func extents(_ fields: HeaderFields, _ corrupt: (String) -> EvokeError) throws -> [Int] {
    let all = fields.dims
    guard (1...7).contains(all[0]) else { throw corrupt("it has \(all[0]) axes") }
    let dims = Array(all[1...all[0]])
    var bytes = 16
    for extent in dims {
      let (product, overflow) = bytes.multipliedReportingOverflow(by: extent)
      guard extent > 0, !overflow, product <= 1 << 46 else {
        throw corrupt("its extents are \(dims.map(String.init).joined(separator: " x "))")
      }
      bytes = product
    }
    return dims
  }

  /// A time step in seconds by the header's unit (bits 3 to 5 of `xyzt_units`).
  static func seconds(_ step: Double, units: Int) -> Double? {
    guard step > 0, step.isFinite else { return nil }
    switch units & 0x38 {
    case 8: return step
    case 16: return step / 1e3
    case 24: return step / 1e6
    default: return nil
    }
  }
}

/// The fields of either version by name.
struct HeaderFields {
  let dims: [Int]
  let pixdim: [Double]
  let datatype: Int
  let bitpix: Int
  let voxelOffset: Double
  let slope: Double
  let intercept: Double
  let units: Int
  let intentCode: Int
  let qformCode: Int
  let sformCode: Int
  let quaternion: [Double]
  let qoffset: [Double]
  let sform: [Double]
  let magic: String
  let description: String

  init(_ header: ByteSource, _ order: ByteOrder, _ version: Int) throws {
    func whole<Value: FixedWidthInteger>(_ offset: Int, _ type: Value.Type) throws -> Int {
      Int(try header.integer(at: offset, type, order: order, "a field of the header"))
    }
    func wholes<Value: FixedWidthInteger>(_ offset: Int, _ type: Value.Type) throws -> [Int] {
      try (0..<8).map { try whole(offset + Value.bitWidth / 8 * $0, type) }
    }
    func singles(_ offset: Int, _ count: Int) throws -> [Double] {
      try header.doubles(offset..<offset + 4 * count, .float32, order: order, "a field of the header")
    }
    func doubles(_ offset: Int, _ count: Int) throws -> [Double] {
      try header.doubles(offset..<offset + 8 * count, .float64, order: order, "a field of the header")
    }
    func text(_ range: Range<Int>) throws -> String { try header.text(range, "a field of the header") }
    if version == 1 {
      dims = try wholes(40, Int16.self)
      pixdim = try singles(76, 8)
      (datatype, bitpix) = (try whole(70, Int16.self), try whole(72, Int16.self))
      (voxelOffset, slope, intercept) = (try singles(108, 1)[0], try singles(112, 1)[0], try singles(116, 1)[0])
      (units, intentCode) = (try whole(123, UInt8.self), try whole(68, Int16.self))
      (qformCode, sformCode) = (try whole(252, Int16.self), try whole(254, Int16.self))
      (quaternion, qoffset, sform) = (try singles(256, 3), try singles(268, 3), try singles(280, 12))
      (magic, description) = (try text(344..<348), try text(148..<228))
    } else {
      dims = try wholes(16, Int64.self)
      pixdim = try doubles(104, 8)
      (datatype, bitpix) = (try whole(12, Int16.self), try whole(14, Int16.self))
      (voxelOffset, slope, intercept) =
        (Double(try whole(168, Int64.self)), try doubles(176, 1)[0], try doubles(184, 1)[0])
      (units, intentCode) = (try whole(500, Int32.self), try whole(504, Int32.self))
      (qformCode, sformCode) = (try whole(344, Int32.self), try whole(348, Int32.self))
      (quaternion, qoffset, sform) = (try doubles(352, 3), try doubles(376, 3), try doubles(400, 12))
      (magic, description) = (try text(4..<8), try text(240..<320))
    }
  }

  /// sform where it has a code, else qform, else voxel sizes.
  var affine: (values: [Double], source: AffineSource) {
    if sformCode > 0 { return (sform + [0, 0, 0, 1], .sform) }
    let sizes = pixdim[1...3].map { $0 }
    if qformCode > 0 {
      let values = ImageGrid.affine(
        quaternion: quaternion, offset: qoffset, sizes: sizes, qfac: pixdim[0] < 0 ? -1 : 1)
      return (values, .qform)
    }
    return ([sizes[0], 0, 0, 0, 0, sizes[1], 0, 0, 0, 0, sizes[2], 0, 0, 0, 0, 1], .pixdim)
  }
}
