import ContentIdentity
import Diagnostics
import Electrophysiology
import LabelledArrays
import LinearAlgebra
import Plans
import Vocabulary
import Warehouse

/// The inverse of a leadfield for a set of channels, collapsed to regions, and what it can tell apart.
struct SourceKernelStep: WorkStep {
  typealias Parameters = SourceModel.Parameters

  let name = "source_kernel"
  let version = 1
  let summary = "inverse of a leadfield for a set of channels, collapsed to regions, with its leakage and resolution"
  let tables = ["region_resolution"]

  func compute(_ parameters: Parameters, _ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let model = try SourceModel(parameters, task)
    let noise = try NoiseCovariance.adHoc(channelCount: model.settings.sensors.count)
    let kernel = try model.kernel(noise: noise)
    progress(0.3)
    let regions = RegionKernel(kernel, regions: model.map)
    let resolution = RegionResolution(
      kernel: kernel, leadfield: try model.leadfield.fixed(), regions: model.map, positions: model.positions)
    progress(0.9)
    let names = Axis.labels("region", model.settings.regions)
    let base = "inverse/\(model.settings.leadfield)/\(model.settings.inverse.rawValue)-\(task.key.prefix(12))"
    let inverse = ArrayDescription(name: base, kind: "inverse", parameters: model.settings.shown)
    try writer.add(
      inverse, group: "inverse",
      LabelledArray(
        axes: [names, .labels("channel", model.settings.sensors)], values: regions.matrix.values.map { Float($0) },
        units: model.isNormalised ? "1/V" : "A m/V"))
    let leakage = ArrayDescription(name: base + "/resolution", kind: "resolution", parameters: model.settings.shown)
    try writer.add(
      leakage, group: "resolution",
      LabelledArray(
        axes: [names, .labels("source", model.settings.regions)], values: resolution.leakage.values.map { Float($0) }))
    return [Self.rows(model, kernel, resolution, inverse.name, leakage.name)]
  }

  private static func rows(
    _ model: SourceModel, _ kernel: InverseKernel, _ found: RegionResolution, _ inverse: String, _ leakage: String
  ) -> ResultRows {
    func number(_ value: Double) -> SQLValue { value.isFinite ? .real(value) : .null }
    let counts = model.map.counts
    return ResultRows(
      table: "region_resolution",
      columns: [
        "leadfield", "atlas", "inverse", "snr", "orientation", "label", "channel_count", "rank", "region",
        "source_count", "own_share", "leaks_most_from", "leak_share", "region_hit_share", "source_hit_share",
        "point_spread_error_mm", "cross_talk_error_mm", "kernel", "leakage",
      ],
      rows: model.settings.regions.indices.map { r in
        let other = found.strongestLeak[r]
        return [
          .text(model.settings.leadfield), .text(model.settings.atlas), .text(model.settings.inverse.rawValue),
          .real(model.settings.snr), .text(model.settings.orientation.rawValue), .text(model.settings.label.rawValue),
          .int(model.settings.sensors.count), .int(kernel.rank),
          .text(model.settings.regions[r]), .int(counts[r]), number(found.ownShare[r]),
          other.share.isFinite ? .text(model.settings.regions[other.region]) : .null, number(other.share),
          number(found.regionHitShare[r]), number(found.sourceHitShare[r]),
          number(found.pointSpreadError[r] * 1000), number(found.crossTalkError[r] * 1000), .text(inverse),
          .text(leakage),
        ]
      })
  }
}

/// A leadfield as a unit reads it: the sensors used, average-referenced over them, and the regions of its sources.
struct SourceModel {
  struct Parameters: Codable, Sendable {
    let leadfield: String
    let atlas: String
    /// Regions of the atlas in the order of the leadfield's numbers.
    let regions: [String]
    /// Directions of each source in the leadfield: 1 or 3.
    let directionCount: Int
    let inverse: InverseMethod
    let snr: Double
    let orientation: SourceOrientation
    let depth: Double
    let label: RegionSummary
    /// Sensors of the leadfield that are used, in the order of the channels.
    let sensors: [String]

    /// What arrays say of it.
    var shown: JSONValue {
      [
        "leadfield": .string(leadfield), "atlas": .string(atlas), "inverse": .string(inverse.rawValue),
        "snr": .number(snr), "orientation": .string(orientation.rawValue), "depth": .number(depth),
        "label": .string(label.rawValue),
      ]
    }
  }

  let settings: Parameters
  let leadfield: LeadfieldMatrix
  let positions: Matrix?
  let map: RegionMap

  init(_ settings: Parameters, _ task: UnitTask) throws {
    self.settings = settings
    let field = try ArrayReader.read(task.array("leadfield").reference)
    guard let sensors = field.axes[0].labels else {
      throw EvokeError(
        .leadfieldChannels, "leadfield \(settings.leadfield)", reason: "its sensors have no names",
        remedy: "import it again")
    }
    let normals = try task.arrays("normals").first.map { try Self.matrix($0.reference) }
    let places = Dictionary(uniqueKeysWithValues: sensors.enumerated().map { ($1, $0) })
    let whole = LeadfieldMatrix(
      Matrix(
        rows: field.shape[0], columns: field.values.count / field.shape[0], values: field.values.map(Double.init)),
      directionCount: settings.directionCount, normals: normals)
    leadfield = whole.referenced(channels: settings.sensors.compactMap { places[$0] })
    positions = try task.arrays("positions").first.map { try Self.matrix($0.reference) }
    map = try RegionMap(
      regionOfSource: try ArrayReader.read(task.array("region").reference).values.map { $0.isNaN ? -1 : Int($0) },
      regionCount: settings.regions.count, normals: normals, summary: settings.label)
  }

  /// dSPM and sLORETA have no unit; MNE and eLORETA are ampere-metres.
  var isNormalised: Bool { settings.inverse == .dSPM || settings.inverse == .sLORETA }

  func kernel(noise: NoiseCovariance) throws -> InverseKernel {
    try InverseKernel(
      leadfield, orientation: settings.orientation, noise: noise,
      parameters: InverseParameters(
        method: settings.inverse, lambdaSquared: 1 / (settings.snr * settings.snr), depth: settings.depth))
  }

  private static func matrix(_ reference: ArrayReference) throws -> Matrix {
    let array = try ArrayReader.read(reference)
    return Matrix(rows: array.shape[0], columns: 3, values: array.values.map(Double.init))
  }
}
