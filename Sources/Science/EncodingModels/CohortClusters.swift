/// Which cohorts hang together: those that share a stimulus or a person, or share one with a cohort that does.
///
/// What cohorts share makes their scores err alike: the same film, the same brains. A mean over them takes clusters of such
/// cohorts as its units.
public struct CohortClusters: Sendable, Equatable {
  /// What cohorts of a cluster have in common.
  public enum Sharing: String, Sendable {
    case stimuli = "shared_stimuli"
    case people = "shared_people"
    case both = "shared_stimuli_and_people"
  }

  /// One number for each cohort, the same of those that hang together.
  public let numbers: [Int]
  /// nil: every cohort stands alone.
  public let by: Sharing?
  /// Whether all cohorts hang together by stimuli.
  public let shareStimuli: Bool

  /// - Parameters:
  ///   - stimuli: of every cohort, by what is one for whoever heard it.
  ///   - people: of every cohort; empty where nobody is known.
  public init<Stimulus: Hashable, Person: Hashable>(stimuli: [Set<Stimulus>], people: [Set<Person>]) {
    precondition(stimuli.count == people.count, "stimuli and people of the same cohorts")
    func joined(_ isOne: (Int, Int) -> Bool) -> [Int] {
      var numbers = Array(stimuli.indices)
      for i in stimuli.indices {
        for j in 0..<i where numbers[i] != numbers[j] && isOne(i, j) {
          let (kept, gone) = (min(numbers[i], numbers[j]), max(numbers[i], numbers[j]))
          numbers = numbers.map { $0 == gone ? kept : $0 }
        }
      }
      return numbers
    }
    func heardAlike(_ i: Int, _ j: Int) -> Bool { !stimuli[i].isDisjoint(with: stimuli[j]) }
    func shareSomebody(_ i: Int, _ j: Int) -> Bool { !people[i].isDisjoint(with: people[j]) }
    numbers = joined { heardAlike($0, $1) || shareSomebody($0, $1) }
    let (ofStimuli, ofPeople) = (joined(heardAlike), joined(shareSomebody))
    shareStimuli = Set(ofStimuli).count == 1 && stimuli.count > 1
    let alone = Array(stimuli.indices)
    by =
      switch (ofStimuli != alone, ofPeople != alone) {
      case (true, true): .both
      case (true, false): .stimuli
      case (false, true): .people
      case (false, false): nil
      }
  }
}
