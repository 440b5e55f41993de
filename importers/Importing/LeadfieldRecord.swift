import ContentIdentity
import LabelledArrays
import Warehouse

/// A forward model: what every sensor sees of every source, and where these lie.
public struct LeadfieldRecord: Sendable {
  /// A region of its sources.
  public struct Region: Sendable, Equatable {
    public var name: String
    public var hemisphere: String?
    public var sourceCount: Int
    /// Mean position, metres, x to the right, y to the front, z up; nil where sources have no positions.
    public var centre: SIMD3<Double>?

    public init(name: String, hemisphere: String?, sourceCount: Int, centre: SIMD3<Double>?) {
      self.name = name
      self.hemisphere = hemisphere
      self.sourceCount = sourceCount
      self.centre = centre
    }
  }

  public var name: String
  /// Where it comes from: hdf5, nyhead, table, numpy or sphere.
  public var format: String
  /// 1 (fixed along the normals) or 3.
  public var directionCount: Int
  public var channels: [String]
  /// Sensors left out for values that are no numbers.
  public var droppedChannels: [String]
  public var sourceCount: Int
  /// The set its regions belong to; nil without regions.
  public var atlas: String?
  public var regions: [Region]
  /// Part (`leadfield`, `positions`, `normals`, `region`, `triangles`, `sensors`) -> array; `leadfield` comes first.
  public var arrays: [(part: String, array: LabelledArray)]

  public init(
    name: String, format: String, directionCount: Int, channels: [String], droppedChannels: [String],
    sourceCount: Int, atlas: String?, regions: [Region], arrays: [(part: String, array: LabelledArray)]
  ) {
    self.name = name
    self.format = format
    self.directionCount = directionCount
    self.channels = channels
    self.droppedChannels = droppedChannels
    self.sourceCount = sourceCount
    self.atlas = atlas
    self.regions = regions
    self.arrays = arrays
  }

  /// Its arrays are no dataset's: a template serves all of them.
  var descriptions: [ArrayDescription] {
    arrays.map { part, _ in
      ArrayDescription(
        name: part == "leadfield" ? "leadfield/\(name)" : "leadfield/\(name)/\(part)", kind: "leadfield",
        parameters: ["leadfield": .string(name), "part": .string(part)])
    }
  }

  /// Enters the rows of tables `leadfield` and `leadfield_region`.
  ///
  /// - Parameter array: key of its first array.
  func enter(_ connection: Connection, activity: Int, array: Int) throws {
    let key = try connection.insert(
      "leadfield",
      [
        ("activity_id", .int(activity)), ("name", .text(name)), ("format", .text(format)),
        ("direction_count", .int(directionCount)), ("channel_count", .int(channels.count)),
        ("source_count", .int(sourceCount)), ("atlas", .optional(atlas)),
        ("dropped_channels", .text(JSONValue.array(droppedChannels.map { .string($0) }).canonical)),
        ("array_id", .int(array)),
      ])
    for (i, region) in regions.enumerated() {
      try connection.insert(
        "leadfield_region",
        [
          ("leadfield_id", .int(key)), ("position", .int(i)), ("region", .text(region.name)),
          ("hemisphere", .optional(region.hemisphere)), ("source_count", .int(region.sourceCount)),
          ("x_m", .optional(region.centre?.x)), ("y_m", .optional(region.centre?.y)),
          ("z_m", .optional(region.centre?.z)),
        ])
    }
  }
}
