import LinearAlgebra
import Statistics
import Testing

@Suite struct ClusterMassTests {
  private func noise(_ count: Int, seed: UInt64) -> [Double] {
    var stream = RandomStream(seed: seed, purpose: "cluster")
    return (0..<count).map { _ in stream.normal() }
  }

  @Test("clusters, masses and p equal those of SciPy's labels, in time and over a graph")
  func labels() throws {
    let golden = try StatisticsReference.load().clusters
    let draws = matrix(of: golden.draws)
    let count = golden.observed.count
    let graph = CellAdjacency(count: count, pairs: golden.pairs.map { ($0[0], $0[1]) })
    for (adjacency, expected) in [(CellAdjacency.line(count), golden.time), (graph, golden.graph)] {
      let found = ClusterMass(
        observed: golden.observed, draws: draws, adjacency: adjacency, threshold: golden.threshold, twoSided: true)
      #expect(found.clusters.map(\.cells) == expected.map(\.cells) && expected.count > 1)
      for (own, other) in zip(found.clusters, expected) {
        #expect(agree(own.mass, other.mass) && own.p == other.p, "\(own) \(other)")
      }
    }
  }

  @Test("cells without neighbours are the plain maximum statistic; all neighbours make one cluster")
  func ends() {
    let observed = [2.0, 0.2, 3.0, -2.5]
    let draws = Matrix(rows: 99, columns: 4, values: noise(99 * 4, seed: 4))
    let alone = ClusterMass(
      observed: observed, draws: draws, adjacency: CellAdjacency(count: 4, pairs: []), threshold: 1)
    #expect(alone.clusters.map(\.cells) == [[2], [0]])
    for cluster in alone.clusters {
      let reached = (0..<99).count { row in
        (0..<4).contains { draws[row, $0] > 1 && draws[row, $0] >= cluster.mass }
      }
      #expect(cluster.p == Double(reached + 1) / 100)
    }
    let pairs = (0..<4).flatMap { a in (0..<4).map { (a, $0) } }
    let one = ClusterMass(
      observed: observed, draws: draws, adjacency: CellAdjacency(count: 4, pairs: pairs), threshold: 1, twoSided: true)
    #expect(one.clusters.map(\.cells) == [[0, 2], [3]] && one.clusters[1].mass == -2.5)
    let p = one.p(cellCount: 4)
    #expect(p[1].isNaN && p[0] == p[2] && p[0] == one.clusters[0].p)
  }

  @Test("of cells apart the largest studentised value is the maximum statistic's, and cells without spread are in none")
  func studentised() {
    let observed = [1.9, 2.6, 0.4, 5]
    let draws = Matrix(
      rows: 39, columns: 4, values: (0..<39).flatMap { row in noise(3, seed: UInt64(row)).map { 2 * $0 + 1 } + [3] })
    let t = MultipleTesting.studentised(observed: observed, draws: draws)
    let clusters = ClusterMass(
      observed: t.observed, draws: t.draws, adjacency: CellAdjacency(count: 4, pairs: []), threshold: 1e-9)
    let pMax = MultipleTesting.maxStatistic(observed: observed, draws: draws)
    let p = clusters.p(cellCount: 4)
    #expect(p[1] == pMax[1] && p[3].isNaN && pMax[3].isNaN)
    for (j, column) in (0..<3).map({ j in (j, [t.observed[j]] + (0..<39).map { t.draws[$0, j] }) }) {
      #expect(abs(column.reduce(0, +)) < 1e-12, "\(j)")
      #expect(abs(column.reduce(0) { $0 + $1 * $1 } / 39 - 1) < 1e-12, "\(j)")
    }
  }

  @Test("names of cells do not tell, signs turn masses, and a missing cell parts its neighbours")
  func invariances() {
    let values = noise(30, seed: 9).map { $0 + 0.6 }
    let draws = Matrix(rows: 39, columns: 30, values: noise(39 * 30, seed: 10))
    func found(_ values: [Double], _ draws: Matrix, reversed: Bool = false) -> ClusterMass {
      let line = CellAdjacency.line(30)
      return ClusterMass(observed: values, draws: draws, adjacency: line, threshold: 0.5, twoSided: true)
    }
    let plain = found(values, draws)
    let turned = Matrix(
      rows: 39, columns: 30, values: (0..<39).flatMap { row in (0..<30).reversed().map { draws[row, $0] } })
    let mirrored = found(values.reversed(), turned)
    #expect(plain.clusters.map(\.p) == mirrored.clusters.map(\.p))
    #expect(plain.clusters.map { $0.cells.map { 29 - $0 }.sorted() } == mirrored.clusters.map(\.cells))
    let negative = found(values.map { -$0 }, Matrix(rows: 39, columns: 30, values: draws.values.map { -$0 }))
    #expect(plain.clusters.map(\.mass) == negative.clusters.map { -$0.mass })
    let gap = ClusterMass(
      observed: [1, 1, .nan, 1], draws: Matrix(rows: 0, columns: 4), adjacency: .line(4), threshold: 0.5)
    #expect(gap.clusters.map(\.cells) == [[0, 1], [3]] && gap.clusters.allSatisfy { $0.p.isNaN })
  }

  @Test("rows of regions hang together in time and space")
  func product() {
    let grid = CellAdjacency(count: 3, pairs: [(0, 2)]).over(rows: 2)
    #expect(grid.neighbours == [[2, 3], [4], [0, 5], [0, 5], [1], [2, 3]])
  }

  @Test("a planted cluster is found, and of noise at most a share of the level")
  func rate() {
    let (cells, runs, draws) = (40, 200, 39)
    func p(_ run: Int, planted: Double) -> Double {
      let all = noise(cells * (draws + 1), seed: UInt64(run))
      let observed = (0..<cells).map { all[$0] + ((10..<16).contains($0) ? planted : 0) }
      let found = ClusterMass(
        observed: observed, draws: Matrix(rows: draws, columns: cells, values: Array(all[cells...])),
        adjacency: .line(cells), threshold: 1)
      return found.clusters.first?.p ?? 1
    }
    let none = (0..<runs).count { p($0, planted: 0) <= 0.05 }
    // .05 and 3.1 standard errors of 200 runs.
    #expect(Double(none) / Double(runs) <= 0.05 + 3.1 * 0.0154)
    #expect((0..<20).allSatisfy { p($0, planted: 3) <= 0.05 })
  }
}
