import FileSystem
import Warehouse
import Work

extension Collector {
  /// Puts a new result in place of one whose arrays are gone. Everything that was computed from the old one is to be
  /// computed again; its units keep the hashes of their results, so that it is noted where these come out otherwise.
  func replace(
    _ unit: WorkUnit, by result: UnitResult, sha256: String, _ arrays: [StoredArray], _ connection: Connection
  ) throws {
    guard let activity = try connection.unitActivity(key: unit.key).first?.activityID else {
      preconditionFailure("\(unit.label) is done without an activity")
    }
    for dependent in try connection.unitsThatNeed(import: activity) {
      try connection.dropActivity(activity: dependent.activityID)
      try connection.reopenDependent(unit: dependent.unitKey)
    }
    try connection.dropActivity(activity: activity)
    try connection.dropUnusedArtifacts()
    try commit(unit, result, sha256: sha256, arrays, connection)
  }

  /// Records that a unit which was opened again comes out otherwise than before.
  func noteOtherResult(
    of unit: WorkUnit, before state: UnitState?, now sha256: String, _ result: UnitResult, _ connection: Connection
  ) throws {
    guard let first = state?.resultSHA256, first != sha256 else { return }
    try connection.insert(
      DivergenceRow(
        unitKey: unit.key, array: "rows", firstSHA256: first, secondSHA256: sha256,
        environmentSecond: try result.environment.identify(connection)))
  }
}
