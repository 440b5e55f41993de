import Foundation
import Testing

/// A map of scores along a column of an atlas, from files to the view: each region answers the sound the more, the larger its
/// value in one column of the atlas; the other column has nothing to do with it.
@Suite struct GradientCommandTests {
  private static let seconds = 150
  /// Of each hemisphere.
  private static let regions = 12

  private static let names = (0..<2 * regions).map { "r\($0)" }

  /// An atlas of regions spread over both hemispheres, with two columns of numbers.
  private func sphere(_ program: Program, _ answer: [Double], _ other: [Double]) throws {
    var table = "region,hemisphere,answer,other,x,y,z\n"
    for (place, name) in Self.names.enumerated() {
      let k = Double(place % Self.regions)
      let (z, angle) = (1 - (2 * k + 1) / Double(Self.regions), 2.4 * k)
      let (x, y) = ((1 - z * z).squareRoot() * cos(angle), (1 - z * z).squareRoot() * sin(angle))
      let isLeft = place < Self.regions
      // One region has no value in a column.
      let value = place == 5 ? "n/a" : "\(other[place])"
      table += "\(name),\(isLeft ? "left" : "right"),\(answer[place]),\(value),\(isLeft ? x : -x),\(y),\(z)\n"
    }
    try program.write(table, "sphere.csv")
    try program.succeed(["import", "atlas", "sphere.csv"])
  }

  private func warehouse() throws -> Program {
    let program = try Program()
    let folder = ToyFolder(path: program.folder)
    try program.succeed(["init", "toy.evoke"])
    var numbers = ToyNumbers(3)
    let (answer, other) = (numbers.white(2 * Self.regions), numbers.white(2 * Self.regions))
    try sphere(program, answer, other)
    let names = Self.names
    for film in ["f1", "f2"] {
      let sound = numbers.slow(Self.seconds, memory: 0.5)
      let series = names.indices.map { region -> [Double] in
        let weight = 0.1 + 1.2 / (1 + exp(-2 * answer[region]))
        return zip(sound, numbers.white(Self.seconds)).map { weight * $0 + $1 }
      }
      try folder.table(zip(names, series).map { (name: $0, values: $1) }, "ada_\(film).csv")
      try folder.table([("time", sound.indices.map(Double.init)), ("x", sound)], "\(film).csv")
      try program.succeed([
        "import", "fmri", "{subject}_\(film).csv", "--rate-hz", "1", "--units", "au", "--stimulus", film, "--onset-s",
        "0",
        "--name", "bold", "--dataset", "d",
      ])
      try program.succeed([
        "import", "features", "\(film).csv", "--stimulus", film, "--dataset", "d", "--space", "x=x",
      ])
    }
    try program.write(
      """
      study: scores
      kind: layer_sweep
      datasets: [d]
      features: [{space: x}]
      targets: [{response: bold, level: subject}]
      encoding: {delays_s: [0], position: none, gap_s: 0, outer: {folds: 4}, lambdas: {log10: [-1, 1, 1]}}
      statistics: {draws: 0}
      """, "scores.yaml")
    try program.succeed(["run", "scores.yaml", "--allow-invalid"])
    return program
  }

  private func study(_ keys: String) -> String {
    "study: along\nkind: gradient_map\ndatasets: [d]\ngradient_map: {of: scores, atlas: sphere, \(keys)}\n"
      + "statistics: {draws: 199}\n"
  }

