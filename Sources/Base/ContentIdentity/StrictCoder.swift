/// What does not fit between a Swift type and its JSON, with the place.
public struct StrictCodingError: Error, Sendable, CustomStringConvertible {
  /// For example `encoding.outer.folds`; empty for the whole.
  public let place: String
  public let reason: String

  public init(place: String, reason: String) {
    self.place = place
    self.reason = reason
  }

  public var description: String { place.isEmpty ? reason : "\(place): \(reason)" }
}

/// Codable values as JSON and back, without slack.
///
/// Property names are camelCase in Swift and snake_case in JSON (`windowS` is `window_s`); keys of dictionaries are names
/// and stay as they are. A nil is written as null. Reading refuses a key that is missing, one that nobody asks for, and a
/// value of another type. Integers beyond 2^53 and numbers that are not finite have no JSON.
public enum StrictCoder {
  /// The JSON of a value.
  ///
  /// - Throws: `StrictCodingError` for what has no JSON, and where the JSON does not read back as itself: a hand-written
  ///   coding that loses something.
  public static func encode<T: Codable>(_ value: T) throws -> JSONValue {
    let json = try write(value)
    let again = try write(decode(T.self, from: json))
    guard again == json else {
      throw StrictCodingError(place: "\(T.self)", reason: "\(json.canonical) reads back as \(again.canonical)")
    }
    return json
  }

  /// The value of a JSON that `encode` wrote.
  ///
  /// - Throws: `StrictCodingError`.
  public static func decode<T: Decodable>(_ type: T.Type, from json: JSONValue) throws -> T {
    let ledger = StrictLedger()
    let value = try StrictDecoder(json: json, place: "", ledger: ledger).read(type)
    try ledger.refuseUnread()
    return value
  }

  /// The JSON of a value that is never read back, such as options, which only a command line makes.
  ///
  /// - Throws: `StrictCodingError` for what has no JSON.
  public static func write<T: Encodable>(_ value: T) throws -> JSONValue {
    let slot = StrictSlot()
    try value.encode(to: StrictEncoder(slot: slot, place: ""))
    return slot.json
  }

  /// `windowS` -> `window_s`.
  static func snake(_ name: String) -> String {
    var out = ""
    for character in name {
      if character.isUppercase { out += "_" + character.lowercased() } else { out.append(character) }
    }
    return out
  }

  /// `window_s` -> `windowS`; a leading `_` stays.
  static func camel(_ name: String) -> String {
    guard !name.hasPrefix("_") else { return name }
    let parts = name.split(separator: "_", omittingEmptySubsequences: false)
    return parts.dropFirst().reduce(String(parts.first ?? "")) { $0 + $1.prefix(1).uppercased() + $1.dropFirst() }
  }

  /// Keys of dictionaries are names, not properties.
  static func isName<Key: CodingKey>(_ type: Key.Type) -> Bool { "\(type)" == "_DictionaryCodingKey" }

  static func key<Key: CodingKey>(_ key: Key) -> String { isName(Key.self) ? key.stringValue : snake(key.stringValue) }

  static func join(_ place: String, _ key: String) -> String { place.isEmpty ? key : "\(place).\(key)" }
}
