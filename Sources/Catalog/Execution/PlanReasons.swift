import ContentIdentity
import Warehouse
import Work

/// Why a unit is to be computed, or why not.
public struct UnitReason: Sendable, Equatable {
  public enum Kind: String, Sendable, CaseIterable {
    case new = "NEW"
    case cached = "CACHED"
    case retry = "RETRY"
    case repair = "REPAIR"
    case code = "CODE"
    case parameter = "PARAM"
    case input = "INPUT"
    case notApplicable = "N/A"
  }

  public let key: String
  public let step: String
  public let label: String
  public let kind: Kind
  /// What changed, failed or does not apply; may be empty.
  public let detail: String

  /// `PARAM draws: 100 -> 1000`.
  public var text: String { detail.isEmpty ? kind.rawValue : "\(kind.rawValue) \(detail)" }
}

/// The units of a plan with a reason each, in plan order.
public struct PlanReasons: Sendable {
  public let units: [UnitReason]

  public var counts: [UnitReason.Kind: Int] { units.reduce(into: [:]) { $0[$1.kind, default: 0] += 1 } }

  /// Units that a run would compute.
  public var toCompute: Int { units.count { $0.kind != .cached && $0.kind != .notApplicable } }
}

extension Warehouse {
  /// Compares a plan with what is stored: each unit against itself, and one that is new against the newest unit of the
  /// same step and label in another run of the same study.
  public func reasons(for plan: Plan) throws -> PlanReasons {
    let damage = try damage(of: plan.units.map(\.key))
    return try read { connection in
      let known = try connection.unitStates(plan.units.map(\.key))
      let allKnown = plan.units.allSatisfy { known[$0.key] != nil }
      let earlier = allKnown ? [:] : try connection.earlierUnits(of: plan)
      return PlanReasons(
        units: plan.units.map { unit in
          let (kind, detail) =
            damage[unit.key].map { (.repair, $0) }
            ?? Self.reason(unit, known: known[unit.key], earlier: earlier[unit.step + "\n" + unit.label])
          return UnitReason(key: unit.key, step: unit.step, label: unit.label, kind: kind, detail: detail)
        })
    }
  }

  private static func reason(_ unit: WorkUnit, known: UnitState?, earlier: EarlierUnit?) -> (UnitReason.Kind, String) {
    if let reason = unit.notApplicable { return (.notApplicable, reason) }
    switch known?.state {
    case "done": return (.cached, "")
    case "failed": return (.retry, known?.message ?? "")
    case .some: return (.new, "planned before, not computed yet")
    case nil: return earlier.map { difference(unit, $0) } ?? (.new, "")
    }
  }

  private static func difference(_ unit: WorkUnit, _ earlier: EarlierUnit) -> (UnitReason.Kind, String) {
    let parameters = JSONDifference.lines(earlier.parameters, unit.parameters)
    let inputs = inputDifference(unit, earlier)
    let code = earlier.version == unit.version ? [] : ["version \(earlier.version) -> \(unit.version)"]
    let all = [(UnitReason.Kind.code, code), (.parameter, parameters), (.input, inputs)].filter { !$0.1.isEmpty }
    guard let first = all.first else { return (.new, "") }
    return (first.0, all.flatMap(\.1).prefix(4).joined(separator: "; "))
  }

  private static func inputDifference(_ unit: WorkUnit, _ earlier: EarlierUnit) -> [String] {
    var before: [String: [String]] = [:]
    var after: [String: [String]] = [:]
    for input in earlier.inputs { before[input.role, default: []].append(input.hash) }
    for input in unit.inputs { after[input.role, default: []].append(input.hash) }
    return Set(before.keys).union(after.keys).sorted().compactMap { role in
      let (old, new) = (before[role] ?? [], after[role] ?? [])
      if old == new { return nil }
      if old.isEmpty { return "\(role) added" }
      if new.isEmpty { return "\(role) removed" }
      if old.count != new.count { return "\(role): \(old.count) -> \(new.count) inputs" }
      return "\(role) changed"
    }
  }
}

/// What two JSON values disagree in, key by key.
enum JSONDifference {
  /// `key.path: old -> new`, keys in order.
  static func lines(_ old: JSONValue, _ new: JSONValue, at path: String = "") -> [String] {
    if old == new { return [] }
    guard let before = old.objectValue, let after = new.objectValue else {
      return ["\(path.isEmpty ? "parameters" : path): \(short(old)) -> \(short(new))"]
    }
    return Set(before.keys).union(after.keys).sorted().flatMap { key in
      lines(before[key] ?? .null, after[key] ?? .null, at: path.isEmpty ? key : "\(path).\(key)")
    }
  }

  private static func short(_ value: JSONValue) -> String {
    let text = value.isNull ? "none" : value.stringValue ?? value.canonical
    return text.count > 40 ? text.prefix(39) + "…" : text
  }
}
