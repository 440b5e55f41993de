import ContentIdentity

/// The root over the results of a run: what stands in a paper for every number of it.
///
/// `MerkleTree.root` of its units by key, a leaf the 64 hex digits of the key and the 64 of the result. It is of the bits
/// of the machines that computed; the plan's hash is the same everywhere.
public enum RunRoot {
  /// - Parameter results: hash by unit key; units that do not apply have none.
  public static func of(_ results: [String: String]) -> String {
    let leaves = results.sorted { $0.key < $1.key }.map { Array(($0.key + $0.value).utf8) }
    return MerkleTree.root(of: leaves).hex
  }

  /// The root of a run's units; nil while one that applies is not done.
  ///
  /// - Parameter results: hashes that count instead of those recorded.
  public static func of(_ units: [Rows.RunUnits], results: [String: String]? = nil) -> String? {
    var hashes: [String: String] = [:]
    for unit in units where unit.state != "not_applicable" {
      guard unit.state == "done", let recorded = unit.resultSHA256 else { return nil }
      guard let results else {
        hashes[unit.unitKey] = recorded
        continue
      }
      guard let found = results[unit.unitKey] else { return nil }
      hashes[unit.unitKey] = found
    }
    return of(hashes)
  }
}

extension Warehouse {
  /// The root over the results of a run, recorded where it is not yet; nil while a unit that applies is not done.
  @discardableResult
  public func recordRoot(of run: String) throws -> String? {
    let (root, recorded) = try read { connection in
      (RunRoot.of(try connection.runUnits(run: run)), try connection.runRoots().first { $0.runID == run }?.rootSHA256)
    }
    if root != recorded { try write { try $0.setRunRoot(rootSHA256: root, run: run) } }
    return root
  }
}

extension Connection {
  /// Records the roots of all runs as their units now stand.
  public func recordRoots() throws {
    let units = Dictionary(grouping: try runUnits(run: nil), by: \.runID)
    for run in try runRoots() {
      let root = RunRoot.of(units[run.runID, default: []])
      if root != run.rootSHA256 { try setRunRoot(rootSHA256: root, run: run.runID) }
    }
  }
}
