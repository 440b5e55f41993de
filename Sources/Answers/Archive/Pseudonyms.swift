import ContentIdentity
import Foundation
import Lineage
import Upkeep
import Vocabulary
import Warehouse

/// What stands in an archive for the names of people whose rows consent keeps back: `withheld-0001` and so on, in the order of
/// the names, behind those that the warehouse has of an earlier archive.
///
/// A name is replaced in every text where it stands by itself, between signs that are no letters or digits. One that is a mere
/// number, or that something else or somebody who may leave has too, tells nobody by itself: it is replaced where it is said
/// of a person, along axes of people, in arrays and files of that person, and in what their units and imports were made of.
struct Pseudonyms {
  /// A person of a dataset.
  fileprivate struct Person: Hashable {
    let dataset: String
    let name: String
  }

  /// Everybody and everything that has a name in a warehouse.
  struct Names {
    fileprivate let people: [Person]
    /// Datasets whose rows of people stay.
    fileprivate let withheld: Set<String>
    fileprivate let things: Set<String>

    init(_ connection: Connection) throws {
      people = try connection.namedPeople().map { Person(dataset: $0.dataset, name: $0.name) }
      withheld = try Set(people.map(\.dataset)).filter { dataset in
        let word = try Departure("", .group, wholeDatasets: [dataset]).consent(connection) ?? Consent.unstated
        return !word.admits(.perSubject)
      }
      things = Set(try connection.thingsNamed().map(\.name))
    }
  }

  /// Of each name, in the order of names.
  private let pseudonyms: [String: String]
  private let people: [Person]
  /// Names that tell of a person wherever they stand.
  private let telling: Set<String>
  private var words: WordReplacement

  /// - Parameters:
  ///   - all: names of the warehouse, before anything is taken out of its catalog.
  ///   - connection: the archive's catalog, without the rows of people that stay behind.
  init(_ all: Names, in connection: Connection) throws {
    let (withheld, things) = (all.withheld, all.things)
    let datasets = Set(try connection.archivedDatasets().map(\.name))
    let left = Set(try connection.peopleWithRows().map { Person(dataset: $0.dataset, name: $0.name) })
    people = all.people.filter {
      withheld.contains($0.dataset) && datasets.contains($0.dataset) && !left.contains($0)
        && Self.number(of: $0.name) == nil
    }
    let names = Set(people.map(\.name)).sorted()
    // Those of an archive that is part of the warehouse stand for others.
    let earlier = all.people.filter { datasets.contains($0.dataset) }.compactMap { Self.number(of: $0.name) }
    let first = earlier.reduce(0, max) + 1
    pseudonyms = Dictionary(
      uniqueKeysWithValues: names.enumerated().map { ($1, Self.prefix + String(format: "%04d", first + $0)) })
    let leaving = Set(all.people.filter { !withheld.contains($0.dataset) || left.contains($0) }.map(\.name))
    let telling = Set(
      names.filter { name in
        !leaving.contains(name) && !things.contains(name) && name.contains { !$0.isNumber && $0 != "." }
      })
    self.telling = telling
    let coded = WordReplacement(telling.filter { name in name.contains { !$0.isLetter } }.sorted())
    words = WordReplacement(
      kept: leaving.union(things.filter { !Self.isNamed($0, after: telling, coded: coded) }))
    for name in telling { words.add(name, self[name]) }
  }

  /// Whether a thing is called after people, as `run1_NAME` is. A hyphen joins words, too: a film `anna-karenina` is not called
  /// after a rater, one after `sub-17` that has its name in it is.
  private static func isNamed(_ thing: String, after people: Set<String>, coded: WordReplacement) -> Bool {
    Departure.tells(people, thing) || coded.replaced(thing) != nil
      || thing.split { "/_.".contains($0) }.contains { people.contains(String($0)) }
  }

  private static let prefix = "withheld-"

  /// Of a pseudonym of an earlier archive; nil for the name of a person.
  private static func number(of name: String) -> Int? {
    guard name.hasPrefix(prefix), name.dropFirst(prefix.count).wholeMatch(of: /[0-9]{4,9}/) != nil else { return nil }
    return Int(name.dropFirst(prefix.count))
  }

