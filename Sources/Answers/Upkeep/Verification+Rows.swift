import Warehouse

extension Verification {
  package static let rowCheck = "rows are what was written"

  /// Level 2: every row of imports, results and shared tables against what was recorded of it, and the roots over the
  /// results of runs. `root` must be that of a run.
  mutating func verifyRows(root: String?) throws {
    progress(0, "rows")
    let isEnded = try warehouse.recordsAreHashed()
    let (audit, runs, units) = try warehouse.read { connection in
      (
        try RowAudit(
          connection, records: isEnded, progress: progress), try connection.runRoots(),
        Dictionary(grouping: try connection.runUnits(run: nil), by: \.runID)
      )
    }
    add(
      2, Self.rowCheck, checked: audit.rowCount,
      failures: audit.differences.map { ($0.object, $0.detail) })
    var roots: Set<String> = []
    for run in runs {
      guard let found = RunRoot.of(units[run.runID, default: []], results: audit.results) else { continue }
      roots.insert(found)
      let object = "\(run.study) \(run.runID)"
      if let recorded = run.rootSHA256, recorded != found {
        add(2, "runs have their roots", .failed, object: object, detail: "it is \(found), recorded is \(recorded)")
      } else if run.isCurrent == 1 {
        add(2, "runs have their roots", .ok, object: object, detail: found)
      }
    }
    guard let root else { return }
    let isThere = roots.contains(root.lowercased())
    add(
      2, "a run has the root asked for", isThere ? .ok : .failed, object: root,
      detail: isThere ? "" : "no run of this warehouse has results with this root")
  }
}
