import ContentIdentity
import Diagnostics
import Foundation
import Vocabulary
import Warehouse

/// The lineage of things down to source bytes, in W3C's PROV-JSON.
///
/// Entities are hashed things (sources, arrays, models, tables, results), activities imports and computed units, the agent
/// is the program. Identifiers are made of kinds, names and hashes, so that two warehouses that hold the same thing say the
/// same of it. Names that tell of a person are left out where consent keeps per-subject things in; hashes stay, and paths
/// are told by their last part.
///
/// Source: W3C Member Submission PROV-JSON, 24 April 2013.
public struct ProvenanceDocument {
  private let connection: Connection
  private let people: Set<String>
  private var entities: [String: JSONValue] = [:]
  private var activities: [String: JSONValue] = [:]
  private var used: [String: JSONValue] = [:]
  private var generated: [String: JSONValue] = [:]
  private var associated: [String: JSONValue] = [:]
  /// Programs with what they are called.
  private var agents: [String: String] = [:]
  private var waiting: [Int] = []
  private var known: Set<Int> = []
  private var told: Set<Int> = []

  /// A hashed thing.
  private struct Thing {
    let id: Int
    let kind: String
    let name: String
    let sha256: String
    let bytes: Int?
  }

  /// Something that was done.
  private struct Step {
    let id: Int
    let kind: String
    let verb: String
    let key: String
    let begun: String
    /// Of a unit's step.
    let version: Int?
    /// Version of the program that did it; nil where that was not kept.
    let program: String?
  }

  /// Of all that the names speak of, as in `evoke why` (arrays, sources, models, unit keys or their first digits), and of the
  /// newest results of studies.
  ///
  /// - Throws: `E-WH-010` for a name of nothing, `E-CNS-001` where consent lets nothing leave.
  public static func of(_ names: [String], studies: [String], in warehouse: Warehouse) throws -> JSONValue {
    try warehouse.read { connection in
      let roots = try names.flatMap { try things($0, connection) } + studies.flatMap { try results($0, connection) }
      func texts(_ kind: String) -> Set<String> { Set(roots.filter { $0.kind == kind }.map(\.name)) }
      let object = (names + studies).joined(separator: ", ")
      var departure = Departure("lineage of \(object)", .group, units: texts("result"), arrays: texts("array"))
      if roots.contains(where: { !["array", "result"].contains($0.kind) }) {
        departure.datasets = Set(try connection.studyDatasets().map(\.name))
      }
      let permit = try departure.permit(connection)
      var document = try ProvenanceDocument(connection, under: permit.consent)
      for root in roots { _ = document.entity(root) }
      while let artifact = document.waiting.popLast() {
        for maker in try connection.stepsOf(made: artifact, read: nil) {
          try document.take(
            Step(
              id: maker.activityID, kind: maker.kind, verb: maker.verb, key: maker.activityKey, begun: maker.startedAt,
              version: maker.version, program: maker.evokeVersion))
        }
      }
      return document.json
    }
  }

  /// Of everything in a catalog that was made to leave, as that of an archive.
  public static func whole(_ connection: Connection) throws -> JSONValue {
    let datasets = Set(try connection.archivedDatasets().map(\.name))
    let steps = try connection.provenanceActivities()
    // A file may have a stricter word than its dataset.
    let consent = try Departure("lineage", .group, units: Set(steps.map(\.activityKey)), datasets: datasets)
      .consent(connection)
    var document = try ProvenanceDocument(connection, under: consent)
    for row in try connection.provenanceArtifacts() {
      _ = document.entity(
        Thing(id: row.artifactID, kind: row.kind, name: row.name, sha256: row.sha256, bytes: row.bytes))
    }
    for row in steps {
      try document.take(
        Step(
          id: row.activityID, kind: row.kind, verb: row.verb, key: row.activityKey, begun: row.startedAt,
          version: row.version, program: row.evokeVersion))
    }
    return document.json
  }

