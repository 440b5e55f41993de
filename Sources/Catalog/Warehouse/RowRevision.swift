/// A row of a result with other numbers than the stored ones.
public struct RowRevision: Sendable, Equatable {
  public let table: String
  /// The unit that computed it, where the table's rows say so.
  private let unit: String?
  private let columns: [String]
  private let stored: [SQLValue]
  private let new: [SQLValue]

  /// - Parameters:
  ///   - stored: by the table's columns.
  ///   - new: in the same order; texts and whole numbers are those that are stored.
  package init(
    of table: String, unit: String?, columns: [String], stored: [SQLValue], new: [SQLValue]
  ) {
    (self.table, self.unit, self.columns, self.stored, self.new) = (table, unit, columns, stored, new)
  }

  /// Sets the columns that differ of the row that has all the stored values, each by its place.
  fileprivate var statement: String {
    let changed = columns.indices.filter { stored[$0] != new[$0] }
    let changes = changed.map { "\"\(columns[$0])\" = :new\($0)" }.joined(separator: ", ")
    let conditions =
      columns.indices.map { "\"\(columns[$0])\" IS :old\($0)" } + (unit == nil ? [] : ["unit_key = :unit"])
    return "UPDATE \"\(table)\" SET \(changes) WHERE " + conditions.joined(separator: " AND ")
  }

  fileprivate var arguments: [String: SQLValue] {
    var arguments: [String: SQLValue] = [:]
    for (place, (old, value)) in zip(stored, new).enumerated() {
      arguments["old\(place)"] = old
      if old != value { arguments["new\(place)"] = value }
    }
    if let unit { arguments["unit"] = .text(unit) }
    return arguments
  }
}

extension Connection {
  /// Puts the new numbers of a row in the place of the stored ones: in a catalog of this process's own, which is asked what
  /// they change.
  public func revise(_ revision: RowRevision) throws { try execute(revision.statement, revision.arguments) }
}
