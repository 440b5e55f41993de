import Foundation

/// A study of one kind on data of which it is known what is in them: files are written, imported and studied by `evoke`,
/// and asked for by views, as a user does it.
package struct StudyScenario: Sendable {
  /// What is asked of the rows of a view.
  struct Question: Sendable {
    let name: String
    /// What follows SELECT: p, the estimate, both ends of its interval, valid; NULL where there is none.
    let rows: String

    init(_ name: String, _ rows: String) { (self.name, self.rows) = (name, rows) }
  }

  /// As the registry of kinds has it.
  package let kind: String
  /// `planted`, `null`, or what else is planted or not.
  package let form: String
  let label: String
  let questions: [Question]
  /// Study files without their head, in the order in which they run; the last is of the kind.
  let studies: [String]
  /// Runs that the tables ask for.
  var runs = 20
  /// Writes files, and gives the imports of them.
  let write: @Sendable (PlantedSeries, ToyFolder) throws -> [[String]]

  package static let dataset = "d"

  private var id: String { "\(kind)/\(form)" }

  /// The id of its gate.
  private var place: String { GateTableName.studies.rule + "/" + id }

  /// One list of outcomes per question.
  private func outcomes(_ seed: UInt64) throws -> [[GateOutcome]] {
    let thresholds = try StudyThresholds.frozen.get()
    return try EvokeProgram.inFolder { program in
      let imports = try write(PlantedSeries(scenario: id, seed: seed), program.folder)
      try program.run(["init", "planted.evoke"])
      for words in imports { try program.run(["import"] + words) }
      for (place, study) in studies.enumerated() {
        let name = "study\(place + 1)"
        let own = study.contains("kind: ") ? "" : "kind: \(kind)\n"
        try program.folder.text("study: \(name)\n\(own)datasets: [\(Self.dataset)]\n\(study)\n", "\(name).yaml")
        try program.run(["run", "\(name).yaml", "-j", "1", "--allow-invalid"])
      }
      return try questions.map { try outcomes(of: $0, thresholds, program) }
    }
  }

  private func outcomes(
    of question: Question, _ thresholds: StudyThresholds, _ program: EvokeProgram
  ) throws -> [GateOutcome] {
    let rows = try program.numbers("SELECT " + question.rows)
    guard !rows.isEmpty, rows.allSatisfy({ $0.count == 5 }) else {
      throw StudyFailure(description: "\(id), \(question.name): no rows of five numbers")
    }
    // What should be found and has no p was not found; elsewhere it is no test.
    let isPlanted = thresholds.bounds(of: place, question.name).contains {
      if case .rejectedAtLeast = $0 { true } else { false }
    }
    return rows.map {
      GateOutcome(
        p: isPlanted && $0[0].isNaN ? 1 : $0[0], value: $0[1], low: $0[2], high: $0[3], isValid: $0[4] == 1)
    }
  }

  /// What is asked, by the frozen thresholds; nothing is wanted, and nothing runs, where they are not there.
  package var gate: Gate {
    let frozen = try? StudyThresholds.frozen.get()
    let questions = questions.map { question in
      GateQuestion(question.name, frozen.map { $0.bounds(of: place, question.name) } ?? [])
    }
    return Gate(id, in: .studies, "\(kind), \(form): \(label)", questions, runs: runs, run: outcomes)
  }
}

extension PlantedSeries {
  /// Numbers of variance 1 with that autocorrelation of neighbours.
  func slow(_ count: Int, _ key: String, memory: Double = 0.7) -> [Double] {
    autoregressive(count, 1, memory, key).values
  }

  func white(_ count: Int, _ key: String) -> [Double] { slow(count, key, memory: 0) }
}

extension ToyFolder {
  /// A table of a second a row.
  func seconds(_ columns: [(name: String, values: [Double])], _ name: String) throws {
    try table([("time", columns[0].values.indices.map(Double.init))] + columns, name)
  }
}

/// Imports of the files of scenarios: one command for all stimuli, which the files are named after.
enum ToyImport {
  private static let place = ["--dataset", StudyScenario.dataset]

  /// Columns of `STIMULUS.csv` as spaces, or of `ELEMENT/STIMULUS.csv`.
  static func features(_ stimuli: [String], _ spaces: [String], element: String? = nil) -> [String] {
    ["features"] + stimuli.map { stimulus in element.map { "\($0)/\(stimulus).csv" } ?? "\(stimulus).csv" } + place
      + (element.map { ["--element", $0] } ?? []) + spaces.flatMap { ["--space", $0] }
  }

  /// The layers of `NETWORK/STIMULUS.npy`, `rateHz` rows a second.
  static func network(_ network: String, _ stimuli: [String], layers: [String], rateHz: Int = 1) -> [String] {
    ["features"] + stimuli.map { "\(network)/\($0).npy" } + place + [
      "--axes", "time,layer,component", "--rate-hz", "\(rateHz)", "--labels", "layer=" + layers.joined(separator: ","),
      "--model", network, "--name", network,
    ]
  }

  /// Every column of `rated/STIMULUS.csv`.
  static func ratings(_ stimuli: [String]) -> [String] {
    ["annotations"] + stimuli.map { "rated/\($0).csv" } + place
  }

  /// Ratings of several persons from a table that names them in `subject`, and stimuli in `stimulus`.
  static func ratings(in table: String, _ ratings: [String]) -> [String] {
    let columns = (["time"] + ratings).map { "\($0)=\($0)" }.joined(separator: ",")
    return ["annotations", table, "--stimulus", "stimulus", "--subject", "subject", "--map", columns] + place
  }

  /// `NAME/STIMULUS_SUBJECT.tsv`, a column a region.
  static func responses(_ name: String, rateHz: Int = 1) -> [String] {
    [
      "fmri", "\(name)/{stimulus}_{subject}.tsv", "--name", name, "--rate-hz", "\(rateHz)", "--onset-s", "0",
      "--units", "au",
    ] + place
  }
}
