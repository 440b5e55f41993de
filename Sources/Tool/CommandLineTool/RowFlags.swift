import Electrophysiology
import EncodingModels
import Importing
import IntersubjectCorrelation
import Vocabulary

/// The flags that rows of any view carry.
enum RowFlags {
  /// Every spelling.
  static let names =
    EncodingFlag.allCases.map(\.rawValue)
    + SynchronyFlag.allCases.map(\.rawValue).filter { EncodingFlag.named($0) == nil }
    + SoundRemark.allCases.map(\.rawValue) + ResolutionFlag.allCases.map(\.rawValue)

  /// What one means; nil where none is spelled so.
  static func explanation(_ name: String) -> String? {
    EncodingFlag.named(name)?.explanation ?? SynchronyFlag.named(name)?.explanation
      ?? SoundRemark.allCases.first { $0.rawValue == name }?.explanation
      ?? ResolutionFlag(rawValue: name)?.explanation
  }

  /// Why a row that carries these flags is not to be reported; see `EncodingFlag.reasons`.
  static func reasons(in flags: String?) -> [String] {
    let words = flags?.split(separator: " ") ?? []
    let own =
      words.compactMap { SynchronyFlag.named($0) }.filter(\.invalidates).map(\.rawValue)
      + words.compactMap { ResolutionFlag(rawValue: String($0)) }.map(\.rawValue)
    return own.isEmpty ? EncodingFlag.reasons(in: flags) : own
  }
}
