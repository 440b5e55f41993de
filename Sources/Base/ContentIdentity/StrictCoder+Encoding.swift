/// Where one value is written; containers fill it.
final class StrictSlot {
  private var value = JSONValue.null
  private var members: [String: StrictSlot]?
  private var items: [StrictSlot]?

  var json: JSONValue {
    if let members { return .object(members.mapValues(\.json)) }
    if let items { return .array(items.map(\.json)) }
    return value
  }

  var count: Int { items?.count ?? 0 }

  func set(_ value: JSONValue) { self.value = value }

  func openMembers() { members = members ?? [:] }

  func openItems() { items = items ?? [] }

  func member(_ name: String) -> StrictSlot {
    let slot = StrictSlot()
    precondition(members?.updateValue(slot, forKey: name) == nil, "member \(name) written twice")
    return slot
  }

  func item() -> StrictSlot {
    let slot = StrictSlot()
    items?.append(slot)
    return slot
  }
}

struct StrictEncoder: Encoder {
  let slot: StrictSlot
  let place: String
  var codingPath: [any CodingKey] { [] }
  var userInfo: [CodingUserInfoKey: Any] { [:] }

  func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
    slot.openMembers()
    return KeyedEncodingContainer(StrictMembers<Key>(slot: slot, place: place))
  }

  func unkeyedContainer() -> any UnkeyedEncodingContainer {
    slot.openItems()
    return StrictItems(slot: slot, place: place)
  }

  func singleValueContainer() -> any SingleValueEncodingContainer { StrictValue(slot: slot, place: place) }

  static func write<T: Encodable>(_ value: T, to slot: StrictSlot, at place: String) throws {
    switch value {
    case let json as JSONValue: slot.set(json)
    case let flag as Bool: slot.set(.bool(flag))
    case let text as String: slot.set(.string(text))
    case let number as Double: slot.set(.number(try finite(number, at: place)))
    case let number as Float: slot.set(.number(try finite(Double(number), at: place)))
    case let integer as any BinaryInteger: slot.set(.number(try exact(integer, at: place)))
    default: try value.encode(to: StrictEncoder(slot: slot, place: place))
    }
  }

  private static func finite(_ number: Double, at place: String) throws -> Double {
    guard number.isFinite else { throw StrictCodingError(place: place, reason: "\(number) has no JSON") }
    return number
  }

  private static func exact<I: BinaryInteger>(_ integer: I, at place: String) throws -> Double {
    guard integer.magnitude <= 1 << 53 else {
      throw StrictCodingError(place: place, reason: "\(integer) is beyond 2^53")
    }
    return Double(integer)
  }
}

/// The properties of a value, or the entries of a dictionary.
private struct StrictMembers<Key: CodingKey>: KeyedEncodingContainerProtocol {
  let slot: StrictSlot
  let place: String
  var codingPath: [any CodingKey] { [] }

  private func member(_ key: Key) -> (StrictSlot, String) {
    let name = StrictCoder.key(key)
    return (slot.member(name), StrictCoder.join(place, name))
  }

  mutating func encodeNil(forKey key: Key) { member(key).0.set(.null) }

  mutating func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
    let (slot, place) = member(key)
    try StrictEncoder.write(value, to: slot, at: place)
  }

  mutating func encodeIfPresent<T: Encodable>(_ value: T?, forKey key: Key) throws {
    if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }
  mutating func encodeIfPresent(_ value: Bool?, forKey key: Key) throws { try optional(value, key) }
  mutating func encodeIfPresent(_ value: String?, forKey key: Key) throws { try optional(value, key) }
  mutating func encodeIfPresent(_ value: Double?, forKey key: Key) throws { try optional(value, key) }
  mutating func encodeIfPresent(_ value: Float?, forKey key: Key) throws { try optional(value, key) }
  mutating func encodeIfPresent(_ value: Int?, forKey key: Key) throws { try optional(value, key) }
  mutating func encodeIfPresent(_ value: Int64?, forKey key: Key) throws { try optional(value, key) }
  mutating func encodeIfPresent(_ value: UInt64?, forKey key: Key) throws { try optional(value, key) }

  private mutating func optional<T: Encodable>(_ value: T?, _ key: Key) throws {
    if let value { try encode(value, forKey: key) } else { encodeNil(forKey: key) }
  }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy keyType: Nested.Type, forKey key: Key)
    -> KeyedEncodingContainer<Nested>
  {
    let (slot, place) = member(key)
    return StrictEncoder(slot: slot, place: place).container(keyedBy: keyType)
  }

  mutating func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
    let (slot, place) = member(key)
    return StrictEncoder(slot: slot, place: place).unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder { preconditionFailure("classes are not encoded") }
  mutating func superEncoder(forKey key: Key) -> any Encoder { preconditionFailure("classes are not encoded") }
}

private struct StrictItems: UnkeyedEncodingContainer {
  let slot: StrictSlot
  let place: String
  var codingPath: [any CodingKey] { [] }
  var count: Int { slot.count }

  private func item() -> (StrictSlot, String) {
    let index = count
    return (slot.item(), "\(place)[\(index)]")
  }

  mutating func encodeNil() { item().0.set(.null) }

  mutating func encode<T: Encodable>(_ value: T) throws {
    let (slot, place) = item()
    try StrictEncoder.write(value, to: slot, at: place)
  }

  mutating func nestedContainer<Nested: CodingKey>(keyedBy keyType: Nested.Type) -> KeyedEncodingContainer<Nested> {
    let (slot, place) = item()
    return StrictEncoder(slot: slot, place: place).container(keyedBy: keyType)
  }

  mutating func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer {
    let (slot, place) = item()
    return StrictEncoder(slot: slot, place: place).unkeyedContainer()
  }

  mutating func superEncoder() -> any Encoder { preconditionFailure("classes are not encoded") }
}

private struct StrictValue: SingleValueEncodingContainer {
  let slot: StrictSlot
  let place: String
  var codingPath: [any CodingKey] { [] }

  mutating func encodeNil() { slot.set(.null) }
  mutating func encode<T: Encodable>(_ value: T) throws { try StrictEncoder.write(value, to: slot, at: place) }
}
