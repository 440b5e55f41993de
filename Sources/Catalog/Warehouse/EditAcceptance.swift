import ContentIdentity
import FileSystem

extension Warehouse {
  /// Keeps what somebody else has changed in the catalog: records it as an activity of kind `edit` with the reason and
  /// every difference, and hashes the rows anew. Units and runs concerned get other hashes.
  ///
  /// - Returns: what differed; nothing is recorded where nothing does. The warehouse is open for repairing.
  public func acceptEdit(reason: String) throws -> [RowDifference] {
    let audit = session.withLock { $0.audit }
    guard let audit, !audit.differences.isEmpty else { return [] }
    try write { try $0.enter(audit, reason: reason) }
    session.withLock { $0.audit = nil }
    return audit.differences
  }
}

extension Connection {
  fileprivate func enter(_ audit: RowAudit, reason: String) throws {
    let changes = audit.differences.map { difference in
      JSONValue.object([
        "table": .string(difference.table), "key": .string(difference.key), "detail": .string(difference.detail),
        "columns": .array(difference.columns.map { .string($0) }),
      ])
    }
    try enterEvent(
      kind: "edit", verb: "repair --accept-edit", options: ["reason": .string(reason), "changes": .array(changes)])
    for activity in audit.activities {
      if let unit = try unitResult(activity: activity).first, let found = audit.results[unit.unitKey],
        found != unit.resultSHA256
      {
        try unitDone(resultSHA256: found, unit: unit.unitKey)
        try recordGeneration(activity, of: artifact(kind: "result", name: unit.unitKey, sha256: found))
      }
      try unsealActivity(activity: activity)
    }
    try seal(HashedTables.current.shared)
    try markAllWritten()
    try recordRoots()
  }
}
