import ContentIdentity
import Foundation

extension String {
  /// The one spelling of a name: Unicode NFC. A letter with its accent is one sign or two, by the keyboard and the file
  /// system it comes from; both look alike, and databases compare their bytes.
  public var composed: String { isASCII ? self : precomposedStringWithCanonicalMapping }

  /// By all bytes at once where they lie together.
  private var isASCII: Bool {
    unsafe utf8.withContiguousStorageIfAvailable { unsafe $0.reduce(0, |) < 0x80 } ?? utf8.allSatisfy { $0 < 0x80 }
  }
}

extension JSONValue {
  /// With every text and every name of a member in Unicode NFC.
  public var composed: JSONValue {
    switch self {
    case .string(let text): .string(text.composed)
    case .array(let values): .array(values.map(\.composed))
    case .object(let members):
      .object(
        Dictionary(members.map { ($0.composed, $1.composed) }, uniquingKeysWith: { first, _ in first }))
    default: self
    }
  }
}
