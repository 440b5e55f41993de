import ContentIdentity
import Diagnostics
import Foundation
import Warehouse

/// Compares two lineages from what came out back to their sources.
///
/// Inputs of equal bits are passed over. Inputs are paired by their role and, within it, by what they are about, the others
/// by their order; of what differs the cause is named, and an array or result on the way only where nothing before it explains its bits.
public struct LineageComparison {
  private struct Pair: Hashable {
    let a: Int
    let b: Int
  }

  private typealias ArrayPair = (a: Rows.ArrayByHash, b: Rows.ArrayByHash)

  private let connection: Connection
  private var order: [LineageDifference] = []
  private var counts: [LineageDifference: Int] = [:]
  /// Whether steps that were compared differ.
  private var compared: [Pair: Bool] = [:]

  /// What differs between two runs, or between two things: arrays, sources, models, units.
  ///
  /// - Throws: `E-WH-010` and `E-QRY-007` for a name of nothing or of several things, `E-WH-006` and `E-WH-007` for arrays
  ///   that are missing or damaged.
  public static func differences(_ a: String, _ b: String, in warehouse: Warehouse) throws -> [LineageDifference] {
    let (found, arrays) = try warehouse.read { connection -> ([LineageDifference], [ArrayPair]) in
      var comparison = LineageComparison(connection: connection)
      let runs = (try connection.runNamed(run: a).first, try connection.runNamed(run: b).first)
      if let x = runs.0, let y = runs.1 {
        try comparison.compare(x, y)
        return (comparison.found, [])
      }
      let (x, y) = (try connection.thing(a), try connection.thing(b))
      try comparison.compare(x, y, isRoot: true)
      return (comparison.found, try comparison.arrays(x, y))
    }
    return try found + arrays.flatMap { pair in try values(pair.a, pair.b, in: warehouse) }
  }

  private static func values(
    _ a: Rows.ArrayByHash, _ b: Rows.ArrayByHash, in warehouse: Warehouse
  ) throws -> [LineageDifference] {
    let (first, second) = (try warehouse.reference(a), try warehouse.reference(b))
    return try ArrayDifference.all(ArrayReader.read(first), ArrayReader.read(second)).map {
      LineageDifference(.result, a.name, key: $0.key, a: $0.a, b: $0.b)
    }
  }

  private init(connection: Connection) { self.connection = connection }

  /// In the order of their classes; the object of several alike says how many.
  private var found: [LineageDifference] {
    LineageDifference.Matter.allCases.flatMap { matter in
      order.filter { $0.matter == matter }.map { difference in
        let more = counts[difference.withoutObject, default: 1] - 1
        guard more > 0 else { return difference }
        return LineageDifference(
          matter, "\(difference.object) and \(more) more", key: difference.key, a: difference.a, b: difference.b)
      }
    }
  }

  private mutating func add(_ matter: LineageDifference.Matter, _ object: String, key: String, a: String?, b: String?) {
    let difference = LineageDifference(matter, object, key: key, a: a, b: b)
    counts[difference.withoutObject, default: 0] += 1
    if counts[difference.withoutObject] == 1 { order.append(difference) }
  }

  /// - Returns: whether something differs.
  @discardableResult
  private mutating func compare(_ a: LineageThing, _ b: LineageThing, isRoot: Bool = false) throws -> Bool {
    if a.artifact == b.artifact || (a.sha256 == b.sha256 && !isRoot) { return false }
    if a.kind == "source", b.kind == "source" {
      if a.name != b.name { add(.source, a.name, key: "name", a: a.name, b: b.name) }
      if a.sha256 != b.sha256 {
        add(.source, a.name, key: "sha256", a: a.sha256, b: b.sha256)
        if a.bytes != b.bytes {
          add(.source, a.name, key: "bytes", a: a.bytes.map(String.init), b: b.bytes.map(String.init))
        }
      }
      return true
    }
    var isExplained = false
    if let x = try connection.makers(of: a).last, let y = try connection.makers(of: b).last {
      isExplained = try compare(x, y)
    }
    if a.sha256 != b.sha256, isRoot || !isExplained {
      add(.result, a.label ?? a.name, key: "sha256", a: a.sha256, b: b.sha256)
    }
    return isExplained || a.sha256 != b.sha256
  }

