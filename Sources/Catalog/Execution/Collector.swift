import ContentIdentity
import Diagnostics
import FileSystem
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
    /// Done before with the same bits; its array file, which was missing or damaged, is in its place again.
    case restored
    /// Done before with other bits; rows of `divergence` were written.
    case diverged
    /// The same, in place of a result whose arrays were missing or damaged; what was computed from it is to be computed
    /// again.
    case replaced
    case failed(UnitResult.Failure)

    /// Whether the bits are others than before.
    var isOtherwise: Bool { self == .diverged || self == .replaced }
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
    [.diskFull, .writeFailed, .permissionDenied, .warehouseLocked, .catalogRead, .newerSchema].contains(error.code)
  }

  private func store(_ unit: WorkUnit, _ result: UnitResult, _ spool: Spool) throws -> Verdict {
    var (stored, places) = try verified(result, spool)
    let state = try warehouse.read { try $0.unitStates([unit.key])[unit.key] }
    let sha256 = result.sha256
    if let state, state.state == "done", let first = state.resultSHA256 {
      let isDamaged = try warehouse.damage(of: [unit.key])[unit.key] != nil
      if first == sha256 {
        if isDamaged { try move(places, to: &stored) }
        try warehouse.write { connection in
          if isDamaged, let array = stored.first { try connection.put(array.fileBytes, at: array.file) }
          // What it read may be other than it was, even so.
          try attempt(unit, result, nil, connection)
        }
        return isDamaged ? .restored : .unchanged
      }
      try diverge(unit, result, places, first: first, second: sha256)
      guard isDamaged else { return .diverged }
      try move(places, to: &stored)
      try warehouse.write { try replace(unit, by: result, sha256: sha256, stored, $0) }
      return .replaced
    }
    try move(places, to: &stored)
    Machine.crashPoint()
    do {
      try warehouse.write { connection in
        try noteOtherResult(of: unit, before: state, now: sha256, result, connection)
        try commit(unit, result, sha256: sha256, stored, connection)
      }
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
    let bytes = try StoredBytes(of: file)
    guard bytes.sha256 == result.fileSHA256 else {
      throw EvokeError(
        .arrayCorrupt, file, reason: "its bytes are not those that the worker wrote",
        remedy: "run the study again; check the disk")
    }
    var stored: [StoredArray] = []
    var places: [TaskArray] = []
    for array in result.arrays {
      let reference = ArrayReference(name: array.description.name, file: file, path: array.path, sha256: array.sha256)
      let found = try ArrayReader.verify(reference)
      stored.append(
        StoredArray(
          description: array.description, axes: found.axes, units: found.units, path: array.path, sha256: array.sha256,
          file: Self.place(name), fileBytes: bytes))
      places.append(
        TaskArray(role: "", reference: reference, description: array.description, unitKey: result.key))
    }
    return (stored, places)
  }

  static func place(_ fileHash: String) -> String { "arrays/" + ArrayFileWriter.place(fileHash) }

  /// Renames a verified file to its place; across file systems copies, syncs and renames.
  func move(_ places: [TaskArray], to stored: inout [StoredArray]) throws {
    guard let from = places.first?.reference.file, let place = stored.first?.file else { return }
    let placement = try ArrayPlacement(directory: warehouse.directory, file: place)
    guard from != placement.path else { return }
    let folder = Files.folder(of: placement.path)
    if !Files.exists(folder) {
      try Files.makeDirectory(folder)
      try Files.synchronise(warehouse.directory + "/arrays")
    }
    Machine.crashPoint()
    try placement.put(from, holding: stored)
    Machine.crashPoint()
    let bytes = try StoredBytes(of: placement.path)
    for i in stored.indices { stored[i].fileBytes = bytes }
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
        seconds: result?.seconds, peakBytes: result?.peakBytes, inputsSHA256: result?.inputsSHA256))
  }
}
