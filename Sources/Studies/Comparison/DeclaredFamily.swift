import ContentIdentity
import Diagnostics
import Encoding
import Names
import Queries
import Statistics
import Vocabulary
import Warehouse
import Work

/// A family that a condition over `family_cell` chooses, whatever the studies of its scores declare.
///
/// Its members are of one quantity, kind of target, null, number of draws and seed, so that one draw is the same in all of
/// them: the maximum over cells is then that of a draw.
package struct DeclaredFamily {
  private let name: String
  private let condition: String
  private let correction: [Correction]
  /// A row for each member.
  private let cells: [SQLRow]

  /// - Throws: `E-FAM-001` where nothing is chosen, `E-FAM-002` where draws are missing, `E-FAM-003` where members are not
  ///   alike, `E-QRY-002` and its like for a condition that cannot be asked.
  package init(
    _ name: Name, where condition: String, _ correction: [Correction], limits: QueryLimits = .own,
    in warehouse: Warehouse
  ) throws {
    (self.name, self.condition, self.correction) = (name.text, condition, correction)
    cells = try Self.choice(condition, limits: limits, in: warehouse)
    guard !cells.isEmpty else {
      throw EvokeError(
        .emptyFamily, "family \(name)", reason: "no score of a current study meets \(condition)",
        remedy: "evoke query family_cell shows the scores there are")
    }
    try checkDraws()
    for column in ["quantity", "target_kind", "null_kind", "null_draws", "seed"] { try check(column) }
  }

  /// The scores that a condition chooses. Text that closes the condition and goes on as another question can return rows of its
  /// own making: what is no row of `family_cell` is refused.
  private static func choice(
    _ condition: String, limits: QueryLimits = .own, in warehouse: Warehouse
  ) throws -> [SQLRow] {
    func ask(_ condition: String, _ arguments: [String: SQLValue] = [:]) throws -> [SQLTable] {
      let sql = Queries.text(of: "lookups/family_choice").replacing(":condition", with: "(\n\(condition)\n)")
      return try warehouse.userQuery(sql, arguments, limits: limits)
    }
    func refusal(_ reason: String) -> EvokeError {
      EvokeError(
        .refusedSQL, condition, reason: reason,
        remedy: "write what would stand after WHERE: region = 'V1' AND quantity = 'r'")
    }
    let tables = try ask(condition)
    guard tables.count == 1 else { throw refusal("it is \(tables.count) statements, not one condition") }
    let rows = tables[0].rows
    let fits = Set(rows.compactMap { $0["fit_key"].string }).sorted()
    let list = JSONValue.array(fits.map { .string($0) }).canonical
    let cells = try ask("fit_key IN (SELECT value FROM json_each(:fits))", ["fits": .text(list)]).flatMap(\.rows)
    guard Set(cells.map(\.values)).isSuperset(of: rows.map(\.values)) else {
      throw refusal("it returns what is no row of family_cell: it is more than one condition")
    }
    return rows
  }

  /// The condition and another one; a comment at its end ends with its line.
  private func narrowed(_ more: String) -> String {
    "(\(condition)\(condition.contains("--") ? "\n" : "")) AND \(more)"
  }

  private func checkDraws() throws {
    let bare = cells.filter { $0["array"].isNull }
    guard let first = bare.first else { return }
    let why = first["null_kind"].isNull ? "its study draws from no null" : "its study keeps no draws"
    throw EvokeError(
      .familyLacksDraws, "family \(name)",
      reason:
        "\(bare.count) of \(cells.count) chosen scores have no stored draws, the first is \(Self.said(first)): \(why)",
      remedy: "run the study with statistics.draws and `null` in encoding.store, or choose others: "
        + Self.command(name, narrowed("array IS NOT NULL")))
  }

  private func check(_ column: String) throws {
    let values = cells.map { $0[column] }
    guard let other = cells.first(where: { $0[column] != values[0] }) else { return }
    func literal(_ value: SQLValue) -> String { value.string.map { "'\($0)'" } ?? value.int.map(String.init) ?? "NULL" }
    throw EvokeError(
      .unlikeFamily, "family \(name)",
      reason: "\(column) is \(literal(values[0])) of \(Self.said(cells[0])) and \(literal(other[column])) of "
        + "\(Self.said(other)): their draws are not one draw",
      remedy: "define a family of each: " + Self.command(name, narrowed("\(column) = \(literal(values[0]))")))
  }

  private static func command(_ name: String, _ condition: String) -> String {
    "evoke family define \(ShellText.quoted(name)) --where \(ShellText.quoted(condition))"
  }

  private static func said(_ cell: SQLRow) -> String {
    let what = ["feature_set", "layer_key"].compactMap { cell.optionalText($0) }.joined(separator: " ")
    let whom = ["target", "region", "subject", "cohort"].compactMap { cell.optionalText($0) }.joined(separator: ", ")
    return "\(what) -> \(whom)"
  }
}

