import Diagnostics
import Warehouse

/// Resolves what a unit reads against the catalog, so that a worker has nothing to look up.
package struct TaskFreezer {
  private let warehouse: Warehouse

  package init(_ warehouse: Warehouse) { self.warehouse = warehouse }

  /// The task of a unit whose prerequisites are done. Arrays of another unit come in the order of their names, numbers
  /// in names compared as numbers.
  ///
  /// - Throws: `E-EXE-007` when an array or source is not in the warehouse any more.
  package func task(for unit: WorkUnit) throws -> UnitTask {
    try warehouse.read { connection in
      var arrays: [TaskArray] = []
      var sources: [TaskSource] = []
      for input in unit.inputs {
        switch input {
        case .array(let role, let reference): arrays.append(try array(role, reference, connection))
        case .unit(let role, let key, let array): arrays += try self.arrays(role, of: key, at: array, connection)
        case .source(let role, let name, let sha256):
          sources.append(
            TaskSource(role: role, name: name, sha256: sha256, path: try place(name, sha256, connection)))
        }
      }
      return UnitTask(
        key: unit.key, step: unit.step, version: unit.version, parameters: unit.parameters, label: unit.label,
        arrays: arrays, sources: sources)
    }
  }

  private func array(_ role: String, _ reference: ArrayReference, _ connection: Connection) throws -> TaskArray {
    let named = try connection.arrayForTask(name: reference.name, sha256: reference.sha256)
    if let found = named.first { return try taskArray(role, found, unit: found.unitKey) }
    guard let found = try connection.arrayByHash(sha256: reference.sha256).first else {
      throw missing(reference.name, reference.sha256)
    }
    return try taskArray(role, found, unit: found.unitKey)
  }

  private func arrays(
    _ role: String, of key: String, at path: String?, _ connection: Connection
  ) throws -> [TaskArray] {
    try connection.unitArrays(key: key).filter { path == nil || $0.path == path }
      .map { try taskArray(role, $0, unit: $0.unitKey) }
      .sorted { NaturalOrder.precedes($0.reference.name, $1.reference.name) }
  }

  private func taskArray(_ role: String, _ row: some DescribedArray, unit: String?) throws -> TaskArray {
    TaskArray(
      role: role, reference: try warehouse.reference(row), description: try ArrayDescription(row), unitKey: unit)
  }

  private func place(_ name: String, _ sha256: String, _ connection: Connection) throws -> String {
    let rows = try connection.sourcePlace(sha256: sha256, name: name)
    guard let found = rows.first else { throw missing(name, sha256) }
    return found.path
  }

  private func missing(_ name: String, _ sha256: String) -> EvokeError {
    EvokeError(
      .inputMissing, name, reason: "nothing with the hash \(sha256.prefix(12))… is in the catalog",
      remedy: "plan and run the study again")
  }
}

/// Orders names so that `hs.10` comes after `hs.9`.
enum NaturalOrder {
  static func precedes(_ a: String, _ b: String) -> Bool {
    let (left, right) = (parts(a), parts(b))
    for (x, y) in zip(left, right) where x != y {
      if let m = Int(x), let n = Int(y), m != n { return m < n }
      return x < y
    }
    return left.count < right.count
  }

  private static func parts(_ text: String) -> [String] {
    var parts: [String] = []
    var wasDigit: Bool?
    for character in text {
      let isDigit = character.isASCII && character.isNumber
      if wasDigit == isDigit { parts[parts.count - 1].append(character) } else { parts.append(String(character)) }
      wasDigit = isDigit
    }
    return parts
  }
}
