import Foundation
import HDF5File
import Testing

/// Forgetting and doing the same again: nothing is left, and the tables come out as they were.
@Suite(.serialized) struct ForgettingCommandTests {
  private static let tables = [
    "source_estimate", "region_resolution", "synchrony", "stored_array", "recording", "presentation",
  ]

  private func counts(_ program: Program) throws -> [String: Int] {
    var counts: [String: Int] = [:]
    for table in Self.tables {
      let lines = try program.succeed(["sql", "--format", "csv", "SELECT count(*) AS n FROM \(table)"]).output
      counts[table] = Int(lines.split(whereSeparator: \.isNewline).last ?? "")
    }
    return counts
  }

  private func importRecordings(_ program: Program) throws {
    for subject in 1...3 {
      try program.succeed([
        "import", "eeg", "sub\(subject).h5", "--data", "eeg", "--axes", "time,channel", "--rate-hz", "50", "--units",
        "V", "--labels", "channel=Fp1,Fp2,F3,F4,C3,C4,P3,P4,O1,O2,F7,F8,Cz,Pz", "--stimulus", "clip", "--onset-s", "0",
        "--subject", "s\(subject)", "--dataset", "d",
      ])
    }
  }

  @Test func `localised recordings that were forgotten come back once, not twice`() throws {
    let program = try Program()
    try program.succeed(["init", "a.evoke"])
    try program.succeed(["import", "leadfield", "--sphere", "10-20", "--dataset", "d"])
    for subject in 1...3 {
      let writer = try HDF5Writer(creating: program.folder + "/sub\(subject).h5")
      let samples = (0..<1500 * 14).map { Float(sin(Double(($0 + subject) * $0 % 7919))) * 1e-5 }
      try writer.dataset("eeg", .float32, shape: [1500, 14], storage: HDF5Storage())
      try writer.write(samples, to: "eeg")
      try writer.close()
    }
    try program.write(
      """
      study: isc
      kind: isc_report
      datasets: [d]
      targets: [{synchrony: {window_s: 10}}]
      preparation: {source: {leadfield: sphere-10-20}}
      statistics: {null: none}
      """, "isc.yaml")
    try importRecordings(program)
    try program.succeed(["run", "isc.yaml"])
    let first = try counts(program)
    #expect(first["source_estimate"] == 3 && first["region_resolution"] == 68)
    for subject in 1...3 { try program.succeed(["forget", "sub\(subject).h5", "--cascade"]) }
    // The kernel is the leadfield's alone.
    let kept = try counts(program)
    #expect(["source_estimate", "synchrony", "recording", "presentation"].allSatisfy { kept[$0] == 0 })
    #expect(kept["region_resolution"] == 68)
    try program.succeed(["verify", "--level", "2"])
    try importRecordings(program)
    try program.succeed(["run", "isc.yaml"])
    #expect(try counts(program) == first)
    try program.succeed(["forget", "sphere-10-20", "--cascade"])
    let left = try counts(program)
    #expect(["source_estimate", "synchrony", "region_resolution"].allSatisfy { left[$0] == 0 })
  }
}
