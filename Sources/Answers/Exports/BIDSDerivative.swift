import ContentIdentity
import Diagnostics
import Lineage
import Queries
import Vocabulary
import Warehouse

/// Results of studies, and where they are asked for the features behind them, on their way out as a folder of BIDS
/// derivatives.
///
/// Rows of no person stand at the top, a table for each study, view and stimulus; rows of subjects and raters in
/// `sub-LABEL/`, where consent lets per-subject things leave. Numbers are those of the views with all their digits;
/// NULL and NaN are `n/a`. Labels are made of letters and digits (`BIDSLabels`); true names stand in the columns, in
/// `descriptions.tsv`, `participants.tsv` and the JSON file beside each table.
///
/// Source: Brain Imaging Data Structure 1.10.0, derivatives and continuous recordings.
public struct BIDSDerivative {
  /// Rows of a view that speak of one study.
  public struct Result: Sendable {
    public let view: CatalogText.Object
    public let study: String
    public let rows: SQLTable

    public init(_ view: CatalogText.Object, study: String, rows: SQLTable) {
      (self.view, self.study, self.rows) = (view, study, rows)
    }

    func table(of rows: [SQLRow]) -> SQLTable {
      SQLTable(columns: self.rows.columns, declared: self.rows.declared, rows: rows)
    }
  }

  /// Of the standard that the folder follows.
  static let version = "1.10.0"

  let title: String
  let tables: [BIDSTable]
  /// Rows of persons that consent keeps in, view by view, and what forbids it.
  public let kept: [(view: String, rows: Int, refusal: EvokeError)]
  let features: [BIDSFeatures]
  /// Of everything that leaves.
  let permits: [DeparturePermit]
  let provenance: [(study: BIDSName, document: JSONValue)]
  let warehouse: Warehouse

  /// - Parameters:
  ///   - results: rows of each view and study; those without any are left out.
  ///   - studies: whose lineage is told.
  ///   - withFeatures: whether the features that these studies' units read or made go along.
  ///   - title: what the folder is called; made of the studies unless told.
  /// - Throws: `E-CNS-001` where consent keeps in what speaks of no person, or everything; `E-WH-010` for a study that
  ///   was not run, and where there is nothing to write.
  public init(
    _ results: [Result], studies: [String], withFeatures: Bool, title: String?, in warehouse: Warehouse
  ) throws {
    let (tables, features, featurePermit) = try warehouse.read { connection in
      var tables = BIDSTables()
      for result in results where !result.rows.rows.isEmpty { try tables.add(result, in: connection) }
      let features = try withFeatures ? BIDSFeatures.of(studies, in: connection) : []
      let permit =
        try features.isEmpty
        ? nil : Departure("features", arrays: Set(features.map(\.row.name)), in: connection).permit(connection)
      return (tables, features, permit)
    }
    if tables.leaving.isEmpty, features.isEmpty {
      throw tables.kept.first?.refusal
        ?? EvokeError(
          .unknownName, "results of \(studies.joined(separator: ", "))", reason: "no view has a row of them",
          remedy: "evoke run STUDY.yaml computes them; evoke query --list names the views")
    }
    self.title = title ?? "Results of \(studies.joined(separator: ", "))"
    (self.tables, kept, self.features, self.warehouse) = (tables.leaving, tables.kept, features, warehouse)
    permits = tables.leaving.map(\.permit) + [featurePermit].compactMap(\.self)
    provenance = try studies.map { study in
      (study: .study(study), document: try ProvenanceDocument.of([], studies: [study], in: warehouse))
    }
  }

  /// The views whose rows are results of studies, by the name of the study.
  public static func views(in connection: Connection) throws -> [CatalogText.Object] {
    try Queries.views.map { try connection.described($0) }.filter { view in
      view.holdsResults && view.columns.contains { $0.name == "study" }
    }
  }

  /// `dataset_description.json`; what is not known is left out.
  var description: JSONValue {
    let datasets = Set(permits.flatMap(\.datasets)).sorted { $0.name < $1.name }.map { dataset -> JSONValue in
      var told: [String: JSONValue] = ["Name": .string(dataset.name)]
      if let licence = dataset.licence { told["License"] = .string(licence) }
      return .object(told)
    }
    let licences = Set(permits.flatMap(\.licences)).sorted()
    var about: [String: JSONValue] = [
      "Name": .string(title), "BIDSVersion": .string(Self.version), "DatasetType": "derivative",
      "GeneratedBy": [["Name": "Evoke", "Version": .string(Warehouse.version)]],
    ]
    if !datasets.isEmpty { about["SourceDatasets"] = .array(datasets) }
    if !licences.isEmpty { about["License"] = .string(licences.joined(separator: " AND ")) }
    return .object(about)
  }
}

/// Features of one stimulus.
struct BIDSFeatures {
  let row: Rows.FeaturesOfUnits

  /// Those at one value a second that units of the studies read or made.
  ///
  /// - Throws: `E-WH-010` for a study that was not run.
  static func of(_ studies: [String], in connection: Connection) throws -> [BIDSFeatures] {
    let units = try studies.reduce(into: Set<String>()) { try $0.formUnion(StudyRun($1, in: connection).unitKeys) }
    return try connection.featuresOfUnits(units: Departure.list(units)).map { BIDSFeatures(row: $0) }
  }

  var stimulus: BIDSName { BIDSName(row.stimulus, in: [row.dataset]) }

  /// The same for all stimuli that have them; the original is not named.
  var set: BIDSName {
    let element = row.element == Element.original.rawValue ? nil : row.element
    let parts = [row.featureSet, row.layerKey, element].compactMap(\.self)
    return BIDSName(parts.joined(separator: " "), in: ["set", row.parameters] + [row.element].compactMap(\.self))
  }

  /// What the set is, in words.
  var words: String {
    let parts = [row.featureSet, row.layerKey, row.element].compactMap(\.self)
    return "Features: \(parts.joined(separator: ", ")), one row a second; parameters \(row.parameters)"
  }
}