  private static func things(_ name: String, _ connection: Connection) throws -> [Thing] {
    let place = URL(fileURLWithPath: name).standardizedFileURL.path
    let found = try connection.artifactsMatching(name: name, place: place)
    guard found.isEmpty else {
      return found.map { Thing(id: $0.artifactID, kind: $0.kind, name: $0.name, sha256: $0.sha256, bytes: nil) }
    }
    throw EvokeError(
      .unknownName, name, reason: "no array, source, model or unit has this name",
      remedy: "evoke query array_catalog --columns name lists arrays, evoke query unit_status units")
  }

  private static func results(_ study: String, _ connection: Connection) throws -> [Thing] {
    let run = try StudyRun(study, in: connection)
    return try connection.resultsOfUnits(keys: run.units).map {
      Thing(id: $0.artifactID, kind: $0.kind, name: $0.name, sha256: $0.sha256, bytes: nil)
    }
  }

  /// - Parameter consent: the strictest word of all that it is of; nil where people gave nothing.
  private init(_ connection: Connection, under consent: Consent?) throws {
    self.connection = connection
    people = consent?.admits(.perSubject) == false ? Set(try connection.knownPeople().map(\.name)) : []
  }

  private mutating func take(_ step: Step) throws {
    guard told.insert(step.id).inserted else { return }
    let id = "evoke:activity-" + step.key.prefix(16)
    var about: [String: JSONValue] = [
      "prov:type": .string(step.kind), "prov:label": .string(step.verb), "evoke:key": .string(step.key),
      "prov:startTime": .string(step.begun),
    ]
    if let version = step.version { about["evoke:step_version"] = .int(version) }
    activities[id] = .object(about)
    let agent = (["evoke:program"] + [step.program].compactMap(\.self)).joined(separator: "-")
    agents[agent] = (["Evoke"] + [step.program].compactMap(\.self)).joined(separator: " ")
    associated["_:a\(associated.count)"] = ["prov:activity": .string(id), "prov:agent": .string(agent)]
    for input in try connection.inputs(activity: step.id) {
      used["_:u\(used.count)"] = [
        "prov:activity": .string(id), "prov:role": .string(input.role),
        "prov:entity": .string(
          entity(
            Thing(
              id: input.artifactID, kind: input.kind, name: input.name, sha256: input.sha256, bytes: input.bytes))),
      ]
    }
    for output in try connection.outputs(activity: step.id) {
      generated["_:g\(generated.count)"] = [
        "prov:activity": .string(id),
        "prov:entity": .string(
          entity(
            Thing(
              id: output.artifactID, kind: output.kind, name: output.name, sha256: output.sha256, bytes: output.bytes))),
      ]
    }
  }

  private mutating func entity(_ thing: Thing) -> String {
    let name = thing.kind == "source" ? thing.name.split(separator: "/").last.map(String.init) : thing.name
    let label = name.flatMap { Departure.tells(people, $0) ? nil : $0 }
    let identity = [thing.kind, label, thing.sha256].compactMap(\.self).joined(separator: "\n")
    let id = "evoke:\(thing.kind)-" + SHA256.hex(of: identity).prefix(16)
    guard known.insert(thing.id).inserted else { return id }
    waiting.append(thing.id)
    var about: [String: JSONValue] = ["prov:type": .string(thing.kind), "evoke:sha256": .string(thing.sha256)]
    if let label { about["prov:label"] = .string(label) }
    if let bytes = thing.bytes { about["evoke:bytes"] = .int(bytes) }
    entities[id] = .object(about)
    return id
  }

  private var json: JSONValue {
    let programs = agents.mapValues { label -> JSONValue in
      ["prov:type": ["$": "prov:SoftwareAgent", "type": "prov:QUALIFIED_NAME"], "prov:label": .string(label)]
    }
    return [
      "prefix": ["evoke": "urn:evoke:", "prov": "http://www.w3.org/ns/prov#"],
      "entity": .object(entities), "activity": .object(activities),
      "agent": .object(programs), "used": .object(used),
      "wasGeneratedBy": .object(generated), "wasAssociatedWith": .object(associated),
    ]
  }
}
