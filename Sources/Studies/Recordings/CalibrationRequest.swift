import ContentIdentity
import Vocabulary

/// What `calibrate` is asked for.
package struct CalibrationRequest: Sendable {
  /// Runs of every planted score.
  package let runs: Int
  /// Planted scores, beside nothing.
  package let plantedR: [Double]
  /// Null draws of every run; nil: 39 where nothing is planted, which gives the level exactly, else 199, which cost little power.
  package let draws: Int?
  /// Every layer and person; else the middle layer and the first person.
  package let isWhole: Bool

  package init(runs: Int, plantedR: [Double], draws: Int?, isWhole: Bool) {
    (self.runs, self.plantedR, self.draws, self.isWhole) = (runs, plantedR, draws, isWhole)
  }

  /// What is planted, nothing first.
  package var worlds: [Double] { [0] + Set(plantedR).sorted() }

  package func draws(of plantedR: Double) -> Int { draws ?? (plantedR > 0 ? 199 : 39) }

  /// A line for people: what is planted, and how exact the rates will be.
  package var note: String {
    let se = (Significance.level * (1 - Significance.level) / Double(runs)).squareRoot()
    let planted = worlds.map { r in
      "\(r > 0 ? "r \(JSONValue.number(r).canonical)" : "nothing") (\(draws(of: r)) null draws)"
    }
    return "\(runs) runs each of \(planted.joined(separator: ", ")); a true rate of .05 has a standard error of "
      + JSONValue.number((se * 1000).rounded() / 1000).canonical
  }
}
