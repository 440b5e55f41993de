import ContentIdentity
import Diagnostics
import Warehouse

/// How a unit fitted, and how what it read was made: values by their places in step, version and parameters.
struct FitRecipe {
  /// Of the fit.
  fileprivate let own: [String: JSONValue]
  /// Of the units that it rests on, every value that one of them has, as JSON.
  fileprivate let behind: [String: Set<String>]
  /// Steps of these units.
  fileprivate let steps: Set<String>

  /// - Parameter units: that it rests on.
  init(_ fit: Rows.StoredUnits, on units: [Rows.StoredUnits]) throws {
    own = RecipePlaces.leaves([
      "step": .string(fit.step), "version": .int(fit.version), "as": try JSONValue(parsing: fit.parameters),
    ])
    // Fits that a unit takes up are made as it is.
    let made = try units.map { (unit: $0, parameters: try JSONValue(parsing: $0.parameters)) }.filter {
      $0.parameters["fit"] == nil
    }
    steps = Set(made.map(\.unit.step))
    behind = made.reduce(into: [:]) { behind, made in
      behind["\(made.unit.step).version", default: []].insert("\(made.unit.version)")
      for (place, value) in RecipePlaces.leaves(made.parameters) where !RecipePlaces.isOfData(place) {
        behind["\(made.unit.step).\(place)", default: []].insert(value.canonical)
      }
    }
  }
}

/// Every unit of a catalog.
struct StoredRecipes {
  private let units: [String: Rows.StoredUnits]

  init(_ connection: Connection) throws {
    units = Dictionary(try connection.storedUnits().map { ($0.unitKey, $0) }, uniquingKeysWith: { first, _ in first })
  }

  /// How a unit was made, and those that it rests on, however far.
  ///
  /// - Throws: `E-WH-005` for one that is not there, or whose inputs are not read.
  func recipe(of key: String) throws -> FitRecipe {
    guard let unit = units[key] else {
      throw EvokeError(
        .catalogFailed, "unit \(key.prefix(12))", reason: "a study compares it, and it is not in the catalog",
        remedy: "run evoke verify")
    }
    var behind: [String: Rows.StoredUnits] = [:]
    var open = [unit]
    while let next = open.popLast() {
      for other in try Self.inputs(of: next) {
        guard let row = units[other] else { continue }
        if behind.updateValue(row, forKey: other) == nil { open.append(row) }
      }
    }
    return try FitRecipe(unit, on: behind.sorted { $0.key < $1.key }.map(\.value))
  }

  /// Keys of units and hashes of arrays and sources: each input is its role and then one of these.
  private static func inputs(of unit: Rows.StoredUnits) throws -> [String] {
    func damage() -> EvokeError {
      EvokeError(
        .catalogFailed, "unit \(unit.unitKey.prefix(12))", reason: "its inputs are no list of roles and keys",
        remedy: "run evoke verify")
    }
    guard let inputs = try JSONValue(parsing: unit.inputs).arrayValue else { throw damage() }
    return try inputs.map { input in
      guard let key = input.arrayValue?.dropFirst().first?.stringValue else { throw damage() }
      return key
    }
  }
}

/// What differs between the parameters of two fits, and of the units that made what they read, beside whose they are and of
/// what.
struct FitDifferences {
  let all: [StudyComparison.Difference]

  init(_ a: FitRecipe, _ b: FitRecipe) {
    let fitted = Set(a.own.keys).union(b.own.keys).sorted().compactMap { place -> StudyComparison.Difference? in
      let (one, two) = (a.own[place], b.own[place])
      guard one != two, !RecipePlaces.own.contains(where: { RecipePlaces.lies(place, at: $0) }) else { return nil }
      return StudyComparison.Difference(
        parameter: Self.name(place), a: Self.text(one), b: Self.text(two),
        tells: !RecipePlaces.silent.contains { RecipePlaces.lies(place, at: $0) })
    }
    // Of steps that only one side has it is told that it has them.
    let made = Set(a.behind.keys).union(b.behind.keys).sorted().compactMap { place -> StudyComparison.Difference? in
      let (one, two) = (a.behind[place], b.behind[place])
      let step = String(place.prefix { $0 != "." })
      let isOfBoth = a.steps.contains(step) && b.steps.contains(step)
      guard one != two, isOfBoth || place == step + ".version" else { return nil }
      return StudyComparison.Difference(parameter: Self.name(place), a: Self.text(one), b: Self.text(two), tells: true)
    }
    all = fitted + made
  }

  /// As the reason of a row; nil where scores depend on none.
  static func spelled(_ differences: [StudyComparison.Difference]) -> String? {
    let telling = differences.filter(\.tells)
    guard !telling.isEmpty else { return nil }
    let shown = telling.prefix(3).map { "\($0.parameter) (\($0.a), \($0.b))" }.joined(separator: ", ")
    return "fitted differently: \(shown)" + (telling.count > 3 ? " and \(telling.count - 3) more" : "")
  }

  /// Without what the coder says of a case's value.
  private static func name(_ place: String) -> String {
    place.split(separator: ".").filter { $0 != "as" && $0 != "_0" }.joined(separator: ".")
  }

  private static func text(_ value: JSONValue?) -> String { value?.canonical ?? "-" }

  private static func text(_ values: Set<String>?) -> String { values?.sorted().joined(separator: ", ") ?? "-" }
}
