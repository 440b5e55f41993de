import ContentIdentity
import Warehouse

/// The lineage as PROV-JSON (W3C member submission of 24 April 2013): artifacts are entities, imports and units activities, the
/// program an agent. `evoke:artifact-N` and `evoke:activity-N` are the numbers of the catalog's rows.
struct ProvenanceDocument {
  static let name = "prov.json"

  private let artifacts: [Rows.ProvenanceArtifacts]
  private let activities: [Rows.ProvenanceActivities]
  private let uses: [Rows.ProvenanceUses]
  private let makings: [Rows.ProvenanceMakings]

  init(_ connection: Connection) throws {
    artifacts = try connection.provenanceArtifacts()
    activities = try connection.provenanceActivities()
    uses = try connection.provenanceUses()
    makings = try connection.provenanceMakings()
  }

  var text: String {
    let software: JSONValue = [
      "prov:type": ["$": "prov:SoftwareAgent", "type": "prov:QUALIFIED_NAME"],
      "prov:label": .string("Evoke \(Warehouse.version)"),
    ]
    let document: JSONValue = [
      "prefix": ["evoke": "urn:evoke:"], "entity": entities, "activity": steps, "agent": ["evoke:evoke": software],
      "used": used, "wasGeneratedBy": generated, "wasAssociatedWith": associated,
    ]
    return document.canonical
  }

  private static func artifact(_ number: Int) -> String { "evoke:artifact-\(number)" }
  private static func activity(_ number: Int) -> String { "evoke:activity-\(number)" }

  private var entities: JSONValue {
    members(artifacts) { row in
      var entity: [String: JSONValue] = [
        "prov:label": .string(row.name), "evoke:kind": .string(row.kind), "evoke:sha256": .string(row.sha256),
      ]
      if let bytes = row.bytes { entity["evoke:bytes"] = .int(bytes) }
      return (Self.artifact(row.artifactID), .object(entity))
    }
  }

  private var steps: JSONValue {
    members(activities) { row in
      var step: [String: JSONValue] = [
        "prov:startTime": .string(row.startedAt), "evoke:kind": .string(row.kind),
        "evoke:key": .string(row.activityKey),
        "prov:label": .string(row.label.map { "\(row.verb): \($0)" } ?? row.verb),
      ]
      if let version = row.version { step["evoke:version"] = .int(version) }
      return (Self.activity(row.activityID), .object(step))
    }
  }

  private var used: JSONValue {
    numbered(uses, "u") { row in
      [
        "prov:activity": .string(Self.activity(row.activityID)), "prov:entity": .string(Self.artifact(row.artifactID)),
        "prov:role": .string(row.role),
      ]
    }
  }

  private var generated: JSONValue {
    numbered(makings, "g") { row in
      ["prov:activity": .string(Self.activity(row.activityID)), "prov:entity": .string(Self.artifact(row.artifactID))]
    }
  }

  private var associated: JSONValue {
    numbered(activities, "a") { row in
      ["prov:activity": .string(Self.activity(row.activityID)), "prov:agent": "evoke:evoke"]
    }
  }

  private func members<Row>(_ rows: [Row], _ make: (Row) -> (String, JSONValue)) -> JSONValue {
    .object(Dictionary(rows.map(make), uniquingKeysWith: { first, _ in first }))
  }

  private func numbered<Row>(_ rows: [Row], _ letter: String, _ make: (Row) -> JSONValue) -> JSONValue {
    .object(Dictionary(uniqueKeysWithValues: rows.enumerated().map { ("_:\(letter)\($0.offset)", make($0.element)) }))
  }
}
