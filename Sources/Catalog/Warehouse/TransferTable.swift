/// A table whose rows go from one catalog to another.
struct TransferTable {
  let name: String
  let columns: [TableShapes.Column]
  /// Where its own number stands, which means nothing elsewhere; nil for tables with another key.
  let number: Int?
  /// Places of the columns by which a row is found again.
  let identity: [Int]
  /// Whether those are UNIQUE or the key; else a row is found by everything that is hashed of it.
  let isNamed: Bool
  /// SQL that holds for the rows of the activity `:activity`; nil where rows go with none.
  let owner: String?
  /// Records of what was done: where two differ, each catalog's own stands.
  let isRecord: Bool
  /// Places of columns that move with files or follow the work.
  let exempt: Set<Int>

  init(_ name: String, _ shapes: TableShapes) {
    let hashed = HashedTables.current[name]
    let columns = shapes.columns[name, default: []]
    let number = columns.firstIndex(where: \.isNumber)
    let known = Set(hashed.columns.map(\.name))
    let exempt = columns.indices.filter { $0 != number && !known.contains(columns[$0].name) }
    let unique = shapes.identities[name, default: []]
    let keys = columns.indices.filter { columns[$0].isKey && number == nil }
    let named = unique.isEmpty ? keys : columns.indices.filter { unique.contains(columns[$0].name) }
    let all = columns.indices.filter { $0 != number && !exempt.contains($0) }
    (self.name, self.columns, self.number, self.exempt) = (name, columns, number, Set(exempt))
    (owner, isRecord) = (hashed.owner, hashed.time != .transaction)
    (isNamed, identity) = (!named.isEmpty, named.isEmpty ? all : named)
  }

  /// Reads all columns of the rows of an activity, or of all.
  var rows: String {
    guard let owner else { return selection }
    return selection + " WHERE " + owner
  }

  /// The same of the row of a number, in a table whose rows have one.
  func row(_ number: Int) -> String { selection + " WHERE \(quoted(number)) = :number" }

  /// The same of the row with these values of the identity, `?1` the first.
  var found: String { selection + " WHERE " + conditions(identity, from: 1) }

  /// Columns by which one row is meant.
  var key: [Int] { number.map { [$0] } ?? identity }

  /// Sets columns of one row: the values, then those of `key`.
  func update(_ places: [Int]) -> String {
    let changes = places.enumerated().map { "\(quoted($1)) = ?\($0 + 1)" }.joined(separator: ", ")
    return "UPDATE \"\(name)\" SET \(changes) WHERE " + conditions(key, from: places.count + 1)
  }

  private var selection: String {
    "SELECT \(columns.indices.map(quoted).joined(separator: ", ")) FROM \"\(name)\""
  }

  private func quoted(_ place: Int) -> String { "\"\(columns[place].name)\"" }

  private func conditions(_ places: [Int], from first: Int) -> String {
    places.enumerated().map { "\(quoted($1)) IS ?\($0 + first)" }.joined(separator: " AND ")
  }

  /// Where a column stands.
  func place(_ column: String) -> Int {
    guard let place = columns.firstIndex(where: { $0.name == column }) else {
      preconditionFailure("\(name) has no column \(column)")
    }
    return place
  }
}

extension TableShapes {
  /// Every table, each after those it refers to.
  var parentsFirst: [String] {
    var order: [String] = []
    var seen: Set<String> = []
    func visit(_ name: String) {
      guard seen.insert(name).inserted else { return }
      for target in columns[name, default: []].compactMap(\.target).sorted() { visit(target) }
      order.append(name)
    }
    for name in columns.keys.sorted() { visit(name) }
    return order
  }
}
