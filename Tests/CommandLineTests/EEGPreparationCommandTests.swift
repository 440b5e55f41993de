import Foundation
import Testing

/// Recordings of EEG prepared by a study: three real ones of 4 s at 256 Hz.
@Suite struct EEGPreparationCommandTests {
  private static let recordings = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/eeg/fractal_3sub.h5").path

  private func warehouse() throws -> Program {
    let program = try Program()
    try program.succeed(["init", "a.evoke"])
    try program.succeed([
      "import", "eeg", Self.recordings, "--data", "{subject}/eeg", "--axes", "channel,time", "--rate-attr", "srate",
      "--labels", "ch_names", "--units", "uV", "--stimulus", "fractals", "--dataset", "fractals", "--onset-s", "0",
    ])
    return program
  }

  private static func study(_ eeg: String) -> String {
    """
    study: report
    kind: isc_report
    datasets: [fractals]
    targets: [{synchrony: {window_s: 2, step_s: 1, method: leave_one_out}}]
    preparation: {eeg: {\(eeg)}}
    statistics: {draws: 19}
    """
  }

  private func lines(_ program: Program, _ sql: String) throws -> [String] {
    try program.succeed(["sql", "--format", "csv", sql]).output.split(whereSeparator: \.isNewline).dropFirst()
      .map(String.init)
  }

  @Test func `a study prepares every recording once, records every channel and verifies`() throws {
    let program = try warehouse()
    let eeg = "bandpass_hz: [1, 45], bad_channels: robust, reference: average, resample_hz: 128"
    try program.write(Self.study(eeg), "study.yaml")
    try program.succeed(["run", "study.yaml"])
    let again = try program.succeed(["run", "study.yaml"])
    #expect((again.output + again.error).contains(" 0 computed, 4 cached"))
    let units = try lines(program, "SELECT step, count(*) FROM unit_status WHERE state = 'done' GROUP BY step")
    #expect(units.contains("eeg_preparation,3"))
    let channels = try lines(
      program,
      "SELECT subject, count(*), min(recording_rank), min(prepared_rate_hz) FROM recording_quality GROUP BY subject")
    #expect(channels.count == 3 && channels.allSatisfy { $0.hasSuffix(",128") || $0.hasSuffix(",128.0") })
    let arrays = try lines(
      program,
      "SELECT units, json_extract(parameters, '$.rank') > 0 FROM array_catalog WHERE name LIKE '%/prepared-%'")
    #expect(arrays == ["V,1", "V,1", "V,1"])
    let name = try lines(program, "SELECT name FROM array_catalog WHERE name LIKE '%/prepared-%' ORDER BY name")[0]
    #expect(try program.succeed(["why", name]).output.contains("fractal_3sub.h5"))
    try program.succeed(["verify", "--level", "3"])
    // A figure of one person's recording names that person.
    #expect(try program.run(["plot", "recording", name, "-o", "r.svg"]).status == 77)
    try program.succeed(["consent", "fractals", "controlled", "--reason", "data agreement"])
    for plotted in [["recording", name], ["recording", "--subject", "sub-01", "--seconds", "1:3"]] {
      try program.succeed(["plot"] + plotted + ["-o", "r.svg"])
      let svg = try String(contentsOfFile: program.folder + "/r.svg", encoding: .utf8)
      #expect(svg.contains(">Cz<") && svg.contains(">fractals<") && svg.contains("spectrum"))
    }
    let several = try program.run(["plot", "recording", "-o", "r.svg"])
    #expect(several.status != 0 && several.error.contains("--subject"))
  }

  @Test func `components are recorded, and a band beyond the rate is refused for each recording`() throws {
    let program = try warehouse()
    try program.write(Self.study("ica: {method: picard, eog: [Fp1, Fp2]}, resample_hz: 128"), "ica.yaml")
    try program.succeed(["run", "ica.yaml"])
    #expect(try lines(program, "SELECT DISTINCT subject FROM recording_component").count == 3)
    try program.write(Self.study("bandpass_hz: [1, 130]"), "wide.yaml")
    let wide = try program.run(["run", "wide.yaml", "--keep-going"])
    #expect(wide.status != 0)
    let failed = try lines(
      program, "SELECT message FROM unit_status WHERE step = 'eeg_preparation' AND state = 'failed'")
    #expect(failed.count == 3 && failed.allSatisfy { $0.contains("130") })
  }
}
