import Diagnostics
import FileSystem
import Glibc

/// Which byte of a number comes first.
package enum ByteOrder: Sendable {
  case little, big
}

/// Bytes of memory or of a file, read by position and never beyond their end: what every hand-written reader reads.
///
/// A file is opened for each reading and nothing of it is kept, so that any number of sources may be alive; no more of it
/// is read than is asked for. Whatever does not lie inside is an `EvokeError` that names the file, the bytes and what
/// was being read. Offsets count from the source's start; errors name the place in the file.
package struct ByteSource: Sendable {
  private enum Storage: Sendable {
    case memory([UInt8])
    case file
  }

  package let path: String
  /// Bytes from the first to the last.
  package let count: Int
  /// The error that bytes beyond the end are, and what to do about it.
  package let truncation: ErrorCode
  package let remedy: String
  private let storage: Storage
  /// Where it begins in its storage.
  private let start: Int
  /// Where its storage begins in the file.
  private let origin: Int

  private init(_ parent: ByteSource, storage: Storage, start: Int, count: Int, origin: Int) {
    (path, truncation, remedy) = (parent.path, parent.truncation, parent.remedy)
    (self.storage, self.start, self.count, self.origin) = (storage, start, count, origin)
  }

  /// Bytes in memory; `path` is what errors call them, `origin` where they begin in that file.
  package init(
    _ bytes: [UInt8], path: String, origin: Int = 0, truncation: ErrorCode, remedy: String = Self.fetchAgain
  ) {
    (self.path, self.truncation, self.remedy) = (path, truncation, remedy)
    (storage, start, count, self.origin) = (.memory(bytes), 0, bytes.count, origin)
  }

  /// A file, of which only the length is read.
  ///
  /// - Throws: `fileMissing`, `fileUnreadable`.
  package init(reading path: String, truncation: ErrorCode, remedy: String = Self.fetchAgain) throws {
    let descriptor = try FileDescriptor(path)
    (self.path, self.truncation, self.remedy) = (path, truncation, remedy)
    (storage, start, count, origin) = (.file, 0, try descriptor.size(path), 0)
  }

  package static let fetchAgain = "fetch or copy the file again"

  /// The bytes of a range.
  ///
  /// - Throws: the source's `truncation` where it does not hold them, `fileUnreadable`.
  package func bytes(_ range: Range<Int>, _ what: @autoclosure () -> String) throws -> [UInt8] {
    try check(range, what())
    let inside = start + range.lowerBound..<start + range.upperBound
    switch storage {
    case .memory(let bytes): return inside == bytes.indices ? bytes : Array(bytes[inside])
    case .file:
      guard !range.isEmpty else { return [] }
      let bytes = try FileDescriptor(path).read(inside, path)
      guard bytes.count == range.count else {
        throw outside(range, what(), "it ended there while it was read")
      }
      return bytes
    }
  }

  /// `count` bytes from an offset; a count that no memory holds is an error too.
  package func bytes(at offset: Int, count: Int, _ what: @autoclosure () -> String) throws -> [UInt8] {
    try bytes(range(offset, count, what()), what())
  }

  /// The first bytes, fewer where it is shorter.
  package func head(_ count: Int) throws -> [UInt8] { try bytes(0..<min(count, self.count), "its head") }

  /// A part as a source of its own; nothing is read.
  package func part(_ range: Range<Int>, _ what: @autoclosure () -> String) throws -> ByteSource {
    try check(range, what())
    return ByteSource(
      self, storage: storage, start: start + range.lowerBound, count: range.count, origin: origin)
  }

  /// A part in memory, read at once.
  package func loaded(_ range: Range<Int>, _ what: @autoclosure () -> String) throws -> ByteSource {
    if case .memory = storage { return try part(range, what()) }
    return ByteSource(
      self, storage: .memory(try bytes(range, what())), start: 0, count: range.count,
      origin: origin + start + range.lowerBound)
  }

  /// The range of `count` bytes from an offset, checked.
  package func range(_ offset: Int, _ count: Int, _ what: @autoclosure () -> String) throws -> Range<Int> {
    let (end, overflow) = offset.addingReportingOverflow(count)
    guard offset >= 0, count >= 0, !overflow, end <= self.count else {
      throw missing("\(count) bytes from byte \(position(offset))", what())
    }
    return offset..<end
  }

  /// Where an offset lies in the file.
  package func position(_ offset: Int) -> Int { (origin + start).addingReportingOverflow(offset).partialValue }

  /// A whole number.
  package func integer<Value: FixedWidthInteger>(
    at offset: Int, _: Value.Type, order: ByteOrder = .little, _ what: @autoclosure () -> String
  ) throws -> Value {
    let bytes = try bytes(at: offset, count: Value.bitWidth / 8, what())
    return Value(bytes: bytes, order)
  }

  /// A float32.
  package func float32(at offset: Int, order: ByteOrder = .little, _ what: @autoclosure () -> String) throws -> Float {
    Float(bitPattern: try integer(at: offset, UInt32.self, order: order, what()))
  }

  /// A float64.
  package func float64(at offset: Int, order: ByteOrder = .little, _ what: @autoclosure () -> String) throws -> Double {
    Double(bitPattern: try integer(at: offset, UInt64.self, order: order, what()))
  }

  /// UTF-8 text up to the first zero byte of a range; what is no UTF-8 becomes U+FFFD.
  package func text(_ range: Range<Int>, _ what: @autoclosure () -> String) throws -> String {
    String(decoding: try bytes(range, what()).prefix { $0 != 0 }, as: UTF8.self)
  }

  /// Numbers that fill a range, as float64.
  package func doubles(
    _ range: Range<Int>, _ type: NumberType, order: ByteOrder = .little, _ what: @autoclosure () -> String
  ) throws -> [Double] {
    type.doubles(try bytes(range, what()), order)
  }

  /// Whole numbers that fill a range.
  package func integers<Value: FixedWidthInteger>(
    _ range: Range<Int>, _: Value.Type, order: ByteOrder = .little, _ what: @autoclosure () -> String
  ) throws -> [Value] {
    let bytes = try bytes(range, what())
    let width = Value.bitWidth / 8
    return (0..<bytes.count / width).map { Value(bytes: bytes[$0 * width..<($0 + 1) * width], order) }
  }

  private func check(_ range: Range<Int>, _ what: @autoclosure () -> String) throws {
    guard range.lowerBound >= 0, range.upperBound <= count else { throw outside(range, what()) }
  }

  private func outside(_ range: Range<Int>, _ what: String, _ why: String? = nil) -> EvokeError {
    missing("bytes \(position(range.lowerBound)) to \(position(range.upperBound))", what, why)
  }

  private func missing(_ place: String, _ what: String, _ why: String? = nil) -> EvokeError {
    EvokeError(
      truncation, path, reason: "\(what) would be \(place), \(why ?? "and it ends at byte \(position(count))")",
      remedy: remedy)
  }
}

