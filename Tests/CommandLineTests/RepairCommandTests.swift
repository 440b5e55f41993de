import ContentIdentity
import Foundation
import Testing

/// `evoke repair` and `evoke backup` on a warehouse with arrays of many kinds.
@Suite(.serialized) struct RepairCommandTests {
  /// Sounds that are separated and fitted with draws, and EEG that is localised.
  private static let made = Result {
    try ToyWarehouse(commands: { lines in
      lines.filter { line in
        ["--dataset sound", "--name split", "--dataset brain"].contains { line.contains($0) }
          && !line.contains("import stems") && !line.contains("--name free") && !line.contains("--name folded")
      }
    })
  }

  private static let studies = [
    "sound": """
    {"study":"sound","kind":"element_ablation","datasets":["sound"],"elements":["original","voice","soundtrack"],
     "features":[{"set":"lld12","reduce":{"pca":2}}],"targets":[{"annotation":"loud"}],
     "preparation":{"separation":"split"},
     "encoding":{"delays_s":{"annotation":[0,1]},"lambdas":{"log10":[-2,3,1]},"gap_s":3,"outer":{"folds":3},
     "inner":{"folds":3}},"statistics":{"draws":9}}
    """,
    "brain": """
    {"study":"brain","kind":"isc_report","datasets":["brain"],"targets":[{"synchrony":{"window_s":5}}],
     "preparation":{"source":{"noise":"ad_hoc"}},"statistics":{"draws":9}}
    """,
  ]

  private func computed() throws -> Program {
    let program = try Self.made.get().copy()
    for (name, study) in Self.studies.sorted(by: { $0.key < $1.key }) {
      try program.write(study, name + ".yaml")
      try program.succeed(["run", name + ".yaml", "--allow-invalid", "-q"])
    }
    return program
  }

  private static let question = """
    SELECT u.label, u.result_sha256 FROM unit u UNION ALL SELECT name, logical_sha256 FROM stored_array
    UNION ALL SELECT fit_key || quantity, value || coalesce(low, '') FROM score
    UNION ALL SELECT fit_key || quantity, p || null_mean FROM null_summary
    UNION ALL SELECT region || stimulus, static_isc || p FROM synchrony ORDER BY 1, 2
    """

  /// Every kind of array with one of its files and what made it.
  private func kinds(_ program: Program) throws -> [(kind: String, file: String, maker: String)] {
    try program.rows(
      """
      SELECT a.kind, min(a.file), min(v.kind) FROM stored_array a JOIN activity v USING (activity_id) GROUP BY a.kind
      """, in: "toy.evoke"
    ).map { ($0[0], $0[1], $0[2]) }
  }

  private func damage(_ path: String) throws {
    try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
    var data = try Data(contentsOf: URL(fileURLWithPath: path))
    for byte in stride(from: data.count / 3, to: data.count, by: max(1, data.count / 7)) { data[byte] ^= 0x41 }
    try data.write(to: URL(fileURLWithPath: path))
  }

  private func shell(_ line: String) throws -> Int32 {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/bin/sh")
    process.arguments = ["-c", line]
    let path = (Program.path as NSString).deletingLastPathComponent
    process.environment = ProcessInfo.processInfo.environment.merging(["PATH": path + ":/usr/bin:/bin"]) { $1 }
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    return process.terminationStatus
  }

