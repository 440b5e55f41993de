/// Whether two cohorts have people in common, as far as that is known.
///
/// Within a dataset a name is a person. Nothing says who is who in two datasets: the same name in both may or may not be the
/// same person.
public enum PeopleInCommon: String, Word {
  case none
  case shared
  /// Cohorts of two datasets have names in common.
  case namesakes

  /// - Parameters:
  ///   - a: names of the people of the first cohort.
  ///   - ofA: its dataset.
  public init(
    _ a: some Collection<some StringProtocol>, of ofA: String, _ b: some Collection<some StringProtocol>,
    of ofB: String
  ) {
    let isDisjoint = Set(a.map { String($0) }).isDisjoint(with: b.map { String($0) })
    self = isDisjoint ? .none : ofA == ofB ? .shared : .namesakes
  }

  /// What the flag of it says of a row.
  public var meaning: String {
    switch self {
    case .none: "The cohorts have no people in common."
    case .shared:
      "The cohorts have people in common, who count in each: the row speaks of stimuli like these and of these people; over cohorts, those that share people are one cluster."
    case .namesakes:
      "The cohorts are of different datasets and have names of people in common. Whether these are the same people is not known: the row takes them for different ones."
    }
  }

  /// What helps.
  public var remedy: String {
    switch self {
    case .none: "Nothing needs mending."
    case .shared:
      "Nothing needs mending where the same people heard the stimuli of each cohort; cohorts of different people (evoke cohort define NAME --subjects SQL) share nobody."
    case .namesakes:
      "If they are different people, nothing needs mending. If they are the same, import both into one dataset, where a name is a person, and compare with filters: {group_by: COLUMN} or two cohorts of it."
    }
  }
}
