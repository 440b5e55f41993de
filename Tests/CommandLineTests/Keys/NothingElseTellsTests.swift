import ContentIdentity
import Foundation
import Testing

/// What a study does not speak of changes none of its results: order of files and rows, unused columns, other people,
/// other datasets, values that are left out.
@Suite(.serialized) struct NothingElseTellsTests {
  /// The film alone, by the commands of the toy warehouse.
  private static func film(_ commands: [String]) -> [String] {
    commands.filter { $0.contains("--dataset film") || $0.contains("--name regions") }
  }

  private static let plain = Result { try ToyWarehouse(commands: film) }

  /// Studies of every kind of target, and what they have beside.
  private static func studies(_ beside: [String: JSONValue] = [:]) throws -> [JSONValue] {
    let text = try String(contentsOfFile: ToyWarehouse.fixtures + "/keys/studies.json", encoding: .utf8)
    let all = try JSONValue(parsing: text)
    return try ["rated", "control", "ablation", "synced", "bold", "report"].map { name in
      let study = try KeyTable.study(name, in: all).objectValue ?? [:]
      return .object(study.merging(beside.filter { $0.key != "encoding" || name != "report" }) { _, last in last })
    }
  }

  /// Runs studies in the plain warehouse and in another. Hashes of arrays are left out: they name an array's place in
  /// its file, which follows the order of what was imported together.
  private func expectSame(_ other: ToyWarehouse, _ studies: [JSONValue]) throws {
    let plain = try Self.plain.get()
    plain.run(studies)
    other.run(studies)
    for study in studies {
      let (a, b) = (try plain.outcome(study), try other.outcome(study))
      #expect(a.status == 0 && a.results.count > 0, "\(a.message)")
      #expect(b.status == 0, "\(b.message)")
      var found = a.results.differences(from: b.results, tolerance: 1e-12)
      found[.arrays] = nil
      #expect(found.isEmpty, "\(study.canonical): \(found.values.sorted().joined(separator: "; "))")
    }
  }

  @Test func `the order of imports and files, and a second import of each, change nothing`() throws {
    let other = try ToyWarehouse(commands: { commands in
      let turned = Self.film(commands).reversed().map { line in
        let words = line.split(separator: " ").map(String.init)
        let files = words.filter { $0.hasSuffix("s1.csv") || $0.hasSuffix("s2.csv") || $0.hasSuffix("s3.csv") }
        var turned = files.reversed().makeIterator()
        return words.map { files.contains($0) ? turned.next() ?? $0 : $0 }.joined(separator: " ")
      }
      return turned + turned
    })
    try expectSame(other, try Self.studies())
  }

  @Test func `the order of rows and columns that nobody reads change nothing`() throws {
    let other = try ToyWarehouse(
      change: { folder in
        for stimulus in ToyData.stimuli {
          try Self.edit(folder, "mood/\(stimulus).csv") { rows in
            // By second instead of by subject.
            let order = rows.indices.sorted {
              (rows[$0][0].count, rows[$0][0], $0) < (rows[$1][0].count, rows[$1][0], $1)
            }
            return order.map { rows[$0] + ["7"] }
          }
          try Self.edit(folder, "low/\(stimulus).csv") { $0.map { $0 + ["7"] } }
        }
      }, commands: Self.film)
    let mood: JSONValue = [["annotation": "mood"], ["annotation": "hunch", "rater": "each"]]
    let own = try Self.studies().prefix(2).map { study in
      JSONValue.object((study.objectValue ?? [:]).merging(["targets": mood]) { _, last in last })
    }
    try expectSame(other, try Self.studies() + own)
  }

  /// Changes the rows of a table below its header; a header without a name for a new field gets one.
  private static func edit(_ folder: ToyFolder, _ name: String, _ change: ([[String]]) -> [[String]]) throws {
    let text = try String(contentsOfFile: folder.path + "/" + name, encoding: .utf8)
    let separator: Character = name.hasSuffix(".tsv") ? "\t" : ","
    let lines = text.split(separator: "\n").map {
      $0.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
    }
    let rows = change(Array(lines.dropFirst()))
    let header = lines[0] + (rows[0].count > lines[0].count ? ["unused"] : [])
    let joined = ([header] + rows).map { $0.joined(separator: String(separator)) }
    try folder.text(joined.joined(separator: "\n") + "\n", name)
  }

  @Test func `another dataset changes nothing`() throws {
    try expectSame(try ToyWarehouse.shared.get(), try Self.studies())
  }

  /// Another viewer of every stimulus, whose responses are Dan's backwards.
  private static func addEve(_ folder: ToyFolder) throws {
    var numbers = ToyNumbers(99)
    for stimulus in ToyData.stimuli {
      let series = ToyData.regions.map { _ in numbers.white(32 * ToyData.seconds) }
      try folder.recording(series, names: ToyData.regions, rateHz: 32, "source/\(stimulus)_eve")
      for name in ["bold", "motion"].flatMap({ kind in (1...4).map { "\(kind)/\(stimulus)_dan_\($0).tsv" } }) {
        let (from, to) = ("\(folder.path)/\(name)", name.replacing("_dan", with: "_eve"))
        guard FileManager.default.fileExists(atPath: from) else { continue }
        try FileManager.default.copyItem(atPath: from, toPath: "\(folder.path)/\(to)")
        try edit(folder, to) { $0.reversed() }
      }
    }
  }

  @Test func `another subject changes nothing where subjects are named`() throws {
    let other = try ToyWarehouse(change: Self.addEve, commands: Self.film)
    let subjects: JSONValue = ["subjects": .array(ToyData.subjects.map { .string($0) })]
    try expectSame(other, try Self.studies(["filters": subjects]))
  }

  @Test func `values that are trimmed, excluded or in bad segments change nothing`() throws {
    let other = try ToyWarehouse(
      change: { folder in
        for stimulus in ToyData.stimuli {
          // The first and last four seconds, and the middle of the bad segment of s2.
          for name in ["driven/\(stimulus).csv", "low/\(stimulus).csv"] {
            try Self.edit(folder, name) { rows in
              rows.map { row in
                let time = Double(row[0]) ?? 0
                let isBad = name == "driven/s2.csv" && time > 41 && time < 49
                guard time < 4 || time >= Double(ToyData.seconds - 4) || isBad else { return row }
                return [row[0]] + row.dropFirst().map { $0.isEmpty ? $0 : "9.5" }
              }
            }
          }
        }
        // Bob coughs in s2 from 20 s to 30 s of the recording.
        try Self.edit(folder, "bold/s2_bob_2.tsv") { rows in
          rows.enumerated().map { second, row in second > 20 && second < 29 ? row.map { _ in "333" } : row }
        }
      }, commands: Self.film)
    let encoding: JSONValue = [
      "delays_s": [0], "lambdas": ["log10": [-2, 3, 1]], "gap_s": 3, "outer": ["folds": 3], "inner": ["folds": 3],
      "trim_s": [10, 10], "position": "none",
    ]
    for word in ["train_fold", "per_stimulus"] {
      let set = encoding.objectValue?.merging(["standardise": .string(word)]) { _, last in last } ?? [:]
      let low: JSONValue = [["space": "low"]]
      let studies = try Self.studies(["encoding": .object(set)]).map { study -> JSONValue in
        guard ["layer_sweep", "element_ablation"].contains(study["kind"]) else { return study }
        return .object((study.objectValue ?? [:]).merging(["features": low]) { _, last in last })
      }
      try expectSame(other, studies)
    }
  }
}
