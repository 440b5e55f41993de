import ContentIdentity
import Diagnostics
import Vocabulary

extension Consent {
  /// What holds where nothing was said.
  public static let unstated = resultsOnly

  private var strictness: Int {
    guard let place = Self.allCases.firstIndex(of: self) else { preconditionFailure("a case of its enum") }
    return place
  }

  public func isStricter(than other: Consent) -> Bool { strictness > other.strictness }

  /// What holds of something made of several: the strictest of them.
  public static func strictest(_ words: some Sequence<Consent>) -> Consent {
    words.reduce(.open) { $1.isStricter(than: $0) ? $1 : $0 }
  }

  /// Whether an import's word is taken: the first that is said of something new, and a stricter one later.
  public func counts(beside stored: String?, isNew: Bool) throws(EvokeError) -> Bool {
    isNew ? true : isStricter(than: try Consent.stored(stored) ?? .unstated)
  }

  /// A word of the catalog; nil where nothing was said.
  ///
  /// - Throws: `catalogFailed` for what is no word of consent.
  public static func stored(_ text: String?) throws(EvokeError) -> Consent? {
    guard let text else { return nil }
    guard let word = Consent(spelling: text) else {
      throw EvokeError(
        .catalogFailed, "consent \(text)", reason: "it is none of \(Consent.spellings)",
        remedy: "set it with evoke consent DATASET WORD --reason TEXT")
    }
    return word
  }
}

extension Consent {
  /// Words of a list of the catalog, null where nothing was said.
  ///
  /// - Throws: `catalogFailed` for what is no list of words: of what nobody can read nothing is known to be allowed.
  package static func stored(list: String, of object: String) throws -> [Consent] {
    guard let words = (try JSONValue(parsing: list)).arrayValue,
      words.allSatisfy({ $0.isNull || $0.stringValue != nil })
    else {
      throw EvokeError(
        .catalogFailed, "consent of \(object)", reason: "\(list) is no list of words",
        remedy: "evoke verify says what is wrong with the catalog")
    }
    return try words.map { try stored($0.stringValue) ?? .unstated }
  }
}

/// What leaves a warehouse, from what tells the least of a person to what tells the most.
public enum DataClass: String, CaseIterable, Sendable {
  /// Results over subjects, and what speaks of no person: features, models, catalogues of films.
  case group
  /// Rows and figures that name a subject or a rater.
  case perSubject = "per-subject"
  /// What was measured of a person: recordings, ratings, arrays along subjects.
  case raw

  /// The strictest word under which things of this class leave: raw ones where data are open, per-subject ones also where
  /// they are given to those who sign, group ones also where only results may be published. Under `none` nothing leaves.
  public var needed: Consent {
    switch self {
    case .group: .resultsOnly
    case .perSubject: .controlled
    case .raw: .open
    }
  }
}

extension Consent {
  /// Whether things of a class, made of what this word holds of, may leave the warehouse.
  public func admits(_ kind: DataClass) -> Bool { !isStricter(than: kind.needed) }

  /// The widest class that may leave, as a message says it.
  public var admission: String { DataClass.allCases.last(where: admits)?.rawValue ?? "nothing" }
}

/// What is known of a dataset's consent.
public struct DatasetConsent: Sendable {
  public let datasetID: Int
  /// As declared for the dataset; nil where nothing was said.
  public let declared: Consent?
  /// Of the files its imports read.
  public let sources: [Rows.SourcesOfDataset]

  /// What holds of the dataset: the strictest of its own word and its sources'.
  public func effective() throws -> Consent {
    try .strictest([declared ?? .unstated] + sources.map { try Consent.stored($0.consent) ?? .unstated })
  }
}

extension Rows.SourcesOfDataset {
  /// The words of the other datasets that it belongs to.
  public func others() throws -> [Consent] { try Consent.stored(list: otherWords, of: path) }

  /// What it is given when its dataset is given a word: of several datasets the strictest.
  public func given(_ word: Consent) throws -> Consent { .strictest([word] + (try others())) }
}

extension Connection {
  /// Nil where there is no such dataset.
  public func consent(of dataset: String) throws -> DatasetConsent? {
    guard let row = try consentOfDataset(name: dataset).first else { return nil }
    return DatasetConsent(
      datasetID: row.datasetID, declared: try Consent.stored(row.consent),
      sources: try sourcesOfDataset(dataset: dataset))
  }
}
