import Diagnostics

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

  /// The version and byte order that the first four bytes tell; nil for other files.
  static func dialect(_ head: [UInt8]) -> (version: Int, isBigEndian: Bool)? {
    guard head.count >= 4 else { return nil }
    for isBigEndian in [false, true] {
      switch HeaderBytes(head, isBigEndian: isBigEndian).integer(0, Int32.self) {
      case 348: return (1, isBigEndian)
      case 540: return (2, isBigEndian)
      default: break
      }
    }
    return nil
  }

  static func byteCount(_ version: Int) -> Int { version == 1 ? 348 : 540 }

  init(_ bytes: [UInt8], _ dialect: (version: Int, isBigEndian: Bool), path: String) throws {
    let fields = HeaderFields(HeaderBytes(bytes, isBigEndian: dialect.isBigEndian), dialect.version)
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

  init(_ bytes: HeaderBytes, _ version: Int) {
    func singles(_ offset: Int, _ count: Int) -> [Double] { (0..<count).map { bytes.single(offset + 4 * $0) } }
    func doubles(_ offset: Int, _ count: Int) -> [Double] { (0..<count).map { bytes.double(offset + 8 * $0) } }
    if version == 1 {
      dims = (0..<8).map { bytes.integer(40 + 2 * $0, Int16.self) }
      pixdim = singles(76, 8)
      (datatype, bitpix) = (bytes.integer(70, Int16.self), bytes.integer(72, Int16.self))
      (voxelOffset, slope, intercept) = (bytes.single(108), bytes.single(112), bytes.single(116))
      (units, intentCode) = (bytes.integer(123, UInt8.self), bytes.integer(68, Int16.self))
      (qformCode, sformCode) = (bytes.integer(252, Int16.self), bytes.integer(254, Int16.self))
      (quaternion, qoffset, sform) = (singles(256, 3), singles(268, 3), singles(280, 12))
      (magic, description) = (bytes.text(344..<348), bytes.text(148..<228))
    } else {
      dims = (0..<8).map { bytes.integer(16 + 8 * $0, Int64.self) }
      pixdim = doubles(104, 8)
      (datatype, bitpix) = (bytes.integer(12, Int16.self), bytes.integer(14, Int16.self))
      (voxelOffset, slope, intercept) = (Double(bytes.integer(168, Int64.self)), bytes.double(176), bytes.double(184))
      (units, intentCode) = (bytes.integer(500, Int32.self), bytes.integer(504, Int32.self))
      (qformCode, sformCode) = (bytes.integer(344, Int32.self), bytes.integer(348, Int32.self))
      (quaternion, qoffset, sform) = (doubles(352, 3), doubles(376, 3), doubles(400, 12))
      (magic, description) = (bytes.text(4..<8), bytes.text(240..<320))
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
