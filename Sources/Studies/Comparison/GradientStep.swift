import Encoding
import Vocabulary
import Warehouse
import Work

/// Maps of a study's fits against columns of an atlas, region by region, under rotations of the sphere of its regions.
struct GradientStep: WorkStep {
  struct Parameters: Codable, Sendable {
    /// A region that has a place.
    struct Region: Codable, Sendable {
      let name: String
      let hemisphere: Hemisphere
      let x: Double
      let y: Double
      let z: Double
    }

    /// A column of the atlas.
    struct Column: Codable, Sendable {
      let name: String
      /// One per region; nil where it has none.
      let values: [Double?]
    }

    let sourceStudy: String
    let atlas: String
    let regions: [Region]
    let columns: [Column]
    /// What is taken of the fits.
    let maps: [MapQuantity]
    let fits: [ComparisonStep.Parameters.Member]
    /// Rotations; 0: there is no null.
    let draws: Int
    let seed: UInt64
  }

  let name = "gradient"
  let version = 1
  let summary = "maps of fits against columns of an atlas, under rotations of the sphere"
  let tables: [any ResultRow.Type] = [GradientRow.self, CheckRow.self]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let members = try parameters.fits.map { try ComparisonMember($0, hasDraws: false, in: task) }
    progress(0.3)
    let atlas = AtlasPlaces(name: parameters.atlas, regions: parameters.regions, columns: parameters.columns)
    let compared = ComparedMaps(
      FoundMap.all(parameters.maps, of: members), atlas, draws: parameters.draws, seed: parameters.seed)
    progress(0.9)
    try compared.store(
      "gradient/\(task.key.prefix(24))/null", of: parameters.sourceStudy, draws: parameters.draws,
      group: "gradient-null", in: writer)
    let rows = GradientRows(compared, of: parameters.sourceStudy)
    return [ResultRows(rows.gradients), ResultRows(rows.checks)].filter { !$0.rows.isEmpty }
  }
}
