import Foundation
import Testing

/// `evoke import filters` and the sets that use them, as a user types them.
@Suite struct FilterCommandTests {
  private let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .appendingPathComponent("Fixtures")

  @Test("A cochleogram uses the bank it names, the only one imported, or the built-in one")
  func banks() throws {
    let program = try Program()
    let bank = fixtures.appendingPathComponent("cochleogram/few.mat").path
    try program.succeed(["init", "toy.evoke"])
    try program.succeed(["import", "audio", fixtures.appendingPathComponent("media/pings.flac").path, "--dataset", "d"])
    try program.succeed(["extract", "--set", "coch-env"])
    try program.succeed(["import", "filters", bank, "--name", "mine"])
    try program.succeed(["extract", "--set", "coch-env"])
    try program.succeed(["extract", "--set", "cochleogram:mine", "--rate", "native"])
    #expect(try program.run(["import", "filters", bank, "--name", "mine"]).error.contains("unchanged"))
    let arrays = try program.succeed([
      "sql", "SELECT name, shape, rate_hz, units FROM array_catalog ORDER BY name", "--format", "csv",
    ]).output
    #expect(arrays.contains("d/pings/original/coch-env:coch-gt128@1,\"[5,1]\",1"))
    #expect(arrays.contains("d/pings/original/coch-env:mine@1,\"[5,1]\",1"))
    #expect(arrays.contains("d/pings/original/cochleogram:mine@native,\"[625,8]\",125"))
    let why = try program.succeed(["why", "d/pings/original/coch-env:mine@1"]).output
    #expect(why.contains("few.mat"))
    // The same bank with another integration is a second one; then the name is needed.
    try program.succeed(["import", "filters", bank, "--name", "slow", "--time-constant-ms", "64"])
    let unclear = try program.run(["extract", "--set", "coch-env"])
    #expect(unclear.status == 64 && unclear.error.contains("E-FLT-005") && unclear.error.contains("coch-env:mine"))
    let unknown = try program.run(["extract", "--set", "coch-env:none"])
    #expect(unknown.status != 0 && unknown.error.contains("mine, slow, coch-gt128"))
    try program.succeed(["forget", "slow"])
    try program.succeed(["extract", "--set", "coch-env"])
    try program.succeed(["verify", "--level", "2"])
  }

  @Test("A file without usable filters stores nothing")
  func refused() throws {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    let file = fixtures.appendingPathComponent("matlab/plain.mat").path
    let ending = try program.run(["import", "filters", file])
    #expect(ending.status == 65 && ending.error.contains("E-FLT-001") && ending.error.contains("complexes"))
    let rows = try program.succeed(["sql", "SELECT count(*) AS n FROM filter_bank", "--format", "csv"]).output
    #expect(rows.contains("0"))
  }
}
