import ContentIdentity
import Diagnostics
import Execution
import FileSystem
import Foundation
import Warehouse

/// The union of two warehouses: what the other has and this one lacks comes, and nothing that is here changes.
///
/// Imports are equal by name, bytes and options, units by their keys; a unit whose result is other there becomes rows of
/// `divergence`. Of consents the strictest holds. Array files are copied and hashed before one transaction writes all
/// rows: an interruption leaves nothing but files that `gc` removes.
public enum Merge {
  /// What came, or would come.
  public struct Outcome: Sendable {
    /// Activities by kind: import, unit, consent ...
    public var counts: [String: Int] = [:]
    public var arrays = 0
    /// Before compression.
    public var arrayBytes = 0
    /// Labels of units with other results there, which stay as they are here.
    public var divergent: [String] = []
    /// Labels of units that rest on such results there, and were left there.
    public var leftOut: [String] = []
    /// What was forgotten here and came again.
    public var restored = 0
    public var notes: [String] = []

    /// Rows that are new or say more.
    public var rows = 0

    public var isNothing: Bool { rows == 0 && divergent.isEmpty && restored == 0 }
  }

  /// - Parameter names: new names of studies and frozen results, by the old ones.
  /// - Throws: `E-MRG-001` with every name that stands for two things, `E-MRG-002` for another schema, `E-MRG-003` for the
  ///   same warehouse, `E-MRG-004` for a person who withdrew here, `E-WH-016` for rows of the other that are not what was written, `E-WH-006` and `E-WH-007` for its
  ///   arrays.
  public static func bring(
    _ other: String, into warehouse: Warehouse, names: [String: String] = [:], dryRun: Bool = false,
    progress: (Double, String) -> Void = { _, _ in }
  ) throws -> Outcome {
    func place(_ path: String) -> String { URL(fileURLWithPath: path).resolvingSymlinksInPath().path }
    guard place(other) != place(warehouse.directory) else {
      throw EvokeError(
        .mergeSelf, other, reason: "both are this warehouse", remedy: "name the other one's folder")
    }
    let source = try Warehouse.open(other, .reading)
    try check(source, against: warehouse)
    try refuseWithdrawn(source, warehouse)
    var outcome = try source.read { theirs in
      func enter(_ plan: MergePlan, _ ours: Connection) throws -> Outcome {
        try MergeEntry(
          plan: plan, names: names, theirs: theirs, source: source, ours: ours, warehouse: warehouse
        ).enter()
      }
      // Rows that collide are found before an array is copied, and where there is nothing to do nothing is written.
      func rehearsed(without unsupported: Set<Int>) throws -> (MergePlan, [Rows.ArrayFiles], Outcome) {
        let (plan, known) = try warehouse.read { ours in
          (
            try MergePlan(from: theirs, to: ours, names: names, without: unsupported), try ours.arrayFiles()
          )
        }
        try refuse(plan.collisions, other)
        do {
          return (plan, known, try warehouse.rehearse { try enter(plan, $0) })
        } catch let found as RowTransfer.Unsupported {
          return try rehearsed(without: unsupported.union(found.activities))
        }
      }
      let (plan, known, planned) = try rehearsed(without: [])
      if dryRun || planned.isNothing { return planned }
      let hashes = Dictionary(known.map { ($0.file, $0.fileSHA256) }, uniquingKeysWith: { first, _ in first })
      let files = try copy(plan.arrays, from: source, to: warehouse, known: hashes, progress)
      return try warehouse.write { ours in
        let outcome = try enter(plan, ours)
        for (file, bytes) in files { try ours.put(bytes, at: file) }
        return outcome
      }
    }
    outcome.notes += try withdrawnThere(source, warehouse).map { person in
      let command = ["evoke", "forget", "--subject", person.name, "--dataset", person.dataset, "--everywhere"]
      return "\(person.name) of \(person.dataset) withdrew there and is here still: "
        + command.map(ShellText.quoted).joined(separator: " ")
    }
    try source.close()
    return outcome
  }

