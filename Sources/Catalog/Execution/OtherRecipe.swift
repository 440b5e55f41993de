import Diagnostics
import Work

/// The recipe that computed a unit, where this program has another one: it cannot make the unit's bits again, which says nothing
/// against them.
public struct OtherRecipe: Sendable, Hashable {
  public let step: String
  /// Of the step, that computed the unit.
  public let version: Int
  /// Of the step in this program, the unit's own where it does not read the words of the unit's parameters; nil where there is
  /// no such step.
  public let known: Int?
  /// Version of the program that computed the unit; nil where nothing says.
  public let program: String?

  /// Whether the unit is of a later program than this one.
  public var isNewer: Bool { known.map { $0 < version } ?? true }

  /// nil where this program has the recipe.
  init?(of task: UnitTask, computedBy program: String?, among steps: [any WorkStep]) throws {
    let step = steps.filter { $0.name == task.step }.max { $0.version < $1.version }
    if let step, step.version == task.version {
      do {
        _ = try step.precision(of: task)
        return nil
      } catch let error as EvokeError where error.code == .unknownStep {}
    }
    (self.step, version, known, self.program) = (task.step, task.version, step?.version, program)
  }
}
