import Foundation
import LinearAlgebra
import Statistics
import Testing

/// Subjects who hear the same music and agree in part, and features that have nothing to do with it: the F of their largest
/// lagged correlations against draws of the features' phases that all subjects have in common.
@Suite struct SharedStimulusTests {
  private static let (subjects, pieces, seconds, draws) = (16, 2, 120, 19)
  private static let memories = [0.3, 0.9]

  private struct Run {
    var stream: RandomStream

    mutating func slow(_ memory: Double) -> [Double] {
      var level = stream.normal()
      return (0..<SharedStimulusTests.seconds).map { _ in
        level = memory * level + (1 - memory * memory).squareRoot() * stream.normal()
        return level
      }
    }

    func changes(_ x: [Double]) -> [Double] { zip(x.dropFirst(), x).map { $0 - $1 } }
  }

  /// p of the F, and of the same against common draws.
  private func test(_ run: Int, agreement: Double) -> (parametric: Double, common: Double) {
    var world = Run(stream: RandomStream(seed: UInt64(run), purpose: "shared stimulus"))
    let lags = Array(0...5)
    var z = [[Double]](
      repeating: [Double](repeating: 0, count: Self.subjects * Self.memories.count), count: Self.draws + 1)
    for piece in 0..<Self.pieces {
      let features = Self.memories.map { world.changes(world.slow($0)) }
      let shared = world.slow(0.7)
      let ratings = (0..<Self.subjects).map { _ in
        let own = world.slow(0.7)
        return world.changes(zip(shared, own).map { agreement.squareRoot() * $0 + (1 - agreement).squareRoot() * $1 })
      }
      for (feature, series) in features.enumerated() {
        let phases = PhaseRandomiser(series, rows: series.count, columns: 1)
        var drawn = series
        for draw in 0...Self.draws {
          if draw > 0 {
            phases.draw(
              RandomStream(seed: UInt64(run), purpose: "phase", key: "\(piece)", draw: draw), into: &drawn)
          }
          for (subject, rating) in ratings.enumerated() {
            let largest = LaggedCorrelation(drawn, rating, lags: lags).maximum
            z[draw][subject * Self.memories.count + feature] += Correlation.fisherZ(largest)
          }
        }
      }
    }
    let found = z.map {
      RepeatedMeasures(Matrix(rows: Self.subjects, columns: Self.memories.count, values: $0))
    }
    return (found[0].pGG, NullSummary(observed: found[0].f, draws: found.dropFirst().map(\.f)).p)
  }

  @Test("common draws keep their level where the parametric F does not")
  func level() {
    let runs = 200
    let found = (0..<runs).map { test($0, agreement: 0.3) }
    let common = Double(found.count { $0.common <= 0.05 }) / Double(runs)
    let parametric = Double(found.count { $0.parametric <= 0.05 }) / Double(runs)
    // .05 and 3.1 standard errors of 200 runs; the parametric rate is far above it.
    #expect(common <= 0.05 + 3.1 * 0.0154, "\(common)")
    #expect(parametric > 0.15, "\(parametric)")
  }
}
