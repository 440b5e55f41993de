import LinearAlgebra
import Statistics
import Vocabulary

/// What of position is taken out of a target, and of the features that are to predict it.
struct PositionTreatment: Hashable, Comparable, Sendable {
  enum Columns: Int, Sendable {
    /// Nothing: slow variation of features and target is learnt from and scored as any other.
    case none
    /// The slowest course that all stimuli share, of training rows; test rows are scored as they are.
    case course
    /// All of it, also of test rows, where slow variation is divided by √`slowRatio`.
    case all
  }

  let columns: Columns
  /// What slow variation of the test rows is divided by, squared.
  let slowRatio: Double

  static let nothing = PositionTreatment(columns: .none, slowRatio: 1)

  static func < (a: PositionTreatment, b: PositionTreatment) -> Bool {
    (a.columns.rawValue, a.slowRatio) < (b.columns.rawValue, b.slowRatio)
  }
}

extension EncodingProblem {
  /// The treatment of every target. It follows from all of the target's rows, tested ones too, and from nothing of the
  /// features: nulls hold the target as it is, and all models of it are scored alike.
  ///
  /// Under `.automatic` slow variation of a target stays in where `SlowEvidence` sees neither a course nor a drift: all of
  /// it with one or two stimuli, whose blocks are left out; with three or more all but the slowest course that they share,
  /// since a model that is learnt from other stimuli finds a shared course long before it can be seen.
  func positionTreatments() -> [PositionTreatment] {
    let first = position == nil ? PositionTreatment.nothing : .init(columns: .all, slowRatio: 1)
    var result = [PositionTreatment](repeating: first, count: targetCount)
    for group in groups {
      let rows = (0..<rowCount).filter { group.valid[$0] }
      guard let filter = positionFilter(rows) else { continue }
      let y = targets.selecting(rows: rows).selecting(columns: group.targets)
      let ratios = filter.slowRatio(y)
      let isStationary =
        settings.position == .automatic && position?.kind == .cosines
        ? SlowEvidence(self, rows).isStationary(y, slowRatios: ratios) : ratios.map { _ in false }
      let left = stimuli(of: rows).count < 3 ? PositionTreatment.Columns.none : .course
      for (k, target) in group.targets.enumerated() {
        result[target] =
          isStationary[k]
          ? PositionTreatment(columns: left, slowRatio: 1)
          : PositionTreatment(columns: .all, slowRatio: Self.rounded(ratios[k]))
      }
    }
    return result
  }

  /// To the next power of 2, up to 3 none and above 64 infinite, so that many targets share their folds.
  private static func rounded(_ ratio: Double) -> Double {
    ratio <= 3 ? 1 : [4, 8, 16, 32, 64].first { $0 * 2.0.squareRoot() >= ratio } ?? .infinity
  }

  /// The position columns that are taken out; nil: none.
  func positionColumns(_ columns: PositionTreatment.Columns) -> Matrix? {
    guard let position else { return nil }
    switch columns {
    case .none: return nil
    case .course: return position.values.selecting(columns: Array(0..<position.courseCount))
    case .all: return position.values
    }
  }

  /// Whether slow variation of a target stays in although position is asked for.
  func leavesSlowIn(_ target: Int) -> Bool { position != nil && treatments[target].columns != .all }

  /// Targets of a group that are treated alike.
  func byTreatment(_ group: KeptRows.Group) -> [KeptRows.Group] {
    Dictionary(grouping: group.targets) { treatments[$0] }.sorted { $0.key < $1.key }.map {
      KeptRows.Group(targets: $0.value, valid: group.valid)
    }
  }
}
