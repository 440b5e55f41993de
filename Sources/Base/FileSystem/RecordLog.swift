import CFileSystem
import ContentIdentity
import Diagnostics
import Glibc

/// One record of a `RecordLog`: a text and float32 numbers.
public struct LogRecord: Sendable, Equatable {
  public let text: String
  public let values: [Float]

  public init(text: String, values: [Float]) {
    self.text = text
    self.values = values
  }
}

/// A SHA-256 that nested functions can share.
private final class RunningHash {
  private var hash: SHA256? = SHA256()
  func update(_ bytes: UnsafeRawBufferPointer) { unsafe hash?.update(bytes) }
  func finish() -> String {
    guard let hash = hash.take() else { preconditionFailure("a hash is finished once") }
    return hash.hex()
  }
}

/// An append-only file of records, each durable when `append` returns and checked by its hash when it is read.
///
/// Layout: records of `evokelog` (8 bytes), length of text and count of numbers (64-bit little-endian), the text in
/// UTF-8, the numbers (little-endian float32), SHA-256 of all of that (64 hex digits). The first record is the header. A
/// record that an interruption cut short, and everything behind it, does not count; a log that cannot be read is an
/// error, so that nothing of it is overwritten. One process uses a log at a time.
public final class RecordLog {
  private static let mark = Array("evokelog".utf8)
  public let path: String
  /// Bytes of the complete records.
  private var end = 0

  /// Opens the log of a path, or starts a new one where there is none, or one with another header, or one that is
  /// damaged in its first record.
  ///
  /// - Throws: E-WH-008 and E-WH-009 when the disk does not give or take it.
  public init(path: String, header: String) throws {
    self.path = path
    try Files.makeDirectory(Files.folder(of: path))
    var found: String?
    try scan { record in
      if found == nil { found = record.text }
    }
    if found != header {
      try Files.remove(path)
      end = 0
      try append(LogRecord(text: header, values: []))
    }
  }

  /// Every record behind the header, in order.
  public func read(_ body: (LogRecord) throws -> Void) throws {
    var isHeader = true
    try scan { record in
      if !isHeader { try body(record) }
      isHeader = false
    }
  }

  public func append(_ record: LogRecord) throws { try append(record.text, [record.values]) }

  /// Adds a record behind the last complete one and waits until the disk has it; its numbers come in parts, which are
  /// not copied.
  public func append(_ text: String, _ parts: [[Float]]) throws {
    let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT, 0o644)
    guard descriptor >= 0 else { throw Files.failure(path, "open") }
    defer { Glibc.close(descriptor) }
    guard Glibc.ftruncate(descriptor, off_t(end)) == 0, Glibc.lseek(descriptor, off_t(end), SEEK_SET) >= 0 else {
      throw Files.failure(path, "seek")
    }
    let bytes = Array(text.utf8)
    let hash = RunningHash()
    var length = 0
    func put(_ piece: UnsafeRawBufferPointer) throws {
      unsafe try Files.put(piece, to: descriptor, path)
      unsafe hash.update(piece)
      length += piece.count
    }
    let head = Self.head(text: bytes.count, values: parts.reduce(0) { $0 + $1.count })
    for piece in [head, bytes] { try unsafe piece.withUnsafeBytes { try unsafe put($0) } }
    for part in parts { try unsafe part.withUnsafeBytes { try unsafe put($0) } }
    let digest = Array(hash.finish().utf8)
    try unsafe digest.withUnsafeBytes { try unsafe put($0) }
    Machine.crashPoint()
    guard Glibc.fsync(descriptor) == 0 else { throw Files.failure(path, "fsync") }
    end += length
    Machine.crashPoint()
  }

  private static func head(text: Int, values: Int) -> [UInt8] {
    mark + [text, values].flatMap { count in (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) } }
  }

  /// Gives the complete records from the start and notes where they end.
  private func scan(_ body: (LogRecord) throws -> Void) throws {
    end = 0
    guard let size = Files.size(of: path) else { return }
    let descriptor = unsafe Glibc.open(path, O_RDONLY)
    guard descriptor >= 0 else { throw Files.failure(path, "open") }
    defer { Glibc.close(descriptor) }
    // nil where the file ends before.
    func take(_ count: Int) throws -> [UInt8]? {
      var bytes = [UInt8](repeating: 0, count: count)
      var got = 0
      while got < count {
        let more = unsafe bytes.withUnsafeMutableBytes { buffer in
          unsafe Glibc.read(descriptor, buffer.baseAddress.map { unsafe $0 + got }, count - got)
        }
        guard more >= 0 else { throw Files.failure(path, "read") }
        if more == 0 { return nil }
        got += more
      }
      return bytes
    }
    while let head = try take(24), Array(head[0..<8]) == Self.mark {
      func number(_ at: Int) -> Int { (0..<8).reduce(0) { $0 | Int(truncatingIfNeeded: head[at + $1]) << (8 * $1) } }
      let (textCount, valueCount) = (number(8), number(16))
      // A count that the file cannot hold is damage; it must not be added or multiplied.
      guard (0...size).contains(textCount), (0...size / 4).contains(valueCount), let text = try take(textCount)
      else { return }
      var hash = SHA256()
      hash.update(head)
      hash.update(text)
      var values: [Float] = []
      values.reserveCapacity(valueCount)
      while values.count < valueCount {
        guard let piece = try take(4 * min(1 << 20, valueCount - values.count)) else { return }
        hash.update(piece)
        values += Self.floats(piece)
      }
      let digest = hash.hex()
      guard let stored = try take(64), Array(digest.utf8) == stored else { return }
      end += 24 + text.count + 4 * values.count + 64
      try body(LogRecord(text: String(decoding: text, as: UTF8.self), values: values))
    }
  }

  private static func floats(_ bytes: [UInt8]) -> [Float] {
    unsafe [Float](unsafeUninitializedCapacity: bytes.count / 4) { buffer, count in
      unsafe bytes.withUnsafeBytes { unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
      count = bytes.count / 4
    }
  }
}
