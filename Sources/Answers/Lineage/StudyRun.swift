import ContentIdentity
import Diagnostics
import Warehouse

/// The newest expansion of a study.
public struct StudyRun {
  public let row: Rows.RunOfStudy
  /// JSON array of keys.
  public var units: String { row.units }

  /// - Throws: `E-WH-010` for a study that was never run.
  public init(_ study: String, in connection: Connection) throws {
    guard let row = try connection.runOfStudy(study: study).first else {
      let known = Set(try connection.storedRuns().map(\.name)).sorted()
      throw EvokeError(
        .unknownName, "study \(study)", reason: "it was not run here",
        remedy: NearMiss.suggestion(study, in: known, otherwise: "evoke run STUDY.yaml runs it"))
    }
    self.row = row
  }

  public var unitKeys: Set<String> {
    get throws { Set(try StoredJSON.read([String].self, units, of: "the units of run \(row.runID)")) }
  }
}
