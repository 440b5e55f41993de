import ContentIdentity
import Diagnostics
import FileSystem
import LabelledArrays

extension Connection {
  /// The artifact of a hashed thing.
  public func artifact(kind: String, name: String, sha256: String, bytes: Int? = nil) throws -> Int {
    try identify(
      "artifact", [("kind", .text(kind)), ("name", .text(name)), ("sha256", .text(sha256))],
      also: [("bytes", .optional(bytes))])
  }

  public func recordUse(_ activity: Int, of artifact: Int, as role: String) throws {
    try insert(
      "used", [("activity_id", .int(activity)), ("artifact_id", .int(artifact)), ("role", .text(role))],
      conflict: "OR IGNORE")
  }

  public func recordGeneration(_ activity: Int, of artifact: Int) throws {
    try insert("generated", [("activity_id", .int(activity)), ("artifact_id", .int(artifact))], conflict: "OR IGNORE")
  }

  /// Enters a stored array, its axes and its artifact; the array's key.
  @discardableResult
  public func enter(_ array: StoredArray, activity: Int) throws -> Int {
    let artifact = try artifact(kind: "array", name: array.description.name, sha256: array.sha256, bytes: array.bytes)
    try recordGeneration(activity, of: artifact)
    let key = try insert(
      "array",
      array.description.columns + [
        ("artifact_id", .int(artifact)), ("activity_id", .int(activity)), ("dtype", "<f4"),
        ("shape", .text(JSONValue.array(array.shape.map { .int($0) }).canonical)), ("bytes", .int(array.bytes)),
        ("units", .text(array.units)), ("file", .text(array.file)), ("path", .text(array.path)),
        ("logical_sha256", .text(array.sha256)),
      ])
    for (position, axis) in array.axes.enumerated() { try enter(axis, at: position, of: key) }
    return key
  }

  private func enter(_ axis: Axis, at position: Int, of array: Int) throws {
    var row: [(String, SQLValue)] = [
      ("array_id", .int(array)), ("position", .int(position)), ("name", .text(axis.name)), ("length", .int(axis.count)),
    ]
    switch axis.values {
    case .numbers(let numbers, let units):
      row += [("units", .text(units)), ("first", .optional(numbers.first)), ("step", .optional(Self.step(numbers)))]
    case .labels(let labels):
      row += [("units", "label"), ("labels", .text(JSONValue.array(labels.map { .string($0) }).canonical))]
    }
    try insert("array_axis", row)
  }

  /// The spacing of evenly spaced numbers.
  private static func step(_ numbers: [Double]) -> Double? {
    guard numbers.count > 1, let first = numbers.first, let last = numbers.last else { return nil }
    let step = (last - first) / Double(numbers.count - 1)
    for (i, number) in numbers.enumerated() where abs(number - (first + Double(i) * step)) > 1e-6 * max(abs(step), 1e-9)
    {
      return nil
    }
    return step
  }

  /// The environment row of this process.
  public func environment(blasKernel: String, threads: Int, libraries: [String: String]) throws -> Int {
    try identify(
      "environment",
      [
        ("hostname_hash", .text(Machine.hostnameHash)), ("cpu_model", .text(Machine.cpuModel)),
        ("blas_kernel", .text(blasKernel)), ("threads", .int(threads)), ("evoke_version", .text(Warehouse.version)),
        ("library_versions", .text(JSONValue.object(libraries.mapValues { .string($0) }).canonical)),
      ])
  }
}

extension SQLValue: ExpressibleByStringLiteral {
  public init(stringLiteral value: String) { self = .text(value) }
}

extension Warehouse {
  /// The reference of a row of `array` (columns name, file, path, logical_sha256).
  public func reference(_ row: SQLRow) -> ArrayReference {
    ArrayReference(
      name: row.text("name"), file: directory + "/" + row.text("file"), path: row.text("path"),
      sha256: row.text("logical_sha256"))
  }
}