  private static func check(_ source: Warehouse, against warehouse: Warehouse) throws {
    func migrations(_ warehouse: Warehouse) throws -> [String] {
      try warehouse.read { try $0.appliedMigrations().map(\.sha256) }
    }
    guard try migrations(source) == migrations(warehouse) else {
      throw EvokeError(
        .mergeSchema, source.directory, reason: "its migrations are others than this program's",
        remedy: "evoke init \(source.directory) brings an older one up to date")
    }
    if let first = try source.read({ try RowAudit($0).differences.first }) {
      throw EvokeError(
        .catalogEdited, "\(source.directory), \(first.object)", reason: first.detail,
        remedy: "evoke verify -C \(source.directory) names all that differs; take it back or accept it there first")
    }
  }

  /// A person who withdrew from this warehouse, and whom nobody imported again, does not come back by the other one.
  ///
  /// - Throws: `E-MRG-004`.
  private static func refuseWithdrawn(_ source: Warehouse, _ warehouse: Warehouse) throws {
    let (withdrawn, here) = try warehouse.read { (try WithdrawnPeople($0), try WithdrawnPeople.named(in: $0)) }
    let there = try source.read { try WithdrawnPeople.named(in: $0) }
    let people = there.subtracting(here).filter(withdrawn.contains)
      .sorted { ($0.dataset, $0.name) < ($1.dataset, $1.name) }
    guard let first = people.first else { return }
    let command = ["evoke", "forget", "--subject", first.name, "--dataset", first.dataset, "--everywhere", "-C"]
    throw EvokeError(
      .withdrawnComesBack, "\(first.name) of \(first.dataset)",
      reason: "\(people.count) who withdrew here \(people.count == 1 ? "is" : "are") in \(source.directory)",
      remedy: (command + [source.directory]).map(ShellText.quoted).joined(separator: " ")
        + " takes them out there; then merge again")
  }

  /// Who withdrew from the other warehouse and is in this one.
  private static func withdrawnThere(_ source: Warehouse, _ warehouse: Warehouse) throws -> [WithdrawnPeople.Person] {
    let (withdrawn, there) = try source.read { (try WithdrawnPeople($0), try WithdrawnPeople.named(in: $0)) }
    return try warehouse.read { try WithdrawnPeople.named(in: $0) }.subtracting(there).filter(withdrawn.contains)
      .sorted { ($0.dataset, $0.name) < ($1.dataset, $1.name) }
  }

  fileprivate static func refuse(_ collisions: [String], _ other: String) throws {
    guard let first = collisions.first else { return }
    let shown = collisions.sorted().prefix(12).joined(separator: "; ")
    throw EvokeError(
      .mergeCollision, collisions.count == 1 ? first : "\(collisions.count) names of \(other)", reason: shown,
      remedy: "rename what --rename OLD=NEW can, or import it under another name in one of the warehouses")
  }

  /// Copies array files that are not here, and checks their bytes.
  private static func copy(
    _ arrays: [Rows.MergeArrays], from source: Warehouse, to warehouse: Warehouse, known: [String: String],
    _ progress: (Double, String) -> Void
  ) throws -> [String: StoredBytes] {
    var copied: [String: StoredBytes] = [:]
    for (done, array) in arrays.enumerated() where copied[array.file] == nil {
      progress(Double(done) / Double(arrays.count), array.name)
      let placement = try ArrayPlacement(directory: warehouse.directory, file: array.file)
      if Files.exists(placement.path) {
        let found = try StoredBytes(of: placement.path)
        // Its name is the hash of its arrays: other bytes that the catalog knows are another library's compression.
        if found.sha256 == known[array.file] ?? array.fileSHA256 {
          copied[array.file] = found
          continue
        }
        try placement.setAside()
      }
      let origin = try source.path(array.file).absolute
      guard Files.exists(origin) else { throw damaged(array, .arrayMissing, "it is not there", source) }
      let bytes = try placement.copy(from: origin)
      guard bytes.sha256 == array.fileSHA256 else {
        try placement.setAside()
        throw damaged(array, .arrayCorrupt, "its bytes are not those recorded", source)
      }
      copied[array.file] = bytes
    }
    return copied
  }

