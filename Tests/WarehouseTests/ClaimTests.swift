import Claims
import Diagnostics
import Foundation
import Testing
import Warehouse

@Suite struct ClaimTests {
  private func claims(_ text: String, in folder: TemporaryFolder) throws -> [Claim] {
    let place = folder.path + "/claims"
    try FileManager.default.createDirectory(atPath: place, withIntermediateDirectories: true)
    try text.write(toFile: place + "/one.sql", atomically: true, encoding: .utf8)
    return try Claim.all(in: place)
  }

  @Test func aSentenceHoldsWhereItsQueryReturnsNothing() throws {
    let folder = try TemporaryFolder()
    let found = try claims(
      """
      -- What the abstract says.
      -- claim: No score is above one.
      SELECT * FROM score WHERE value > 1
      -- claim: Every score is above .2
      -- (of r)
      SELECT fit_key FROM score WHERE quantity = 'r'
        AND value <= 0.2;
      -- claim: This is not SQL.
      SELEC
      -- claim: This writes.
      DELETE FROM score
      -- claim: Nothing stands here.
      -- claim: Two questions.
      SELECT 1 WHERE 0; SELECT 1 WHERE 0
      -- claim: This never ends.
      WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i FROM n
      """, in: folder)
    #expect(found.map(\.line) == [2, 4, 8, 10, 12, 13, 15])
    #expect(found[1].sentence == "Every score is above .2")
    let warehouse = try Warehouse.open(try warehouseWithRows(in: folder), .reading)
    defer { try? warehouse.close() }
    let verdicts = try found.map { try $0.verdict(in: warehouse, limits: QueryLimits(seconds: 5, rows: 1000)) }
    #expect(verdicts.map(\.holds) == [true, false, false, false, false, false, false])
    let below = try warehouse.userQuery("SELECT count(*) FROM score WHERE quantity = 'r' AND value <= 0.2")[0].rows[0]
    #expect(verdicts[1].rowCount == below.values[0].int && verdicts[1].failure == nil)
    let failures = ["E-QRY-002", "E-WH-014", "no query", "2 statements", "E-QRY-013"]
    for (verdict, failure) in zip(verdicts.dropFirst(2), failures) {
      #expect(verdict.rowCount == nil && verdict.failure?.contains(failure) == true, "\(verdict)")
    }
  }

  @Test(arguments: ["", "SELECT 1\n-- claim: late\nSELECT 1 WHERE 0", "-- claim:  \nSELECT 1", "-- a comment alone"])
  func aFileThatIsNotOfClaimsIsRefused(text: String) throws {
    let folder = try TemporaryFolder()
    #expect(#expect(throws: EvokeError.self) { try claims(text, in: folder) }?.code == .claimsMalformed)
  }

  @Test func linesOfAnyProgramEndAlike() throws {
    let folder = try TemporaryFolder()
    let text = "-- claim: Nothing is loud.\r\nSELECT 1;\n-- claim: Late.\r\nSELECT 1 WHERE 0;\r\n"
    let found = try claims(text, in: folder)
    #expect(found.map(\.sentence) == ["Nothing is loud.", "Late."] && found.map(\.line) == [1, 3])
  }

  @Test func aFolderWithoutClaimsIsRefused() throws {
    let folder = try TemporaryFolder()
    #expect(#expect(throws: EvokeError.self) { try Claim.all(in: folder.path) }?.code == .claimsMalformed)
    #expect(throws: EvokeError.self) { try Claim.all(in: folder.path + "/nowhere") }
  }
}
