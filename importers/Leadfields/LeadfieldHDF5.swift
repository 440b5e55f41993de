import Diagnostics
import HDF5File
import Importing

/// A leadfield in HDF5: the names of Evoke's own layout, of forward solutions exported from MNE-Python and of Brainstorm
/// head models in MATLAB 7.3 are known; options name what is called otherwise.
struct LeadfieldHDF5 {
  let file: HDF5File
  let options: LeadfieldOptions

  /// What is looked for, in this order, letter case free, at any depth.
  private static let names: [String: [String]] = [
    "data": ["leadfield", "lead_field", "gain", "sol/data", "forward"],
    "channels": ["ch_names", "channel_names", "channels", "electrodes_names", "row_names"],
    "sensors": ["ch_pos", "channel_positions", "electrodes", "sensors"],
    "vertices": ["vertices", "positions", "source_pos", "rr", "gridloc", "pos"],
    "normals": ["normals", "source_nn", "nn", "gridorient"],
    "triangles": ["triangles", "tris", "faces"],
    "region": ["label_index", "labels", "label", "region"],
    "regions": ["label_names", "region_names"],
  ]

  func content() throws -> LeadfieldContent {
    let all = try file.datasets().map { Self.relative($0.path) }
    func place(_ option: String?, _ role: String) -> String? {
      if let option { return option }
      for name in Self.names[role] ?? [] {
        if let found = all.first(where: { $0.lowercased() == name || $0.lowercased().hasSuffix("/" + name) }) {
          return found
        }
      }
      return nil
    }
    guard let data = place(options.data, "data") else {
      throw EvokeError(
        .leadfieldLayout, file.path, reason: "no dataset is called leadfield; there are \(NearMiss.list(all))",
        remedy: "name the matrix with --data")
    }
    guard let channelPlace = place(options.channels, "channels") else {
      throw EvokeError(
        .leadfieldLayout, file.path, reason: "no dataset holds the sensors' names",
        remedy: "give --channels: a path in the file, or a text file with one name per line")
    }
    let channels = try LeadfieldPlace.texts(channelPlace, in: file)
    let vertices = try place(options.vertices, "vertices").map { try LeadfieldPlace.triples($0, in: file, count: nil) }
    let info = try file.info(data)
    let (values, sources, directions) = try LeadfieldContent.ordered(
      try file.doubles(data), shape: info.shape, axes: options.axes, channelCount: channels.count,
      sourceCount: vertices.map { $0.count / 3 }, object: "\(file.path):\(data)")
    var content = LeadfieldContent(
      format: "hdf5", values: values, channels: channels, sourceCount: sources, directionCount: directions)
    content.positions = vertices
    content.units = try file.attribute("units", of: data)?.text ?? file.attribute("unit", of: data)?.text
    content.sensors = try place(options.sensors, "sensors").map {
      try LeadfieldPlace.triples($0, in: file, count: channels.count)
    }
    content.normals = try place(options.normals, "normals").map {
      try LeadfieldPlace.triples($0, in: file, count: sources)
    }
    content.triangles = try place(options.triangles, "triangles").map {
      try LeadfieldPlace.wholeNumbers(LeadfieldPlace.triples($0, in: file, count: nil), $0)
    }
    try readLabels(&content, all, place)
    return content
  }

  /// Labels by option; else `NAME_label` with `NAME_names`, where NAME is the atlas; else a dataset of labels.
  private func readLabels(
    _ content: inout LeadfieldContent, _ all: [String], _ place: (String?, String) -> String?
  ) throws {
    if options.labels.contains(where: LeadfieldPlace.isFile) {
      return try SourceLabels.read(options, hdf5: file, into: &content)
    }
    let sets = all.compactMap { path -> (atlas: String, labels: String, names: String)? in
      guard path.lowercased().hasSuffix("_label") else { return nil }
      let stem = String(path.dropLast("_label".count))
      guard let names = all.first(where: { $0.lowercased() == (stem + "_names").lowercased() }) else { return nil }
      return (stem.split(separator: "/").last.map(String.init) ?? stem, path, names)
    }
    if options.labels.isEmpty, options.regions == nil {
      let wanted = sets.filter { options.atlas == nil || $0.atlas == options.atlas }
      guard wanted.count <= 1 else {
        throw EvokeError(
          .leadfieldRegions, file.path, reason: "it holds several sets: \(wanted.map(\.atlas).joined(separator: ", "))",
          remedy: "choose one with --atlas")
      }
      if let one = wanted.first {
        content.regionOfSource = try file.integers(one.labels).map { Int($0) }
        content.regions = try LeadfieldPlace.texts(one.names, in: file)
        content.atlas = one.atlas
        return
      }
    }
    guard let labels = place(options.labels.first, "region") else { return }
    let names = try place(options.regions, "regions").map { try LeadfieldPlace.texts($0, in: file) }
    try SourceLabels.assign(LeadfieldPlace.labels(labels, in: file), names: names, into: &content)
  }

  static func relative(_ path: String) -> String { path.split(separator: "/").joined(separator: "/") }
}
