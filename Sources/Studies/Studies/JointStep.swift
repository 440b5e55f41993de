import ContentIdentity
import Diagnostics
import EncodingModels
import Plans
import Statistics
import Warehouse

/// Two or three feature sets on one target, alone and together: unique, shared and product-measure shares with nulls.
struct JointStep: Step {
  let name = "joint"
  let version = 2
  let summary =
    "feature sets fitted together: variance each explains alone, in common and as its part of the prediction"
  let tables = ["fit", "fold_score", "score", "null_summary", "lag_score"]

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let assembled = try task.assemble()
    var settings = EncodingParameters.settings(task.parameters["encoding"] ?? .null, seed: task.seed)
    settings.bandSearch = task.parameters["encoding"]?["model"]?.stringValue == "banded"
    let joint = try JointSets(assembled.data, settings: settings)
    progress(0.4)
    var rows = FitRows(task, assembled)
    let output = UnitArrays(task, assembled, writer)
    let ceiling = TargetCeiling(task, assembled, joint.all)
    rows.add(
      joint.all.full, of: joint.all, mode: "none", predictions: try output.predictions(joint.all.full, mode: "none"))
    let bootstrap = joint.all.bootstrap(seed: task.seed)
    rows.scores(joint.all, joint.all.full, mode: "none", flags: [], bootstrap: bootstrap, ceiling: ceiling)
    var observed = [("none/r", joint.all.full.r)]
    let sets = task.parameters["sets"]?.arrayValue ?? []
    let draws = task.nullKind == .none ? 0 : Int(task.number("draws", 0))
    for (i, set) in sets.enumerated() {
      let mode = Self.mode(i)
      rows.add(
        joint.alone[i].full, of: joint.alone[i], mode: mode, features: set, others: Self.others(sets, than: i),
        predictions: nil)
      rows.addShares(joint, set: i, mode: mode)
      observed.append(("\(mode)/unique_r2", joint.uniqueR2[i]))
      guard draws > 0 else { continue }
      let null = try joint.null(of: i, draws: draws, seed: task.seed)
      let array = try output.draws(null, mode: mode, quantity: "unique_r2")
      rows.add(null, quantity: "unique_r2", mode: mode, array: array)
      progress(0.4 + 0.5 * Double(i + 1) / Double(sets.count))
    }
    try output.bootstrap(bootstrap, mode: "none")
    try output.stimuli(joint.all.stimulusScores(), mode: "none")
    try output.observed(observed)
    return rows.tables + (try LagScores.rows(task, assembled, settings, fits: rows, mode: "none"))
  }

  /// Part of the key of a set's rows.
  static func mode(_ set: Int) -> String { "set-\(set)" }

  private static func others(_ sets: [JSONValue], than set: Int) -> String {
    sets.indices.filter { $0 != set }.map { name(sets[$0]) }.joined(separator: " + ")
  }

  /// The set's name, with its layer where it has one.
  static func name(_ set: JSONValue) -> String {
    [set["feature_set"]?.stringValue, set["layer_key"]?.stringValue].compactMap { $0 }.joined(separator: "/")
  }
}

extension FitRows {
  fileprivate mutating func addShares(_ joint: JointSets, set: Int, mode: String) {
    for column in joint.uniqueR2[set].indices {
      var flags = joint.all.flags[column]
      if min(joint.all.full.r2[column], joint.others[set].full.r2[column]) < -1 { flags.insert(.unstableR2) }
      for (quantity, value) in [
        ("unique_r2", joint.uniqueR2[set][column]), ("shared_r2", joint.sharedR2[set][column]),
        ("total_r2", joint.all.full.r2[column]), ("product_r", joint.productR[set][column]),
      ] {
        var entry = ScoreEntry(quantity: quantity, value: value)
        entry.flags = flags
        add(entry, mode: mode, column: column)
      }
    }
  }
}
