import Testing
import Warehouse

/// Peaks of what is stored, and of numbers in the place of stored ones.
@Suite struct PeakTests {
  private func revision(_ fit: String, to value: Double, in connection: Connection) throws -> RowRevision {
    let columns = ["fit_key", "quantity", "value", "low", "high", "r2"]
    let stored = try #require(
      try connection.rows(
        "SELECT fit_key, quantity, value, low, high, r2 FROM score WHERE quantity = 'r' AND fit_key = '\(fit)'"
      ).first)
    var new = stored.values
    new[2] = .real(value)
    return RowRevision(of: "score", unit: nil, columns: columns, stored: stored.values, new: new)
  }

  @Test func `a peak moves with the numbers of its sweep, and only past the next one`() throws {
    let folder = try TemporaryFolder()
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .writing("test"))
    defer { try? warehouse.close() }
    let before = try warehouse.read { try $0.peaks() }
    #expect(before.contains { $0.curve.hasPrefix("layers ") && $0.peak == "hs.1" })
    #expect(before.contains { $0.curve == "delays fit0" && $0.peak == "2.0 s" })
    // hs.0 has r = .25, hs.1 has r = .5.
    for (value, peak) in [(0.375, "hs.1"), (0.3125, "hs.1")] {
      let after = try warehouse.rehearse { connection in
        try connection.revise(revision("fit1", to: value, in: connection))
        #expect(
          try connection.value("SELECT value FROM score WHERE fit_key = 'fit1' AND quantity = 'r'") == .real(value))
        return try connection.peaks()
      }
      #expect(after.filter { $0.curve.hasPrefix("layers ") }.map(\.peak) == [peak])
    }
    let moved = try warehouse.rehearse { connection in
      try connection.revise(revision("fit0", to: 0.375, in: connection))
      try connection.execute("UPDATE score SET low = 0.1, value = 0.3 WHERE fit_key = 'fit1' AND quantity = 'r'")
      return try connection.peaks()
    }
    #expect(moved.filter { $0.curve.hasPrefix("layers ") }.map(\.peak) == ["hs.0"])
  }
}
