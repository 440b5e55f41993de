import ContentIdentity
import Diagnostics
import Importing

/// The options of `import leadfield`, as typed.
public struct LeadfieldOptions: Sendable, Equatable {
  /// What becomes of sensors whose values are no numbers.
  public enum BadSensors: String, Sendable, CaseIterable { case refuse, drop }

  public var name: String?
  /// Path of the matrix inside an HDF5 file.
  public var data: String?
  /// Axes of the matrix in file order: channel, source, direction.
  public var axes: String?
  /// Paths inside the file, or files of their own (text, `.npy`): sensor names and positions, source positions, normals
  /// and triangles, one label per source (or FreeSurfer `.annot` files, left then right), names of the labels' numbers.
  public var channels: String?
  public var sensors: String?
  public var vertices: String?
  public var normals: String?
  public var triangles: String?
  public var labels: [String] = []
  public var regions: String?
  /// Name of the set the labels belong to.
  public var atlas: String?
  /// As in `V/(A m)` or `uV/(nA m)`; nil: volts per ampere-metre.
  public var units: String?
  /// m, cm or mm; nil: by the size of the head.
  public var lengthUnit: String?
  /// Where x, y and z point, as in RAS (right, anterior, superior); nil: by the sensors' names.
  public var frame: String?
  /// 75K, 10K, 5K or 2K (New York Head).
  public var sourceSpace: String?
  public var bad = BadSensors.refuse

  public init() {}

  var canonical: JSONValue {
    func text(_ value: String?) -> JSONValue { value.map { .string($0) } ?? .null }
    return [
      "name": text(name), "data": text(data), "axes": text(axes), "channels": text(channels), "sensors": text(sensors),
      "vertices": text(vertices), "normals": text(normals), "triangles": text(triangles),
      "labels": .array(labels.map { .string($0) }), "regions": text(regions), "atlas": text(atlas),
      "units": text(units), "length_unit": text(lengthUnit), "frame": text(frame), "source_space": text(sourceSpace),
      "bad": .string(bad.rawValue),
    ]
  }
}

/// Reads a forward model: HDF5 (its own layout, forward solutions exported from MNE-Python, Brainstorm and New York Head
/// in MATLAB 7.3), NumPy and text tables.
///
/// - Parameter knownAtlases: atlas -> its regions; the labels' atlas is added where it is new.
public func importLeadfield(
  file: String, options: LeadfieldOptions, common: CommonOptions, knownAtlases: [String: Set<String>] = [:]
) -> ImportBatch {
  var batch = ImportBatch(verb: "import leadfield", options: options.canonical, common: common)
  var findings = Findings()
  if let source = findings.collect(file, { try SourceFile(reading: file) }) { batch.sources = [source] }
  if batch.sources.isEmpty {
    batch.diagnostics = findings.all
    return batch
  }
  for companion in companions(options) {
    if let source = findings.collect(companion, { try SourceFile(reading: companion) }) { batch.sources.append(source) }
  }
  if let content = findings.collect(file, { try LeadfieldContent.read(file, options) }) {
    finish(content, options.name ?? SourceFile.stem(file), options, knownAtlases, &batch, &findings)
  }
  batch.diagnostics = findings.all
  return batch
}

/// The built-in sphere for the sensors of a montage.
///
/// - Parameter sensors: names and positions from the head's centre, any unit, x to the right, y to the front, z up.
public func importSphere(
  montage: String, sensors: [(name: String, position: SIMD3<Double>)], name: String?, radiusM: Double,
  conductivity: Double, common: CommonOptions, knownAtlases: [String: Set<String>] = [:]
) -> ImportBatch {
  var batch = ImportBatch(
    verb: "import leadfield",
    options: [
      "sphere": .string(montage), "name": name.map { .string($0) } ?? .null, "radius_m": .number(radiusM),
      "conductivity": .number(conductivity), "sensors": .array(sensors.map { .string($0.name) }),
    ], common: common)
  var findings = Findings()
  if let content = findings.collect(
    montage, { try LeadfieldContent.sphere(sensors, radiusM: radiusM, conductivity: conductivity) })
  {
    var options = LeadfieldOptions()
    options.frame = "RAS"
    options.lengthUnit = "m"
    finish(content, name ?? "sphere-\(montage)", options, knownAtlases, &batch, &findings)
  }
  batch.diagnostics = findings.all
  return batch
}

/// Files that options name beside the leadfield's own.
private func companions(_ options: LeadfieldOptions) -> [String] {
  let places = [
    options.channels, options.sensors, options.vertices, options.normals, options.triangles, options.regions,
  ]
  return (places.compactMap { $0 } + options.labels).filter(LeadfieldPlace.isFile)
}

private func finish(
  _ content: LeadfieldContent, _ name: String, _ options: LeadfieldOptions, _ knownAtlases: [String: Set<String>],
  _ batch: inout ImportBatch, _ findings: inout Findings
) {
  var checks = LeadfieldChecks(content, options, object: name)
  guard let record = checks.record(named: name, &findings) else { return }
  batch.leadfields = [record]
  guard let atlas = record.atlas else { return }
  let names = Set(record.regions.map(\.name))
  if let known = knownAtlases[atlas] {
    let strange = names.subtracting(known).sorted()
    if !strange.isEmpty {
      findings.add(
        .warning, .leadfieldRegions, name,
        reason: "atlas \(atlas) is there and has no region \(NearMiss.list(strange))",
        remedy: "give another --atlas where another set is meant")
    }
  } else {
    batch.atlases = [
      AtlasRecord(
        name: atlas, regions: record.regions.map { .init(name: $0.name, hemisphere: $0.hemisphere, groups: [:]) })
    ]
  }
}
