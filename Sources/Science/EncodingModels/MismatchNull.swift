import LinearAlgebra
import Statistics

/// A score against those of the features of other stimuli: whatever all stimuli share, however fast, is in every draw.
///
/// Every permutation of the stimuli gives the targets of one the features of another, over the seconds that all have; the
/// identity is one of them, p is the share of permutations that score at least as high. Folds, lambdas and reductions are
/// those of the identity. With more than `allPermutations` stimuli permutations are drawn, and p = (k + 1) / (draws + 1).
public struct MismatchNull: Sendable {
  /// Why there is none.
  public enum Obstacle: String, Error, Sendable, CaseIterable {
    case fewStimuli = "fewer than four stimuli"
    case repeatedStimuli = "a stimulus is in several pieces"
    case unequalLengths = "stimuli differ in length by more than a fifth"
    case missingRows = "less than half of the seconds are there in all stimuli"
    case noFolds = "the common seconds are too few for folds"
  }

  /// Up to so many stimuli all permutations are used.
  public static let allPermutations = 5

  /// Per cell, over the common seconds.
  public let observed: [Double]
  /// `[permutations other than the identity, cells]`.
  public let draws: Matrix
  /// Per cell.
  public let p: [Double]

  /// - Parameters:
  ///   - draws: of permutations, where not all are used.
  ///   - cells: targets that are pooled, as in `NullRequest`.
  static func result(
    _ common: CommonSeconds, draws: Int, seed: UInt64, cells: [[Int]]? = nil
  ) throws -> Result<MismatchNull, Obstacle> {
    guard common.stimuli.count >= 4 else { return .failure(.fewStimuli) }
    guard common.likeness >= 0.8 else { return .failure(.unequalLengths) }
    return .success(try MismatchNull(common, draws: draws, seed: seed, cells: cells))
  }

  private init(_ common: CommonSeconds, draws: Int, seed: UInt64, cells: [[Int]]?) throws {
    func score(_ order: [Int]) throws -> [Double] {
      EncodingFit.pooled(try common.r(order) { common.fit.fits[$0].prepared.series }, .r, cells)
    }
    // The identity as the others, so that permutations of the same features are as good, to the bit.
    let count = common.stimuli.count
    let observed = try score(Array(0..<count))
    let orders = Self.permutations(of: count, draws: draws, seed: seed)
    var matrix = Matrix(rows: orders.count, columns: observed.count)
    for (draw, order) in orders.enumerated() {
      for (j, value) in try score(order).enumerated() { matrix[draw, j] = value }
    }
    self.observed = observed
    self.draws = matrix
    p = observed.indices.map { NullSummary(observed: observed[$0], draws: matrix.column($0)).p }
  }

  /// Mean, spread and p of a cell.
  public func summary(_ cell: Int) -> NullSummary { NullSummary(observed: observed[cell], draws: draws.column(cell)) }

  /// Permutations other than the identity: all of a few stimuli, in lexicographic order, else as many as are drawn.
  static func permutations(of count: Int, draws: Int, seed: UInt64) -> [[Int]] {
    guard count <= allPermutations else {
      return (0..<draws).map { draw in
        var stream = RandomStream(seed: seed, purpose: "mismatch", draw: draw)
        return stream.permutation(of: count)
      }
    }
    func orders(_ rest: [Int]) -> [[Int]] {
      rest.isEmpty ? [[]] : rest.flatMap { first in orders(rest.filter { $0 != first }).map { [first] + $0 } }
    }
    return Array(orders(Array(0..<count)).dropFirst())
  }
}
