import Diagnostics
import Vocabulary
import Warehouse

/// What is kept out of an archive beside what consent keeps out.
public struct Exclusion: Sendable, Equatable {
  /// Returns names of arrays, or of sources as `import_log` has them, in its first column.
  public let sql: String
  public let reason: String

  public init(sql: String, reason: String) { (self.sql, self.reason) = (sql, reason) }
}

/// Whether data may be published: the strictest word of consent of everything they descend from says so.
struct Release {
  enum Matter { case source, importedArray, subjectArray, groupArray, attributes }

  private let words: [Int: Consent]

  init(_ connection: Connection) throws {
    var words: [Int: [Consent]] = [:]
    for row in try connection.ancestralConsent() {
      words[row.artifactID, default: []].append(try Consent.stored(row.consent) ?? .unstated)
    }
    self.words = words.mapValues { .strictest($0) }
  }

  /// Why an artifact stays where it is; nil where it may leave. What descends from nothing that people gave is open.
  ///
  /// - Throws: `E-ARC-003` where not even results may be published.
  func refusal(of matter: Matter, _ artifact: Int, named name: String) throws -> String? {
    try Self.refusal(of: matter, words[artifact] ?? .open, named: name)
  }

  /// The same under a word.
  static func refusal(of matter: Matter, _ consent: Consent, named name: String) throws -> String? {
    switch consent {
    case .open: return nil
    case .controlled: return matter == .groupArray ? nil : "consent: \(consent.rawValue)"
    case .resultsOnly: return "consent: \(consent.rawValue)"
    case .nothing:
      throw EvokeError(
        .mayNotLeave, name, reason: "it descends from data whose consent is none",
        remedy: "leave the study out; evoke why \(name) shows what it descends from")
    }
  }
}
