import LinearAlgebra

/// Which cells lie side by side: seconds of a stimulus, regions of an atlas, or both.
public struct CellAdjacency: Sendable, Equatable {
  /// Per cell its neighbours.
  public let neighbours: [[Int]]

  /// From pairs of neighbours; either order, repeats and pairs of a cell with itself change nothing.
  public init(count: Int, pairs: [(Int, Int)]) {
    var found = [Set<Int>](repeating: [], count: count)
    for (a, b) in pairs {
      precondition((0..<count).contains(a) && (0..<count).contains(b), "a pair names no cell")
      guard a != b else { continue }
      found[a].insert(b)
      found[b].insert(a)
    }
    neighbours = found.map { $0.sorted() }
  }

  /// Cells in a row, as seconds are.
  public static func line(_ count: Int) -> CellAdjacency {
    CellAdjacency(count: count, pairs: (0..<max(0, count - 1)).map { ($0, $0 + 1) })
  }

  /// `[time, cell]`, row-major: a cell touches itself a row earlier and later and its neighbours in the same row.
  public func over(rows: Int) -> CellAdjacency {
    let width = neighbours.count
    var pairs: [(Int, Int)] = []
    for row in 0..<rows {
      for (cell, others) in neighbours.enumerated() {
        if row + 1 < rows { pairs.append((row * width + cell, (row + 1) * width + cell)) }
        pairs += others.map { (row * width + cell, row * width + $0) }
      }
    }
    return CellAdjacency(count: rows * width, pairs: pairs)
  }
}

/// Cluster-mass correction of a statistic by null draws of all cells (Bullmore et al. 1999; Maris and Oostenveld 2007).
///
/// Cells with T > threshold (two-sided: or T < -threshold, apart) that hang together over `adjacency` are a cluster; its mass is
/// the sum of T over them. `p = (1 + #{draws: the largest |mass| of the draw reaches |mass|}) / (draws + 1)`. It says that
/// there is a cluster, not which of its cells or how far it reaches. One row of `draws` must be one draw in all cells.
public struct ClusterMass: Sendable, Equatable {
  public struct Cluster: Sendable, Equatable {
    /// Ascending.
    public let cells: [Int]
    /// Negative for cells below -threshold.
    public let mass: Double
    /// NaN without draws.
    public let p: Double
  }

  /// One-sided .05 of a normal distribution, for values that are studentised.
  public static let oneSidedThreshold = Distributions.normalQuantile(0.95)

  /// By mass, the largest |mass| first.
  public let clusters: [Cluster]

  /// - Parameters:
  ///   - observed: T per cell; a NaN belongs to no cluster.
  ///   - draws: `[draw, cell]`, T as observed: not made smaller or larger by anything else.
  ///   - threshold: above 0, in units of T.
  public init(
    observed: [Double], draws: Matrix, adjacency: CellAdjacency, threshold: Double, twoSided: Bool = false
  ) {
    precondition(
      observed.count == draws.columns && observed.count == adjacency.neighbours.count, "one value per cell")
    precondition(threshold > 0, "cells of a cluster lie above a positive threshold")
    func found(_ values: [Double]) -> [(cells: [Int], mass: Double)] {
      Self.found(values, adjacency.neighbours, above: threshold)
        + (twoSided
          ? Self.found(values.map { -$0 }, adjacency.neighbours, above: threshold).map { ($0.cells, -$0.mass) } : [])
    }
    let largest = (0..<draws.rows).map { row in
      let values = Array(draws.values[(row * draws.columns)..<((row + 1) * draws.columns)])
      return found(values).map { abs($0.mass) }.reduce(0, max)
    }
    clusters = found(observed).map { cluster in
      let count = largest.count { $0 >= abs(cluster.mass) }
      let p = largest.isEmpty ? Double.nan : Double(count + 1) / Double(largest.count + 1)
      return Cluster(cells: cluster.cells, mass: cluster.mass, p: p)
    }.sorted { (-abs($0.mass), $0.cells[0]) < (-abs($1.mass), $1.cells[0]) }
  }

  /// p of the cluster of every cell; NaN for cells in none.
  public func p(cellCount: Int) -> [Double] {
    var p = [Double](repeating: .nan, count: cellCount)
    for cluster in clusters { for cell in cluster.cells { p[cell] = cluster.p } }
    return p
  }

  private static func found(
    _ values: [Double], _ neighbours: [[Int]], above threshold: Double
  ) -> [(cells: [Int], mass: Double)] {
    var isOpen = values.map { $0 > threshold }
    var clusters: [(cells: [Int], mass: Double)] = []
    for start in values.indices where isOpen[start] {
      isOpen[start] = false
      var cells = [start]
      var next = 0
      while next < cells.count {
        for cell in neighbours[cells[next]] where isOpen[cell] {
          isOpen[cell] = false
          cells.append(cell)
        }
        next += 1
      }
      cells.sort()
      clusters.append((cells, cells.reduce(0) { $0 + values[$1] }))
    }
    return clusters
  }
}
