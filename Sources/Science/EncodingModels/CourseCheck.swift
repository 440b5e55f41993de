import Vocabulary

/// Whether stimuli share a course that position leaves, so that the features of others predict a target as well as its own.
struct CourseCheck: Sendable {
  /// In how many scores without a shared course the features of others seem to predict; one in ten lets few courses pass.
  static let chance = 0.1
  /// Draws that tell a p of .1.
  private static let courseDraws = 99

  let mismatch: Result<MismatchNull, MismatchNull.Obstacle>
  /// Per target: whether the features of other stimuli predict it, too, and its own are not known to do better.
  private let sharesCourse: [Bool]
  /// Several stimuli, of which no course could be looked for.
  private let isUnchecked: Bool

  /// - Parameter data: those whose stimuli are compared.
  init(
    _ common: Result<CommonSeconds, MismatchNull.Obstacle>, of data: EncodingData, draws: Int, seed: UInt64
  ) throws {
    precondition(draws > 0, "a check has draws")
    switch common {
    case .failure(let obstacle):
      mismatch = .failure(obstacle)
      isUnchecked = Set(data.pieces.map(\.stimulus)).count > 1
      sharesCourse = [Bool](repeating: false, count: data.targetCount)
    case .success(let common):
      let mismatch = try MismatchNull.result(common, draws: draws, seed: seed)
      self.mismatch = mismatch
      isUnchecked = false
      let ownP = if case .success(let null) = mismatch { null.p } else { [Double]?.none }
      sharesCourse = try Self.sharesCourse(common, ownP: ownP, draws: min(draws, Self.courseDraws), seed: seed)
    }
  }

  /// Per target. `ownP`: of the own features by permutations, with four stimuli or more; with fewer phases tell.
  private static func sharesCourse(
    _ common: CommonSeconds, ownP: [Double]?, draws: Int, seed: UInt64
  ) throws -> [Bool] {
    let none = [Bool](repeating: false, count: common.fit.problem.targetCount)
    // Where the own features of every target do better there is nothing to ask.
    if let ownP, ownP.allSatisfy({ Significance.isReached(by: $0) }) { return none }
    guard let course = try SharedCourse(common, draws: draws, seed: seed, comparesOwn: ownP == nil) else { return none }
    return none.indices.map { target in
      let better = ownP?[target] ?? course.differenceP[target]
      return course.othersP[target] <= chance && !Significance.isReached(by: better)
    }
  }

  /// What follows for a target.
  func flags(of target: Int) -> Set<EncodingFlag> {
    isUnchecked ? [.courseNotChecked] : sharesCourse[target] ? [.sharedCourse] : []
  }
}
