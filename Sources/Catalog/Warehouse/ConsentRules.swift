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

extension Connection {
  /// Nil where there is no such dataset.
  public func consent(of dataset: String) throws -> DatasetConsent? {
    guard let row = try consentOfDataset(name: dataset).first else { return nil }
    return DatasetConsent(
      datasetID: row.datasetID, declared: try Consent.stored(row.consent),
      sources: try sourcesOfDataset(dataset: dataset))
  }
}
