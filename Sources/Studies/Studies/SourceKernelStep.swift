import ContentIdentity
import Diagnostics
import Electrophysiology
import LabelledArrays
import LinearAlgebra
import Plans
import Vocabulary
import Warehouse

/// The inverse of a leadfield for a set of channels, collapsed to regions, and what it can tell apart.
struct SourceKernelStep: Step {
  let name = "source_kernel"
  let version = 1
  let summary = "inverse of a leadfield for a set of channels, collapsed to regions, with its leakage and resolution"
  let tables = ["region_resolution"]

  func compute(_ task: UnitTask, writer: ArrayFileWriter, progress: @escaping Progress) throws
    -> [ResultRows]
  {
    let model = try SourceModel(task)
    let noise = try NoiseCovariance.adHoc(channelCount: model.sensors.count)
    let kernel = try model.kernel(noise: noise)
    progress(0.3)
    let regions = RegionKernel(kernel, regions: model.map)
    let resolution = RegionResolution(
      kernel: kernel, leadfield: try model.leadfield.fixed(), regions: model.map, positions: model.positions)
    progress(0.9)
    let names = Axis.labels("region", model.regions)
    let base = "inverse/\(model.name)/\(model.inverse)-\(task.key.prefix(12))"
    let inverse = ArrayDescription(name: base, kind: "inverse", parameters: model.parameters)
    try writer.add(
      inverse, group: "inverse",
      LabelledArray(
        axes: [names, .labels("channel", model.sensors)], values: regions.matrix.values.map { Float($0) },
        units: model.isNormalised ? "1/V" : "A m/V"))
    let leakage = ArrayDescription(name: base + "/resolution", kind: "resolution", parameters: model.parameters)
    try writer.add(
      leakage, group: "resolution",
      LabelledArray(
        axes: [names, .labels("source", model.regions)], values: resolution.leakage.values.map { Float($0) }))
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
      rows: model.regions.indices.map { r in
        let other = found.strongestLeak[r]
        return [
          .text(model.name), .text(model.atlas), .text(model.inverse), .real(model.snr),
          .text(model.orientation.rawValue), .text(model.label.rawValue), .int(model.sensors.count), .int(kernel.rank),
          .text(model.regions[r]), .int(counts[r]), number(found.ownShare[r]),
          other.share.isFinite ? .text(model.regions[other.region]) : .null, number(other.share),
          number(found.regionHitShare[r]), number(found.sourceHitShare[r]),
          number(found.pointSpreadError[r] * 1000), number(found.crossTalkError[r] * 1000), .text(inverse),
          .text(leakage),
        ]
      })
  }
}

/// A leadfield as a unit reads it: the sensors used, average-referenced over them, and the regions of its sources.
struct SourceModel {
  let name: String
  let atlas: String
  let inverse: String
  let snr: Double
  let orientation: SourceOrientation
  let label: RegionSummary
  let sensors: [String]
  let regions: [String]
  let leadfield: LeadfieldMatrix
  let positions: Matrix?
  let map: RegionMap
  let parameters: JSONValue
  private let depth: Double

  init(_ task: UnitTask) throws {
    name = task.text("leadfield", "")
    atlas = task.text("atlas", "")
    inverse = task.text("inverse", "sloreta")
    snr = task.number("snr", 1)
    depth = task.number("depth", 0.8)
    orientation = SourceOrientation(rawValue: task.text("orientation", "fixed")) ?? .fixed
    label = RegionSummary(rawValue: task.text("label", "mean_flip")) ?? .meanFlip
    sensors = Self.texts(task, "sensors")
    regions = Self.texts(task, "regions")
    parameters = [
      "leadfield": .string(name), "atlas": .string(atlas), "inverse": .string(inverse), "snr": .number(snr),
      "orientation": .string(orientation.rawValue), "depth": .number(depth), "label": .string(label.rawValue),
    ]
    guard let array = task.arrays("leadfield").first, let region = task.arrays("region").first else {
      throw EvokeError(
        .leadfieldChannels, "leadfield \(name)", reason: "its arrays are missing", remedy: "import it again")
    }
    let field = try ArrayReader.read(array.reference)
    let directions = Int(task.number("direction_count", 1))
    let normals = try task.arrays("normals").first.map { try Self.matrix($0.reference) }
    let places = Dictionary(
      uniqueKeysWithValues: (field.axes[0].labels ?? []).enumerated().map { ($1, $0) })
    let whole = LeadfieldMatrix(
      Matrix(
        rows: field.shape[0], columns: field.values.count / field.shape[0], values: field.values.map(Double.init)),
      directionCount: directions, normals: normals)
    leadfield = whole.referenced(channels: sensors.compactMap { places[$0] })
    positions = try task.arrays("positions").first.map { try Self.matrix($0.reference) }
    map = try RegionMap(
      regionOfSource: try ArrayReader.read(region.reference).values.map { $0.isNaN ? -1 : Int($0) },
      regionCount: regions.count, normals: normals, summary: label)
  }

  /// dSPM and sLORETA have no unit; MNE and eLORETA are ampere-metres.
  var isNormalised: Bool { method == .dSPM || method == .sLORETA }

  private var method: InverseMethod {
    switch inverse {
    case "mne": .minimumNorm
    case "dspm": .dSPM
    case "eloreta": .eLORETA
    default: .sLORETA
    }
  }

  func kernel(noise: NoiseCovariance) throws -> InverseKernel {
    try InverseKernel(
      leadfield, orientation: orientation, noise: noise,
      parameters: InverseParameters(method: method, lambdaSquared: 1 / (snr * snr), depth: depth))
  }

  private static func texts(_ task: UnitTask, _ key: String) -> [String] {
    (task.parameters[key]?.arrayValue ?? []).compactMap(\.stringValue)
  }

  private static func matrix(_ reference: ArrayReference) throws -> Matrix {
    let array = try ArrayReader.read(reference)
    return Matrix(rows: array.shape[0], columns: 3, values: array.values.map(Double.init))
  }
}