extension DeclaredFamily {
  /// The one unit of it, under a name of its own.
  ///
  /// - Throws: `E-FAM-002` where arrays are not here.
  package func plan(in warehouse: Warehouse) throws -> Plan {
    let correction = JSONValue.array(correction.map { .string($0.rawValue) })
    return Plan(
      studyName: "family-\(name)", kind: "family",
      definition: ["family": .string(name), "where": .string(condition), "correction": correction],
      seed: cells[0].int("seed"), units: [try unit(in: warehouse)], notes: [])
  }

  /// - Throws: `E-QRY-016` where the name stands for something else in the warehouse, unless it is to be replaced.
  package func check(_ plan: Plan, replacing: Bool, in warehouse: Warehouse) throws {
    guard let old = try warehouse.read({ try $0.runOfStudy(study: plan.studyName) }).first,
      old.planSHA256 != plan.sha256, !replacing || old.kind != plan.kind
    else { return }
    throw EvokeError(
      .labelTaken, "family \(name)",
      reason: old.kind == plan.kind
        ? "another family was defined under this name, of another condition, corrections or members"
        : "\(plan.studyName) is a study of kind \(old.kind)",
      remedy: old.kind == plan.kind
        ? "take another name, or define it anew with --replace" : "take another name")
  }

  /// A row for each member with its corrected p values, from the stored draws; nothing is stored.
  ///
  /// - Throws: as `plan`, and `E-WH-006` and its like where an array cannot be read.
  package func corrected(in warehouse: Warehouse) throws -> SQLTable {
    let task = try TaskFreezer(warehouse).task(for: unit(in: warehouse))
    let families = try DeclaredFamilyStep.families(
      DeclaredFamilyStep().parameters(from: task.parameters, of: task.label), task)
    let found = Dictionary(uniqueKeysWithValues: families.members.map { ($0.fitKey, $0) })
    let keys = [
      "dataset", "cohort", "subject", "rater", "feature_set", "layer_key", "element", "covariate_mode", "target",
      "region", "quantity", "value", "null_kind", "null_draws", "p",
    ]
    let columns = keys + ["q_bh", "p_max", "valid", "flags", "fit_key"]
    func real(_ value: Double?) -> SQLValue { value.map { $0.isNaN ? .null : .real($0) } ?? .null }
    let rows = cells.map { cell in
      let member = found[cell.text("fit_key")]
      return SQLRow(
        columns: columns,
        values: keys.map { cell[$0] } + [
          real(member?.qBh), real(member?.pMax), cell["valid"], cell["flags"], cell["fit_key"],
        ])
    }
    return SQLTable(columns: columns, rows: rows)
  }

  /// How many cells there are, and how small a q their draws can reach, for people.
  package var size: String {
    let draws = cells[0].int("null_draws")
    let q = MultipleTesting.smallestReachableQ(cells: cells.count, draws: draws)
    return "\(cells.count) scores, \(draws) draws, smallest reachable q \(JSONValue.number(q).canonical)"
  }

