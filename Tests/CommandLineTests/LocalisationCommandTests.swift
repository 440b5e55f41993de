import Foundation
import HDF5File
import Testing

/// EEG of a film through a leadfield and back: channels to 68 regions to synchrony.
@Suite(.serialized) struct LocalisationCommandTests {
  private static let source = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Fixtures/source").path

  /// Fifteen subjects of one film whose regions share a signal, `s = sqrt(rho) c + sqrt(1 - rho) n`.
  private struct Film {
    static let (subjects, seconds, rate) = (15, 120, 60)
    let rho: [Double]
    private var state: UInt64 = 9

    init() {
      // Three slow waves between 0 and 0.4.
      rho = (0..<Self.seconds * Self.rate).map { sample in
        let t = Double(sample) / Double(Self.rate)
        return 0.2 + 0.1 * sin(2 * .pi * t / 60) + 0.1 * sin(2 * .pi * t / 41 + 1)
      }
    }

    /// Uniform, unit variance.
    private mutating func noise() -> Double {
      state &+= 0x9E37_79B9_7F4A_7C15
      var z = state
      z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
      z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
      return (Double((z ^ (z >> 31)) >> 11) / Double(1 << 53) - 0.5) * 12.0.squareRoot()
    }

    /// `eeg [subject, time, channel]` in volts, from 34 of the 140 sources.
    mutating func write(_ path: String, leadfield: [Double], names: [String]) throws {
      let (count, channels) = (Self.seconds * Self.rate, 20)
      let active = Array(stride(from: 0, to: 136, by: 4))
      let common = (0..<count * active.count).map { _ in noise() }
      var eeg = [Float](repeating: 0, count: Self.subjects * count * channels)
      for subject in 0..<Self.subjects {
        for t in 0..<count {
          let (shared, own) = (rho[t].squareRoot(), (1 - rho[t]).squareRoot())
          var x = [Double](repeating: 0, count: channels)
          for (k, source) in active.enumerated() {
            let s = shared * common[t * active.count + k] + own * noise()
            for c in 0..<channels { x[c] += s * leadfield[c * 140 + source] }
          }
          for c in 0..<channels {
            eeg[(subject * count + t) * channels + c] = Float((x[c] + 10 * noise()) * 3e-8)
          }
        }
      }
      let writer = try HDF5Writer(creating: path)
      try writer.dataset("eeg", .float32, shape: [Self.subjects, count, channels], storage: HDF5Storage())
      try writer.write(eeg, to: "eeg")
      try writer.dataset("names", texts: names)
      try writer.close()
    }
  }

  private func study(_ preparation: String) -> String {
    """
    study: film
    kind: isc_report
    datasets: [d]
    preparation: {source: {\(preparation)}}
    targets: [{synchrony: {window_s: 10, step_s: 1, anchor: centre, method: pairwise, signal: source}}]
    statistics: {null: none, draws: 0}
    seed: 1
    """
  }

  @discardableResult
  private func sql(_ program: Program, _ text: String) throws -> [String] {
    try program.succeed(["sql", "--format", "csv", text]).output.split(whereSeparator: \.isNewline).dropFirst()
      .map(String.init)
  }

  private func correlation(_ a: [Double], _ b: [Double]) -> Double {
    let (ma, mb) = (a.reduce(0, +) / Double(a.count), b.reduce(0, +) / Double(b.count))
    let dot = zip(a, b).reduce(0.0) { $0 + ($1.0 - ma) * ($1.1 - mb) }
    let (va, vb) = (a.reduce(0) { $0 + ($1 - ma) * ($1 - ma) }, b.reduce(0) { $0 + ($1 - mb) * ($1 - mb) })
    return dot / (va * vb).squareRoot()
  }

