import ContentIdentity
import Diagnostics
import Vocabulary
import Warehouse

/// What is about to leave a warehouse: of which class, and made of what.
public struct Departure: Sendable {
  /// For messages.
  public let object: String
  public var dataClass: DataClass
  /// Whether it is of its class only as nothing says whose its rows are.
  public var isAssumed = false
  /// Keys of the units that computed it, or of the imports that brought it.
  public var units: Set<String>
  /// Names of the arrays, and paths of the sources, it holds or was drawn from.
  public var arrays: Set<String>
  /// Of which something is in it that `units` and `arrays` say the origin of.
  public var datasets: Set<String>
  /// Of which something is in it, and nothing says what: it descends from all that was imported into them or computed of them.
  public var wholeDatasets: Set<String>

  public init(
    _ object: String, _ dataClass: DataClass, units: Set<String> = [], arrays: Set<String> = [],
    datasets: Set<String> = [], wholeDatasets: Set<String> = []
  ) {
    (self.object, self.dataClass) = (object, dataClass)
    (self.units, self.arrays, self.datasets, self.wholeDatasets) = (units, arrays, datasets, wholeDatasets)
  }

  /// Arrays, which are raw where one of them is of a person alone.
  public init(_ object: String, arrays: Set<String>, in connection: Connection) throws {
    let ofPeople = try connection.arraysOfPeople(names: Self.list(arrays))
    self.init(object, ofPeople.isEmpty ? .group : .raw, arrays: arrays)
  }

  /// Asks the words of consent of every dataset and file that it descends from; the strictest decides.
  ///
  /// - Throws: `E-CNS-001` with the class, the dataset or file that forbids it, and the way from it.
  public func permit(in warehouse: Warehouse) throws -> DeparturePermit { try warehouse.read { try permit($0) } }

  /// The same in a transaction that reads already.
  public func permit(_ connection: Connection) throws -> DeparturePermit {
    let ancestors = try ancestors(connection)
    let strictest = Consent.strictest(ancestors.map(\.word))
    guard !strictest.admits(dataClass), let first = ancestors.first(where: { $0.word == strictest }) else {
      return DeparturePermit(
        consent: ancestors.isEmpty ? nil : strictest, licences: Set(ancestors.compactMap(\.row.licence)).sorted(),
        datasets: ancestors.filter { $0.row.kind == "dataset" }.map {
          DeparturePermit.Dataset(name: $0.row.name, licence: $0.row.licence)
        })
    }
    let count = ancestors.count { !$0.word.admits(dataClass) }
    let assumption = isAssumed ? " (assumed: nothing in it says whose its rows are)" : ""
    var words = [
      "it is \(dataClass.rawValue)\(assumption), and \(first.row.kind) \(first.row.name) is \(strictest.rawValue)"
    ]
    if first.row.consent == nil { words.append(" (nothing was said)") }
    words.append(", which lets \(strictest.admission) leave")
    if let origin = first.row.artifactID, let way = try LineagePath.text(from: self, to: origin, connection) {
      words.append(": " + way)
    }
    if count > 1 { words.append("; \(count) datasets and files forbid it") }
    throw EvokeError(
      .consentForbids, object, reason: words.joined(),
      remedy: (isAssumed ? "return columns subject and rater too, NULL in rows of groups; " : .init())
        + "where the participants agreed: evoke consent \(first.row.dataset ?? "DATASET") "
        + "\(dataClass.needed.rawValue) --reason TEXT")
  }

  /// Whether all that it descends from lets a class leave.
  public func admits(_ dataClass: DataClass, _ connection: Connection) throws -> Bool {
    try consent(connection)?.admits(dataClass) ?? true
  }

  /// The strictest word of all that it descends from; nil where it descends from nothing.
  public func consent(_ connection: Connection) throws -> Consent? {
    let ancestors = try ancestors(connection)
    return ancestors.isEmpty ? nil : .strictest(ancestors.map(\.word))
  }

  private func ancestors(_ connection: Connection) throws -> [(row: Rows.ConsentOfLineage, word: Consent)] {
    try connection.consentOfLineage(
      arrays: Self.list(arrays), units: Self.list(units), datasets: Self.list(datasets),
      whole: Self.list(wholeDatasets)
    ).map { (row: $0, word: try Consent.stored($0.consent) ?? .unstated) }
  }

  /// Names as a parameter of lookups.
  public static func list(_ names: Set<String>) -> String {
    JSONValue.array(names.sorted().map { .string($0) }).canonical
  }
}

/// Leave for something to go, without which nothing is written outside a warehouse. What holds of it travels along.
public struct DeparturePermit: Sendable {
  /// The strictest word of all that it descends from; nil where it descends from nothing.
  public let consent: Consent?
  /// Of all that it descends from.
  public let licences: [String]
  /// All that it descends from.
  public let datasets: [Dataset]

  /// A dataset with its licence where one was told.
  public struct Dataset: Sendable, Hashable {
    public let name: String
    public let licence: String?
  }

  fileprivate init(consent: Consent?, licences: [String], datasets: [Dataset]) {
    (self.consent, self.licences, self.datasets) = (consent, licences, datasets)
  }

  /// Of what is printed, which stays with who asked, and of what the program itself knows.
  public static let printed = DeparturePermit(consent: nil, licences: [], datasets: [])

  /// What a file that can say something of itself says of it.
  public var statements: [(key: String, value: String)] {
    let list = JSONValue.array(licences.map { .string($0) }).canonical
    return (consent.map { [(key: "evoke.consent", value: $0.rawValue)] } ?? [])
      + (licences.isEmpty ? [] : [(key: "evoke.licences", value: list)])
  }
}
