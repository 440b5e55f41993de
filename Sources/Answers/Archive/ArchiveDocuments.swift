import Claims
import ContentIdentity
import FrozenResults
import Lineage
import TableText
import Upkeep
import Warehouse

/// The documents of an archive: what its catalog, its claims and what it says of itself make. Nothing else enters them, so
/// that whoever checks an archive makes them again.
struct ArchiveDocuments {
  let publication: Publication
  let tombstones: [Tombstone]
  let claims: [Claim]
  let results: [FrozenResult]
  let runs: [Rows.ArchivedRuns]
  let datasets: [Rows.ArchivedDatasets]
  let sources: [Rows.ArchivedSources]
  let environments: [Rows.ArchivedEnvironments]
  let times: [Rows.RunTimes]
  /// The lineage as PROV-JSON.
  let provenance: JSONValue

  static let provenanceName = "prov.json"
  static let licencesName = "licences.json"
  /// Of the studies' files, without ending.
  private let studyNames: [String: String]

  init(of warehouse: Warehouse, _ publication: Publication, tombstones: [Tombstone], claims: [Claim]) throws {
    (self.publication, self.tombstones, self.claims) = (publication, tombstones, claims)
    let studies = JSONValue.array(publication.studies.map { .string($0) }).canonical
    (results, runs, datasets) = try warehouse.read { connection in
      (
        try connection.materializations(label: nil).map { try FrozenResult($0.label, in: connection) },
        try connection.archivedRuns(studies: studies), try connection.archivedDatasets()
      )
    }
    (sources, environments, times) = try warehouse.read { connection in
      (try connection.archivedSources(), try connection.archivedEnvironments(), try connection.runTimes())
    }
    provenance = try warehouse.read { try ProvenanceDocument.whole($0) }
    let names = Set(publication.studies).sorted()
    studyNames = Dictionary(
      uniqueKeysWithValues: zip(names, MemberNames.distinct(names)))
  }

  /// Every document but the page and the metadata, which name the others.
  var texts: [(name: String, text: String)] {
    var texts: [(String, String)] = [
      ("environment.json", Self.lines(environments.map(Self.json))),
      (Self.licencesName, licences), (Self.provenanceName, provenance.canonical + "\n"),
      ("runs.json", Self.lines(runs.map(Self.json))),
      (Tombstone.file, Self.lines(tombstones.map(ArchiveManifest.json))),
    ]
    for study in studies { texts.append((studyName(study), study.definition + "\n")) }
    for (result, name) in zip(results, resultNames) {
      texts.append(("queries/\(name).sql", Self.query(result)))
      texts.append(("results/\(name).csv", TableFormat.csv.text(result.table.table)))
    }
    return texts
  }

  /// One run of each study, that of its results where it has one.
  var studies: [Rows.ArchivedRuns] {
    var seen: Set<String> = []
    return runs.filter { seen.insert($0.name).inserted }
  }

  func studyName(_ run: Rows.ArchivedRuns) -> String {
    guard let name = studyNames[run.name] else { preconditionFailure("the runs are of the archive's studies") }
    return "studies/\(name).json"
  }

  /// Of the frozen results, in their order.
  var resultNames: [String] { MemberNames.distinct(results.map(\.label)) }

  private static func query(_ result: FrozenResult) -> String {
    "-- \(result.label), parameters \(result.parameters)\n-- SHA-256 of the rows: \(result.sha256)\n\(result.sql)\n"
  }

  private var licences: String {
    let sets = datasets.map { row -> JSONValue in
      [
        "dataset": .string(row.name), "licence": Self.text(row.licence), "consent": Self.text(row.consent),
      ]
    }
    let files = sources.map { row -> JSONValue in
      ["source": .string(row.path), "sha256": .string(row.sha256), "licence": Self.text(row.licence)]
    }
    return Self.lines([["archive": .string(publication.licence)]] + sets + files)
  }

  private static func json(_ row: Rows.ArchivedRuns) -> JSONValue {
    [
      "run": .string(row.runID), "study": .string(row.name), "kind": .string(row.kind), "purpose": .string(row.purpose),
      "plan_sha256": .string(row.planSHA256), "root_sha256": text(row.rootSHA256), "study_sha256": .string(row.sha256),
    ]
  }

  private static func json(_ row: Rows.ArchivedEnvironments) -> JSONValue {
    [
      "machine": .string(row.hostnameHash), "cpu": .string(row.cpuModel), "blas_kernel": .string(row.blasKernel),
      "threads": .int(row.threads), "evoke": .string(row.evokeVersion), "libraries": .string(row.libraryVersions),
    ]
  }

  static func text(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }

  /// A JSON array, one element a line.
  private static func lines(_ values: [JSONValue]) -> String {
    values.isEmpty ? "[]\n" : "[\n" + values.map(\.canonical).joined(separator: ",\n") + "\n]\n"
  }
}
