import Vocabulary
import Warehouse

/// What ratings have in common with responses and with synchrony, where one course drives both.
extension SimulateFindings {
  /// Of every rating of the study and every region of responses: which comes first, by the lags of both. A region or a rating
  /// driven by nothing has neither before it, and courses that come at once have none first.
  static func ofDirections(_ truth: SimulationTruth, _ rows: [Rows.GradeDirections]) -> [Finding] {
    pairs(of: .response, in: truth, rated: Set(rows.map(\.rating))).compactMap { rating, region, course in
      let name = rating.target
      func said(_ sign: Double) -> String {
        sign > 0 ? "\(name) before" : sign < 0 ? "\(name) after" : "neither way of \(name)"
      }
      let planted = said(course == .none ? 0 : region.lagS - rating.lagS)
      let row = rows.first {
        $0.rating == name && region.isTarget(kind: region.kind.rawValue, $0.target, $0.region, cohort: $0.cohort)
      }
      guard let row, let mean = row.mean, let p = row.p else {
        let found = row == nil ? "no row of \(name)" : "no difference"
        return .absent("direction", region, of: region.cohort, planted: planted, found: found)
      }
      let found = said(Significance.isReached(by: p) ? mean : 0)
      return Finding(
        finding: "direction", kind: region.kind.rawValue, target: region.region ?? region.target, cohort: region.cohort,
        planted: planted, found: found, value: mean, isRight: found == planted, isValid: row.valid == 1,
        flags: row.flags)
    }
  }

  /// Of every rating of the study and every region of synchrony: whether they rise together, by the sign of their weights.
  /// Of courses at different lags nothing is asked.
  static func ofAgreement(_ truth: SimulationTruth, _ rows: [Rows.GradeAgreement]) -> [Finding] {
    let units = Dictionary(grouping: rows, by: \.unitKey).sorted { $0.key < $1.key }.map(\.value)
    return pairs(of: .synchrony, in: truth, rated: Set(rows.map(\.rating))).flatMap { rating, region, course in
      let name = rating.target
      guard course == .none || abs(rating.lagS - region.lagS) <= 1 else { return [Finding]() }
      func said(_ sign: Double) -> String {
        sign > 0 ? "with \(name)" : sign < 0 ? "against \(name)" : "nothing of \(name)"
      }
      let planted = said(course.sign)
      return units.filter { $0[0].rating == name }.map { unit in
        let row = unit.first {
          region.isTarget(kind: region.kind.rawValue, region.target, $0.region, cohort: $0.cohort)
        }
        guard let row, let r = row.r, let p = row.p else {
          let found = row.map { $0.r == nil ? "no r" : "no p of r" } ?? "no row of it"
          return .absent("agreement", region, of: region.cohort, planted: planted, found: found)
        }
        let found = said(Significance.isReached(by: p) ? r : 0)
        return Finding(
          finding: "agreement", kind: region.kind.rawValue, target: region.region ?? region.target,
          cohort: region.cohort, planted: planted, found: found, value: r, isRight: found == planted,
          isValid: row.valid == 1, flags: row.flags)
      }
    }
  }

  /// What two targets have in common.
  private enum SharedCourse {
    case same, opposite, none

    var sign: Double {
      switch self {
      case .same: 1
      case .opposite: -1
      case .none: 0
      }
    }

    /// nil for two drivers, or one of different weights: what they share was not planted. Components of a driver have unit
    /// variance and are not correlated, so that r of two courses is the cosine of their weights.
    init?(_ one: SimulationTruth.Target, _ other: SimulationTruth.Target) {
      guard !one.driver.isEmpty, !other.driver.isEmpty else {
        self = .none
        return
      }
      guard one.driver == other.driver, one.element == other.element, one.weights.count == other.weights.count else {
        return nil
      }
      func product(_ a: [Double], _ b: [Double]) -> Double { zip(a, b).reduce(0) { $0 + $1.0 * $1.1 } }
      let cosine =
        product(one.weights, other.weights)
        / (product(one.weights, one.weights) * product(other.weights, other.weights)).squareRoot()
      guard abs(cosine) >= 0.9 else { return nil }
      self = cosine > 0 ? .same : .opposite
    }
  }

  /// Every rating that the study has rows of with every region of a kind, of one cohort.
  private static func pairs(
    of kind: SimulationTruth.Kind, in truth: SimulationTruth, rated: Set<String>
  ) -> [(rating: SimulationTruth.Target, region: SimulationTruth.Target, course: SharedCourse)] {
    truth.targets.filter { $0.kind == .annotation && rated.contains($0.target) }.flatMap { rating in
      truth.targets.filter { $0.kind == kind && $0.cohort == rating.cohort }.compactMap { region in
        SharedCourse(rating, region).map { (rating, region, $0) }
      }
    }
  }
}
