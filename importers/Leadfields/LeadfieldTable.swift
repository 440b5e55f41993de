import Diagnostics
import Importing

/// A leadfield as text or a NumPy array, with its companions in files of their own.
///
/// In text, lines with a name in front are sensors; without such names a header of names says that columns are.
struct LeadfieldTable {
  let file: String
  let options: LeadfieldOptions

  func content() throws -> LeadfieldContent {
    var names = try options.channels.map { try LeadfieldPlace.texts($0, in: nil) }
    var axes = options.axes
    let (shape, values, format) = try matrix(&names, &axes)
    guard let channels = names else {
      throw EvokeError(
        .leadfieldLayout, file, reason: "it does not name its sensors",
        remedy: "give --channels: a text file with one name per line")
    }
    let vertices = try options.vertices.map { try LeadfieldPlace.triples($0, in: nil, count: nil) }
    let normals = try options.normals.map { try LeadfieldPlace.triples($0, in: nil, count: nil) }
    let (ordered, sources, directions) = try LeadfieldContent.ordered(
      values, shape: shape, axes: axes, channelCount: channels.count,
      sourceCount: (vertices ?? normals).map { $0.count / 3 }, object: file)
    var content = LeadfieldContent(
      format: format, values: ordered, channels: channels, sourceCount: sources, directionCount: directions)
    content.positions = vertices
    content.normals = normals
    content.sensors = try options.sensors.map { try LeadfieldPlace.triples($0, in: nil, count: channels.count) }
    content.triangles = try options.triangles.map {
      try LeadfieldPlace.wholeNumbers(LeadfieldPlace.triples($0, in: nil, count: nil), $0)
    }
    if !options.labels.isEmpty { try SourceLabels.read(options, hdf5: nil, into: &content) }
    return content
  }

  private func matrix(
    _ names: inout [String]?, _ axes: inout String?
  ) throws -> (shape: [Int], values: [Double], format: String) {
    if file.lowercased().hasSuffix(".npy") {
      let (shape, values) = try LeadfieldPlace.numbers(file, in: nil)
      return (shape, values, "numpy")
    }
    let table = try NumberTable(reading: file)
    if names == nil {
      if let rows = table.rowNames {
        names = rows
        axes = axes ?? "channel,source"
      } else if let columns = table.columnNames {
        names = columns
        axes = axes ?? "source,channel"
      }
    }
    return ([table.rowCount, table.columnCount], table.values, "table")
  }
}
