import Foundation
import Testing

/// Voice and soundtrack from weights to features and files, with the small checkpoint of the separation fixtures.
@Suite struct SeparationCommandTests {
  private static let fixtures = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures").path

  private func warehouse() throws -> Program {
    let program = try Program()
    try program.succeed(["init", "a.evoke"])
    try program.succeed(["import", "audio", Self.fixtures + "/media/pings.wav", "--name", "song", "--dataset", "d"])
    return program
  }

  @Test func `features of the voice separate first, once, and leave energies and files`() throws {
    let program = try warehouse()
    let without = try program.run(["extract", "--set", "lld12", "--element", "voice"])
    #expect(without.status == 66 && without.error.contains("E-SEP-002"))
    try program.succeed(["import", "weights", Self.fixtures + "/separation/spleeter-tiny", "--name", "split"])
    for element in ["voice", "soundtrack"] {
      try program.succeed(["extract", "--set", "lld12", "--element", element])
    }
    let rows = try program.succeed([
      "sql", "--format", "csv",
      "SELECT element, separation, energy_share BETWEEN 0 AND 1 AS share, round(sum(energy_share) OVER (), 9) AS whole "
        + "FROM stem_energy ORDER BY element",
    ]).output
    let lines = rows.split(whereSeparator: \.isNewline).map(String.init)
    for element in ["soundtrack", "voice"] {
      #expect(lines.contains { $0.hasPrefix("\(element),split,1,1") })
    }
    #expect(lines.count == 4)
    let passports = try program.succeed([
      "sql", "--format", "csv",
      "SELECT element, channels, mono_loss_db >= 0 AS loss, clipped_share, abs(dc) < 0.5 AS dc, silent_share, "
        + "first_sound_s < last_sound_s AS sound FROM sound_passport WHERE separation = 'split' ORDER BY element",
    ]).output
    let found = passports.split(whereSeparator: \.isNewline).dropFirst().map {
      $0.split(separator: ",").map(String.init)
    }
    #expect(found.map { $0[0...2].joined(separator: " ") } == ["soundtrack 2 1", "voice 2 1"], "\(passports)")
    #expect(found.allSatisfy { $0.count == 7 && $0[4] == "1" && $0[6] == "1" }, "\(passports)")
    let units = try program.succeed([
      "sql", "--format", "csv", "SELECT step, count(*) FROM unit_status WHERE state = 'done' GROUP BY step",
    ]).output
    // The units of the last plan: the separation was not made again.
    #expect(units.contains("lld12,1") && units.contains("separation,1"))
    let arrays = try program.succeed([
      "sql", "--format", "csv", "SELECT name, kind FROM array_catalog WHERE element <> 'original' ORDER BY name",
    ]).output
    for name in ["d/song/voice/split@44100,stem", "d/song/voice/split.level@1,stem_level"] {
      #expect(arrays.contains(name))
    }
    #expect(arrays.contains("d/song/soundtrack/lld12@1"))
    let exported = try program.succeed(["export", "stems", "-o", "stems", "--format", "flac"]).output
    #expect(exported.split(whereSeparator: \.isNewline).count == 2)
    #expect(FileManager.default.fileExists(atPath: program.folder + "/stems/song.voice.flac"))
    // An export that was cut off is gone on with; what is not the stem is not replaced.
    try FileManager.default.removeItem(atPath: program.folder + "/stems/song.soundtrack.flac")
    #expect(try program.succeed(["export", "stems", "-o", "stems", "--format", "flac"]).output == exported)
    try program.write("mine", "stems/song.voice.flac")
    #expect(try program.run(["export", "stems", "-o", "stems", "--format", "flac"]).error.contains("E-FIL-012"))
    #expect(!FileManager.default.fileExists(atPath: program.folder + "/stems/song.voice.flac.part"))
    try program.succeed(["verify", "--level", "3"])
  }

  @Test func `imported stems that sum to the original take the model's place`() throws {
    let program = try warehouse()
    try program.succeed(["import", "weights", Self.fixtures + "/separation/spleeter-tiny", "--name", "split"])
    try program.succeed(["extract", "--set", "lld12", "--element", "voice"])
    try program.succeed(["export", "stem", "-o", "made"])
    let files = ["made/song.voice.wav", "made/song.soundtrack.wav"]
    // Random networks: the stems sum to the sound without its bins above 11 kHz, which the check does not see.
    try program.succeed(["import", "stems"] + files + ["--stimulus", "song"])
    let again = try program.run(["import", "stems"] + files + ["--stimulus", "song"])
    #expect(again.status == 0 && again.error.contains("unchanged"))
    let residual = try program.succeed([
      "sql", "--format", "csv", "SELECT element FROM stem_energy WHERE separation = 'imported' AND residual_db < -30",
    ]).output
    #expect(residual.contains("voice") && residual.contains("soundtrack"))
    let plan = try program.succeed([
      "extract", "--set", "lld12", "--element", "soundtrack", "--separation", "imported", "--dry-run",
    ]).output
    #expect(!plan.contains("separation of"))
    try program.succeed(["extract", "--set", "lld12", "--element", "soundtrack", "--separation", "imported"])
    let wrong = try program.run(["extract", "--set", "lld12", "--element", "voice", "--separation", "other"])
    #expect(wrong.error.contains("imported are split"))
    try program.succeed(["forget", files[0], "--cascade"])
    let rest = try program.succeed([
      "sql", "--format", "csv", "SELECT count(*) FROM stem_energy WHERE separation = 'imported'",
    ]).output
    #expect(rest.contains("0"))
  }
}
