import ArgumentParser
import Importing
import Leadfields
import Warehouse

struct ImportLeadfield: ImportVerb {
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
  @OptionGroup var options: LeadfieldOptions
  @OptionGroup var own: ImportOptions
  @OptionGroup var global: GlobalOptions

  func validate() throws {
    if (file == nil) == (options.sphere == nil) {
      throw ValidationError("Name a file, or --sphere with its sensors.")
    }
  }

  func run() throws { try run(own, global) }

  func read(_ site: ImportSite) throws -> ImportBatch {
    let atlases = try Self.atlases(in: site.warehouse)
    guard let file else { return importSphere(options: options, common: site.common, knownAtlases: atlases) }
    return importLeadfield(file: file, options: options, common: site.common, knownAtlases: atlases)
  }

  private static func atlases(in warehouse: Warehouse) throws -> [String: Set<String>] {
    var known: [String: Set<String>] = [:]
    for row in try warehouse.read({ try $0.atlasRegions() }) {
      known[row.atlas, default: []].insert(row.region)
    }
    return known
  }
}