extension FixedWidthInteger {
  /// A number from exactly as many bytes as it has.
  init(bytes: some BidirectionalCollection<UInt8>, _ order: ByteOrder) {
    var value: Self = 0
    if order == .big {
      for byte in bytes { value = (Self.bitWidth > 8 ? value << 8 : 0) | Self(truncatingIfNeeded: byte) }
    } else {
      for byte in bytes.reversed() { value = (Self.bitWidth > 8 ? value << 8 : 0) | Self(truncatingIfNeeded: byte) }
    }
    self = value
  }
}

/// The one owner of an open file. It does not wait for the writer of a pipe, which is no regular file and refused.
private struct FileDescriptor: ~Copyable {
  private let number: Int32

  init(_ path: String) throws {
    number = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard number >= 0 else {
      let reason = unsafe String(cString: strerror(errno))
      if let shortage = Files.shortage(errno, opening: path) { throw shortage }
      if errno == ENOENT || errno == ENOTDIR { try Files.requireRegular(path) }
      if let refusal = Files.refusal(of: .reading, at: path) { throw refusal }
      throw EvokeError(
        .fileUnreadable, path, reason: "it cannot be opened: \(reason)",
        remedy: "give yourself the right to read it (chmod u+r)")
    }
  }

  deinit { close(number) }

  /// The length of a regular file.
  func size(_ path: String) throws -> Int {
    var status = stat()
    guard unsafe fstat(number, &status) == 0, status.st_mode & S_IFMT == S_IFREG else {
      try Files.requireRegular(path)
      throw EvokeError(
        .fileUnreadable, path, reason: "it is no regular file", remedy: "name a file that nobody replaces")
    }
    return Int(status.st_size)
  }

  /// The bytes of a range, fewer where the file ends before.
  func read(_ range: Range<Int>, _ path: String) throws -> [UInt8] {
    var filled = 0
    var failure: String?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: range.count) { buffer, initialised in
      while filled < range.count {
        let got = unsafe pread(
          number, buffer.baseAddress! + filled, min(range.count - filled, 1 << 30), off_t(range.lowerBound + filled))
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = unsafe String(cString: strerror(errno)) }
        if got <= 0 { break }
        filled += got
      }
      initialised = filled
    }
    if let failure {
      throw EvokeError(
        .fileUnreadable, path, reason: "reading failed: \(failure)", remedy: "check the file and its disk")
    }
    return bytes
  }
}