  private mutating func compare(_ a: LineageStep, _ b: LineageStep) throws -> Bool {
    let pair = Pair(a: a.activity, b: b.activity)
    if a.activity == b.activity { return false }
    if let known = compared[pair] { return known }
    let before = counts.values.reduce(0, +)
    let object = a.label ?? a.verb
    if a.verb != b.verb {
      add(.version, object, key: "step", a: a.verb, b: b.verb)
    } else {
      if a.version != b.version {
        add(.version, object, key: a.verb, a: a.version.map { "v\($0)" }, b: b.version.map { "v\($0)" })
      }
      for leaf in LineageDifference.leaves(try JSONValue(parsing: a.options), try JSONValue(parsing: b.options)) {
        add(.parameter, object, key: leaf.path, a: leaf.a, b: leaf.b)
      }
    }
    for (key, x, y) in try Self.circumstances(a.environment, b.environment) {
      add(.environment, object, key: key, a: x, b: y)
    }
    let differs = try compareInputs(of: a, b, object) || counts.values.reduce(0, +) > before
    compared[pair] = differs
    return differs
  }

  private static func circumstances(
    _ a: LineageStep.Environment?, _ b: LineageStep.Environment?
  ) throws -> [(key: String, a: String?, b: String?)] {
    let own = [
      ("evoke", a?.evoke, b?.evoke), ("cpu", a?.cpu, b?.cpu), ("blas_kernel", a?.kernel, b?.kernel),
      ("threads", a.map { "\($0.threads)" }, b.map { "\($0.threads)" }),
    ].filter { $0.1 != $0.2 }
    guard let a, let b else { return own }
    return own + LineageDifference.leaves(try JSONValue(parsing: a.libraries), try JSONValue(parsing: b.libraries))
  }

  private mutating func compareInputs(of a: LineageStep, _ b: LineageStep, _ object: String) throws -> Bool {
    let left = Dictionary(grouping: try connection.inputs(activity: a.activity), by: \.role)
    let right = Dictionary(grouping: try connection.inputs(activity: b.activity), by: \.role)
    var differs = false
    for role in Set(left.keys).union(right.keys).sorted() {
      let (x, y) = Self.alike(Self.remainder(left[role, default: []], right[role, default: []]))
      for (thing, other) in zip(x, y) { differs = try compare(thing, other) || differs }
      for thing in x.dropFirst(y.count) { add(.input, object, key: role, a: "\(thing.kind) \(thing.name)", b: nil) }
      for thing in y.dropFirst(x.count) { add(.input, object, key: role, a: nil, b: "\(thing.kind) \(thing.name)") }
      differs = differs || x.count != y.count
    }
    return differs
  }

  /// Two lists with those that are about the same at the same places before the others. Of a unit its label says it, as the
  /// order of keys, which are hashes, says nothing.
  private static func alike(
    _ lists: ([LineageThing], [LineageThing])
  ) -> ([LineageThing], [LineageThing]) {
    var (left, right) = ([LineageThing](), lists.1)
    var (paired, others) = ([LineageThing](), [LineageThing]())
    for thing in lists.0 {
      let same = right.firstIndex { $0.kind == thing.kind && ($0.label ?? $0.name) == (thing.label ?? thing.name) }
      guard let same else {
        others.append(thing)
        continue
      }
      left.append(thing)
      paired.append(right.remove(at: same))
    }
    return (left + others, paired + right)
  }

  /// Those of two lists whose bits the other has not.
  private static func remainder(_ a: [Rows.Inputs], _ b: [Rows.Inputs]) -> ([LineageThing], [LineageThing]) {
    let (left, right) = (Set(a.map(\.sha256)), Set(b.map(\.sha256)))
    return (
      a.filter { !right.contains($0.sha256) }.map { LineageThing($0) },
      b.filter { !left.contains($0.sha256) }.map { LineageThing($0) }
    )
  }
}

