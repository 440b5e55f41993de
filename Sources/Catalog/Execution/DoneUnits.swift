import ContentIdentity
import Diagnostics
import Warehouse
import Work

/// The units of a catalog that are done, as they were planned: made again of its rows.
public struct DoneUnits {
  private let rows: [String: Rows.DoneUnits]
  /// Units that each needs.
  private let needs: [String: [String]]
  private let warehouse: Warehouse

  public init(in warehouse: Warehouse) throws {
    self.warehouse = warehouse
    let found = try warehouse.read { try $0.doneUnits() }
    let rows = Dictionary(found.map { ($0.unitKey, $0) }, uniquingKeysWith: { first, _ in first })
    self.rows = rows
    needs = try rows.mapValues { try Self.inputs($0).map(\.hash).filter { rows[$0] != nil } }
  }

  /// Every key.
  public var keys: [String] { rows.keys.sorted() }

  /// What its last attempt had read; nil where nothing says.
  public func inputsSHA256(of key: String) -> String? { rows[key]?.inputsSHA256 }

  /// Version of the program that computed it; nil where nothing says.
  func program(of key: String) -> String? { rows[key]?.evokeVersion }

  public func label(of key: String) -> String? { rows[key]?.label }

  /// The keys of units, of all that was computed from them, and of all that these need, each after what it needs.
  public func connected(to keys: Set<String>) -> [String] {
    var dependents: [String: [String]] = [:]
    for (key, own) in needs { for need in own { dependents[need, default: []].append(key) } }
    let below = Self.closure(of: keys.filter { rows[$0] != nil }) { dependents[$0] ?? [] }
    return ordered(Self.closure(of: below) { needs[$0] ?? [] })
  }

  private static func closure(of keys: Set<String>, _ next: (String) -> [String]) -> Set<String> {
    var found = keys
    var open = Array(keys)
    while let key = open.popLast() { for other in next(key) where found.insert(other).inserted { open.append(other) } }
    return found
  }

  private func ordered(_ keys: Set<String>) -> [String] {
    var order: [String] = []
    var seen: Set<String> = []
    func visit(_ key: String) {
      guard keys.contains(key), seen.insert(key).inserted else { return }
      for need in needs[key] ?? [] { visit(need) }
      order.append(key)
    }
    for key in keys.sorted() { visit(key) }
    return order
  }

  /// A unit.
  ///
  /// - Throws: `E-EXE-007` where something it reads is not in the catalog any more.
  public func unit(_ key: String) throws -> WorkUnit {
    guard let row = rows[key] else {
      throw EvokeError(
        .inputMissing, "unit \(key.prefix(12))", reason: "it is not done", remedy: "run its study: evoke run STUDY")
    }
    let unit = try warehouse.read { connection in
      var used = try connection.inputs(activity: row.activityID)
      return WorkUnit(
        step: row.step, version: row.version, parameters: try JSONValue(parsing: row.parameters),
        inputs: try Self.inputs(row).map { try input($0, of: row, among: &used, connection) }, label: row.label,
        dataset: row.dataset)
    }
    guard unit.key == key else {
      throw EvokeError(
        .inputMissing, row.label, reason: "its row in the catalog gives the key \(unit.key.prefix(12))…",
        remedy: "evoke verify says what is wrong with the catalog")
    }
    return unit
  }

  private func input(
    _ pair: StoredInput, of row: Rows.DoneUnits, among used: inout [Rows.Inputs],
    _ connection: Connection
  ) throws -> WorkUnit.Input {
    if rows[pair.hash] != nil { return .unit(role: pair.role, key: pair.hash, array: pair.array) }
    func take(_ isWanted: (Rows.Inputs) -> Bool) -> Rows.Inputs? {
      used.firstIndex { $0.role == pair.role && isWanted($0) }.map { used.remove(at: $0) }
    }
    if let array = take({ $0.kind == "array" && $0.sha256 == pair.hash }) {
      let named = try connection.arrayForTask(name: array.name, sha256: pair.hash).first.map(warehouse.reference)
      if let found = try named ?? connection.arrayByHash(sha256: pair.hash).first.map(warehouse.reference) {
        return .array(role: pair.role, found)
      }
    } else if let source = take({ $0.kind != "array" && $0.sha256 == pair.hash }) ?? take({ $0.kind != "array" }) {
      return .source(role: pair.role, name: source.name, sha256: pair.hash)
    }
    throw EvokeError(
      .inputMissing, row.label, reason: "the catalog has nothing any more that it read as \(pair.role)",
      remedy: "run its study again: evoke run STUDY")
  }

  private static func inputs(_ row: Rows.DoneUnits) throws -> [StoredInput] {
    try StoredInput.all(row.inputs, of: row.label)
  }

  /// Computes units again, and of those computed from them what turns out to rest on other bits.
  ///
  /// - Throws: as `Warehouse.run`.
  public func compute(
    _ keys: Set<String>, steps: [any WorkStep], options: RunOptions, progress: (RunProgress) -> Void = { _ in }
  ) throws -> RunOutcome? {
    let units = try connected(to: keys).map(unit)
    guard let first = units.first(where: { keys.contains($0.key) }),
      let run = try warehouse.read({ try $0.newestRun(unit: first.key).first })
    else { return nil }
    var options = options
    options.again = keys
    var coordinator = try Coordinator(
      units, outcome: RunOutcome(runID: run.runID, planSHA256: run.planSHA256), in: warehouse, steps: steps,
      options: options)
    let outcome = try coordinator.run(progress)
    try warehouse.write { try $0.recordRoots() }
    return outcome
  }
}
