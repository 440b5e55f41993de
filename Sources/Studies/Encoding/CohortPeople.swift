import EncodingModels
import Vocabulary

/// Who stands behind the targets of several cohorts' fits.
package struct CohortPeople: Codable, Sendable, Hashable {
  /// Subjects or raters of one dataset, in order.
  package struct Group: Codable, Sendable, Hashable {
    let dataset: String
    let subjects: [String]

    package init(dataset: String, subjects: [String]) { (self.dataset, self.subjects) = (dataset, subjects) }
  }

  private let groups: [Group]
  /// The group of every fit, by the key of its unit; of targets that are one person's there is none.
  private let places: [String: Int]

  package init(_ fits: [PlannedFit]) {
    self.init(
      fits.filter { $0.keys.person == nil }.map {
        ($0.unit.key, Group(dataset: $0.keys.dataset, subjects: $0.people))
      })
  }

  /// - Parameter behind: the key of a fit's unit, and who stands behind its target.
  package init(_ behind: [(unit: String, group: Group)]) {
    var groups: [Group] = []
    var known: [Group: Int] = [:]
    var places: [String: Int] = [:]
    for (unit, group) in behind {
      if known[group] == nil {
        known[group] = groups.count
        groups.append(group)
      }
      places[unit] = known[group]
    }
    (self.groups, self.places) = (groups, places)
  }

  /// Those behind the target of a unit.
  package func behind(_ unit: String) -> Set<String> {
    places[unit].map { Set(groups[$0].subjects) } ?? []
  }
}

extension PeopleInCommon {
  /// What rows carry of it.
  package var flags: Set<EncodingFlag> {
    switch self {
    case .none: []
    case .shared: [.peopleShared]
    case .namesakes: [.namesShared]
    }
  }
}
