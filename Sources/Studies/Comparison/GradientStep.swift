import Encoding
import EncodingModels
import LabelledArrays
import Statistics
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
    guard let sphere = RegionSphere(parameters.places) else {
      preconditionFailure("the plan holds places of a sphere")
    }
    let rotations = (0..<parameters.draws).map { draw in
      var stream = RandomStream(seed: parameters.seed, purpose: "spin", draw: draw)
      return sphere.sources(&stream)
    }
    let rows = GradientRows(parameters, FoundMap.all(parameters.maps, of: members), rotations)
    progress(0.9)
    try store(rows, of: parameters, unit: task.key, in: writer)
    return [ResultRows(rows.gradients), ResultRows(rows.checks)].filter { !$0.rows.isEmpty }
  }

  /// Fisher z of the draws, draw x correlation.
  private func store(
    _ rows: GradientRows, of parameters: Parameters, unit: String, in writer: ArrayFileWriter
  ) throws {
    let drawn = rows.drawn
    guard !drawn.isEmpty else { return }
    let description = ArrayDescription(
      name: "gradient/\(unit.prefix(24))/null", kind: "null",
      parameters: ["atlas": .string(parameters.atlas), "of": .string(parameters.sourceStudy)])
    let values = (0..<parameters.draws).flatMap { draw in drawn.map { Float($0.draws[draw]) } }
    try writer.add(
      description, group: "gradient-null",
      LabelledArray(
        axes: [.index("draw", parameters.draws), .labels("cell", drawn.map(\.label))], values: values))
  }
}

extension GradientStep.Parameters {
  var places: [RegionSphere.Place] {
    regions.map { RegionSphere.Place($0.hemisphere, SIMD3($0.x, $0.y, $0.z)) }
  }
}
