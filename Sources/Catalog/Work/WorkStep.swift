import ContentIdentity
import Diagnostics
import Vocabulary
import Warehouse

/// How much of a unit is done, 0 to 1.
public typealias Progress = @Sendable (Double) -> Void

/// How a step computes: it reads the arrays of a task, writes arrays into `writer` and returns rows.
///
/// Everything that shapes the result and is no input stands in `Parameters`, whose JSON (`StrictCoder`) enters the unit's
/// key. They have no initial values: whoever plans a unit says each.
public protocol WorkStep: Sendable {
  associatedtype Parameters: Codable & Sendable

  /// Registered name.
  var name: String { get }
  /// Raised when results change.
  var version: Int { get }
  /// One line for `step` and the docs.
  var summary: String { get }
  /// The rows it may return.
  var tables: [any ResultRow.Type] { get }

  /// Computes one unit. Throws `EvokeError` for data errors; the message becomes the failed unit's.
  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]

  /// What a unit with these parameters is expected to take, before anything like it was measured.
  func cost(_ parameters: Parameters, source: SourcePlace) throws -> WorkCost

  /// What its time is compared by; nil where all units of the step are alike.
  func measure(_ parameters: Parameters) -> WorkMeasure?

  /// What the step multiplies in, where its parameters say.
  func precision(_ parameters: Parameters) -> Precision

  /// The series of stimuli that it makes, as far as its parameters tell.
  func series(_ parameters: Parameters) -> [PlannedSeries]
}

/// Parameters of work on one dataset, which the catalog notes with the activity.
public protocol DatasetParameters {
  var dataset: String { get }
}

extension WorkStep {
  public func precision(_ parameters: Parameters) -> Precision { .float32 }

  /// What a unit of this step was told, as the catalog or a frozen task holds it.
  ///
  /// - Throws: `E-EXE-004` where an older version of the step wrote it in other words.
  public func parameters(from json: JSONValue, of label: String) throws -> Parameters {
    do {
      return try StrictCoder.decode(Parameters.self, from: json)
    } catch let error as StrictCodingError {
      throw EvokeError(
        .unknownStep, label, reason: "it is of an older recipe of \(name): \(error)",
        remedy: "run its study again with this version of Evoke")
    }
  }

  /// - Throws: `E-EXE-004` as `parameters(from:of:)`.
  public func precision(of task: UnitTask) throws -> Precision {
    precision(try parameters(from: task.parameters, of: task.label))
  }

  /// A table that rows are for and the step does not name.
  public func undeclared(in parts: [ResultRows]) -> String? {
    parts.first { part in !tables.contains { $0 == part.table } }?.table.table
  }

  public func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws -> [ResultRows] {
    try compute(parameters(from: task.parameters, of: task.label), task, writer: writer, progress: progress)
  }

  /// A unit of this step.
  public func unit(_ parameters: Parameters, inputs: [WorkUnit.Input], label: String) -> WorkUnit {
    WorkUnit(
      step: name, version: version, parameters: Self.json(parameters), inputs: inputs, label: label,
      dataset: (parameters as? any DatasetParameters)?.dataset)
  }

  /// A unit that does not apply: what it is about, and why.
  public func absent(_ about: some Codable & Sendable, label: String, because reason: String) -> WorkUnit {
    WorkUnit(
      step: name, version: version, parameters: Self.json(about), inputs: [], label: label, notApplicable: reason)
  }

  private static func json(_ parameters: some Codable) -> JSONValue {
    do {
      return try StrictCoder.encode(parameters)
    } catch {
      preconditionFailure("parameters without JSON: \(error)")
    }
  }
}

extension UnitTask {
  /// The one array of a role.
  ///
  /// - Throws: `E-EXE-007` where there is none.
  public func array(_ role: String) throws -> TaskArray {
    guard let array = arrays.first(where: { $0.role == role }) else { throw missing(role) }
    return array
  }

  /// The arrays of a role.
  public func arrays(_ role: String) -> [TaskArray] { arrays.filter { $0.role == role } }

  /// The arrays of a role, of which there must be so many.
  ///
  /// - Throws: `E-EXE-007` where there are not.
  public func arrays(_ role: String, count: Int) throws -> [TaskArray] {
    let found = arrays(role)
    guard found.count == count else { throw missing(role) }
    return found
  }

  /// The one source of a role.
  ///
  /// - Throws: `E-EXE-007` where there is none.
  public func source(_ role: String) throws -> TaskSource {
    guard let source = sources.first(where: { $0.role == role }) else { throw missing(role) }
    return source
  }

  private func missing(_ role: String) -> EvokeError {
    EvokeError(
      .inputMissing, label, reason: "nothing was handed to it as \(role)", remedy: "plan and run the study again")
  }
}
