/// Which members of which objects were asked for.
final class StrictLedger {
  private var objects: [String: (members: Set<String>, asked: Set<String>)] = [:]

  func open(_ members: some Sequence<String>, at place: String) {
    if objects[place] == nil { objects[place] = (Set(members), []) }
  }

  func ask(_ name: String, at place: String) { objects[place]?.asked.insert(name) }

  func askAll(at place: String) {
    guard let members = objects[place]?.members else { return }
    objects[place]?.asked = members
  }

  func refuseUnread() throws {
    for (place, object) in objects.sorted(by: { $0.key < $1.key }) {
      guard let name = object.members.subtracting(object.asked).min() else { continue }
      throw StrictCodingError(place: StrictCoder.join(place, name), reason: "nobody reads it")
    }
  }
}

struct StrictDecoder: Decoder {
  let json: JSONValue
  let place: String
  let ledger: StrictLedger
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
    guard case .object(let members) = json else { throw mismatch("an object") }
    ledger.open(members.keys, at: place)
    if StrictCoder.isName(Key.self) { ledger.askAll(at: place) }
    return KeyedDecodingContainer(StrictObject<Key>(members: members, place: place, ledger: ledger))
  }

  func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
    guard case .array(let items) = json else { throw mismatch("an array") }
    return StrictArray(items: items, place: place, ledger: ledger)
  }

  func singleValueContainer() -> any SingleValueDecodingContainer { StrictScalar(decoder: self) }

  func mismatch(_ wanted: String) -> StrictCodingError {
    StrictCodingError(place: place, reason: "\(String(json.canonical.prefix(80))) is not \(wanted)")
  }

  func read<T: Decodable>(_ type: T.Type) throws -> T {
    let value: Any? =
      switch type {
      case is JSONValue.Type: json
      case is Bool.Type: json.boolValue
      case is String.Type: json.stringValue
      case is Double.Type: json.doubleValue
      case is Float.Type: json.doubleValue.map { Float($0) }
      case let integer as any BinaryInteger.Type: json.doubleValue.flatMap { Self.exactly($0, integer) }
      default: try made(type)
      }
    guard let found = value as? T else { throw mismatch("a \(type)") }
    return found
  }

  /// What a type's own reading refuses (a word of no list, two cases of an enum), with its place.
  private func made<T: Decodable>(_ type: T.Type) throws -> T {
    do { return try T(from: self) } catch is DecodingError { throw mismatch("a \(type)") }
  }

  private static func exactly<I: BinaryInteger>(_ number: Double, _ type: I.Type) -> Any? { I(exactly: number) }
}

private struct StrictObject<Key: CodingKey>: KeyedDecodingContainerProtocol {
  let members: [String: JSONValue]
  let place: String
  let ledger: StrictLedger
  var codingPath: [any CodingKey] { [] }

  var allKeys: [Key] {
    members.keys.sorted().compactMap { Key(stringValue: StrictCoder.isName(Key.self) ? $0 : StrictCoder.camel($0)) }
  }

  func contains(_ key: Key) -> Bool { members[StrictCoder.key(key)] != nil }

  private func decoder(_ key: Key) throws -> StrictDecoder {
    let name = StrictCoder.key(key)
    ledger.ask(name, at: place)
    guard let json = members[name] else {
      throw StrictCodingError(place: StrictCoder.join(place, name), reason: "it is missing")
    }
    return StrictDecoder(json: json, place: StrictCoder.join(place, name), ledger: ledger)
  }

  func decodeNil(forKey key: Key) throws -> Bool { try decoder(key).json.isNull }

  func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T { try decoder(key).read(type) }

  func decodeIfPresent<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T? {
    let decoder = try decoder(key)
    return decoder.json.isNull ? nil : try decoder.read(type)
  }
  func decodeIfPresent(_ type: Bool.Type, forKey key: Key) throws -> Bool? { try optional(type, key) }
  func decodeIfPresent(_ type: String.Type, forKey key: Key) throws -> String? { try optional(type, key) }
  func decodeIfPresent(_ type: Double.Type, forKey key: Key) throws -> Double? { try optional(type, key) }
  func decodeIfPresent(_ type: Float.Type, forKey key: Key) throws -> Float? { try optional(type, key) }
  func decodeIfPresent(_ type: Int.Type, forKey key: Key) throws -> Int? { try optional(type, key) }
  func decodeIfPresent(_ type: Int64.Type, forKey key: Key) throws -> Int64? { try optional(type, key) }
  func decodeIfPresent(_ type: UInt64.Type, forKey key: Key) throws -> UInt64? { try optional(type, key) }

  private func optional<T: Decodable>(_ type: T.Type, _ key: Key) throws -> T? {
    let decoder = try decoder(key)
    return decoder.json.isNull ? nil : try decoder.read(type)
  }

  func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type, forKey key: Key) throws
    -> KeyedDecodingContainer<Nested>
  { try decoder(key).container(keyedBy: type) }

  func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
    try decoder(key).unkeyedContainer()
  }

  func superDecoder() throws -> any Decoder { preconditionFailure("classes are not decoded") }
  func superDecoder(forKey key: Key) throws -> any Decoder { preconditionFailure("classes are not decoded") }
}

private struct StrictArray: UnkeyedDecodingContainer {
  let items: [JSONValue]
  let place: String
  let ledger: StrictLedger
  var currentIndex = 0
  var codingPath: [any CodingKey] { [] }
  var count: Int? { items.count }
  var isAtEnd: Bool { currentIndex >= items.count }

  init(items: [JSONValue], place: String, ledger: StrictLedger) {
    (self.items, self.place, self.ledger) = (items, place, ledger)
  }

  private mutating func next() throws -> StrictDecoder {
    guard currentIndex < items.count else {
      throw StrictCodingError(place: place, reason: "it ends after \(items.count) values")
    }
    currentIndex += 1
    return StrictDecoder(json: items[currentIndex - 1], place: "\(place)[\(currentIndex - 1)]", ledger: ledger)
  }

  mutating func decodeNil() throws -> Bool {
    guard !isAtEnd, items[currentIndex].isNull else { return false }
    currentIndex += 1
    return true
  }

  mutating func decode<T: Decodable>(_ type: T.Type) throws -> T { try next().read(type) }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy type: Nested.Type) throws -> KeyedDecodingContainer<Nested> {
    try next().container(keyedBy: type)
  }

  mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer { try next().unkeyedContainer() }
  mutating func superDecoder() throws -> any Decoder { preconditionFailure("classes are not decoded") }
}

private struct StrictScalar: SingleValueDecodingContainer {
  let decoder: StrictDecoder
  var codingPath: [any CodingKey] { [] }

  func decodeNil() -> Bool { decoder.json.isNull }
  func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.read(type) }
}

extension JSONValue: Codable {
  /// Only `StrictCoder` reads and writes JSON values inside others, and does so without asking them.
  public init(from decoder: any Decoder) throws {
    guard let strict = decoder as? StrictDecoder else { preconditionFailure("JSONValue is read by StrictCoder") }
    self = strict.json
  }

  public func encode(to encoder: any Encoder) throws {
    guard let strict = encoder as? StrictEncoder else { preconditionFailure("JSONValue is written by StrictCoder") }
    strict.slot.set(self)
  }
}
