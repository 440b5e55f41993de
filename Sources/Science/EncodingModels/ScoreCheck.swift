/// What is asked of a score before it is believed: whether other stimuli's features, or features and target without memory,
/// do as well.
public struct ScoreCheck: Sendable {
  /// Of its nulls; of permutations no more than there are.
  public let draws: Int
  public let prewhitened: PrewhitenedScore
  private let course: CourseCheck

  public var mismatch: Result<MismatchNull, MismatchNull.Obstacle> { course.mismatch }

  /// - Parameter data: bands that are tested, without covariates.
  /// - Throws: `E-ENC-...` where the data do not allow a fit.
  public init(_ data: EncodingData, settings: EncodingSettings, draws: Int, seed: UInt64) throws {
    self.draws = draws
    prewhitened = try PrewhitenedScore(data, settings: settings, draws: draws, seed: seed)
    course = try CourseCheck(try CommonSeconds.result(data, settings: settings), of: data, draws: draws, seed: seed)
  }

  /// What follows for a target.
  public func flags(of target: Int) -> Set<EncodingFlag> { course.flags(of: target) }
}
