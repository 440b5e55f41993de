import Diagnostics
import FileSystem
import HDF5File
import LabelledArrays
import Synchronization

/// Where an array is and what it must hash to.
public struct ArrayReference: Sendable, Hashable, Codable {
  public let name: String
  /// Absolute path of the file.
  public let file: String
  /// Dataset inside it.
  public let path: String
  public let sha256: String

  public init(name: String, file: String, path: String, sha256: String) {
    self.name = name
    self.file = file
    self.path = path
    self.sha256 = sha256
  }
}

/// Reads stored arrays, checking each against its hash once per process and unchanged file.
public enum ArrayReader {
  private static let verified = Mutex<[String: [Int64]]>([:])

  /// The whole array.
  ///
  /// - Throws: `E-WH-006` when the file is missing, `E-WH-007` when the content does not match the hash.
  public static func read(_ reference: ArrayReference, always: Bool = false) throws -> LabelledArray {
    guard Files.exists(reference.file) else {
      throw EvokeError(
        .arrayMissing, reference.name, reason: "\(reference.file) is not there",
        remedy: "restore the file, or run evoke gc and compute it again")
    }
    let array = try load(reference)
    let key = reference.file + "\n" + reference.path
    let print = Files.fingerprint(reference.file)
    if !always, let print, verified.withLock({ $0[key] }) == print { return array }
    let found = ArrayHash.of(array, path: reference.path)
    guard found == reference.sha256 else {
      throw EvokeError(
        .arrayCorrupt, reference.name,
        reason: "\(reference.file) hashes to \(found.prefix(12))…, recorded \(reference.sha256.prefix(12))…",
        remedy: "run evoke verify to see what depends on it, restore the file from a backup")
    }
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
    func corrupt(_ reason: String) -> EvokeError {
      EvokeError(.arrayCorrupt, reference.name, reason: reason, remedy: "restore the file from a backup")
    }
    func text(_ attribute: String, of path: String) throws -> String {
      guard let text = try file.attribute(attribute, of: path)?.text else {
        throw corrupt("\(path) has no text attribute \(attribute)")
      }
      return text
    }
    var axes: [Axis] = []
    for (position, scale) in scales.enumerated() {
      guard let scale else { throw corrupt("axis \(position) has no scale") }
      let name = try text("NAME", of: scale)
      if try file.info(scale).type.isNumeric {
        axes.append(Axis(name, .numbers(try file.doubles(scale), units: try text("units", of: scale))))
      } else {
        axes.append(Axis(name, .labels(try file.strings(scale))))
      }
    }
    guard axes.map(\.count) == info.shape else { throw corrupt("its scales do not fit its shape") }
    return (axes, try text("units", of: reference.path))
  }
}

/// Reads rows of one stored array, so that long recordings are never wholly in memory.
///
/// Every chunk read is checked by its own checksum (fletcher32); `evoke verify` checks the whole. Several threads may
/// read at once.
public final class ArrayRows: Sendable {
  public let reference: ArrayReference
  public let axes: [Axis]
  private let values: HDF5Floats

  public init(_ reference: ArrayReference) throws {
    guard Files.exists(reference.file) else {
      throw EvokeError(
        .arrayMissing, reference.name, reason: "\(reference.file) is not there",
        remedy: "restore the file, or run evoke gc and compute it again")
    }
    self.reference = reference
    let file = try HDF5File(reading: reference.file)
    axes = try ArrayReader.layout(of: reference, in: file).axes
    values = try HDF5Floats(file, reference.path)
  }

  /// Values of rows along axis 0, row-major.
  public func rows(_ range: Range<Int>) throws -> [Float] {
    let shape = axes.map(\.count)
    return try values.values(
      offset: [range.lowerBound] + shape.dropFirst().map { _ in 0 }, count: [range.count] + shape.dropFirst())
  }
}
