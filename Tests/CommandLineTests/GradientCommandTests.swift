import Foundation
import Testing

/// A map of scores along a column of an atlas, from files to the view: each region answers the sound the more, the larger its
/// value in one column of the atlas; the other column has nothing to do with it.
@Suite struct GradientCommandTests {
  private static let seconds = 150
  /// Of each hemisphere.
  private static let regions = 12

  private func warehouse() throws -> Program {
    let program = try Program()
    let folder = ToyFolder(path: program.folder)
    try program.succeed(["init", "toy.evoke"])
    var numbers = ToyNumbers(3)
    let count = 2 * Self.regions
    let names = (0..<count).map { "r\($0)" }
    let (answer, other) = (numbers.white(count), numbers.white(count))
    var table = "region,hemisphere,answer,other,x,y,z\n"
    for (place, name) in names.enumerated() {
      let k = Double(place % Self.regions)
      let (z, angle) = (1 - (2 * k + 1) / Double(Self.regions), 2.4 * k)
      let (x, y) = ((1 - z * z).squareRoot() * cos(angle), (1 - z * z).squareRoot() * sin(angle))
      let isLeft = place < Self.regions
      // One region has no value in a column.
      let value = place == 5 ? "n/a" : "\(other[place])"
      table += "\(name),\(isLeft ? "left" : "right"),\(answer[place]),\(value),\(isLeft ? x : -x),\(y),\(z)\n"
    }
    try folder.text(table, "sphere.csv")
    try program.succeed(["import", "atlas", "sphere.csv"])
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

  @Test func whatHasNoMapIsRefusedWithAWayOut() throws {
    let program = try warehouse()
    for (keys, reason) in [
      ("columns: [anwser]", "answer"), ("columns: [answer], maps: [peak_depth]", "no map peak_depth"),
      ("columns: [answer], maps: [r, voice_minus_soundtrack]", "no map voice_minus_soundtrack"),
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
