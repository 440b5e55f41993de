import CFileSystem
import ContentIdentity
import Diagnostics
import Foundation
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

/// An append-only file of records, each durable when `append` returns and checked by its hash when it is read.
///
/// Layout: records of `evokelog` (8 bytes), length of text and count of numbers (64-bit little-endian), the text in
/// UTF-8, the numbers (little-endian float32), SHA-256 of all of that (64 hex digits). The first record is the header. A
/// record that an interruption cut short, and everything behind it, does not count. One process uses a log at a time.
public final class RecordLog {
  private static let mark = Array("evokelog".utf8)
  public let path: String
  /// Bytes of the complete records.
  private var end = 0

  /// Opens the log of a path, or starts a new one where there is none, or one with another header, or one that is
  /// damaged in its first record.
  ///
  /// - Throws: E-WH-008 and E-WH-009 when the disk does not take it.
  public init(path: String, header: String) throws {
    self.path = path
    try Files.makeDirectory((path as NSString).deletingLastPathComponent)
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

  /// Adds a record behind the last complete one and waits until the disk has it.
  public func append(_ record: LogRecord) throws {
    let bytes = Self.bytes(record)
    let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT, 0o644)
    guard descriptor >= 0 else { throw Files.failure(path, "open") }
    defer { Glibc.close(descriptor) }
    guard Glibc.ftruncate(descriptor, off_t(end)) == 0, Glibc.lseek(descriptor, off_t(end), SEEK_SET) >= 0 else {
      throw Files.failure(path, "seek")
    }
    var at = 0
    while at < bytes.count {
      let written = unsafe bytes.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress! + at, $0.count - at) }
      guard written > 0 else { throw Files.failure(path, "write") }
      at += written
    }
    Machine.crashPoint()
    guard Glibc.fsync(descriptor) == 0 else { throw Files.failure(path, "fsync") }
    end += bytes.count
    Machine.crashPoint()
  }

  private static func bytes(_ record: LogRecord) -> [UInt8] {
    let text = Array(record.text.utf8)
    var bytes = mark
    for count in [text.count, record.values.count] {
      bytes += (0..<8).map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    }
    bytes += text
    unsafe record.values.withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
    return bytes + Array(SHA256.hex(of: bytes).utf8)
  }

  /// Gives the complete records from the start and notes where they end.
  private func scan(_ body: (LogRecord) throws -> Void) throws {
    end = 0
    guard let handle = FileHandle(forReadingAtPath: path) else { return }
    defer { try? handle.close() }
    let size = Int((try? handle.seekToEnd()) ?? 0)
    try? handle.seek(toOffset: 0)
    func take(_ count: Int) -> [UInt8]? {
      guard count > 0 else { return [] }
      return (try? handle.read(upToCount: count)).flatMap { $0 }.map { [UInt8]($0) }.flatMap {
        $0.count == count ? $0 : nil
      }
    }
    while let head = take(24), Array(head[0..<8]) == Self.mark {
      func number(_ at: Int) -> Int { (0..<8).reduce(0) { $0 | Int(truncatingIfNeeded: head[at + $1]) << (8 * $1) } }
      let (textCount, valueCount) = (number(8), number(16))
      // A count that the file cannot hold is damage; it must not be added or multiplied.
      guard (0...size).contains(textCount), (0...size / 4).contains(valueCount),
        let text = take(textCount), let values = take(4 * valueCount), let stored = take(64),
        Array(SHA256.hex(of: head + text + values).utf8) == stored
      else { return }
      end += 24 + text.count + values.count + 64
      try body(LogRecord(text: String(decoding: text, as: UTF8.self), values: Self.floats(values)))
    }
  }

  private static func floats(_ bytes: [UInt8]) -> [Float] {
    unsafe [Float](unsafeUninitializedCapacity: bytes.count / 4) { buffer, count in
      unsafe bytes.withUnsafeBytes { unsafe UnsafeMutableRawBufferPointer(buffer).copyMemory(from: $0) }
      count = bytes.count / 4
    }
  }
}