  @Test func `a damaged array of each kind is made again, and what cannot be is told with its command`() throws {
    let program = try computed()
    let before = try program.rows(Self.question, in: "toy.evoke")
    let kinds = try kinds(program)
    #expect(
      Set(kinds.map(\.kind)).isSuperset(of: [
        "feature", "recording", "annotation", "prediction", "null", "stem", "leadfield",
      ]))
    for (round, entry) in kinds.enumerated() {
      let path = program.folder + "/toy.evoke/" + entry.file
      if round % 3 == 2 { try FileManager.default.removeItem(atPath: path) } else { try damage(path) }
      let told = try program.run(["verify", "--level", "2"])
      #expect(told.status == 1 && told.output.contains(entry.file), "\(entry): \(told.output)")
      let dry = try program.run(["repair", "--dry-run", "--format", "ndjson"])
      #expect(
        dry.status == 0 && dry.output.contains(entry.file)
          && FileManager.default.fileExists(atPath: path) == (round % 3 != 2))
      let repaired = try program.run(["repair", "--format", "ndjson"])
      if entry.maker == "import" {
        #expect(repaired.status == 1 && repaired.error.contains("E-WH-023"), "\(entry): \(repaired.error)")
        for line in repaired.output.split(separator: "\n") {
          let detail = try #require(try JSONValue(parsing: String(line))["detail"]?.stringValue)
          let command = try #require(detail.components(separatedBy: "; ").last)
          #expect(try shell(command) == 0, "\(entry): \(command)")
        }
        let rest = try program.run(["repair"])
        #expect(rest.status == 0, "\(entry): \(rest.error)")
      } else {
        #expect(repaired.status == 0, "\(entry): \(repaired.error) \(repaired.output)")
      }
      let verified = try program.run(["verify", "--level", "3"])
      #expect(verified.status == 0, "\(entry): \(verified.output)")
      #expect(try program.rows(Self.question, in: "toy.evoke") == before, "\(entry)")
    }
    #expect(try program.rows("SELECT count(*) FROM divergence", in: "toy.evoke") == [["0"]])
    #expect(try !FileManager.default.contentsOfDirectory(atPath: program.folder + "/toy.evoke/quarantine").isEmpty)
  }

  @Test func `run over damaged or missing arrays restores them and says so`() throws {
    let program = try computed()
    let before = try program.rows(Self.question, in: "toy.evoke")
    for entry in try kinds(program) where ["feature", "prediction", "stem"].contains(entry.kind) {
      let path = program.folder + "/toy.evoke/" + entry.file
      if entry.kind == "feature" { try FileManager.default.removeItem(atPath: path) } else { try damage(path) }
      #expect(try program.succeed(["plan", "sound.yaml", "--allow-invalid"]).output.contains("REPAIR"))
      let again = try program.succeed(["run", "sound.yaml", "--allow-invalid", "--json"])
      #expect(try JSONValue(parsing: again.output)["restored"] == 1, "\(entry): \(again.output)")
      #expect(try program.run(["verify"]).status == 0)
    }
    #expect(try program.rows(Self.question, in: "toy.evoke") == before)
    let last = try program.succeed(["run", "sound.yaml", "--allow-invalid", "--json"])
    #expect(try JSONValue(parsing: last.output)["computed"] == 0)
  }

  @Test func `other bits of a unit whose array is gone are recorded, and what rests on it is computed again`() throws {
    let program = try computed()
    let draws = try #require(try kinds(program).first { $0.kind == "null" })
    try damage(program.folder + "/toy.evoke/" + draws.file)
    let unit = try program.rows(
      "SELECT v.activity_key FROM stored_array a JOIN activity v USING (activity_id) WHERE a.file = '\(draws.file)'",
      in: "toy.evoke")[0][0]
    // The kernels of an old processor round otherwise.
    let repaired = try program.run(["repair"], ["OPENBLAS_CORETYPE": "Nehalem"])
    #expect(repaired.status == 0, "\(repaired.error)")
    #expect(try program.rows("SELECT DISTINCT unit_key FROM divergence", in: "toy.evoke").contains([unit]))
    let left = try program.rows("SELECT label, state FROM unit WHERE state <> 'done'", in: "toy.evoke")
    #expect(left.isEmpty, "\(left)")
    let verified = try program.run(["verify"])
    #expect(verified.status == 0, "\(verified.output)")
  }

  @Test func `a backup is whole, grows by what is new, and repairs catalog and arrays`() throws {
    let program = try computed()
    let before = try program.rows(Self.question, in: "toy.evoke")
    let first = try program.succeed(["backup", "copy", "--json", "-C", "toy.evoke"]).output
    let count = try JSONValue(parsing: first)["array_files"]?.intValue ?? 0
    #expect(try count > 5 && JSONValue(parsing: first)["copied"]?.intValue == count)
    #expect(try program.run(["verify", "--level", "3", "-C", "copy"]).status == 0)
    #expect(try program.rows(Self.question, in: "copy") == before)
    try program.write("time,calm\n0,1\n1,2\n2,1\n", "calm.csv")
    try program.succeed(["import", "annotations", "calm.csv", "--dataset", "more", "-C", "toy.evoke"])
    let second = try program.succeed(["backup", "copy", "--json", "-C", "toy.evoke"]).output
    #expect(try JSONValue(parsing: second)["copied"]?.intValue == 1)
    #expect(try JSONValue(parsing: second)["array_files"]?.intValue == count + 1)

    try damage(program.folder + "/toy.evoke/catalog.sqlite")
    for entry in try program.rows("SELECT min(file) FROM stored_array GROUP BY kind", in: "copy") {
      try damage(program.folder + "/toy.evoke/" + entry[0])
    }
    let refused = try program.run(["repair", "-C", "toy.evoke"])
    #expect(refused.status != 0 && refused.error.contains("repair --from"), "\(refused.status) \(refused.error)")
    // As whoever is cut off leaves it: the damaged catalog is in its place and in quarantine.
    let aside = program.folder + "/toy.evoke/quarantine/catalog.sqlite"
    try FileManager.default.linkItem(atPath: program.folder + "/toy.evoke/catalog.sqlite", toPath: aside)
    let repaired = try program.run(["repair", "--from", "copy", "-C", "toy.evoke"])
    #expect(repaired.status == 0, "\(repaired.error)")
    #expect(FileManager.default.fileExists(atPath: aside) && !FileManager.default.fileExists(atPath: aside + ".2"))
    #expect(try program.run(["verify", "--level", "3", "-C", "toy.evoke"]).status == 0)
    let restored = try program.rows(Self.question, in: "toy.evoke")
    #expect(before.allSatisfy(restored.contains))
  }
}
