import Diagnostics
import GRDB
import GRDBSQLite

extension Warehouse {
  /// As many catalogs SQLite takes beside one.
  public static let attachedLimit = 10

  /// Lets statements read another warehouse's catalog under a name, `NAME.encoding_score`, as long as this one is open.
  ///
  /// It is read only, as this warehouse is. Arrays are asked of this warehouse alone.
  ///
  /// - Throws: `E-QRY-003` for a name that SQL could not tell from others, `E-WH-001` where there is no warehouse.
  public func attach(_ directory: String, as name: String) throws {
    precondition(access == .reading, "attaching to a warehouse opened for writing")
    let isWord = name.wholeMatch(of: /[A-Za-z_][A-Za-z0-9_]*/) != nil
    guard isWord, !["main", "temp"].contains(name.lowercased()) else {
      throw EvokeError(
        .badCondition, "--attach \(name)", reason: "SQL takes a word of letters, digits and _, neither main nor temp",
        remedy: "write --attach NAME=DIR, for example --attach other=other.evoke")
    }
    // Says what is wrong with it, and takes in what an interrupted writer left.
    let other = try Self.open(directory, .reading)
    try other.close()
    try Connection.translated {
      try queue.unsafeRead { database in
        // A question that was asked before allows none.
        _ = unsafe sqlite3_limit(database.sqliteConnection, SQLITE_LIMIT_ATTACHED, Int32(Self.attachedLimit))
        try database.execute(sql: "ATTACH DATABASE ? AS \"\(name)\"", arguments: [other.catalogPath])
      }
    }
  }
}

extension Warehouse {
  /// Whether a text ends with a whole statement, its semicolon outside quotes and comments.
  public static func isComplete(_ sql: String) -> Bool { unsafe sqlite3_complete(sql) != 0 }
}
