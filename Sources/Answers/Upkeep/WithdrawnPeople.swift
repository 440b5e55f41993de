import ContentIdentity
import Warehouse

/// Who withdrew from a warehouse, known without a name: of each withdrawal its time, and hashes of that time with each dataset
/// and name. Whoever has a name can ask whether it is among them, and whoever tries all that there may be finds it: names that
/// are numbers in a row hide nobody.
struct WithdrawnPeople {
  /// A person of a dataset.
  struct Person: Hashable {
    let dataset: String
    let name: String

    /// What is kept of who withdrew at a time.
    func digest(at time: String) -> String {
      JSONValue.array(["withdrawn", .string(time), .string(dataset), .string(name)]).sha256
    }
  }

  private let records: [(time: String, digests: Set<String>)]

  init(_ connection: Connection) throws {
    records = try connection.withdrawals().compactMap { row in
      let options = try JSONValue(parsing: row.options)
      // Withdrawals of earlier versions say nothing of whom.
      guard options["people"] != nil else { return nil }
      let record = try StoredJSON.read(Record.self, row.options, of: "a withdrawal")
      return (record.at, Set(record.people))
    }
  }

  /// What is kept of a withdrawal.
  private struct Record: Decodable {
    let arrays: Int
    let units: Int
    let runs: Int
    let at: String
    let people: [String]
  }

  func contains(_ person: Person) -> Bool { records.contains { $0.digests.contains(person.digest(at: $0.time)) } }

  /// Everybody a catalog names: subjects, raters, and people of scores of other programs.
  static func named(in connection: Connection) throws -> Set<Person> {
    Set(try connection.namedPeople().map { Person(dataset: $0.dataset, name: $0.name) })
  }
}
