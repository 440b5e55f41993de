import ArgumentParser
import Diagnostics
import Importing

/// The options of `import leadfield`, as typed.
package struct LeadfieldOptions: VerbOptions {
  /// What becomes of sensors whose values are no numbers.
  package enum BadSensors: String, Codable, Sendable, CaseIterable, ExpressibleByArgument { case refuse, drop }

  @Option(help: "Built-in sphere for these sensors: 10-20, 10-10, 10-05 or NAME,NAME,...") package var sphere: String?
  @Option(help: "Radius of the sphere, m; else 0.09.") package var radius: Double?
  @Option(help: "Conductivity of the sphere, S/m; else 0.33.") package var conductivity: Double?
  @Option(help: "Name of the leadfield; else the file's stem.") package var name: String?
  @Option(help: "Matrix in an HDF5 file; else leadfield.") package var data: String?
  @Option(help: "Axes of the matrix in file order: channel, source, direction.") package var axes: String?
  // Each of these is a path inside the file, or a file of its own (text, `.npy`).
  @Option(help: "Sensors' names.") package var channels: String?
  @Option(help: "Sensors' positions.") package var sensors: String?
  @Option(help: "Sources' positions.") package var vertices: String?
  @Option(help: "Normals of the cortex at the sources.") package var normals: String?
  @Option(help: "Triangles of the cortex between the sources.") package var triangles: String?
  @Option(help: "A label per source: numbers, names, or lh and rh .annot files; repeatable.")
  package var labels: [String] = []
  @Option(help: "Names of the labels' numbers, from 0.") package var regions: String?
  @Option(help: "Name of the set the labels belong to (dk68); chooses one where there are several.")
  package var atlas: String?
  @Option(help: "Unit as in V/(A m) or uV/(nA m); else the file's, else V/(A m).") package var units: String?
  @Option(help: "Unit of positions: m, cm or mm; else by the size of the head.") package var lengthUnit: String?
  @Option(help: "Where x, y and z point, as in RAS or ALS; else by the sensors' names.") package var frame: String?
  @Option(help: "Cortex of the New York Head: 75K, 10K, 5K or 2K; else 10K.") package var sourceSpace: String?
  @Option(help: "Sensors without numbers: refuse or drop.") package var bad = BadSensors.refuse

  package init() {}

  private static let ofSphere: Set = ["sphere", "radius", "conductivity", "name"]

  package func validate() throws {
    try refuseUnidentified()
    guard sphere != nil else {
      if radius != nil || conductivity != nil {
        throw ValidationError("--radius and --conductivity belong to --sphere.")
      }
      return
    }
    let none = Self.unset.identity
    let given = identity.filter { $0.value != none[$0.key] && !Self.ofSphere.contains($0.key) }
    if let option = given.keys.min() {
      throw ValidationError("--\(option.replacing("_", with: "-")) belongs to a file, not to --sphere.")
    }
  }
}

/// Reads a forward model: HDF5 (its own layout, forward solutions exported from MNE-Python, Brainstorm and New York Head
/// in MATLAB 7.3), NumPy and text tables.
///
/// - Parameter knownAtlases: atlas -> its regions; the labels' atlas is added where it is new.
package func importLeadfield(
  file: String, options: LeadfieldOptions, common: CommonOptions, knownAtlases: [String: Set<String>] = [:]
) -> ImportBatch {
  var batch = ImportBatch(verb: "import leadfield", options: options, common: common)
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
    finish(
      content, named: options.name ?? SourceFile.stem(file), layout: options, knownAtlases: knownAtlases, &batch,
      &findings)
  }
  batch.diagnostics = findings.all
  return batch
}

/// The built-in sphere for the sensors of `options`; see `BuiltInSphere`.
package func importSphere(
  options: LeadfieldOptions, common: CommonOptions, knownAtlases: [String: Set<String>] = [:]
) -> ImportBatch {
  var findings = Findings()
  let montage = options.sphere ?? "10-20"
  let sphere = findings.collect(montage) {
    try BuiltInSphere(
      montage: montage, radiusM: options.radius ?? 0.09, conductivity: options.conductivity ?? 0.33)
  }
  var batch = ImportBatch(verb: "import leadfield", options: options, common: common)
  if let sphere, let content = findings.collect(montage, { try sphere.content() }) {
    batch.sources = [sphere.source]
    var layout = options
    layout.frame = "RAS"
    layout.lengthUnit = "m"
    finish(
      content, named: options.name ?? "sphere-\(montage)", layout: layout, knownAtlases: knownAtlases, &batch,
      &findings)
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
  _ content: LeadfieldContent, named name: String, layout: LeadfieldOptions, knownAtlases: [String: Set<String>],
  _ batch: inout ImportBatch, _ findings: inout Findings
) {
  var checks = LeadfieldChecks(content, layout, object: name)
  guard let record = checks.record(named: name, &findings) else { return }
  batch.records = [record]
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
    let regions = record.regions.map { AtlasRecord.Region(name: $0.name, hemisphere: $0.hemisphere, groups: [:]) }
    batch.records = [AtlasRecord(name: atlas, regions: regions), record]
  }
}