extension LineageComparison {
  private mutating func compare(_ a: Rows.RunNamed, _ b: Rows.RunNamed) throws {
    let study = "study \(a.study)"
    if a.study != b.study { add(.parameter, study, key: "study", a: a.study, b: b.study) }
    if a.seed != b.seed { add(.parameter, study, key: "seed", a: "\(a.seed)", b: "\(b.seed)") }
    for leaf in LineageDifference.leaves(try JSONValue(parsing: a.definition), try JSONValue(parsing: b.definition))
    where leaf.path != "study" && leaf.path != "seed" {
      add(.parameter, study, key: leaf.path, a: leaf.a, b: leaf.b)
    }
    // Units of one step are paired by what they are about.
    let left = Dictionary(grouping: try connection.runResults(run: a.runID)) { [$0.step, $0.label] }
    let right = Dictionary(grouping: try connection.runResults(run: b.runID)) { [$0.step, $0.label] }
    for name in Set(left.keys).union(right.keys).sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      let (x, y) = (left[name, default: []], right[name, default: []])
      for (unit, other) in zip(x, y) where unit.unitKey != other.unitKey || unit.sha256 != other.sha256 {
        if let thing = LineageThing(unit), let second = LineageThing(other) {
          try compare(thing, second)
        } else if unit.sha256 != other.sha256 {
          // One of them has no result.
          add(.result, name[1], key: "sha256", a: unit.sha256, b: other.sha256)
        }
      }
      if x.count != y.count { add(.input, name[0], key: name[1], a: Self.count(x.count), b: Self.count(y.count)) }
    }
    if a.rootSHA256 != b.rootSHA256 { add(.result, study, key: "root", a: a.rootSHA256, b: b.rootSHA256) }
  }

  private static func count(_ units: Int) -> String? { units == 0 ? nil : "\(units) unit\(units == 1 ? "" : "s")" }

  /// Arrays whose values are to be compared: the two themselves, or those that the two units made, in their order.
  private func arrays(
    _ a: LineageThing, _ b: LineageThing
  ) throws -> [ArrayPair] {
    func made(_ thing: LineageThing) throws -> [LineageThing] {
      guard thing.kind == "result", let maker = try connection.makers(of: thing).last else {
        return thing.kind == "array" ? [thing] : []
      }
      return try connection.outputs(activity: maker.activity).map { LineageThing($0) }.filter { $0.kind == "array" }
    }
    let (left, right) = (try made(a), try made(b))
    guard left.count == right.count else { return [] }
    return try zip(left, right).filter { $0.sha256 != $1.sha256 }.compactMap { x, y in
      guard let first = try connection.arrayByHash(sha256: x.sha256).first,
        let second = try connection.arrayByHash(sha256: y.sha256).first
      else { return nil }
      return (first, second)
    }
  }
}

extension LineageDifference {
  fileprivate var withoutObject: LineageDifference { LineageDifference(matter, "", key: key, a: a, b: b) }
}

extension LineageThing {
  /// A unit's result; nil where it has none.
  fileprivate init?(_ row: Rows.RunResults) {
    guard let artifact = row.artifactID, let sha256 = row.sha256 else { return nil }
    self.init(artifact, "result", row.unitKey, sha256: sha256, bytes: nil, label: row.label)
  }
}

extension Connection {
  /// The one thing that a name speaks of.
  ///
  /// - Throws: `E-WH-010` when nothing has this name, `E-QRY-007` when several have.
  fileprivate func thing(_ name: String) throws -> LineageThing {
    let found = try things(named: name, place: URL(fileURLWithPath: name).standardizedFileURL.path)
    guard found.count == 1 else {
      throw EvokeError(
        .ambiguousName, name,
        reason: "\(found.count) things fit it: \(NearMiss.list(found.map(\.line), limit: 3))",
        remedy: "give more of the name or of the hash")
    }
    return found[0]
  }
}
