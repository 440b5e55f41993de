import ContentIdentity
import Foundation
import Warehouse

/// `ro-crate-metadata.json`: the archive as a Research Object Crate (1.1 and 1.2) of the profile Workflow Run Crate 0.5. Each
/// study is a workflow, each of its runs an action that made the catalog.
struct ResearchObject {
  static let name = "ro-crate-metadata.json"
  private static let specifications = ["https://w3id.org/ro/crate/1.1", "https://w3id.org/ro/crate/1.2"]
  private static let profiles = [
    ("https://w3id.org/ro/wfrun/process/0.5", "Process Run Crate", "0.5"),
    ("https://w3id.org/ro/wfrun/workflow/0.5", "Workflow Run Crate", "0.5"),
    ("https://w3id.org/workflowhub/workflow-ro-crate/1.0", "Workflow RO-Crate", "1.0"),
  ]
  private static let language = "#evoke-study"

  let documents: ArchiveDocuments
  /// Every member but this one and the manifest.
  let members: [ArchiveManifest.Member]

  private var publication: Publication { documents.publication }
  private var studies: [Rows.ArchivedRuns] { documents.studies }
  private var licence: String { "https://spdx.org/licenses/\(Self.escaped(publication.licence))" }

  var text: String {
    let context: [JSONValue] =
      Self.specifications.map { .string($0 + "/context") } + [
        ["sha256": "https://w3id.org/ro/terms/workflow-run#sha256"]
      ]
    let ofSources = ofSources
    let files = members.map { file($0, licence: ofSources[$0.name]) }
    let graph = [descriptor, root] + contextual + files + [manifest] + documents.runs.map(action)
    return JSONValue.object(["@context": .array(context), "@graph": .array(graph)]).canonical + "\n"
  }

  /// Licences of the sources that it holds, by their names: the archive's is not theirs.
  private var ofSources: [String: String] {
    let held = Set(members.map(\.name))
    return Dictionary(
      documents.sources.filter { held.contains($0.path) }.map { ($0.path, $0.licence ?? "not stated") },
      uniquingKeysWith: { first, _ in first })
  }

  private func terms(_ ofSource: String) -> String {
    ofSource == publication.licence ? licence : "#licence-\(Self.escaped(ofSource))"
  }

  private static func reference(_ name: String) -> JSONValue { ["@id": .string(name)] }

  /// One value as it is, several as a list: what RO-Crate 1.2 asks for.
  private static func list(_ names: [String]) -> JSONValue {
    names.count == 1 ? reference(names[0]) : .array(names.map(reference))
  }

