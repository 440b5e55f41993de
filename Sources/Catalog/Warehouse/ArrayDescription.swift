import ContentIdentity
import LabelledArrays

/// The keys of an array in the catalog: everything `array_catalog` shows that is not its shape or place.
public struct ArrayDescription: Sendable, Equatable, Codable {
  /// Unique, path-like, stable: `dataset/stimulus/element/model/layer@rate`.
  public var name: String
  /// feature, synchrony, synchrony_static, synchrony_subject, recording, annotation, target, prediction, null ...
  public var kind: String
  public var dataset: String?
  public var cohort: String?
  public var subject: String?
  public var session: String?
  public var run: String?
  public var repetition: Int?
  public var rater: String?
  public var stimulus: String?
  public var element: String?
  public var featureSet: String?
  public var model: String?
  public var layerKey: String?
  public var rateHz: Double?
  /// As in the study file.
  public var parameters: JSONValue

  public init(name: String, kind: String, parameters: JSONValue = .object([:])) {
    self.name = name
    self.kind = kind
    self.parameters = parameters
  }
}

/// A row with the keys of a stored array.
public protocol DescribedArray: ArrayPlace {
  var kind: String { get }
  var dataset: String? { get }
  var cohort: String? { get }
  var subject: String? { get }
  var session: String? { get }
  var run: String? { get }
  var repetition: Int? { get }
  var rater: String? { get }
  var stimulus: String? { get }
  var element: String? { get }
  var featureSet: String? { get }
  var model: String? { get }
  var layerKey: String? { get }
  var rateHz: Double? { get }
  var parameters: String { get }
}

extension Rows.ArrayByHash: DescribedArray {}
extension Rows.ArrayForTask: DescribedArray {}
extension Rows.UnitArrays: DescribedArray {}

extension ArrayDescription {
  /// The keys in a row of the catalog.
  public init(_ row: some DescribedArray) throws {
    self.init(name: row.name, kind: row.kind, parameters: try JSONValue(parsing: row.parameters))
    (dataset, cohort, subject, session, run) = (row.dataset, row.cohort, row.subject, row.session, row.run)
    (repetition, rater, stimulus, element) = (row.repetition, row.rater, row.stimulus, row.element)
    (featureSet, model, layerKey, rateHz) = (row.featureSet, row.model, row.layerKey, row.rateHz)
  }
}

/// The logical identity of arrays: what is hashed, and how.
public enum ArrayHash {
  /// The head that is hashed before axes and values.
  static func head(axes: [Axis], path: String) -> String {
    JSONValue.object([
      "axes": .array(axes.map { .string($0.name) }), "dtype": "<f4", "path": .string(path),
      "shape": .array(axes.map { .int($0.count) }),
    ]).canonical
  }

  /// A running hash with the head and the axes already in it; the row-major values follow.
  ///
  /// SHA-256 of the RFC 8785 JSON of axes, dtype, path and shape; one zero byte; each axis's values in order (numbers as
  /// little-endian float64, labels as UTF-8 each ended by a zero byte); then the little-endian values, NaN canonical.
  static func begin(axes: [Axis], path: String) -> SHA256 {
    var hash = SHA256()
    hash.update(head(axes: axes, path: path))
    hash.update([0] as [UInt8])
    for axis in axes {
      switch axis.values {
      case .numbers(let numbers, _): hash.update(numbers)
      case .labels(let labels):
        for label in labels {
          hash.update(label)
          hash.update([0] as [UInt8])
        }
      }
    }
    return hash
  }

  /// The hash of the axes of an array stored at `path`: of all that comes before its values.
  static func axes(_ axes: [Axis], path: String) -> String {
    let hash = begin(axes: axes, path: path)
    return hash.hex()
  }

  /// The hash of a whole array stored at `path`.
  public static func of(_ array: LabelledArray, path: String) -> String {
    var hash = begin(axes: array.axes, path: path)
    hash.updateCanonical(array.values)
    return hash.hex()
  }

  /// The name of a file: SHA-256 of its array hashes, hex, newline-ended, in path order.
  public static func file(_ hashes: [(path: String, sha256: String)]) -> String {
    let ordered = hashes.sorted { Array($0.path.utf8).lexicographicallyPrecedes(Array($1.path.utf8)) }
    return SHA256.hex(of: ordered.map { $0.sha256 + "\n" }.joined())
  }
}