  /// What stands for the name of somebody who is kept back.
  private subscript(name: String) -> String {
    guard let pseudonym = pseudonyms[name] else { preconditionFailure("everybody who is kept back has a pseudonym") }
    return pseudonym
  }

  /// Whether nobody is kept back.
  var isEmpty: Bool { people.isEmpty }

  /// A text of the catalog with other names; nil where it names nobody.
  func replaced(_ text: String) -> String? { words.replaced(text) }

  /// The same, or the text as it stands.
  func text(_ text: String) -> String { replaced(text) ?? text }

  /// The first person who is named in a text.
  func person(in text: String) -> (name: String, dataset: String)? {
    guard words.replaced(text) != nil else { return nil }
    return people.filter { telling.contains($0.name) }.first { WordReplacement([$0.name]).replaced(text) != nil }
      .map { ($0.name, $0.dataset) }
  }

  /// Puts the pseudonyms in the place of the names in all tables.
  ///
  /// - Parameter activities: numbers of those whose rows of persons stay behind.
  mutating func enter(_ connection: Connection, of activities: Set<Int>) throws {
    try renameArrays(connection)
    try renameRecipes(connection, of: activities)
    try connection.replaceTexts(words.replaced)
  }

  /// Names that tell nobody by themselves, in the names of the arrays of those people and along axes of people.
  private mutating func renameArrays(_ connection: Connection) throws {
    let unclear = Set(people.filter { !telling.contains($0.name) })
    guard !unclear.isEmpty else { return }
    for row in try connection.arraysOfNames() {
      let own = Set([row.subject, row.rater].compactMap(\.self)).filter {
        unclear.contains(Person(dataset: row.dataset, name: $0))
      }
      for name in [row.name, row.madeAs] where !own.isEmpty {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        let new = parts.map { own.contains($0) ? self[$0] : $0 }.joined(separator: "/")
        if new != name { words.add(name, text(new)) }
      }
    }
    for person in unclear.sorted(by: { ($0.dataset, $0.name) < ($1.dataset, $1.name) }) {
      try connection.renamePeopleOfArrays(dataset: person.dataset, old: person.name, new: self[person.name])
    }
    for row in try connection.axesOfPeople() {
      var renaming = renaming(Set(unclear.filter { $0.dataset == row.dataset }.map(\.name)))
      let told = renaming.renamed(try JSONValue(parsing: row.labels), isOfPerson: true)
      guard !told.told.isEmpty else { continue }
      try connection.setAxisLabels(array: row.arrayID, position: row.position, labels: told.json.canonical)
    }
  }

  /// The same names where parameters, options and labels say them of a person.
  private mutating func renameRecipes(_ connection: Connection, of activities: Set<Int>) throws {
    let unclear = Set(people.map(\.name)).subtracting(telling)
    guard !unclear.isEmpty else { return }
    var renaming = renaming(unclear)
    for unit in try connection.storedUnits() {
      guard let activity = try connection.unitActivity(key: unit.unitKey).first?.activityID,
        activities.contains(activity)
      else { continue }
      let recipe = renaming.renamed(try JSONValue(parsing: unit.parameters))
      guard !recipe.told.isEmpty else { continue }
      var label = WordReplacement([])
      for name in recipe.told { label.add(name, self[name]) }
      try connection.setUnitRecipe(
        unit: unit.unitKey, parameters: recipe.json.canonical, label: label.replaced(unit.label) ?? unit.label)
    }
    for study in try connection.storedRuns() {
      let recipe = renaming.renamed(try JSONValue(parsing: study.definition))
      if !recipe.told.isEmpty {
        try connection.setStudyDefinition(sha256: study.sha256, definition: recipe.json.canonical)
      }
    }
    for activity in activities.sorted() {
      for row in try connection.activityRow(activity: activity) {
        let recipe = renaming.renamed(try JSONValue(parsing: row.options))
        if !recipe.told.isEmpty {
          try connection.setActivityOptions(activity: activity, options: recipe.json.canonical)
        }
      }
    }
    for (old, new) in renaming.files { words.add(old, new) }
  }

  private func renaming(_ names: Set<String>) -> PersonRenaming {
    PersonRenaming(Dictionary(uniqueKeysWithValues: names.map { ($0, self[$0]) }))
  }
}
