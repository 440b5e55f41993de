import ContentIdentity
import Diagnostics
import Work

extension UnitTask {
  /// Writes the task once and for all.
  func freeze(in spool: Spool) throws {
    let body: JSONValue
    do { body = try StrictCoder.encode(self) } catch let error as StrictCodingError {
      preconditionFailure("a task without JSON: \(error)")
    }
    try SealedJSON(name: "task", body: body).write(to: spool.task(key))
  }

  /// Reads a frozen task.
  ///
  /// - Throws: `E-EXE-003` when it is not what was written.
  static func read(_ key: String, in spool: Spool) throws -> UnitTask {
    let path = spool.task(key)
    do {
      let task = try StrictCoder.decode(UnitTask.self, from: SealedJSON.read("task", from: path))
      guard task.key == key else { throw StrictCodingError(place: "unit_key", reason: "it is another unit's") }
      return task
    } catch {
      throw EvokeError(.taskChanged, path, reason: SealedJSON.reason(error), remedy: "run the study again")
    }
  }
}
