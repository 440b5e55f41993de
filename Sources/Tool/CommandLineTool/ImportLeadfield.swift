import ArgumentParser
import Diagnostics
import Electrophysiology
import Importing
import Leadfields
import Warehouse

struct ImportLeadfield: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "leadfield", abstract: "A forward model of EEG: what each sensor sees of each source.",
    discussion: """
      Read are HDF5 (datasets leadfield, ch_names, ch_pos, vertices, normals, triangles, NAME_label with NAME_names; \
      forward solutions of MNE-Python exported so, Brainstorm head models, the New York Head sa_nyhead.mat), NumPy \
      arrays and text tables of sensors x sources. One or three columns per source; options name what is called \
      otherwise, as a path in the file or a file of its own. --sphere needs no file: a homogeneous sphere with 68 \
      regions for the sensors 10-20, 10-10, 10-05 or NAME,NAME,...

      Stored are volts per ampere-metre, metres, x to the right, y to the front, z up.
      """)
  @Argument(help: "File.") var file: String?
  @Option(help: "Built-in sphere for these sensors: 10-20, 10-10, 10-05 or NAME,NAME,...") var sphere: String?
  @Option(help: "Radius of the sphere, m.") var radius = 0.09
  @Option(help: "Conductivity of the sphere, S/m.") var conductivity = 0.33
  @Option(help: "Name of the leadfield; else the file's stem.") var name: String?
  @Option(help: "Matrix in an HDF5 file; else leadfield.") var data: String?
  @Option(help: "Axes of the matrix in file order: channel, source, direction.") var axes: String?
  @Option(help: "Sensors' names.") var channels: String?
  @Option(help: "Sensors' positions.") var sensors: String?
  @Option(help: "Sources' positions.") var vertices: String?
  @Option(help: "Normals of the cortex at the sources.") var normals: String?
  @Option(help: "Triangles of the cortex between the sources.") var triangles: String?
  @Option(help: "A label per source: numbers, names, or lh and rh .annot files; repeatable.") var labels: [String] = []
  @Option(help: "Names of the labels' numbers, from 0.") var regions: String?
  @Option(help: "Name of the set the labels belong to (dk68); chooses one where there are several.") var atlas: String?
  @Option(help: "Unit as in V/(A m) or uV/(nA m); else the file's, else V/(A m).") var units: String?
  @Option(help: "Unit of positions: m, cm or mm; else by the size of the head.") var lengthUnit: String?
  @Option(help: "Where x, y and z point, as in RAS or ALS; else by the sensors' names.") var frame: String?
  @Option(help: "Cortex of the New York Head: 75K, 10K, 5K or 2K; else 10K.") var sourceSpace: String?
  @Option(help: "Sensors without numbers: refuse or drop.") var bad = "refuse"
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if (file == nil) == (sphere == nil) { throw ValidationError("Name a file, or --sphere with its sensors.") }
    if LeadfieldOptions.BadSensors(rawValue: bad) == nil { throw ValidationError("--bad is refuse or drop.") }
  }

  func run() throws {
    try global.withWarehouse(.writing("import leadfield")) { warehouse in
      let common = try own.common(in: warehouse)
      let atlases = try Self.atlases(in: warehouse)
      try global.importing(in: warehouse, dryRun: own.dryRun) { _ in
        if let file { return importLeadfield(file: file, options: options, common: common, knownAtlases: atlases) }
        let montage = sphere ?? ""
        return importSphere(
          montage: montage, sensors: try Self.montage(montage), name: name, radiusM: radius,
          conductivity: conductivity, common: common, knownAtlases: atlases)
      }
    }
  }

  private var options: LeadfieldOptions {
    var options = LeadfieldOptions()
    options.name = name
    options.data = data
    options.axes = axes
    options.channels = channels
    options.sensors = sensors
    options.vertices = vertices
    options.normals = normals
    options.triangles = triangles
    options.labels = labels
    options.regions = regions
    options.atlas = atlas
    options.units = units
    options.lengthUnit = lengthUnit
    options.frame = frame
    options.sourceSpace = sourceSpace
    options.bad = LeadfieldOptions.BadSensors(rawValue: bad) ?? .refuse
    return options
  }

  private static func atlases(in warehouse: Warehouse) throws -> [String: Set<String>] {
    var known: [String: Set<String>] = [:]
    for row in try warehouse.read({ try $0.atlasRegions() }) {
      known[row.atlas, default: []].insert(row.region)
    }
    return known
  }

  /// Names and positions of a standard montage, or of the names listed.
  private static func montage(_ montage: String) throws -> [(name: String, position: SIMD3<Double>)] {
    let names: [String]
    switch montage {
    case "10-20":
      names = [
        "Fp1", "Fp2", "F7", "F3", "Fz", "F4", "F8", "T7", "C3", "Cz", "C4", "T8", "P7", "P3", "Pz", "P4", "P8", "O1",
        "O2",
      ]
    case "10-10":
      names = StandardMontage.names.filter {
        $0.wholeMatch(of: /(?:Fp|AF|F|FT|FC|T|C|TP|CP|P|PO|O)(?:\d{1,2}|z)/) != nil
      }
    case "10-05": names = StandardMontage.names
    default: names = OptionText.list(montage)
    }
    let positions = try StandardMontage.requiredPositions(of: names, object: "--sphere \(montage)")
    return names.enumerated().map { row, name in (name, [positions[row, 0], positions[row, 1], positions[row, 2]]) }
  }
}
