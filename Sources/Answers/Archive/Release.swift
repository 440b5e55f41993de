import Diagnostics
import Lineage
import Vocabulary
import Warehouse

/// What is kept out of an archive beside what consent keeps out.
public struct Exclusion: Sendable, Equatable {
  /// Returns names of arrays, or of sources as `import_log` has them, in its first column.
  public let sql: String
  public let reason: String

  public init(sql: String, reason: String) { (self.sql, self.reason) = (sql, reason) }
}

/// What of a catalog stays where it is: `Consent.admits` asked of every array, source and row, as of anything else that leaves.
///
/// Sources are raw, arrays of persons too, rows of persons per-subject; all else is of a group.
struct Release {
  /// Why arrays stay, by their numbers.
  private(set) var arrays: [Int: String] = [:]
  /// Why sources stay, by their SHA-256.
  private(set) var sources: [String: String] = [:]
  /// Why rows of persons stay, by the keys of the activities that they go with.
  private(set) var rows: [String: String] = [:]
  /// Numbers of these activities.
  private(set) var withheld: Set<Int> = []

  /// - Parameter activities: numbers of those that the archive rests on, among all that the warehouse holds.
  /// - Throws: `E-ARC-003` where not even results may be published.
  init(_ connection: Connection, activities: Set<Int>) throws {
    var words: [[String?]: Consent] = [:]
    // What descends from nothing that people gave is open.
    func word(_ activity: String, _ dataset: String?) throws -> Consent {
      if let known = words[[activity, dataset]] { return known }
      let departure = Departure("", .group, units: [activity], datasets: Set([dataset].compactMap(\.self)))
      let word = try departure.consent(connection) ?? .open
      words[[activity, dataset]] = word
      return word
    }
    for row in try connection.provenanceActivities() where activities.contains(row.activityID) {
      let word = try word(row.activityKey, nil)
      guard word.admits(.group) else {
        throw EvokeError(
          .mayNotLeave, row.label ?? row.verb, reason: "it descends from data whose consent is \(word.rawValue)",
          remedy: "leave the study out; evoke why \(row.activityKey.prefix(12)) shows what it descends from")
      }
      guard !word.admits(.perSubject) else { continue }
      rows[row.activityKey] = Self.reason(word)
      withheld.insert(row.activityID)
    }
    let ofPeople = Set(try connection.arraysOfPeople(names: nil).map(\.name))
    for row in try connection.archivedArrays() where activities.contains(row.activityID) {
      let word = try word(row.activityKey, row.dataset)
      if !word.admits(ofPeople.contains(row.name) ? .raw : .group) { arrays[row.arrayID] = Self.reason(word) }
    }
    for row in try connection.archivedSources() {
      let word = try Departure("", .raw, arrays: [row.path]).consent(connection) ?? .open
      if !word.admits(.raw) { sources[row.sha256] = Self.reason(word) }
    }
  }

  /// Keeps in what names people in its own file.
  mutating func withhold(arrays named: Set<Int>) {
    for array in named where arrays[array] == nil { arrays[array] = "it names people whom consent keeps back" }
  }

  private static func reason(_ word: Consent) -> String { "consent: \(word.rawValue)" }
}
