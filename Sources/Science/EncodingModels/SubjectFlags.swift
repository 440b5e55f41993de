import Statistics
import Vocabulary

/// What is said of a row over several subjects, and whether it may be reported.
///
/// Every flag of a subject holds of the row, but for `shared_course`: a tenth of scores carries it by chance
/// (`CourseCheck.chance`), so that hardly any row over many subjects would be without. It holds of the row where more
/// subjects carry it than chance gives in one of twenty rows.
public struct SubjectFlags: Sendable, Equatable {
  /// One subject's score of one model.
  public struct Score: Sendable {
    public let value: Double
    public let flags: Set<EncodingFlag>
    /// Stimuli that its folds test.
    public let stimulusCount: Int

    public init(value: Double, flags: Set<EncodingFlag>, stimulusCount: Int) {
      (self.value, self.flags, self.stimulusCount) = (value, flags, stimulusCount)
    }
  }

  public let flags: Set<EncodingFlag>
  public let isValid: Bool

  /// - Parameter models: the subjects' scores of every model that the row is made of.
  public init(_ models: [[Score]]) {
    // How rarely chance gives as many.
    let share = Significance.level / Double(max(1, models.count))
    let sharesCourse = models.contains { scores in
      let carrying = scores.count { $0.flags.contains(.sharedCourse) }
      return Distributions.binomialTail(carrying, of: scores.count, probability: CourseCheck.chance) <= share
    }
    var flags: Set<EncodingFlag> = []
    for score in models.joined() { flags.formUnion(score.flags) }
    if !sharesCourse { flags.remove(.sharedCourse) }
    self.flags = flags
    isValid =
      !sharesCourse
      && models.joined().allSatisfy { score in
        !score.value.isNaN
          && !score.flags.contains {
            $0 != .sharedCourse && $0.invalidates(stimulusCount: score.stimulusCount)
          }
      }
  }
}
