import Encoding
import Vocabulary
import Warehouse
import Work

/// How often a study's own tests reject where nothing is planted, and where a known score is.
struct CalibrationStep: WorkStep {
  struct Parameters: Codable, Sendable {
    /// One planted score, and the units that ran it, in the order of their runs.
    struct World: Codable, Sendable {
      /// 0: nothing is planted.
      let plantedR: Double
      let units: [String]
    }

    /// One fit of the study.
    struct Member: Codable, Sendable {
      /// Key of the unit in which the study itself makes it.
      let unit: String
      let keys: FitKeys
      let kind: FitKind
      let worlds: [World]
    }

    let members: [Member]
    /// Dimensions that a family pools.
    let family: [FamilyDimension]
    /// Whether the study corrects by the maximum statistic.
    let hasMaximum: Bool
    /// A test rejects where its p is at most this.
    let level: Double
    let seed: Int
    /// Which of the study's fits they are.
    let selection: String

    /// Planted scores, the same of every member.
    var worldCount: Int { common(members.map(\.worlds.count)) }

    /// Units of runs of one planted score, as many of every member.
    func batchCount(of world: Int) -> Int { common(members.map { $0.worlds[world].units.count }) }

    private func common(_ counts: [Int]) -> Int {
      guard let first = counts.first, counts.allSatisfy({ $0 == first }) else {
        preconditionFailure("all members run the same worlds")
      }
      return first
    }
  }

  let name = "calibration"
  let version = 1
  let summary = "rates at which a study's own tests reject planted nothing and a planted score"
  let tables: [any ResultRow.Type] = [CalibrationRateRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    var rows = CalibrationRows(parameters)
    let worlds = parameters.worldCount
    for world in 0..<worlds {
      let cells = try CalibratedCell.all(parameters, world: world, in: task)
      let families = Dictionary(grouping: cells) { CellFamily($0, pooling: Set(parameters.family)) }
      for (family, members) in families.sorted(by: { $0.key.values.lexicographicallyPrecedes($1.key.values) }) {
        rows.add(members, family: family.name)
      }
      progress(Double(world + 1) / Double(worlds))
    }
    return [ResultRows(rows.rows)].filter { !$0.rows.isEmpty }
  }
}
