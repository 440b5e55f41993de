import ContentIdentity
import Foundation
import Testing

/// A unit's inputs are what it reads: what it does not read opens no unit that is done.
@Suite(.serialized) struct UnitInputTests {
  private static let film = Result {
    try ToyWarehouse(commands: { $0.filter { $0.contains("--dataset film") || $0.contains("--name regions") } })
  }

  @Test func `a rating of a stimulus without features opens no unit`() throws {
    let program = try Self.film.get().copy()
    let names = ["rated", "control", "joint", "synced", "synced-control", "bold", "report"]
    let studies = try KeyTable.studies().filter { names.contains($0.key) }
    #expect(studies.count == names.count)
    for (name, study) in studies {
      try program.write(study.canonical, name + ".yaml")
      try program.succeed(["run", name + ".yaml", "-q", "--allow-invalid"])
    }
    let seconds = (0..<60).map { "\($0),\(($0 * 7) % 11),\(($0 * 5) % 9)" }
    try program.write((["time,ada,bob"] + seconds).joined(separator: "\n") + "\n", "s9.csv")
    try program.succeed([
      "import", "annotations", "s9.csv", "--dataset", "film", "--raters", "wide", "--name", "driven",
    ])
    for name in studies.keys.sorted() {
      let again = try JSONValue(
        parsing: program.succeed(["run", name + ".yaml", "--allow-invalid", "--json"]).output)
      #expect(again["computed"] == 0 && (again["cached"]?.intValue ?? 0) > 0, "\(name): \(again.canonical)")
    }
    let said = try program.succeed(["run", "rated.yaml", "--allow-invalid"]).error
    #expect(said.contains("no features net of 1 stimuli") && said.contains("s9"), "\(said)")
  }

  @Test func `a fit of one layer reads the array of that layer alone`() throws {
    let sound = try ToyWarehouse(commands: {
      $0.filter { $0.contains("--dataset sound") || $0.contains("--name tiny") }
    })
    // Its files are what the units read.
    defer { withExtendedLifetime(sound) {} }
    let program = try sound.copy()
    let study = try #require(try KeyTable.studies()["neural"])
    try program.write(study.canonical, "neural.yaml")
    try program.succeed(["run", "neural.yaml", "-q", "--allow-invalid"])
    let read = try program.rows(
      """
      SELECT DISTINCT r.layer_key FROM activity v JOIN used s USING (activity_id)
      JOIN stored_array r ON r.artifact_id = s.artifact_id WHERE v.verb = 'encoding' AND s.role = 'features-0'
      """, in: "toy.evoke")
    #expect(read == [["hs.1"]])
    let inputs = try program.rows(
      "SELECT DISTINCT i.value ->> 2 FROM unit u, json_each(u.inputs) i WHERE u.step = 'encoding' AND i.value ->> 0 = 'features-0'",
      in: "toy.evoke")
    #expect(inputs == [["hs.1/values"]])
  }

  @Test func `a unit whose stored input has other bits since is named, and repair says how far it is apart`() throws {
    let program = try Self.film.get().copy()
    let study = try #require(try KeyTable.studies()["synced"])
    try program.write(study.canonical, "synced.yaml")
    try program.succeed(["run", "synced.yaml", "-q", "--allow-invalid"])
    let label = try program.rows("SELECT label FROM unit WHERE step = 'encoding' LIMIT 1", in: "toy.evoke")[0][0]
    let unit = "SELECT unit_key FROM unit WHERE label = '\(label)'"
    try program.edit("UPDATE attempt SET inputs_sha256 = 'other' WHERE unit_key = (\(unit))")
    let told = try program.run(["verify", "--format", "csv"])
    #expect(told.status == 1 && told.output.contains("units rest on the bits that they read"), "\(told.output)")
    #expect(told.output.contains(label), "\(told.output)")
    #expect(try program.run(["repair"]).error.contains("E-WH-016"))
    try program.succeed(["repair", "--accept-edit", "a test"])
    let repaired = try program.run(["repair"])
    #expect(repaired.status == 0 && repaired.output.contains("computed"), "\(repaired.output) \(repaired.error)")
    let verified = try program.run(["verify"])
    #expect(verified.status == 0, "\(verified.output)")
  }
}