  private func unit(in warehouse: Warehouse) throws -> WorkUnit {
    let groups = Dictionary(grouping: cells) { [$0.text("unit_key"), $0.text("array")] }
    var fits: [DeclaredFamilyStep.Parameters.Fit] = []
    var inputs: [WorkUnit.Input] = []
    for (place, members) in groups.sorted(by: { $0.key.lexicographicallyPrecedes($1.key) }) {
      let (unit, array) = (place[0], place[1])
      let arrays = try warehouse.read { try $0.unitArrays(key: unit) }
      guard let score = FitScore.drawn(in: array, of: unit), let null = arrays.first(where: { $0.name == array }),
        let observed = arrays.first(where: { $0.name == FitArray.scores.name(of: unit) })
      else {
        throw EvokeError(
          .familyLacksDraws, "family \(name)", reason: "the draws of \(Self.said(members[0])) are not here: \(array)",
          remedy: "ask for an archive with arrays (archive create --include arrays), or run the study again")
      }
      inputs.append(.array(role: DeclaredFamilyStep.observed, try warehouse.reference(observed)))
      inputs.append(.array(role: DeclaredFamilyStep.drawn, try warehouse.reference(null)))
      let sorted = members.sorted { $0.int("array_column") < $1.int("array_column") }
      fits.append(
        DeclaredFamilyStep.Parameters.Fit(
          score: score.label, columns: sorted.map { $0.int("array_column") }, fitKeys: sorted.map { $0.text("fit_key") }
        ))
    }
    return DeclaredFamilyStep().unit(
      DeclaredFamilyStep.Parameters(
        name: name, condition: condition, correction: correction, quantity: cells[0].text("quantity"), fits: fits),
      inputs: inputs, label: "family \(name)")
  }
}

extension FitScore {
  /// The score whose draws an array of a unit holds.
  fileprivate static func drawn(in array: String, of unit: String) -> FitScore? {
    let kinds: [FitKind] = [.single, .controlled] + (2...3).map { .joint(sets: $0) }
    return kinds.flatMap(\.drawn).first { FitArray.null($0).name(of: unit) == array }
  }
}

extension DeclaredFamily {
  /// Asks the conditions of all declared families again.
  ///
  /// - Parameter limits: of each; a condition of somebody else's may run forever.
  /// - Returns: how many there are, of those whose condition chooses other scores now the name and how, and of those that
  ///   cannot be told, as studies have other fits now.
  package static func differences(
    in warehouse: Warehouse, limits: QueryLimits = .usual
  ) throws -> (count: Int, differing: [(name: String, detail: String)], superseded: [(name: String, detail: String)]) {
    let families = try warehouse.read { try $0.declaredFamilies() }
    var (differing, superseded): ([(name: String, detail: String)], [(name: String, detail: String)]) = ([], [])
    for family in families {
      let members = Set(try JSONValue(parsing: family.members).arrayValue?.compactMap(\.stringValue) ?? [])
      guard family.gone == 0 else {
        superseded.append(
          (family.name, "\(family.gone) of its \(members.count) scores are of fits that no current study here has"))
        continue
      }
      do {
        let chosen = Set(try choice(family.condition, limits: limits, in: warehouse).map { $0.text("fit_key") })
        if chosen != members {
          differing.append(
            (family.name, "its condition chooses \(chosen.count) scores, it was made of \(members.count)"))
        }
      } catch let error as EvokeError where [.questionTimedOut, .tooManyRows].contains(error.code) {
        differing.append((family.name, "its condition was not asked to its end: \(error.reason); \(error.remedy)"))
      } catch let error as EvokeError where [.invalidSQL, .refusedSQL].contains(error.code) {
        differing.append((family.name, "its condition cannot be asked again: \(error.reason)"))
      }
    }
    return (families.count, differing, superseded)
  }
}
