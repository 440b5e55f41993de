import Diagnostics
import LabelledArrays
import Warehouse
import Work

extension Collector {
  /// Records that a unit which is done came out with other bits; what is stored stays.
  func diverge(_ unit: WorkUnit, _ result: UnitResult, _ arrays: [TaskArray], first: String, second: String) throws {
    let stored = try warehouse.read { connection in
      Dictionary(
        try connection.unitArrays(key: unit.key).map {
          ($0.name, try warehouse.reference($0))
        },
        uniquingKeysWith: { first, _ in first })
    }
    var found: [(array: String, first: String, second: String, difference: Difference?)] = []
    for array in arrays {
      let name = array.reference.name
      let before = stored[name] ?? stored["\(name)~\(unit.key.prefix(12))"]
      guard before?.sha256 != array.reference.sha256 else { continue }
      let difference = try before.flatMap { try Self.difference(from: $0, to: array.reference) }
      found.append((name, before?.sha256 ?? "", array.reference.sha256, difference))
    }
    if found.isEmpty { found = [("rows", first, second, nil)] }
    try warehouse.write { connection in
      let activity = try connection.unitActivity(key: unit.key).first
      let environment = try result.environment.identify(connection)
      for array in found {
        try connection.insert(
          DivergenceRow(
            unitKey: unit.key, array: array.array, firstSHA256: array.first, secondSHA256: array.second,
            maxAbsDifference: array.difference?.absolute, maxRelDifference: array.difference?.relative,
            environmentFirst: activity?.environmentID, environmentSecond: environment))
      }
      try attempt(unit, result, nil, connection)
    }
  }
}

extension Collector {
  /// nil also where what is stored cannot be read any more.
  private static func difference(from before: ArrayReference, to now: ArrayReference) throws -> Difference? {
    do { return try Difference.between(before, now) } catch let error as EvokeError
      where [.arrayMissing, .arrayCorrupt].contains(error.code)
    { return nil }
  }
}

/// How far two arrays of one shape are apart.
public struct Difference: Sendable {
  public var absolute = 0.0
  public var relative = 0.0

  /// Largest differences over the values that both have; infinite where only one is missing; nil for other shapes.
  public static func between(_ first: ArrayReference, _ second: ArrayReference) throws -> Difference? {
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
