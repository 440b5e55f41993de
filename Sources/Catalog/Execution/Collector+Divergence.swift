import Diagnostics
import LabelledArrays
import Plans
import Warehouse

extension Collector {
  /// Records that a unit which is done came out with other bits; what is stored stays.
  func diverge(_ unit: Unit, _ result: UnitResult, _ arrays: [TaskArray], first: String) throws {
    let stored = try warehouse.read { connection in
      Dictionary(
        try connection.report("unit_arrays", ["key": .text(unit.key)]).map {
          ($0.text("name"), warehouse.reference($0))
        },
        uniquingKeysWith: { first, _ in first })
    }
    var rows: [[(String, SQLValue)]] = []
    for array in arrays {
      let name = array.reference.name
      let before = stored[name] ?? stored["\(name)~\(unit.key.prefix(12))"]
      guard before?.sha256 != array.reference.sha256 else { continue }
      let difference = try before.flatMap { try Difference.between($0, array.reference) }
      rows.append([
        ("array", .text(name)), ("first_sha256", .text(before?.sha256 ?? "")),
        ("second_sha256", .text(array.reference.sha256)), ("max_abs_difference", .optional(difference?.absolute)),
        ("max_rel_difference", .optional(difference?.relative)),
      ])
    }
    if rows.isEmpty {
      rows = [[("array", "rows"), ("first_sha256", .text(first)), ("second_sha256", .text(result.sha256))]]
    }
    try warehouse.write { connection in
      let activity = try connection.report("unit_activity", ["key": .text(unit.key)]).first
      let second = try result.environment.identify(connection)
      for row in rows {
        try connection.insert(
          "divergence",
          [("unit_key", .text(unit.key))] + row
            + [("environment_first", activity?["environment_id"] ?? .null), ("environment_second", .int(second))])
      }
      try attempt(unit, result, nil, connection)
    }
  }
}

/// How far two arrays of one shape are apart.
struct Difference {
  var absolute = 0.0
  var relative = 0.0

  /// Largest differences over the values that both have; infinite where only one is missing; nil for other shapes.
  static func between(_ first: ArrayReference, _ second: ArrayReference) throws -> Difference? {
    let (a, b) = (try ArrayReader.read(first), try ArrayReader.read(second))
    guard a.shape == b.shape else { return nil }
    var difference = Difference()
    for (x, y) in zip(a.values, b.values) where !(x.isNaN && y.isNaN) {
      let apart = x.isNaN || y.isNaN ? Double.infinity : abs(Double(x) - Double(y))
      let scale = max(abs(Double(x)), abs(Double(y)))
      difference.absolute = max(difference.absolute, apart)
      if apart > 0 { difference.relative = max(difference.relative, scale > 0 ? apart / scale : apart) }
    }
    return difference
  }
}
