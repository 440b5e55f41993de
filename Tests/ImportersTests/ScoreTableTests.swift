import Diagnostics
import Importing
import Tables
import Testing

@Suite struct ScoreTableTests {
  private static let header = "dataset,feature_set,target_kind,target,r,stimulus_count,software"
  private static let row = "liris,w2v2,annotation,arousal,.25,8,himalaya 0.4"

  private func read(
    _ text: String, _ change: (inout ScoreOptions) -> Void = { _ in }, names: [String: Set<String>] = [:]
  ) throws -> ImportBatch {
    let scratch = try Scratch()
    var options = ScoreOptions.unset
    change(&options)
    return importScores(file: try scratch.write("lab.csv", text), options: options, common: common, names: names)
  }

  private func scores(_ batch: ImportBatch) -> [ExternalScore] { batch.records(of: ExternalScore.self) }

  @Test func `a row tells what its columns say, and its p is another program's`() throws {
    let batch = try read(
      Self.header + ",p,low,high,region,layer_key,delays_s,folds_total\n" + Self.row
        + ",.001,.1,.4,lh-insula,hs.3,\"[0,1]\",5\n" + Self.row.replacing("arousal", with: "valence") + ",,,,,,,\n")
    #expect(batch.errors.isEmpty && batch.common.dataset == "liris")
    let first = try #require(scores(batch).first)
    #expect(first.name == "lab" && first.dataset == "liris")
    #expect(
      first.texts == [
        "dataset": "liris", "feature_set": "w2v2", "target_kind": "annotation", "target": "arousal",
        "software": "himalaya 0.4", "region": "lh-insula", "layer_key": "hs.3", "delays_s": "[0,1]",
      ])
    #expect(
      first.numbers == [
        "r": 0.25, "stimulus_count": 8, "p_external": 0.001, "low": 0.1, "high": 0.4, "folds_total": 5,
      ])
    #expect(scores(batch).last?.numbers == ["r": 0.25, "stimulus_count": 8])
  }

  @Test func `columns that are missing, unknown or twice are named, with what was meant`() throws {
    expectError(try read("dataset,target\na,b\n"), .tableNoColumn, naming: "column software", "every score needs it")
    let odd = try read(Self.header + ",n_perm,q_bh,regoin\n" + Self.row + ",1,2,x\n")
    expectError(odd, .tableNoColumn, naming: "column n_perm", "--ignore n_perm")
    expectError(odd, .tableNoColumn, naming: "column q_bh", "our own scores")
    expectError(odd, .tableNoColumn, naming: "column regoin", "did you mean region?")
    let left = try read(Self.header + ",n_perm,q_bh\n" + Self.row + ",1,2\n") { $0.ignore = "n_perm, q_bh" }
    #expect(left.errors.isEmpty && scores(left).count == 1)
    expectError(
      try read(Self.header + "\n" + Self.row + "\n") { $0.ignore = "n_prem" }, .tableNoColumn, naming: "--ignore n_prem"
    )
    expectError(
      try read(Self.header + ",p,p_external\n" + Self.row + ",.1,.2\n"), .tableDuplicateColumn, naming: "p_external")
  }

  @Test(
    "a cell that no score can have is refused with its line and column",
    arguments: [
      ("r", "1.25"), ("r", ""), ("stimulus_count", "0"), ("stimulus_count", "2.5"), ("target_kind", "anotation"),
      ("software", ""), ("dataset", "n/a"),
    ])
  func cells(_ column: String, _ cell: String) throws {
    let names = Self.header.split(separator: ",").map(String.init)
    var cells = Self.row.split(separator: ",").map(String.init)
    cells[try #require(names.firstIndex(of: column))] = cell
    let batch = try read(Self.header + "\n" + Self.row + "\n" + cells.joined(separator: ",") + "\n")
    expectError(batch, .scoreMalformed, naming: "line 3 column \(column)")
  }

  @Test(
    "so are cells of columns that may be left out",
    arguments: [
      ("p", "1.5"), ("element", "vocals"), ("delays_s", "0..8"), ("target_parameters", "[1]"), ("rel_depth", "-0.1"),
      ("r2", "1.01"), ("null_draws", "-1"), ("tail", "less"), ("hemisphere", "lh"), ("depth", "1.5"),
    ])
  func further(_ column: String, _ cell: String) throws {
    let batch = try read("\(Self.header),\(column)\n\(Self.row),\"\(cell)\"\n")
    expectError(batch, .scoreMalformed, naming: "line 2 column \(column)")
  }

  @Test func `an interval holds its r, numbers are numbers, and two rows are about two scores`() throws {
    for interval in [".3,.4", ".1,", ",.4", ".1,.2"] {
      let batch = try read(Self.header + ",low,high\n" + Self.row + ",\(interval)\n")
      expectError(batch, .scoreMalformed, naming: "line 2", "interval")
    }
    expectError(
      try read(Self.header + "\n" + Self.row.replacing(".25", with: "high") + "\n"), .tableTextInNumbers,
      naming: "column r")
    let twice = Self.row.replacing(".25", with: ".5")
    expectError(
      try read(Self.header + "\n" + Self.row + "\n" + twice + "\n"), .scoreTwice, naming: "line 3", "line 2")
    let other = try read(Self.header + "\n" + Self.row + "\n" + twice.replacing("0.4", with: "0.5") + "\n")
    #expect(other.errors.isEmpty && scores(other).count == 2)
  }

  @Test(
    "a row that leaves study or cohort out is about what it is taken for",
    arguments: [("study", "lab", true), ("cohort", "liris", true), ("study", "other", false), ("cohort", "old", false)])
  func assumed(_ column: String, _ word: String, isSame: Bool) throws {
    let rows = [Self.row + ",", Self.row.replacing(".25", with: ".5") + ",\(word)"]
    for rows in [rows, rows.reversed()] {
      let batch = try read("\(Self.header),\(column)\n" + rows.joined(separator: "\n") + "\n")
      if isSame {
        expectError(batch, .scoreTwice, naming: "line 3", "line 2")
      } else {
        #expect(batch.errors.isEmpty && scores(batch).count == 2)
      }
    }
  }

  @Test func `names that are nearly known are pointed out and kept`() throws {
    let names: [String: Set<String>] = [
      "target": ["arousel", "valence"], "feature set": ["w2v2"], "dataset": ["lirus"],
    ]
    let batch = try read(
      Self.header + "\n" + Self.row + "\n" + Self.row.replacing("liris", with: "liros") + "\n", names: names)
    #expect(batch.errors.isEmpty && scores(batch).map(\.dataset) == ["liris", "liros"])
    #expect(batch.found(.nameNear).map(\.object) == ["dataset liros", "target arousal"])
  }
}
