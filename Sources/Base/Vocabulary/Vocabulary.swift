/// A closed list of words of the study file. The raw value is the file's spelling; there is one enum for each list, which
/// grammar and science share and which has no behaviour of its own. Values made of words and numbers that both share
/// (`FoldScheme`, `LambdaGrid`) stand here, too.
public protocol Word: RawRepresentable<String>, CaseIterable, Codable, Hashable, Sendable {}

extension Word {
  /// The word of a spelling, for words that stand outside a study file; nil where it is none of the list.
  public init?(spelling: String) { self.init(rawValue: spelling) }

  /// Every spelling, for messages.
  public static var spellings: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
