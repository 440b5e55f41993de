/// What stands in a message between Evoke and the process that decodes: numbers of 8 bytes, little-endian, in the order
/// they are written.
package protocol WireValue {
  init(from reader: inout WireReader) throws
  func write(to writer: inout WireWriter)
}

/// A message that is not what its receiver expects.
package struct WireFault: Error {}

package struct WireWriter {
  package private(set) var bytes: [UInt8] = []

  package init() {}

  package mutating func put<each Value: WireValue>(_ value: repeat each Value) {
    repeat (each value).write(to: &self)
  }

  /// The bytes of one message: their number and the value.
  package static func message(_ value: some WireValue) -> [UInt8] {
    var (head, body) = (WireWriter(), WireWriter())
    body.put(value)
    head.put(body.bytes.count)
    return head.bytes + body.bytes
  }

  fileprivate mutating func append(_ number: UInt64) {
    for place in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: number >> (8 * UInt64(place)))) }
  }

  fileprivate mutating func append(_ text: String) { bytes += Array(text.utf8) }
}

/// Reads a message and never beyond its end: its sender may be a process gone wrong.
package struct WireReader {
  private let bytes: [UInt8]
  private var place = 0

  package init(_ bytes: [UInt8]) { self.bytes = bytes }

  package mutating func take<Value: WireValue>() throws -> Value { try Value(from: &self) }

  package var left: Int { bytes.count - place }

  fileprivate mutating func number() throws -> UInt64 {
    guard left >= 8 else { throw WireFault() }
    defer { place += 8 }
    return (0..<8).reduce(UInt64(0)) { $0 | UInt64(bytes[place + $1]) << (8 * UInt64($1)) }
  }

  fileprivate mutating func text() throws -> String {
    let count = try count(of: 1)
    defer { place += count }
    guard let text = String(validating: bytes[place..<place + count], as: UTF8.self) else { throw WireFault() }
    return text
  }

  /// A number of things that take at least `size` bytes each.
  fileprivate mutating func count(of size: Int) throws -> Int {
    let count = try number()
    guard count <= UInt64(left / size) else { throw WireFault() }
    return Int(count)
  }
}

extension Int: WireValue {
  package init(from reader: inout WireReader) throws { self.init(truncatingIfNeeded: try reader.number()) }
  package func write(to writer: inout WireWriter) { writer.append(UInt64(truncatingIfNeeded: self)) }
}

extension Double: WireValue {
  package init(from reader: inout WireReader) throws { self.init(bitPattern: try reader.number()) }
  package func write(to writer: inout WireWriter) { writer.append(bitPattern) }
}

extension Bool: WireValue {
  package init(from reader: inout WireReader) throws {
    let number = try reader.number()
    guard number < 2 else { throw WireFault() }
    self = number == 1
  }
  package func write(to writer: inout WireWriter) { writer.append(self ? 1 : 0) }
}

extension String: WireValue {
  package init(from reader: inout WireReader) throws { self = try reader.text() }
  package func write(to writer: inout WireWriter) {
    writer.put(utf8.count)
    writer.append(self)
  }
}

extension Optional: WireValue where Wrapped: WireValue {
  package init(from reader: inout WireReader) throws {
    let isThere: Bool = try reader.take()
    self = isThere ? .some(try reader.take() as Wrapped) : nil
  }
  package func write(to writer: inout WireWriter) {
    writer.put(self != nil)
    if let self { writer.put(self) }
  }
}

extension Array: WireValue where Element: WireValue {
  package init(from reader: inout WireReader) throws {
    // No value takes less than eight bytes.
    let count = try reader.count(of: 8)
    self = try (0..<count).map { _ in try reader.take() }
  }
  package func write(to writer: inout WireWriter) {
    writer.put(count)
    for element in self { writer.put(element) }
  }
}
