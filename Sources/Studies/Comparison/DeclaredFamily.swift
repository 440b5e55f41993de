import ContentIdentity
import Diagnostics
import Encoding
import Names
import Statistics
import Vocabulary
import Warehouse
import Work

/// A family that a condition over `family_cell` chooses, whatever the studies of its scores declare.
///
/// Its members are of one quantity, kind of target, null, number of draws and seed, so that one draw is the same in all of
/// them: the maximum over cells is then that of a draw.
package struct DeclaredFamily {
  /// A chosen score with its stored draws.
  private struct Member {
    let score: Rows.FamilyChoice
    /// Name of the array of draws, and the score's column of it.
    let array: String
    let column: Int
    let draws: Int

    /// nil: no draws are stored.
    init?(_ score: Rows.FamilyChoice) {
      guard let array = score.array, let column = score.arrayColumn, let draws = score.nullDraws else { return nil }
      (self.score, self.array, self.column, self.draws) = (score, array, column, draws)
    }
  }

  private let name: String
  private let condition: String
  private let correction: [Correction]
  /// One or more.
  private let members: [Member]

  /// - Throws: `E-FAM-001` where nothing is chosen, `E-FAM-002` where draws are missing, `E-FAM-003` where members are not
  ///   alike, `E-QRY-002` and its like for a condition that cannot be asked.
  package init(
    _ name: Name, where condition: String, _ correction: [Correction], limits: QueryLimits = .own,
    in warehouse: Warehouse
  ) throws {
    (self.name, self.condition, self.correction) = (name.text, condition, correction)
    let scores = try Self.choice(condition, limits: limits, in: warehouse)
    guard !scores.isEmpty else {
      throw EvokeError(
        .emptyFamily, "family \(name)", reason: "no score of a current study meets \(condition)",
        remedy: "evoke query family_cell shows the scores there are")
    }
    members = scores.compactMap(Member.init)
    try checkDraws(scores)
    try check("quantity") { .text($0.quantity) }
    try check("target_kind") { .text($0.targetKind) }
    try check("null_kind") { .optional($0.nullKind) }
    try check("null_draws") { .optional($0.nullDraws) }
    try check("seed") { .int($0.seed) }
  }

  /// The scores that a condition chooses. Text that closes the condition and goes on as another question can return rows of its
  /// own making: what is no row of `family_cell` is refused.
  private static func choice(
    _ condition: String, limits: QueryLimits = .own, in warehouse: Warehouse
  ) throws -> [Rows.FamilyChoice] {
    func ask(_ condition: String, _ arguments: [String: SQLValue] = [:]) throws -> [SQLTable] {
      let sql = Statement.familyChoice.sql.replacing(":condition", with: "(\n\(condition)\n)")
      return try warehouse.userQuery(sql, arguments, limits: limits)
    }
    func refusal(_ reason: String) -> EvokeError {
      EvokeError(
        .refusedSQL, condition, reason: reason,
        remedy: "write what would stand after WHERE: region = 'V1' AND quantity = 'r'")
    }
    let foreign = "it returns what is no row of family_cell: it is more than one condition"
    let tables = try ask(condition)
    guard tables.count == 1 else { throw refusal("it is \(tables.count) statements, not one condition") }
    guard tables[0].columns == Statement.familyChoice.columns else { throw refusal(foreign) }
    let chosen: [Rows.FamilyChoice]
    do {
      chosen = try tables[0].rows(of: .familyChoice) { try Rows.FamilyChoice(&$0) }
    } catch let error as EvokeError where error.code == .catalogFailed {
      throw refusal(foreign)
    }
    let fits = JSONValue.array(Set(chosen.map(\.fitKey)).sorted().map { .string($0) }).canonical
    let cells = try ask("fit_key IN (SELECT value FROM json_each(:fits))", ["fits": .text(fits)]).flatMap(\.rows)
    guard Set(cells.map(\.values)).isSuperset(of: tables[0].rows.map(\.values)) else { throw refusal(foreign) }
    return chosen
  }

  /// The condition and another one; a comment at its end ends with its line.
  private func narrowed(_ more: String) -> String {
    "(\(condition)\(condition.contains("--") ? "\n" : "")) AND \(more)"
  }

  private func checkDraws(_ scores: [Rows.FamilyChoice]) throws {
    let bare = scores.filter { Member($0) == nil }
    guard let first = bare.first else { return }
    let why = first.nullKind == nil ? "its study draws from no null" : "its study keeps no draws"
    throw EvokeError(
      .familyLacksDraws, "family \(name)",
      reason:
        "\(bare.count) of \(scores.count) chosen scores have no stored draws, the first is \(Self.said(first)): \(why)",
      remedy: "run the study with statistics.draws and `null` in encoding.store, or choose others: "
        + Self.command(name, narrowed("array IS NOT NULL")))
  }

  /// That all members have one value of a column of `family_cell`.
  private func check(_ column: String, _ value: (Rows.FamilyChoice) -> SQLValue) throws {
    let first = members[0].score
    guard let other = members.first(where: { value($0.score) != value(first) })?.score else { return }
    func literal(_ value: SQLValue) -> String { value.string.map { "'\($0)'" } ?? value.text(null: "NULL") }
    throw EvokeError(
      .unlikeFamily, "family \(name)",
      reason: "\(column) is \(literal(value(first))) of \(Self.said(first)) and \(literal(value(other))) of "
        + "\(Self.said(other)): their draws are not one draw",
      remedy: "define a family of each: " + Self.command(name, narrowed("\(column) = \(literal(value(first)))")))
  }

  private static func command(_ name: String, _ condition: String) -> String {
    "evoke family define \(ShellText.quoted(name)) --where \(ShellText.quoted(condition))"
  }

  private static func said(_ score: Rows.FamilyChoice) -> String {
    let what = [score.featureSet, score.layerKey].compactMap(\.self).joined(separator: " ")
    let whom = [score.target, score.region, score.subject, score.cohort].compactMap(\.self).joined(separator: ", ")
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
      seed: members[0].score.seed, units: [try unit(in: warehouse)], notes: [])
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
    return try table(families.members.map { CorrectedScore(fitKey: $0.fitKey, qBh: $0.qBh, pMax: $0.pMax) })
  }

  /// The same as its plan, which has run, left it.
  ///
  /// - Throws: `E-WH-005` where a member is not in the warehouse.
  package func stored(by plan: Plan, in warehouse: Warehouse) throws -> SQLTable {
    let members = try plan.units.flatMap { unit in try warehouse.read { try $0.familyMembers(unit: unit.key) } }
    return try table(members.map { CorrectedScore(fitKey: $0.fitKey, qBh: $0.qBh, pMax: $0.pMax) })
  }

  private struct CorrectedScore {
    let fitKey: String
    let qBh: Double?
    let pMax: Double?
  }

  /// In the order of the members.
  private func table(_ scores: [CorrectedScore]) throws -> SQLTable {
    let byFit = Dictionary(uniqueKeysWithValues: scores.map { ($0.fitKey, $0) })
    let rows = try members.map { member in
      guard let corrected = byFit[member.score.fitKey] else {
        throw EvokeError(
          .catalogFailed, "family \(name)", reason: "it has no member \(member.score.fitKey)",
          remedy: "run evoke verify; if it finds nothing, report this")
      }
      return Self.columns(member.score, corrected)
    }
    return SQLTable(
      columns: rows[0].map(\.name), rows: rows.map { SQLRow(columns: $0.map(\.name), values: $0.map(\.value)) })
  }

  private static func columns(
    _ score: Rows.FamilyChoice, _ corrected: CorrectedScore
  ) -> [(name: String, value: SQLValue)] {
    [
      ("dataset", .text(score.dataset)), ("cohort", .text(score.cohort)), ("subject", .optional(score.subject)),
      ("rater", .optional(score.rater)), ("feature_set", .text(score.featureSet)),
      ("layer_key", .optional(score.layerKey)), ("element", .text(score.element)),
      ("covariate_mode", .text(score.covariateMode)), ("target", .text(score.target)),
      ("region", .optional(score.region)), ("quantity", .text(score.quantity)), ("value", .optional(score.value)),
      ("null_kind", .optional(score.nullKind)), ("null_draws", .optional(score.nullDraws)), ("p", .optional(score.p)),
      ("q_bh", .optional(corrected.qBh)), ("p_max", .optional(corrected.pMax)), ("valid", .int(score.valid)),
      ("flags", .text(score.flags)), ("fit_key", .text(score.fitKey)),
    ]
  }

  /// How many cells there are, and how small a q their draws can reach, for people.
  package var size: String {
    let draws = members[0].draws
    let q = MultipleTesting.smallestReachableQ(cells: members.count, draws: draws)
    return "\(members.count) scores, \(draws) draws, smallest reachable q \(JSONValue.number(q).canonical)"
  }

  /// One score of a unit, by the array of its draws.
  private struct DrawnScore: Hashable, Comparable {
    let unit: String
    let array: String

    static func < (a: DrawnScore, b: DrawnScore) -> Bool { (a.unit, a.array) < (b.unit, b.array) }
  }

  private func unit(in warehouse: Warehouse) throws -> WorkUnit {
    let groups = Dictionary(grouping: members) { DrawnScore(unit: $0.score.unitKey, array: $0.array) }
    var fits: [DeclaredFamilyStep.Parameters.Fit] = []
    var inputs: [WorkUnit.Input] = []
    for (place, members) in groups.sorted(by: { $0.key < $1.key }) {
      let (unit, array) = (place.unit, place.array)
      let arrays = try warehouse.read { try $0.unitArrays(key: unit) }
      guard let score = FitScore.drawn(in: array, of: unit), let null = arrays.first(where: { $0.name == array }),
        let observed = arrays.first(where: { $0.name == FitArray.scores.name(of: unit) })
      else {
        throw EvokeError(
          .familyLacksDraws, "family \(name)",
          reason: "the draws of \(Self.said(members[0].score)) are not here: \(array)",
          remedy: "ask for an archive with arrays (archive create --include arrays), or run the study again")
      }
      inputs.append(.array(role: DeclaredFamilyStep.observed, try warehouse.reference(observed)))
      inputs.append(.array(role: DeclaredFamilyStep.drawn, try warehouse.reference(null)))
      let sorted = members.sorted { $0.column < $1.column }
      fits.append(
        DeclaredFamilyStep.Parameters.Fit(
          score: score.label, columns: sorted.map(\.column), fitKeys: sorted.map(\.score.fitKey)))
    }
    return DeclaredFamilyStep().unit(
      DeclaredFamilyStep.Parameters(
        name: name, condition: condition, correction: correction, quantity: members[0].score.quantity, fits: fits),
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
    let families = try warehouse.read { connection in
      try connection.declaredFamilies().map { family in
        (family, members: Set(try connection.familyMembers(unit: family.unitKey).map(\.fitKey)))
      }
    }
    var (differing, superseded): ([(name: String, detail: String)], [(name: String, detail: String)]) = ([], [])
    for (family, members) in families {
      guard family.gone == 0 else {
        superseded.append(
          (family.name, "\(family.gone) of its \(members.count) scores are of fits that no current study here has"))
        continue
      }
      do {
        let chosen = Set(try choice(family.condition, limits: limits, in: warehouse).map(\.fitKey))
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
