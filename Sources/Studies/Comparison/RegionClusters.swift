import ContentIdentity
import Diagnostics
import Encoding
import Haemodynamics
import LabelledArrays
import LinearAlgebra
import Statistics
import Warehouse
import Work

/// Where a cell stands: on a map of regions, with everything else equal, at one of them.
struct MapPlace {
  /// What the cells of one map have in common.
  let map: [String]
  /// nil: the target has no regions.
  let region: String?

  /// - Parameter overSubjects: whether the map is of a test over subjects.
  init(_ cell: ComparisonCell, overSubjects: Bool = false) {
    let keys = cell.keys
    let person = overSubjects ? [] : [FitKeys.spelled(keys.subject), FitKeys.spelled(keys.rater)]
    map =
      [
        keys.dataset, keys.cohort, keys.featureSet, FitKeys.spelled(keys.layerKey), keys.element.rawValue,
        keys.targetKind.rawValue, keys.target, keys.targetParameters, cell.score.mode.label,
      ] + person
    region = keys.targetKind == .annotation ? nil : cell.name
  }
}

/// Clusters of regions that touch in the image of their atlas, in the cells of a family.
///
/// T = (value - null mean) / null SD of a cell, observed value and draws alike; cells of one map with T above
/// `threshold` whose regions share a face of a voxel hang together; p of a cluster is that of its mass against the largest
/// mass of each draw in the whole family.
struct RegionClusters {
  /// An atlas with an image, as its unit knows it.
  struct Atlas: Codable, Sendable {
    let name: String
    /// Labels of the regions that the study has.
    let codes: [String: Int]
  }

  /// What a cell's cluster is.
  struct Found {
    let cluster: Int
    let cellCount: Int
    let mass: Double
    let p: Double
  }

  static let threshold = ClusterMass.oneSidedThreshold
  /// What the inputs are.
  static let role = "atlas"

  private struct Neighbours {
    let names: Set<String>
    let pairs: Set<[String]>
  }

  private let atlases: [Neighbours]

  /// nil where clusters are not asked for.
  ///
  /// - Parameter atlases: in the order of the task's images.
  init?(_ atlases: [Atlas], _ task: UnitTask) throws {
    guard !atlases.isEmpty else { return nil }
    let images = task.arrays(Self.role)
    precondition(images.count == atlases.count, "an image of each atlas")
    self.atlases = try zip(atlases, images).map { try Self.neighbours($0, $1) }
  }

  private static func neighbours(_ atlas: Atlas, _ image: TaskArray) throws -> Neighbours {
    let stored = try ArrayReader.read(image.reference)
    guard let places = stored.axes.first?.numbers,
      let dims = image.description.parameters["dims"]?.arrayValue?.compactMap(\.intValue), dims.count == 3
    else {
      throw EvokeError(
        .inputMissing, image.description.name, reason: "its array has no grid",
        remedy: "forget the atlas and import it again")
    }
    let names = Dictionary(atlas.codes.map { ($1, $0) }, uniquingKeysWith: min)
    let pairs = TouchingRegions.pairs(places: places.map { Int($0) }, labels: stored.values.map { Int($0) }, dims: dims)
    return Neighbours(
      names: Set(atlas.codes.keys),
      pairs: Set(
        pairs.compactMap { a, b in
          guard let first = names[a], let second = names[b] else { return nil }
          return [first, second].sorted()
        }))
  }

  /// Per cell its cluster; nil for cells in none.
  ///
  /// - Parameter draws: `[draw, cell]`, one draw the same in all cells.
  func found(_ places: [MapPlace], observed: [Double], draws: Matrix) -> [Found?] {
    let t = MultipleTesting.studentised(observed: observed, draws: draws)
    let mass = ClusterMass(
      observed: t.observed, draws: t.draws, adjacency: adjacency(places), threshold: Self.threshold)
    var found = [Found?](repeating: nil, count: places.count)
    for (number, cluster) in mass.clusters.enumerated() {
      for cell in cluster.cells {
        found[cell] = Found(cluster: number + 1, cellCount: cluster.cells.count, mass: cluster.mass, p: cluster.p)
      }
    }
    return found
  }

  private func adjacency(_ places: [MapPlace]) -> CellAdjacency {
    let maps = Dictionary(grouping: places.indices.filter { places[$0].region != nil }) { places[$0].map }
    let pairs = maps.values.flatMap { cells -> [(Int, Int)] in
      let names = Set(cells.compactMap { places[$0].region })
      // Regions that no atlas knows touch nothing.
      guard let atlas = atlases.max(by: { $0.names.intersection(names).count < $1.names.intersection(names).count })
      else { return [] }
      let byName = Dictionary(grouping: cells) { places[$0].region }
      return atlas.pairs.flatMap { pair in
        byName[pair[0], default: []].flatMap { a in byName[pair[1], default: []].map { (a, $0) } }
      }
    }
    return CellAdjacency(count: places.count, pairs: pairs)
  }
}
