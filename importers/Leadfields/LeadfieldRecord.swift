import ContentIdentity
import Importing
import LabelledArrays
import Warehouse

/// A forward model: what every sensor sees of every source, and where these lie.
package struct LeadfieldRecord: ImportRecord {
  /// A region of its sources.
  package struct Region: Sendable, Equatable {
    package var name: String
    package var hemisphere: String?
    package var sourceCount: Int
    /// Mean position, metres, x to the right, y to the front, z up; nil where sources have no positions.
    package var centre: SIMD3<Double>?

    package init(name: String, hemisphere: String?, sourceCount: Int, centre: SIMD3<Double>?) {
      self.name = name
      self.hemisphere = hemisphere
      self.sourceCount = sourceCount
      self.centre = centre
    }
  }

  /// An array of it: `leadfield`, `positions`, `normals`, `region`, `triangles` or `sensors`.
  package struct Part: Sendable, Equatable {
    package var name: String
    package var array: LabelledArray

    package init(name: String, array: LabelledArray) {
      self.name = name
      self.array = array
    }
  }

  package var name: String
  /// Where it comes from: hdf5, nyhead, table, numpy or sphere.
  package var format: String
  /// 1 (fixed along the normals) or 3.
  package var directionCount: Int
  package var channels: [String]
  /// Sensors left out for values that are no numbers.
  package var droppedChannels: [String]
  package var sourceCount: Int
  /// The set its regions belong to; nil without regions.
  package var atlas: String?
  package var regions: [Region]
  /// `leadfield` comes first.
  package var parts: [Part]

  package init(
    name: String, format: String, directionCount: Int, channels: [String], droppedChannels: [String],
    sourceCount: Int, atlas: String?, regions: [Region], parts: [Part]
  ) {
    self.name = name
    self.format = format
    self.directionCount = directionCount
    self.channels = channels
    self.droppedChannels = droppedChannels
    self.sourceCount = sourceCount
    self.atlas = atlas
    self.regions = regions
    self.parts = parts
  }
}

extension LeadfieldRecord {
  package static let noun = "leadfield"
  package var names: [(noun: String, text: String)] {
    [("leadfield", name)]
  }

  /// They are no dataset's: a template serves all of them.
  package func arrays(in dataset: String) -> [RecordArray] {
    parts.map { part in
      let description = ArrayDescription(
        name: part.name == "leadfield" ? "leadfield/\(name)" : "leadfield/\(name)/\(part.name)", kind: "leadfield",
        parameters: ["leadfield": .string(name), "part": .string(part.name)])
      return RecordArray(description, ArraySource(part.array))
    }
  }

  /// Rows of tables `leadfield` and `leadfield_region`.
  package func enter(_ entry: RecordEntry) throws {
    let key = try entry.connection.insert(
      LeadfieldRow(
        activityID: entry.activity, name: name, format: format, directionCount: directionCount,
        channelCount: channels.count, sourceCount: sourceCount, atlas: atlas,
        droppedChannels: JSONValue.array(droppedChannels.map { .string($0) }).canonical, arrayID: entry.arrays[0]))
    for (i, region) in regions.enumerated() {
      try entry.connection.insert(
        LeadfieldRegionRow(
          leadfieldID: key, position: i, region: region.name, hemisphere: region.hemisphere,
          sourceCount: region.sourceCount, xM: region.centre?.x, yM: region.centre?.y, zM: region.centre?.z))
    }
  }
}
