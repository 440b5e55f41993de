import ContentIdentity
import Diagnostics
import Warehouse

/// A table of regions.
package struct AtlasRecord: ImportRecord {
  package struct Region: Sendable, Equatable {
    package var name: String
    package var hemisphere: String?
    /// Group column -> value (`network` -> `limbic`).
    package var groups: [String: String]
    /// Its label in the image.
    package var code: Int?

    package init(name: String, hemisphere: String?, groups: [String: String], code: Int? = nil) {
      self.name = name
      self.hemisphere = hemisphere
      self.groups = groups
      self.code = code
    }
  }

  /// A label image: axis voxel holds the places of labelled voxels, `i + dims[0] (j + dims[1] k)`, values are labels.
  package struct Image: Sendable {
    package var array: ArraySource
    /// `dims`, `affine` (row-major, 4 x 4) and `sform_code`.
    package var grid: [String: JSONValue]

    package init(array: ArraySource, grid: [String: JSONValue]) {
      self.array = array
      self.grid = grid
    }
  }

  package var name: String
  package var regions: [Region]
  package var image: Image?

  package init(name: String, regions: [Region], image: Image? = nil) {
    self.name = name
    self.regions = regions
    self.image = image
  }
}

extension AtlasRecord {
  package static let noun = "atlas"
  package static let plural = "atlases"
  package var names: [(noun: String, text: String)] {
    [("atlas", name)]
  }
  package static let isTable = true

  package func conflict(in place: ImportPlace) throws -> EvokeError? {
    guard try !place.connection.atlasNamed(name: name).isEmpty else { return nil }
    return EvokeError(.alreadyImported, name, reason: "an atlas of that name is there", remedy: "give another --name")
  }

  package func arrays(in dataset: String) -> [RecordArray] {
    guard let image else { return [] }
    var parameters = image.grid
    parameters["atlas"] = .string(name)
    return [
      RecordArray(
        ArrayDescription(name: "atlas/\(name)", kind: "atlas", parameters: .object(parameters)), image.array)
    ]
  }

  /// Rows of tables `atlas`, `region` and `region_group`.
  package func enter(_ entry: RecordEntry) throws {
    let atlas = try entry.connection.insert(
      AtlasRow(activityID: entry.activity, name: name, arrayID: entry.arrays.first))
    for region in regions {
      let key = try entry.connection.insert(
        RegionRow(atlasID: atlas, name: region.name, hemisphere: region.hemisphere, code: region.code))
      for (grouping, name) in region.groups.sorted(by: { $0.key < $1.key }) {
        try entry.connection.insert(RegionGroupRow(regionID: key, grouping: grouping, name: name))
      }
    }
  }
}
