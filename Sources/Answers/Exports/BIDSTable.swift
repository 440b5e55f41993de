import ContentIdentity
import Diagnostics
import Lineage
import TableText
import TypedTables
import Warehouse

/// Rows of a view that go into one table of a BIDS folder, with the permit to go.
struct BIDSTable {
  let view: CatalogText.Object
  let study: String
  /// Whose rows they are; nil: of no person.
  let person: BIDSName?
  /// What they speak of, where the view tells it.
  let stimulus: BIDSName?
  let rows: SQLTable
  let permit: DeparturePermit

  /// A line of headers, then the rows.
  var text: String {
    let head = TableFormat.bidsLine(rows.columns.map { .text($0) })
    return head + rows.rows.map { TableFormat.bidsLine($0.values) }.joined()
  }

  /// What the table and each of its columns say.
  var sidecar: JSONValue {
    var about: [String: JSONValue] = [
      "Description": .string(view.description), "EvokeView": .string(view.name), "EvokeStudy": .string(study),
    ]
    if let stimulus { about["TaskName"] = .string(stimulus.name) }
    about.merge(Self.statements(permit)) { $1 }
    for column in view.columns where rows.columns.contains(column.name) {
      var told: [String: JSONValue] = ["Description": .string(column.description)]
      if let unit = ColumnUnit.of(column.name) { told["Units"] = .string(unit) }
      about[column.name] = .object(told)
    }
    return .object(about)
  }

  private static func statements(_ permit: DeparturePermit) -> [String: JSONValue] {
    var told: [String: JSONValue] = [:]
    if let consent = permit.consent { told["EvokeConsent"] = .string(consent.rawValue) }
    if !permit.licences.isEmpty { told["EvokeLicences"] = .array(permit.licences.map { .string($0) }) }
    return told
  }
}

/// The tables that rows become, and those that consent keeps in.
struct BIDSTables {
  var leaving: [BIDSTable] = []
  /// How many rows stay, and what forbids it.
  var kept: [(view: String, rows: Int, refusal: EvokeError)] = []

  /// Rows of persons go a dataset at a time, so that one of stricter consent keeps in only its own.
  private struct Origin: Hashable {
    let isOfPeople: Bool
    let datasets: [String]
  }

  private struct Place: Hashable {
    let person: BIDSName?
    let stimulus: BIDSName?
  }

  /// - Throws: `E-CNS-001` where consent keeps in rows of no person, too.
  mutating func add(_ result: BIDSDerivative.Result, in connection: Connection) throws {
    let people = Departure.peopleColumns.filter(result.rows.columns.contains)
    let sources = Departure.datasetColumns.filter(result.rows.columns.contains)
    let origins = result.rows.rows.grouped { row in
      let isOfPeople = !Self.texts(row, people).isEmpty
      return Origin(isOfPeople: isOfPeople, datasets: isOfPeople ? Self.texts(row, sources) : [])
    }
    for (_, rows) in origins {
      guard let permit = try permit(rows, of: result, in: connection) else { continue }
      let places = rows.grouped { row in
        let datasets = Self.texts(row, sources)
        return Place(
          person: Self.texts(row, people).first.map { BIDSName($0, in: datasets) },
          stimulus: Self.texts(row, result.rows.columns.filter { $0 == "stimulus" }).first.map {
            BIDSName($0, in: datasets)
          })
      }
      leaving += places.map { place, rows in
        BIDSTable(
          view: result.view, study: result.study, person: place.person, stimulus: place.stimulus,
          rows: result.table(of: rows), permit: permit)
      }
    }
  }

  /// nil where they tell of persons, and consent lets only what tells of none leave.
  private mutating func permit(
    _ rows: [SQLRow], of result: BIDSDerivative.Result, in connection: Connection
  ) throws -> DeparturePermit? {
    let table = result.table(of: rows)
    let departure = try Departure(
      "\(result.view.name) of study \(result.study)", showing: table, telling: table, in: connection)
    do {
      return try departure.permit(connection)
    } catch let refusal as EvokeError where departure.dataClass == .perSubject && refusal.code == .consentForbids {
      kept.append((view: result.view.name, rows: rows.count, refusal: refusal))
      return nil
    }
  }

  private static func texts(_ row: SQLRow, _ columns: [String]) -> [String] {
    columns.compactMap { row[$0].string }
  }
}

extension Sequence {
  /// Elements of one key together, keys and elements in the order in which they come.
  fileprivate func grouped<Key: Hashable>(by key: (Element) -> Key) -> [(key: Key, elements: [Element])] {
    var places: [Key: Int] = [:]
    var groups: [(key: Key, elements: [Element])] = []
    for element in self {
      let key = key(element)
      if let place = places[key] {
        groups[place].elements.append(element)
      } else {
        places[key] = groups.count
        groups.append((key: key, elements: [element]))
      }
    }
    return groups
  }
}
