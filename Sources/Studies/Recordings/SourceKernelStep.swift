import ContentIdentity
import Diagnostics
import Electrophysiology
import LabelledArrays
import LinearAlgebra
import Vocabulary
import Warehouse
import Work

/// The inverse of a leadfield for a set of channels, collapsed to regions, and what it can tell apart.
struct SourceKernelStep: WorkStep {
  typealias Parameters = SourceModel.Parameters

  let name = "source_kernel"
  let version = 2
  let summary = "inverse of a leadfield for a set of channels, collapsed to regions, with its leakage and resolution"
  let tables: [any ResultRow.Type] = [RegionResolutionRow.self]

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
    return [ResultRows(Self.rows(model, kernel, resolution, kernel: inverse.name, leakage: leakage.name))]
  }

  private static func rows(
    _ model: SourceModel, _ kernel: InverseKernel, _ resolution: RegionResolution, kernel inverse: String,
    leakage: String
  ) -> [RegionResolutionRow] {
    let settings = model.settings
    return settings.regions.indices.map { r in
      let leak = resolution.strongestLeak[r]
      let flags = ResolutionFlag.of(
        ownShare: resolution.ownShare[r], leakShare: leak.share, hitShare: resolution.regionHitShare[r])
      return RegionResolutionRow(
        leadfield: settings.leadfield, atlas: settings.atlas, inverse: settings.inverse.rawValue, snr: settings.snr,
        orientation: settings.orientation.rawValue, label: settings.label.rawValue,
        channelCount: settings.sensors.count, rank: kernel.rank, region: settings.regions[r],
        sourceCount: model.map.counts[r], ownShare: resolution.ownShare[r].finite,
        leaksMostFrom: leak.share.isFinite ? settings.regions[leak.region] : nil, leakShare: leak.share.finite,
        regionHitShare: resolution.regionHitShare[r].finite, sourceHitShare: resolution.sourceHitShare[r].finite,
        pointSpreadErrorMm: (resolution.pointSpreadError[r] * 1000).finite,
        crossTalkErrorMm: (resolution.crossTalkError[r] * 1000).finite, kernel: inverse, leakage: leakage,
        flags: ResolutionFlag.spelled(flags), valid: flags.isEmpty ? 1 : 0)
    }
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
    leadfield = whole.referenced(
      channels: try settings.sensors.map { sensor in
        guard let place = places[sensor] else {
          throw EvokeError(
            .leadfieldChannels, "leadfield \(settings.leadfield)", reason: "it has no sensor \(sensor)",
            remedy: "plan and run the study again")
        }
        return place
      })
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