  @Test func aMapThatFollowsAColumnIsFoundThere() throws {
    let program = try warehouse()
    let draft = try program.succeed(["new", "study", "gradient_map"]).output
    #expect(draft.contains("\n  of: scores\n  atlas: sphere\n  columns: [answer]\n"))
    try program.write(study("columns: [answer, other]"), "along.yaml")
    let run = try program.succeed(["run", "along.yaml", "--allow-invalid"])
    #expect(run.error.contains(" 0 failed"))
    // The study's own fits are there already.
    #expect(try program.succeed(["plan", "along.yaml"]).error.contains("note: maps of scores: r\n"))
    let rows = try program.rows(
      """
      SELECT map_a, map_b, source_study, region_count, left_out_count, r > .7, p <= .05, p_max <= .05, nulled IS NOT NULL,
        null_kind, null_draws, p_floor, null_low < null_high, reason IS NULL, target, subject
      FROM gradient_map ORDER BY map_b
      """, in: "toy.evoke")
    try #require(rows.count == 2)
    #expect(
      rows[0] == [
        "r", "answer", "scores", "24", "0", "1", "1", "1", "1", "spin", "199", "0.005", "1", "1", "bold", "ada",
      ])
    #expect(Array(rows[1][...5]) == ["r", "other", "scores", "23", "1", "0"])
    let checks = try program.rows(
      "SELECT pass, count(*) FROM \"check\" WHERE name LIKE 'regions of r %' GROUP BY pass", in: "toy.evoke")
    #expect(checks == [["1", "1"]])
    // A map of one person is hers.
    #expect(try program.run(["plot", "gradient_map", "-o", "along.svg"]).status == 77)
    try program.succeed(["consent", "d", "controlled", "--reason", "she agreed"])
    try program.succeed(["plot", "gradient_map", "-o", "along.svg"])
    let figure = try String(contentsOfFile: program.folder + "/along.svg", encoding: .utf8)
    #expect(figure.contains("r with answer") && figure.contains("95 % of rotations"))
  }

  /// Viewers are alike in a region the more, the larger its value in one column.
  private func watched() throws -> (program: Program, answer: [Double]) {
    let program = try Program()
    let folder = ToyFolder(path: program.folder)
    try program.succeed(["init", "toy.evoke"])
    var numbers = ToyNumbers(5)
    let (answer, other) = (numbers.white(2 * Self.regions), numbers.white(2 * Self.regions))
    try sphere(program, answer, other)
    for film in ["f1", "f2"] {
      let common = Self.names.map { _ in numbers.white(Self.seconds) }
      for viewer in ["ada", "bob", "cleo", "dan", "eve", "finn"] {
        let series = Self.names.indices.map { region -> [Double] in
          let share = 0.8 / (1 + exp(-2 * answer[region]))
          return zip(common[region], numbers.white(Self.seconds)).map {
            share.squareRoot() * $0 + (1 - share).squareRoot() * $1
          }
        }
        try folder.table(zip(Self.names, series).map { (name: $0, values: $1) }, "\(viewer)_\(film).csv")
      }
      try program.succeed([
        "import", "fmri", "{subject}_\(film).csv", "--rate-hz", "1", "--units", "au", "--stimulus", film, "--onset-s",
        "0", "--name", "source", "--dataset", "d",
      ])
    }
    try program.write(
      """
      study: alike
      kind: isc_report
      datasets: [d]
      targets: [{synchrony: {window_s: 10, step_s: 5}}]
      statistics: {draws: 19}
      """, "alike.yaml")
    try program.succeed(["run", "alike.yaml"])
    return (program, answer)
  }

  @Test func aMapOfSynchronyThatFollowsAColumnIsFoundThere() throws {
    let (program, answer) = try watched()
    let text = study("columns: [answer, other]").replacing("of: scores", with: "of: alike")
    try program.write(text, "along.yaml")
    try program.succeed(["run", "along.yaml"])
    // The study's own synchrony is there already.
    let plan = try program.succeed(["plan", "along.yaml"])
    #expect(plan.error.contains("note: maps of alike: mean_isc\n"), "\(plan.error)")
    let rows = try program.rows(
      """
      SELECT map_a, map_b, source_study, region_count, left_out_count, r > .7, p <= .05, p_max <= .05, nulled IS NOT NULL,
        null_kind, null_draws, p_floor, null_low < null_high, reason IS NULL, valid, flags, target_kind, target,
        stimuli_counted, feature_set, element, folds_counted
      FROM gradient_map ORDER BY map_b
      """, in: "toy.evoke")
    try #require(rows.count == 2)
    #expect(
      rows[0] == [
        "mean_isc", "answer", "alike", "24", "0", "1", "1", "1", "1", "spin", "199", "0.005", "1", "1", "1", "",
        "synchrony", "source", "2", "", "", "",
      ])
    #expect(Array(rows[1][...5]) == ["mean_isc", "other", "alike", "23", "1", "0"])
    // r is Pearson's of the column and of what synchrony_summary says, averaged over films.
    let said = try program.rows(
      "SELECT region, mean_isc FROM synchrony_summary WHERE dataset = 'd' ORDER BY region", in: "toy.evoke")
    let byRegion = Dictionary(grouping: said) { $0[0] }.mapValues { films in films.compactMap { Double($0[1]) } }
    let map = try Self.names.map { name -> Double in
      let films = try #require(byRegion[name])
      try #require(films.count == 2)
      return tanh((atanh(films[0]) + atanh(films[1])) / 2)
    }
    let found = try program.rows("SELECT r FROM gradient_map WHERE map_b = 'answer'", in: "toy.evoke")
    #expect(abs(try #require(Double(found[0][0])) - pearson(map, answer)) < 1e-4)
    let checks = try program.rows(
      "SELECT pass, count(*) FROM \"check\" WHERE name LIKE 'regions of mean_isc %' GROUP BY pass", in: "toy.evoke")
    #expect(checks == [["1", "1"]])
    try program.succeed(["plot", "gradient_map", "-o", "along.svg"])
    let figure = try String(contentsOfFile: program.folder + "/along.svg", encoding: .utf8)
    #expect(figure.contains("mean_isc with answer") && figure.contains("synchrony"))
    let alike = try program.rows(
      """
      SELECT json_extract(observed, '$.stimulus'), pass, json_array_length(observed, '$.found_in') > 0 FROM "check"
      WHERE name = 'subjects are alike beyond chance' ORDER BY 1
      """, in: "toy.evoke")
    #expect(alike == [["f1", "1", "1"], ["f2", "1", "1"]], "\(alike)")
    // It fits nothing.
    try program.write(text.replacing("answer, other]", with: "answer], maps: [r]"), "fits.yaml")
    let refused = try program.run(["run", "fits.yaml"])
    #expect(refused.status != 0 && refused.error.contains("no map r"), "\(refused.error)")
  }

  /// A simulation in which one course drives the synchrony of the regions above 0 in a column, and nothing that of the others.
  @Test func aPlantedMapIsGraded() throws {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    var numbers = ToyNumbers(5)
    let (answer, other) = (numbers.white(2 * Self.regions), numbers.white(2 * Self.regions))
    try sphere(program, answer, other)
    try ToyFolder(path: program.folder).table(
      [("time_s", (0..<200).map(Double.init)), ("x", numbers.slow(200, memory: 0.8))], "tone.csv")
    try program.succeed(["import", "features", "tone.csv", "--dataset", "d", "--space", "x=x"])
    let targets = zip(Self.names, answer).map { "{name: \($0), \($1 > 0 ? "set: x" : "nothing: true")}" }
    try program.write(
      """
      simulation: regions
      dataset: d
      stimuli: [tone]
      synchrony: {subjects: 6, rate_hz: 4, largest: 0.9, targets: [\(targets.joined(separator: ", "))]}
      """, "regions.yaml")
    try program.succeed(["simulate", "regions.yaml", "-o", "made"])
    try program.succeed([
      "import", "eeg", "made/synchrony/{stimulus}.h5", "--data", "source", "--axes", "subject,time,region",
      "--rate-attr", "rate_hz", "--labels", "subject=subject", "--labels", "region=region", "--units", "au",
      "--onset-s", "0", "--dataset", "d",
    ])
    try program.write(
      """
      study: alike
      kind: isc_report
      datasets: [d]
      targets: [{synchrony: {window_s: 10, step_s: 5, signal: source}}]
      statistics: {draws: 19}
      """, "alike.yaml")
    try program.succeed(["run", "alike.yaml", "--allow-invalid"])
    try program.write(study("columns: [answer]").replacing("of: scores", with: "of: alike"), "along.yaml")
    try program.succeed(["run", "along.yaml", "--allow-invalid"])
    let found = try program.succeed([
      "grade", "made/truth.json", "--study", "along", "--findings", "--format", "csv",
    ]).output.split(whereSeparator: \.isNewline).filter { $0.hasPrefix("map,") }.map {
      let cells = $0.split(separator: ",", omittingEmptySubsequences: false)
      return [1, 2, 4, 5, 7].map { String(cells[$0]) }.joined(separator: ",")
    }
    #expect(found == ["synchrony,mean_isc,rises with answer,rises with answer,yes"], "\(found)")
  }

  private func pearson(_ x: [Double], _ y: [Double]) -> Double {
    func centred(_ values: [Double]) -> [Double] {
      let mean = values.reduce(0, +) / Double(values.count)
      return values.map { $0 - mean }
    }
    let (a, b) = (centred(x), centred(y))
    func product(_ u: [Double], _ v: [Double]) -> Double { zip(u, v).reduce(0) { $0 + $1.0 * $1.1 } }
    return product(a, b) / (product(a, a) * product(b, b)).squareRoot()
  }

  @Test func whatHasNoMapIsRefusedWithAWayOut() throws {
    let program = try warehouse()
    for (keys, reason) in [
      ("columns: [anwser]", "answer"), ("columns: [answer], maps: [peak_depth]", "no map peak_depth"),
      ("columns: [answer], maps: [r, voice_minus_soundtrack]", "no map voice_minus_soundtrack"),
      ("columns: [answer], maps: [mean_isc]", "no map mean_isc"),
      ("columns: [answer], centres: [answer, y, w]", "no such column"),
      ("columns: [answer], centres: [w, y, z]", "no such column"),
    ] {
      try program.write(study(keys), "along.yaml")
      let found = try program.run(["run", "along.yaml"])
      #expect(found.status != 0 && found.error.contains(reason) && found.error.contains("do:  "), "\(found.error)")
    }
    try program.write(study("columns: [answer]").replacing("of: scores", with: "of: score"), "along.yaml")
    let unknown = try program.run(["run", "along.yaml"])
    #expect(unknown.status == 66 && unknown.error.contains("scores"), "\(unknown.error)")
  }
}
