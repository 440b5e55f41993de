import Diagnostics

/// Reads one field after the other of a `ByteSource`, in one byte order; of a file it keeps one piece in memory.
package struct ByteCursor {
  package let source: ByteSource
  package let order: ByteOrder
  /// Where the next field begins, counted from the source's start.
  package private(set) var position: Int
  /// Where the fields end.
  package let end: Int
  private var window: [UInt8] = []
  private var windowStart = 0
  private static let piece = 1 << 16

  /// Over a whole source.
  package init(_ source: ByteSource, order: ByteOrder = .little) {
    (self.source, self.order, position, end) = (source, order, 0, source.count)
  }

  /// Over a part of it, checked. Throws the source's `truncation` where it does not hold the part.
  package init(
    _ source: ByteSource, _ range: Range<Int>, order: ByteOrder = .little, _ what: @autoclosure () -> String
  ) throws {
    let range = try source.range(range.lowerBound, range.count, what())
    (self.source, self.order, position, end) = (source, order, range.lowerBound, range.upperBound)
  }

  /// Bytes that are left.
  package var remaining: Int { end - position }
  package var isAtEnd: Bool { position >= end }

  /// Passes over bytes.
  package mutating func skip(_ count: Int, _ what: @autoclosure () -> String) throws {
    try check(count, what())
    position += count
  }

  /// The range of the next bytes, which are passed over unread.
  package mutating func range(_ count: Int, _ what: @autoclosure () -> String) throws -> Range<Int> {
    try check(count, what())
    defer { position += count }
    return position..<position + count
  }

  package mutating func byte(_ what: @autoclosure () -> String) throws -> UInt8 {
    if position < end, position >= windowStart, position < windowStart + window.count {
      defer { position += 1 }
      return window[position - windowStart]
    }
    let field = try field(1, what())
    return field[field.startIndex]
  }

  package mutating func bytes(_ count: Int, _ what: @autoclosure () -> String) throws -> [UInt8] {
    Array(try field(count, what()))
  }

  /// A whole number.
  package mutating func integer<Value: FixedWidthInteger>(
    _: Value.Type, _ what: @autoclosure () -> String
  ) throws -> Value {
    Value(bytes: try field(Value.bitWidth / 8, what()), order)
  }

  /// An unsigned number of 1, 2, 4 or 8 bytes as `Int`; one beyond half of `Int`'s range is damage, as no file has it.
  package mutating func size(_ width: Int, _ what: @autoclosure () -> String) throws -> Int {
    let at = position
    let value = UInt64(bytes: try field(width, what()), order)
    guard value <= UInt64(Int.max / 2) else {
      throw EvokeError(
        source.truncation, source.path, reason: "\(what()) at byte \(source.position(at)) is \(value)",
        remedy: source.remedy)
    }
    return Int(value)
  }

  package mutating func float64(_ what: @autoclosure () -> String) throws -> Double {
    Double(bitPattern: try integer(UInt64.self, what()))
  }

  /// UTF-8 text of so many bytes, zero bytes included; what is no UTF-8 becomes U+FFFD.
  package mutating func text(_ count: Int, _ what: @autoclosure () -> String) throws -> String {
    String(decoding: try field(count, what()), as: UTF8.self)
  }

  /// UTF-8 text up to a byte, which is passed over.
  package mutating func text(until terminator: UInt8, _ what: @autoclosure () -> String) throws -> String {
    var text: [UInt8] = []
    while true {
      let next = try byte(what())
      if next == terminator { return String(decoding: text, as: UTF8.self) }
      text.append(next)
    }
  }

  private func check(_ count: Int, _ what: @autoclosure () -> String) throws {
    guard count < 0 || count > remaining else { return }
    // Beyond the source, or only beyond the part of it.
    _ = try source.range(position, max(count, 0), what())
    throw cut(what())
  }

  /// Of a part of the source: the source goes on, the part does not.
  private func cut(_ what: String) -> EvokeError {
    EvokeError(
      source.truncation, source.path,
      reason: "\(what) at byte \(source.position(position)) goes beyond its part, which ends at byte "
        + "\(source.position(end))", remedy: source.remedy)
  }

  private mutating func field(_ count: Int, _ what: @autoclosure () -> String) throws -> ArraySlice<UInt8> {
    try check(count, what())
    if position < windowStart || position + count > windowStart + window.count {
      let upper = min(source.count, max(position + count, position + min(Self.piece, end - position)))
      window = try source.bytes(position..<upper, what())
      windowStart = position
    }
    let first = position - windowStart
    position += count
    return window[first..<first + count]
  }
}