  @Test func `synchrony planted in a film is found in localised regions`() throws {
    let program = try Program()
    try program.succeed(["init", "a.evoke"])
    let expected = try HDF5File(reading: Self.source + "/expected.h5")
    let names = try String(contentsOfFile: Self.source + "/names.txt", encoding: .utf8)
      .split(whereSeparator: \.isNewline).map(String.init)
    var film = Film()
    // The recording writes some names in its own way, and has a channel of which the head knows nothing.
    let own = names.map { $0 == "T7" ? "T3" : $0 == "Fp1" ? "FP1" : $0 == "Oz" ? "GND" : $0 }
    try film.write(program.folder + "/film.h5", leadfield: try expected.doubles("leadfield"), names: own)
    try program.succeed([
      "import", "eeg", "film.h5", "--data", "eeg", "--axes", "subject,time,channel", "--rate-hz", "60", "--units", "V",
      "--labels", "channel=names", "--stimulus", "film", "--onset-s", "0", "--dataset", "d",
    ])
    try program.write(study("leadfield: head, inverse: sloreta"), "film.yaml")
    let without = try program.run(["run", "film.yaml"])
    #expect(without.status != 0 && without.error.contains("no leadfield is imported"))
    try program.succeed([
      "import", "leadfield", Self.source + "/matrix.csv", "--labels", Self.source + "/labels.txt", "--name", "head",
      "--dataset", "d",
    ])
    try program.succeed(["run", "film.yaml"])

    let localised = try sql(
      program,
      "SELECT channel_count, rank, channels_left_out, sensors_unused, region_count, missing_count, count(*) "
        + "FROM source_localisation")
    #expect(localised == ["19,18,\"[\"\"GND\"\"]\",1,68,0,15"])
    // One kernel for all fifteen.
    let kernel = try sql(
      program,
      "SELECT count(*), count(DISTINCT unit_key), min(own_share) > 0, max(own_share) < 1 FROM source_resolution")
    #expect(kernel == ["68,1,1,1"])
    // Nineteen channels do not tell 68 regions apart: which they do is said with each.
    let told = try sql(
      program,
      "SELECT count(*) > 0, min(flags <> ''), sum(valid = 0 AND own_share > leak_share AND region_hit_share > 0), "
        + "(SELECT count(*) FROM source_resolution WHERE valid = 1 AND (leak_share > own_share OR region_hit_share = 0)) "
        + "FROM source_resolution WHERE valid = 0")
    #expect(told == ["1,1,0,0"])
    let stored = try #require(
      try sql(program, "SELECT file || '|' || path FROM array_catalog WHERE kind = 'synchrony'").first
    ).split(separator: "|").map(String.init)
    let file = try HDF5File(reading: program.folder + "/a.evoke/" + stored[0])
    let shape = try file.info(stored[1]).shape
    let values = try file.doubles(stored[1])
    #expect(shape[1] == 68)
    let truth = (0..<shape[0]).map { window in
      film.rho[window * 60..<(window + 10) * 60].reduce(0, +) / 600
    }
    let tracked = (0..<68).map { region in
      correlation((0..<shape[0]).map { values[$0 * 68 + region] }, truth)
    }.sorted()
    // All regions mix sources of the same synchrony; 600 samples a window.
    #expect(tracked[0] > 0.85, "\(tracked)")
    let kinds = try sql(
      program,
      "SELECT kind, count(*) FROM array_catalog WHERE kind IN ('inverse', 'resolution', 'source', 'leadfield') GROUP BY kind"
    )
    #expect(kinds == ["inverse,1", "leadfield,2", "resolution,1", "source,15"])
    let map = try program.run(["plot", "regions", "-o", "map.svg"])
    #expect(map.status == 0, "\(map.error)")
    let drawing = try String(contentsOfFile: program.folder + "/map.svg", encoding: .utf8)
    #expect(drawing.contains("<title>insula-rh: ") && drawing.contains("left, medial"))
    try program.succeed(["plot", "regions", "source_resolution", "-o", "own.png"])
    let picture = try Data(contentsOf: URL(fileURLWithPath: program.folder + "/own.png"))
    #expect(picture.starts(with: [137, 80, 78, 71]))
    try program.succeed(["verify", "--level", "3"])
    // A second run computes nothing.
    try program.succeed(["run", "film.yaml"])
    #expect(try sql(program, "SELECT max(attempts) FROM unit_status") == ["1"])
  }

  @Test func `what cannot be localised is refused with the reason`() throws {
    let program = try Program()
    try program.succeed(["init", "a.evoke"])
    try program.succeed(["import", "leadfield", "--sphere", "10-20", "--dataset", "d"])
    let list = try sql(program, "SELECT name, format, channel_count, source_count, atlas FROM leadfield")
    #expect(list == ["sphere-10-20,sphere,19,476,dk68"])
    let writer = try HDF5Writer(creating: program.folder + "/odd.h5")
    var noise: [Float] = []
    for i in 0..<2 * 600 * 10 { noise.append(Float(sin(Double(i * i % 7919))) * 1e-5) }
    try writer.dataset("eeg", .float32, shape: [2, 600, 10], storage: HDF5Storage())
    try writer.write(noise, to: "eeg")
    try writer.close()
    try program.succeed([
      "import", "eeg", "odd.h5", "--data", "eeg", "--axes", "subject,time,channel", "--rate-hz", "60", "--units", "V",
      "--labels", "channel=Cz,Pz,Fz,C3,E1,E2,E3,E4,E5,E6", "--stimulus", "clip", "--onset-s", "0", "--dataset", "d",
    ])
    func refused(_ preparation: String, _ code: String, _ text: String) throws {
      try program.write(study(preparation), "odd.yaml")
      let ending = try program.run(["plan", "odd.yaml"])
      #expect(ending.status != 0 && ending.error.contains(code) && ending.error.contains(text), "\(ending.error)")
    }
    try refused(
      "inverse: sloreta", "E-LF-008", "4 of its channels have a sensor in leadfield sphere-10-20; without: E1")
    try refused("atlas: schaefer", "E-LF-008", "has regions of dk68")
    try refused("orientation: free", "E-LF-007", "one direction each")
    try refused("leadfield: nyhead", "E-WH-010", "there are sphere-10-20")
    try refused("label: max", "E-STU", "max")
  }

  /// The sphere is a source of the program's own: lineage ends at it, and another hash than this program's is found.
  @Test func theBuiltInSphereIsASourceThatVerificationMakesAgain() throws {
    let folder = try CommandFolder()
    func run(_ arguments: String...) throws -> Command.Result { try Command.run(arguments, in: folder.path) }
    #expect(try run("init", "brain.evoke").status == 0)
    #expect(try run("import", "leadfield", "--sphere", "10-20", "--dataset", "brain").status == 0)
    let good = try run("verify", "--level", "3")
    #expect(good.status == 0, "\(good.output) \(good.errors)")
    #expect(!(good.output + good.errors).contains("absent"))
    let log = try run("sql", "SELECT source FROM import_log")
    #expect(log.output.contains("built-in:sphere"), "\(log.output) \(log.errors)")
    let again = try run("import", "leadfield", "--sphere", "10-20", "--dataset", "brain")
    #expect(again.status == 0 && again.errors.contains("unchanged"))
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/sqlite3")
    process.arguments = [
      folder.path + "/brain.evoke/catalog.sqlite",
      "UPDATE source_file SET sha256 = replace(sha256, substr(sha256, 1, 8), '00000000')",
    ]
    try process.run()
    process.waitUntilExit()
    #expect(process.terminationStatus == 0)
    let changed = try run("verify", "--level", "2")
    #expect(changed.status == 1 && (changed.output + changed.errors).contains("this program's has"))
  }
}