  private static func damaged(
    _ array: Rows.MergeArrays, _ code: ErrorCode, _ reason: String, _ source: Warehouse
  ) -> EvokeError {
    EvokeError(
      code, "\(source.directory)/\(array.file)", reason: reason,
      remedy: "evoke repair -C \(source.directory), then the same command again")
  }
}

/// Enters what comes, in the caller's transaction.
private struct MergeEntry {
  let plan: MergePlan
  let names: [String: String]
  let theirs: Connection
  let source: Warehouse
  let ours: Connection
  let warehouse: Warehouse

  func enter() throws -> Merge.Outcome {
    for key in plan.forgotten { try ours.dropImport(key: key) }
    let units = Set(plan.coming.filter { $0.kind == "unit" }.map(\.activityKey))
    let transfer = try RowTransfer(
      from: theirs, to: ours,
      RowTransfer.Selection(activities: plan.coming.map(\.activityID), units: units, names: names))
    try transfer.bring()
    let collisions = transfer.collisions.map { "\($0.table) \($0.key): \($0.columns.joined(separator: ", "))" }
    try Merge.refuse(collisions, source.directory)
    var outcome = Merge.Outcome(
      counts: Dictionary(grouping: plan.coming, by: \.kind).mapValues(\.count), arrays: plan.arrays.count,
      arrayBytes: plan.arrays.reduce(0) { $0 + $1.bytes }, leftOut: plan.leftOut.map { $0.label ?? $0.verb },
      restored: plan.forgotten.count, notes: transfer.notes, rows: transfer.changed)
    for unit in plan.divergent where try diverge(unit, transfer) {
      outcome.divergent.append(unit.ours.label ?? unit.unit)
    }
    for run in plan.current {
      try ours.retireRuns(study: run.study, purpose: run.purpose)
      try ours.makeRunCurrent(run: run.run)
    }
    try ours.recordRoots()
    if !outcome.isNothing { try record() }
    return outcome
  }

  /// Rows of `divergence` of a unit; false where they are here already.
  private func diverge(_ unit: MergePlan.Divergent, _ transfer: RowTransfer) throws -> Bool {
    let here = try ours.unitArrays(key: unit.unit)
    var found: [(array: String, first: String, second: String, difference: Difference?)] = []
    for array in try theirs.unitArrays(key: unit.unit) {
      guard let own = here.first(where: { $0.path == array.path }), own.logicalSHA256 != array.logicalSHA256 else {
        continue
      }
      let difference = try Difference.between(warehouse.reference(own), source.reference(array))
      found.append((own.name, own.logicalSHA256, array.logicalSHA256, difference))
    }
    if found.isEmpty, let first = unit.ours.resultSHA256, let second = unit.theirs.resultSHA256 {
      found = [("rows", first, second, nil)]
    }
    let known = try ours.divergences(unit: unit.unit)
    found.removeAll { new in
      known.contains { row in
        row.array == new.array && Set([row.firstSHA256, row.secondSHA256]) == [new.first, new.second]
      }
    }
    let environment = try unit.theirs.environmentID.map { try transfer.number($0, in: EnvironmentRow.table) }
    for array in found {
      try ours.insert(
        DivergenceRow(
          unitKey: unit.unit, array: array.array, firstSHA256: array.first, secondSHA256: array.second,
          maxAbsDifference: array.difference?.absolute, maxRelDifference: array.difference?.relative,
          environmentFirst: unit.ours.environmentID, environmentSecond: environment))
    }
    return !found.isEmpty
  }

  private func record() throws {
    let options: JSONValue = [
      "activities": .array(plan.coming.map(\.activityKey).sorted().map { .string($0) }),
      "divergent": .array(plan.divergent.map(\.unit).sorted().map { .string($0) }),
      "names": .object(names.mapValues { .string($0) }),
    ]
    try ours.enterEvent(kind: "merge", verb: "merge", options: options)
  }
}
