import ContentIdentity
import Encoding
import Vocabulary
import Warehouse
import Work

/// Corrected p values of scores that a condition chose, from their stored draws; nothing is fitted.
struct DeclaredFamilyStep: WorkStep {
  struct Parameters: Codable, Sendable {
    /// Chosen cells of one score of a fit.
    struct Fit: Codable, Sendable {
      /// Its row of the array of scores.
      let score: String
      /// Of both arrays.
      let columns: [Int]
      let fitKeys: [String]
    }

    let name: String
    /// SQL over `family_cell`.
    let condition: String
    let correction: [Correction]
    let quantity: String
    /// In the order of the inputs, an array of scores and one of draws for each.
    let fits: [Fit]
  }

  /// What the inputs are.
  static let (observed, drawn) = ("score", "null")

  let name = "declared_family"
  let version = 1
  let summary = "max-statistic and BH over a family that a condition chose, from stored draws"
  let tables: [any ResultRow.Type] = [FamilyRow.self, FamilyMemberRow.self, DeclaredFamilyRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let families = try Self.families(parameters, task)
    let declared = try families.families.map {
      DeclaredFamilyRow(
        familyKey: $0.familyKey, condition: parameters.condition, sha256: try StrictCoder.encode(parameters).sha256)
    }
    return (families.tables + [ResultRows(declared)]).filter { !$0.rows.isEmpty }
  }

  /// The one family.
  static func families(_ parameters: Parameters, _ task: UnitTask) throws -> FamilyRows {
    let count = parameters.fits.count
    let (scores, draws) = (try task.arrays(observed, count: count), try task.arrays(drawn, count: count))
    let cells = try parameters.fits.indices.flatMap { place in
      let fit = parameters.fits[place]
      let values = try FitArrays.Stored(scores[place]).row(fit.score, of: scores[place].description.name)
      let null = try FitArrays.Stored(draws[place]).matrix
      return zip(fit.columns, fit.fitKeys).map { column, key in
        FamilyScore(fitKey: key, value: values[column], draws: null.column(column))
      }
    }
    var families = FamilyRows(unit: task.key, correction: parameters.correction)
    families.add(cells, name: parameters.name, quantity: parameters.quantity)
    return families
  }
}
