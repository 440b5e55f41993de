import ContentIdentity
import LabelledArrays
import Statistics
import Warehouse

/// One number per region.
protocol RegionalMap {
  /// In the order of the regions that it was found in; NaN: none.
  var values: [(region: String, value: Double)] { get }
  /// What is never corrected together with others.
  var family: [String] { get }
  /// For axes and people.
  var label: String { get }
}

/// Maps against columns of an atlas, all under the same rotations of the sphere of its regions.
struct ComparedMaps<Map: RegionalMap> {
  /// A map against a column.
  struct Compared {
    let map: Map
    let column: String
    let correlation: MapCorrelation
    /// Regions of the map that the correlation lacks.
    let leftOut: Int
    /// Over the maps and columns of its family; NaN without draws.
    fileprivate(set) var pMax = Double.nan
    /// Correlations corrected together.
    fileprivate(set) var familySize = 0

    var label: String { "\(map.label)/\(column)" }
  }

  let atlas: AtlasPlaces
  let maps: [Map]
  /// Map by map.
  private(set) var all: [Compared]

  /// - Parameters:
  ///   - draws: rotations; 0: there is no null.
  init(_ maps: [Map], _ atlas: AtlasPlaces, draws: Int, seed: UInt64) {
    guard let sphere = atlas.sphere else { preconditionFailure("the plan holds places of a sphere") }
    (self.maps, self.atlas) = (maps, atlas)
    let rotations = (0..<draws).map { draw in
      var stream = RandomStream(seed: seed, purpose: "spin", draw: draw)
      return sphere.sources(&stream)
    }
    all = maps.flatMap { map in
      let known = Dictionary(map.values.map { ($0.region, $0.value) }, uniquingKeysWith: { first, _ in first })
      let values = atlas.regions.map { known[$0.name] ?? .nan }
      return atlas.columns.map { column in
        let correlation = MapCorrelation(values, column.values.map { $0 ?? .nan }, rotations: rotations)
        return Compared(
          map: map, column: column.name, correlation: correlation,
          leftOut: map.values.count { !$0.value.isNaN } - correlation.count)
      }
    }
    for places in Dictionary(grouping: all.indices, by: { all[$0].map.family }).values {
      let pMax = MapCorrelation.pMax(places.map { all[$0].correlation })
      let size = pMax.count { !$0.isNaN }
      for (place, p) in zip(places, pMax) { (all[place].pMax, all[place].familySize) = (p, size) }
    }
  }

  /// Fisher z of the draws, draw x correlation of those that have draws.
  func store(_ name: String, of study: String, draws: Int, group: String, in writer: ArrayFileWriter) throws {
    let drawn = all.filter { !$0.correlation.draws.isEmpty }
    guard !drawn.isEmpty else { return }
    let description = ArrayDescription(
      name: name, kind: "null", parameters: ["atlas": .string(atlas.name), "of": .string(study)])
    let values = (0..<draws).flatMap { draw in drawn.map { Float($0.correlation.draws[draw]) } }
    try writer.add(
      description, group: group,
      LabelledArray(axes: [.index("draw", draws), .labels("cell", drawn.map(\.label))], values: values))
  }

  /// Whether every region of a map has a place: what was seen, and whether it passes.
  func placed(_ map: Map) -> (observed: JSONValue, isPassed: Bool) {
    let places = Set(atlas.regions.map(\.name))
    let regions = map.values.filter { !$0.value.isNaN }.map(\.region)
    let strange = regions.filter { !places.contains($0) }
    let observed: JSONValue = [
      "regions": .int(regions.count), "without_place": .int(strange.count),
      "such_as": strange.min().map { .string($0) } ?? .null,
    ]
    return (observed, strange.isEmpty)
  }
}

extension ComparedMaps.Compared {
  var hasNull: Bool { correlation.turned != nil }
  /// Rotations that were drawn; nil without a null.
  var drawCount: Int? { hasNull ? correlation.draws.count : nil }

  /// r of the draws' mean, and of the ends between which 95 % of them lie; nil without draws, and where one has no r.
  var null: (mean: Double, low: Double, high: Double)? {
    let draws = correlation.draws
    guard hasNull, !draws.contains(where: \.isNaN) else { return nil }
    return (
      Correlation.inverseFisherZ(Moments.mean(draws)), Correlation.inverseFisherZ(Moments.quantile(draws, 0.025)),
      Correlation.inverseFisherZ(Moments.quantile(draws, 0.975))
    )
  }

  /// Why the correlation is not to be reported, or why there is no p; nil: it may be.
  var reason: String? {
    let count = correlation.count
    if correlation.r.isNaN { return "\(count) regions have both, or one of the maps is constant" }
    if count < MapCorrelation.fewestRegions {
      return "\(count) regions have both: p is reported from \(MapCorrelation.fewestRegions) on"
    }
    if correlation.spread > MapCorrelation.largestSpread {
      let spread = JSONValue.number((100 * correlation.spread).rounded() / 100).canonical
      return "turned maps still have an r of \(spread) (root mean square): maps so smooth are found too often"
    }
    return nil
  }
}

/// The regions of an atlas that have a place, and its columns of numbers.
struct AtlasPlaces {
  let name: String
  let regions: [GradientStep.Parameters.Region]
  let columns: [GradientStep.Parameters.Column]

  /// nil where a region lies in the middle of its hemisphere.
  var sphere: RegionSphere? {
    RegionSphere(regions.map { RegionSphere.Place($0.hemisphere, SIMD3($0.x, $0.y, $0.z)) })
  }
}