  /// A path as a URI.
  private static func escaped(_ path: String) -> String {
    let plain = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/".utf8)
    return path.utf8.map { byte in
      plain.contains(byte)
        ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16).uppercased()
    }.joined()
  }

  private var descriptor: JSONValue {
    [
      "@id": .string(Self.name), "@type": "CreativeWork", "about": Self.reference("./"),
      "conformsTo": Self.list(Self.specifications),
    ]
  }

  private var root: JSONValue {
    let absent = documents.tombstones.map(\.count).reduce(0, +)
    var root: [String: JSONValue] = [
      "@id": "./", "@type": "Dataset", "name": .string(publication.title), "license": Self.reference(licence),
      "description": .string(
        "Results of \(publication.studies.joined(separator: ", ")) with their lineage, an archive of Evoke; "
          + "\(absent) things are named and not held (tombstones.json)."),
      "datePublished": .string(publication.date), "conformsTo": Self.list(Self.profiles.map(\.0)),
      "hasPart": Self.list((members.map(\.name) + [ArchiveManifest.name]).map(Self.escaped)),
      "mentions": Self.list(documents.runs.map { "#run-\($0.runID)" }),
    ]
    if let first = studies.first { root["mainEntity"] = Self.reference(Self.escaped(documents.studyName(first))) }
    if !publication.authors.isEmpty { root["author"] = Self.list(publication.authors.map(Self.person)) }
    return .object(root)
  }

  private static func person(_ author: Author) -> String {
    author.orcid.map { "https://orcid.org/\($0)" } ?? "#\(escaped(author.name))"
  }

  private var contextual: [JSONValue] {
    let terms: JSONValue = [
      "@id": .string(licence), "@type": "CreativeWork", "name": .string(publication.licence),
      "description": "The licence of the archive; those of what it was made from stand in licences.json.",
    ]
    let people = publication.authors.map { author -> JSONValue in
      ["@id": .string(Self.person(author)), "@type": "Person", "name": .string(author.name)]
    }
    let language: JSONValue = [
      "@id": .string(Self.language), "@type": "ComputerLanguage", "name": "Evoke study file, in JSON",
      "url": "https://www.rfc-editor.org/info/rfc8259",
      "version": .string(publication.evokeVersion),
      "description": "What to compute of what, as JSON; `evoke explain study` tells its words.",
    ]
    let profiles = Self.profiles.map { profile -> JSONValue in
      [
        "@id": .string(profile.0), "@type": ["CreativeWork", "Profile"], "name": .string(profile.1),
        "version": .string(profile.2),
      ]
    }
    let others = Set(ofSources.values).filter { $0 != publication.licence }.sorted().map { own -> JSONValue in
      [
        "@id": .string(self.terms(own)), "@type": "CreativeWork", "name": .string(own),
        "description": "The licence of files that were imported, as it was stated.",
      ]
    }
    return [terms] + others + people + [language] + profiles
  }

  /// - Parameter ofSource: nil: it is no source.
  private func file(_ member: ArchiveManifest.Member, licence ofSource: String?) -> JSONValue {
    var file: [String: JSONValue] = [
      "@id": .string(Self.escaped(member.name)), "@type": "File", "name": .string(member.name),
      "contentSize": .string(String(member.bytes)),
      "description": .string(Self.meaning(of: member.name)),
      "encodingFormat": .string(Self.format(of: member.name)),
    ]
    // Those that name the date have other bytes on another day, and the root counts it nowhere.
    if ArchiveManifest.dated[member.name] == nil { file["sha256"] = .string(member.sha256) }
    if let study = studies.first(where: { documents.studyName($0) == member.name }) {
      file["@type"] = ["File", "SoftwareSourceCode", "ComputationalWorkflow"]
      file["name"] = .string(study.name)
      file["version"] = .string(String(study.sha256.prefix(12)))
      file["license"] = Self.reference(licence)
      file["programmingLanguage"] = Self.reference(Self.language)
    }
    if let ofSource { file["license"] = Self.reference(terms(ofSource)) }
    // Imported series, and what was made of them.
    if member.name.hasPrefix("arrays/") { file["license"] = Self.reference(ArchiveDocuments.licencesName) }
    if member.name == ArchiveDocuments.provenanceName { file["about"] = Self.reference("./") }
    return .object(file)
  }

  private var manifest: JSONValue {
    [
      "@id": .string(ArchiveManifest.name), "@type": "File", "name": .string(ArchiveManifest.name),
      "encodingFormat": "application/json",
      "description": "Every other member with its SHA-256, and the root over all.",
    ]
  }

  private func action(_ run: Rows.ArchivedRuns) -> JSONValue {
    let times = documents.times.first { $0.runID == run.runID }
    let read = members.map(\.name).filter { $0.hasPrefix("sources/") }
    let made = ["catalog.sqlite"] + members.map(\.name).filter { $0.hasPrefix("arrays/") }
    var action: [String: JSONValue] = [
      "@id": .string("#run-\(run.runID)"), "@type": "CreateAction", "name": .string("\(run.name), run \(run.runID)"),
      "description": .string("\(run.purpose) of the study, plan \(run.planSHA256)"),
      "instrument": Self.reference(Self.escaped(documents.studyName(run))),
      "actionStatus": "http://schema.org/CompletedActionStatus", "result": Self.list(made.map(Self.escaped)),
      "startTime": ArchiveDocuments.text(times?.begunAt),
      "endTime": ArchiveDocuments.text(times?.lastAt ?? times?.begunAt),
    ]
    if !read.isEmpty { action["object"] = Self.list(read.map(Self.escaped)) }
    if !publication.authors.isEmpty { action["agent"] = Self.list(publication.authors.map(Self.person)) }
    return .object(action)
  }

  private static func meaning(of name: String) -> String {
    switch name.split(separator: "/").first.map(String.init) {
    case "catalog.sqlite": "Results, lineage and everything they rest on; any SQLite opens it and runs its views."
    case "arrays": "Arrays that the catalog names, HDF5."
    case "sources": "A file that was imported, as it was."
    case "studies": "A study: what was to be computed."
    case "queries": "A query whose result was frozen."
    case "results": "What the query of the same name returned."
    case "claims": "Sentences, each with the query that contradicts it."
    case "environment.json": "Machines, libraries and versions."
    case "licences.json": "Licences of the archive, the datasets and the sources."
    case ArchiveDocuments.provenanceName: "The lineage as PROV-JSON."
    case "runs.json": "Runs with the hashes of their plans and the roots of their results."
    case "tombstones.json": "What is named and not held, and why."
    default: "A page about the archive."
    }
  }

  private static func format(of name: String) -> String {
    switch (name as NSString).pathExtension {
    case "sqlite": "application/vnd.sqlite3"
    case "h5": "application/x-hdf5"
    case "json": "application/json"
    case "sql": "application/sql"
    case "csv": "text/csv"
    case "html": "text/html"
    default: "application/octet-stream"
    }
  }
}
