import ContentIdentity
import Diagnostics
import FileSystem
import Foundation
import LabelledArrays
import Warehouse
import Work

/// The only writer of results: checks what workers left, moves array files into the warehouse and commits, one
/// transaction for each unit.
struct Collector {
  /// What became of a unit.
  enum Verdict: Sendable, Equatable {
    case stored
    /// Done before with the same bits.
    case unchanged
    /// Done before with other bits; rows of `divergence` were written.
    case diverged
    case failed(UnitResult.Failure)
  }

  let warehouse: Warehouse
  let runID: String
  let execution: Int
  /// Tables each step may write to, by step name.
  let tables: [String: [any ResultRow.Type]]

  /// Takes in the result of one unit and clears it from the spool; what became of it, and the seconds it took where its
  /// result could be read.
  ///
  /// - Throws: `E-WH-008` and other faults of disk or catalog, which concern the whole run; whatever concerns the unit
  ///   alone is a `failed` verdict.
  func collect(_ unit: WorkUnit, from spool: Spool) throws -> (verdict: Verdict, seconds: Double?) {
    var seconds: Double?
    let verdict: Verdict
    do {
      let result = try UnitResult.read(unit.key, in: spool)
      seconds = result.seconds
      if let failure = result.failure {
        verdict = try fail(unit, failure, of: result)
      } else {
        verdict = try store(unit, result, spool)
      }
    } catch let error as EvokeError where !Self.concernsAll(error) {
      verdict = try fail(unit, UnitResult.Failure(error))
    }
    spool.clear(unit.key)
    return (verdict, seconds)
  }

  /// Whether an error speaks of the disk or the catalog and not of one unit.
  static func concernsAll(_ error: EvokeError) -> Bool {
    [.diskFull, .writeFailed, .warehouseLocked, .newerSchema].contains(error.code)
  }

  private func store(_ unit: WorkUnit, _ result: UnitResult, _ spool: Spool) throws -> Verdict {
    let (stored, places) = try verified(result, spool)
    let state = try warehouse.read { try $0.unitStates([unit.key])[unit.key] }
    let sha256 = try result.sha256()
    if let state, state.state == "done", let first = state.resultSHA256 {
      if first == sha256 { return .unchanged }
      try diverge(unit, result, places, first: first, second: sha256)
      return .diverged
    }
    if let place = places.first { try move(place.reference.file, result.fileHash) }
    Machine.crashPoint()
    do {
      try warehouse.write { connection in try commit(unit, result, sha256: sha256, stored, connection) }
    } catch {
      try? removeUnused(result.fileHash)
      throw error
    }
    return .stored
  }

  /// The arrays as they will stand in the warehouse, and where they are now. Reads and hashes each.
  private func verified(_ result: UnitResult, _ spool: Spool) throws -> ([StoredArray], [TaskArray]) {
    guard !result.arrays.isEmpty else { return ([], []) }
    let name = result.fileHash
    let inSpool = "\(spool.arrays(result.key))/\(name).h5"
    // An interruption between rename and commit leaves the file in place and the result in the spool.
    let file = Files.exists(inSpool) ? inSpool : "\(warehouse.directory)/\(Self.place(name))"
    var stored: [StoredArray] = []
    var places: [TaskArray] = []
    for array in result.arrays {
      let reference = ArrayReference(name: array.description.name, file: file, path: array.path, sha256: array.sha256)
      let found = try ArrayReader.verify(reference)
      stored.append(
        StoredArray(
          description: array.description, axes: found.axes, units: found.units, path: array.path, sha256: array.sha256,
          file: Self.place(name)))
      places.append(
        TaskArray(role: "", reference: reference, description: array.description, unitKey: result.key))
    }
    return (stored, places)
  }

  static func place(_ fileHash: String) -> String { "arrays/" + ArrayFileWriter.place(fileHash) }

  /// Renames a verified file to its place; across file systems copies, syncs and renames.
  private func move(_ file: String, _ fileHash: String) throws {
    let target = "\(warehouse.directory)/\(Self.place(fileHash))"
    if file == target { return }
    let folder = (target as NSString).deletingLastPathComponent
    if !Files.exists(folder) {
      try Files.makeDirectory(folder)
      try Files.synchronise(warehouse.directory + "/arrays")
    }
    Machine.crashPoint()
    if Files.device(of: file) == Files.device(of: folder) {
      try Files.rename(file, to: target)
    } else {
      try copy(file, to: target, in: folder)
    }
    Machine.crashPoint()
  }

  private func copy(_ file: String, to target: String, in folder: String) throws {
    let temporary =
      "\(folder)/.tmp-\(ProcessInfo.processInfo.processIdentifier)-\(UInt64.random(in: 0...UInt64.max)).h5"
    do {
      try FileManager.default.copyItem(atPath: file, toPath: temporary)
    } catch {
      try? Files.remove(temporary)
      let isFull = (Files.freeBytes(at: folder) ?? .max) < 1 << 20
      throw EvokeError(
        isFull ? .diskFull : .writeFailed, target, reason: error.localizedDescription,
        remedy: "free space on this disk and run the command again")
    }
    try Files.setMode(temporary, 0o444)
    try Files.synchronise(temporary)
    try Files.rename(temporary, to: target)
  }

  /// Takes a moved file away again when nothing refers to it.
  private func removeUnused(_ fileHash: String) throws {
    let file = Self.place(fileHash)
    // Without an answer the file stays.
    let uses = try warehouse.read { try $0.arrayFileUse(file: file).first?.uses }
    if uses == 0 { try Files.remove("\(warehouse.directory)/\(file)") }
  }

  /// Records a failure: the attempt and the unit's message. A unit that is done stays done.
  func fail(_ unit: WorkUnit, _ failure: UnitResult.Failure, of result: UnitResult? = nil) throws -> Verdict {
    if failure.code == .diskFull {
      throw EvokeError(.diskFull, unit.label, reason: failure.message, remedy: failure.remedy)
    }
    try warehouse.write { connection in
      try attempt(unit, result, failure, connection)
      try connection.unitFailed(message: failure.message, unit: unit.key)
    }
    return .failed(failure)
  }

  /// Records one try that is not the unit's last.
  func note(_ unit: WorkUnit, _ failure: UnitResult.Failure) throws {
    try warehouse.write { try attempt(unit, nil, failure, $0) }
  }

  func attempt(_ unit: WorkUnit, _ result: UnitResult?, _ failure: UnitResult.Failure?, _ connection: Connection) throws
  {
    try connection.insert(
      AttemptRow(
        unitKey: unit.key, runID: runID, execution: execution,
        environmentID: try result?.environment.identify(connection), startedAt: result?.startedAt ?? Machine.now,
        state: failure == nil ? "done" : "failed", code: failure?.code.id ?? "", message: failure?.message ?? "",
        seconds: result?.seconds, peakBytes: result?.peakBytes))
  }
}
