import ContentIdentity
import Foundation
import Warehouse

/// The lineage of things as JSON: `things` (sources, arrays, models, tables, results), and `steps` that read and made them,
/// which name them by their places in `things`.
public struct LineageDocument {
  /// Which way it goes.
  public enum Direction: String, Sendable {
    /// To source bytes.
    case up
    /// To what came of it.
    case down
  }

  private let connection: Connection
  private let direction: Direction
  private var places: [Int: Int] = [:]
  private var things: [LineageThing] = []
  private var steps: [LineageStep] = []
  private var seen: Set<Int> = []

  /// - Throws: `E-WH-010` when nothing has this name, `E-QRY-007` when more than ten things do.
  public static func json(of name: String, _ direction: Direction, in warehouse: Warehouse) throws -> JSONValue {
    let path = URL(fileURLWithPath: name).standardizedFileURL.path
    return try warehouse.read { connection in
      var document = LineageDocument(connection: connection, direction: direction)
      let roots = try connection.things(named: name, place: path)
      for root in roots { document.place(root) }
      try document.follow()
      let steps = try document.steps.map(document.json)
      return [
        "schema": "evoke.why/1", "name": .string(name), "direction": .string(direction.rawValue),
        "roots": .array(roots.indices.map { .int($0) }), "things": .array(document.things.map(Self.json)),
        "steps": .array(steps),
      ]
    }
  }

  private init(connection: Connection, direction: Direction) {
    self.connection = connection
    self.direction = direction
  }

  private mutating func place(_ thing: LineageThing) {
    guard places[thing.artifact] == nil else { return }
    places[thing.artifact] = things.count
    things.append(thing)
  }

  /// Collects steps and things. Nobody here makes a source: where no import stands above it, those that brought it follow.
  private mutating func follow() throws {
    var imported: Set<Int> = []
    var next = 0
    while next < things.count {
      let thing = things[next]
      next += 1
      let found = direction == .up ? try connection.makers(of: thing) : try connection.readers(of: thing)
      for step in found where seen.insert(step.activity).inserted {
        steps.append(step)
        let inputs = direction == .up ? try connection.inputs(activity: step.activity).map { LineageThing($0) } : []
        let outputs = direction == .up ? [] : try connection.outputs(activity: step.activity).map { LineageThing($0) }
        for other in inputs + outputs { place(other) }
        if step.kind == "import" { imported.formUnion(inputs.map(\.artifact)) }
      }
    }
    guard direction == .up else { return }
    for source in things where source.kind == "source" && !imported.contains(source.artifact) {
      let brought = try connection.readers(of: source).filter { $0.kind == "import" }
      for step in brought where seen.insert(step.activity).inserted { steps.append(step) }
    }
  }

  /// A step with those of its inputs and outputs that belong to this lineage.
  private func json(_ step: LineageStep) throws -> JSONValue {
    let inputs = try connection.inputs(activity: step.activity)
    let used = inputs.compactMap { input in places[input.artifactID].map { (role: input.role, place: $0) } }
    let made = try connection.outputs(activity: step.activity).compactMap { places[$0.artifactID] }
    let runs = try step.kind == "unit" ? connection.runsOfUnit(unit: step.key) : []
    return [
      "key": .string(step.key), "kind": .string(step.kind), "verb": .string(step.verb),
      "version": step.version.map { .int($0) } ?? .null, "label": step.label.map { .string($0) } ?? .null,
      "command": step.command.map { .string($0) } ?? .null, "options": try JSONValue(parsing: step.options),
      "started_at": .string(step.startedAt), "environment": try step.environment.map(Self.json) ?? .null,
      "used": .array(used.map { ["role": .string($0.role), "thing": .int($0.place)] }),
      "made": .array(made.map { .int($0) }),
      "runs": .array(runs.map { ["run_id": .string($0.runID), "study": .string($0.study)] }),
    ]
  }

  private static func json(_ thing: LineageThing) -> JSONValue {
    [
      "kind": .string(thing.kind), "name": .string(thing.name), "sha256": .string(thing.sha256),
      "bytes": thing.bytes.map { .int($0) } ?? .null, "label": thing.label.map { .string($0) } ?? .null,
    ]
  }

  private static func json(_ environment: LineageStep.Environment) throws -> JSONValue {
    [
      "evoke": .string(environment.evoke), "cpu": .string(environment.cpu), "blas_kernel": .string(environment.kernel),
      "threads": .int(environment.threads), "libraries": try JSONValue(parsing: environment.libraries),
    ]
  }
}
