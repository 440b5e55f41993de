import ContentIdentity
import Diagnostics
import Haemodynamics
import Importing
import LabelledArrays
import Warehouse

/// An imported atlas with its label image: what reduces volumes to regions, and paints regions back.
package struct RegionAtlas: Sendable {
  package let name: String
  /// Labels of the table's regions; labels without a row are gone.
  package let labels: AtlasLabels
  /// The region of each code of `labels`.
  package let regions: [String]
  /// Space of the affine as in the image (`sform_code`).
  package let sformCode: Int
  /// The stored image.
  package let array: UsedArray

  /// Name and content, for the identity of what is made with it.
  package var identity: JSONValue { ["name": .string(name), "sha256": .string(array.sha256)] }

  /// From a stored label image and the table's regions by label.
  ///
  /// - Throws: `atlasImageUnmatched` where no label of the image has a region.
  package init(
    name: String, image: LabelledArray, grid: JSONValue, names: [Int: String], array: UsedArray
  ) throws {
    guard let dims = grid["dims"]?.arrayValue?.compactMap(\.intValue), dims.count == 3, dims.allSatisfy({ $0 > 0 }),
      let affine = grid["affine"]?.arrayValue?.compactMap(\.doubleValue), affine.count == 16,
      let sformCode = grid["sform_code"]?.intValue, let places = image.axes.first?.numbers
    else {
      throw EvokeError(
        .notAnAtlas, array.name, reason: "its array has no grid", remedy: "forget the atlas and import it again")
    }
    var dense = [Double](repeating: 0, count: dims.reduce(1, *))
    for (place, label) in zip(places, image.values) where names[Int(label)] != nil {
      guard dense.indices.contains(Int(place)) else {
        throw EvokeError(
          .notAnAtlas, array.name, reason: "voxel \(Int(place)) lies outside its grid of \(dense.count)",
          remedy: "forget the atlas and import it again")
      }
      dense[Int(place)] = Double(label)
    }
    guard dense.contains(where: { $0 != 0 }) else {
      throw EvokeError(
        .atlasImageUnmatched, "atlas \(name)", reason: "no voxel has a label of the table",
        remedy: "check the table's index column against the image")
    }
    self.name = name
    labels = try AtlasLabels(grid: ImageGrid(dims: dims, affine: affine), labels: dense, object: array.name)
    regions = labels.codes.map { names[$0, default: ""] }
    self.sformCode = sformCode
    self.array = array
  }

  /// The atlas of that name in a warehouse.
  ///
  /// - Throws: `unknownName`, `atlasWithoutImage`, what reading an array throws.
  package init(named name: String, in warehouse: Warehouse) throws {
    let regions = try warehouse.read { try $0.atlasImage(name: name) }
    guard !regions.isEmpty else {
      let known = try warehouse.read { try $0.atlasList() }.map(\.name)
      throw EvokeError(
        .unknownName, "atlas \(name)", reason: "no atlas of that name was imported",
        remedy: NearMiss.suggestion(name, in: known))
    }
    guard let image = try warehouse.read({ try $0.atlasArray(name: name) }).first else {
      throw EvokeError(
        .atlasWithoutImage, "atlas \(name)", reason: "only its table was imported",
        remedy: "evoke import atlas TABLE --image LABELS.nii.gz")
    }
    var names: [Int: String] = [:]
    for region in regions { if let code = region.code { names[code] = region.region } }
    try self.init(
      name: name, image: try ArrayReader.read(warehouse.reference(image)),
      grid: try JSONValue(parsing: image.parameters), names: names,
      array: UsedArray(name: image.name, sha256: image.logicalSHA256, role: "atlas"))
  }

  /// The regions in the order of `labels`, those without a number NaN, as a volume `[k, j, i]`.
  package func painted(_ numbers: [String: Double], outside: Double) -> [Double] {
    paint(regions.map { numbers[$0] ?? outside }, on: labels, outside: outside)
  }
}
