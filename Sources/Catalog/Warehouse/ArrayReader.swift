import Diagnostics
import FileSystem
import HDF5File
import LabelledArrays
import Synchronization

/// Where an array is and what it must hash to.
public struct ArrayReference: Sendable, Hashable, Codable {
  /// What a catalog records beside the hash of axes and values.
  public struct Record: Sendable, Hashable, Codable {
    /// Of the axes alone.
    public let axesSHA256: String
    /// Of the bytes of the file.
    public let fileSHA256: String
    /// `Files.stamp` when those bytes were hashed last.
    public let fileStamp: String

    private enum CodingKeys: String, CodingKey { case axesSHA256 = "axesSha256", fileSHA256 = "fileSha256", fileStamp }

    public init(axesSHA256: String, fileSHA256: String, fileStamp: String) {
      (self.axesSHA256, self.fileSHA256, self.fileStamp) = (axesSHA256, fileSHA256, fileStamp)
    }
  }

  public let name: String
  /// Absolute path of the file.
  public let file: String
  /// Dataset inside it.
  public let path: String
  public let sha256: String
  /// nil: no catalog names it yet.
  public let record: Record?

  public init(name: String, file: String, path: String, sha256: String, record: Record? = nil) {
    self.name = name
    self.file = file
    self.path = path
    self.sha256 = sha256
    self.record = record
  }

  /// - Throws: `E-WH-006`; `E-WH-020` where this user may not see whether it is there.
  func requireThere() throws {
    guard !Files.exists(file) else { return }
    if let refusal = Files.refusal(of: .reading, at: file) { throw refusal }
    throw EvokeError(
      .arrayMissing, name, reason: "\(file) is not there",
      remedy: "evoke repair makes it again, or says what to import again")
  }

  func corrupt(_ reason: String) -> EvokeError {
    EvokeError(
      .arrayCorrupt, name, reason: reason, remedy: "evoke repair makes it again, or says what to import again")
  }

  func other(_ found: String) -> EvokeError {
    corrupt("\(file) hashes to \(found.prefix(12))…, recorded \(sha256.prefix(12))…")
  }
}

/// Reads stored arrays, checking each against its hash once per process and unchanged file.
public enum ArrayReader {
  private static let verified = Mutex<[String: [Int64]]>([:])

  /// The whole array.
  ///
  /// - Throws: `E-WH-006` when the file is missing, `E-WH-007` when its bytes or its content do not match their hashes.
  public static func read(_ reference: ArrayReference, always: Bool = false) throws -> LabelledArray {
    try reference.requireThere()
    let key = reference.file + "\n" + reference.path
    let print = Files.fingerprint(reference.file)
    if !always, let print, verified.withLock({ $0[key] }) == print { return try load(reference) }
    try ArrayBytes.check(reference, always: always)
    let array = try load(reference)
    let found = ArrayHash.of(array, path: reference.path)
    guard found == reference.sha256 else { throw reference.other(found) }
    if let print { verified.withLock { $0[key] = print } }
    return array
  }

  private static func load(_ reference: ArrayReference) throws -> LabelledArray {
    let file = try HDF5File(reading: reference.file)
    let (axes, units) = try layout(of: reference, in: file)
    return LabelledArray(axes: axes, values: try file.floats(reference.path), units: units)
  }

  static func layout(of reference: ArrayReference, in file: HDF5File) throws -> (axes: [Axis], units: String) {
    let info = try file.info(reference.path)
    let scales = try file.scales(of: reference.path)
    func text(_ attribute: String, of path: String) throws -> String {
      guard let text = try file.attribute(attribute, of: path)?.text else {
        throw reference.corrupt("\(path) has no text attribute \(attribute)")
      }
      return text
    }
    var axes: [Axis] = []
    for (position, scale) in scales.enumerated() {
      guard let scale else { throw reference.corrupt("axis \(position) has no scale") }
      let name = try text("NAME", of: scale)
      if try file.info(scale).type.isNumeric {
        axes.append(Axis(name, .numbers(try file.doubles(scale), units: try text("units", of: scale))))
      } else {
        axes.append(Axis(name, .labels(try file.strings(scale))))
      }
    }
    guard axes.map(\.count) == info.shape else { throw reference.corrupt("its scales do not fit its shape") }
    return (axes, try text("units", of: reference.path))
  }
}

/// Reads rows of one stored array, so that long recordings are never wholly in memory.
///
/// When it is opened, a file of up to 64 MB, and a larger one whose size, time or inode are others than when it was
/// hashed last, is compared with the hash of its bytes, once per process and unchanged file, since libhdf5 does not
/// survive every damage. Of a larger one that stands as it was hashed, the axes are checked against their hash and every
/// chunk read by its own checksum (fletcher32), as those of any file are; `evoke verify --level 2` reads all bytes.
/// Several threads may read at once.
public final class ArrayRows: Sendable {
  public let reference: ArrayReference
  public let axes: [Axis]
  private let values: HDF5Floats
  /// Bytes of a file that is hashed before it is opened, whenever it was hashed last.
  public static let mostHashed = 1 << 26

  /// - Parameter mostHashed: bytes of a file that is hashed though it stands as it was hashed last.
  /// - Throws: `E-WH-006` when the file is missing, `E-WH-007` when its bytes or its axes are not those recorded or its
  ///   chunks have no checksums.
  public init(_ reference: ArrayReference, mostHashed: Int = ArrayRows.mostHashed) throws {
    try reference.requireThere()
    self.reference = reference
    try ArrayBytes.check(reference, ifAtMost: mostHashed)
    let file = try HDF5File(reading: reference.file)
    axes = try ArrayReader.layout(of: reference, in: file).axes
    if let record = reference.record {
      let found = ArrayHash.axes(axes, path: reference.path)
      guard found == record.axesSHA256 else {
        throw reference.corrupt(
          "the axes in \(reference.file) hash to \(found.prefix(12))…, recorded \(record.axesSHA256.prefix(12))…")
      }
    }
    values = try Self.damage(of: reference) { try HDF5Floats(file, reference.path, demandsChecksums: true) }
  }

  /// Values of rows along axis 0, row-major.
  ///
  /// - Throws: `E-WH-007` where a chunk does not fit its checksum.
  public func rows(_ range: Range<Int>) throws -> [Float] {
    let shape = axes.map(\.count)
    return try Self.damage(of: reference) {
      try values.values(
        offset: [range.lowerBound] + shape.dropFirst().map { _ in 0 }, count: [range.count] + shape.dropFirst())
    }
  }

  /// Damage that the file's reader finds, as that of the array.
  private static func damage<T>(of reference: ArrayReference, _ body: () throws -> T) throws -> T {
    do { return try body() } catch let error as EvokeError where [.hdf5Corrupt, .hdf5Truncated].contains(error.code) {
      throw reference.corrupt("\(reference.file): \(error.reason)")
    }
  }
}
