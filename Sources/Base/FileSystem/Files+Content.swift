import ContentIdentity
import Diagnostics
import Glibc

extension Files {
  /// Writes a whole file durably: temporary file, fsync, rename, fsync of the folder.
  public static func write(_ text: String, to path: String) throws { try write(Array(text.utf8), to: path) }

  /// The same for bytes.
  public static func write(_ bytes: [UInt8], to path: String) throws { try write(to: path) { try $0(bytes) } }

  /// The same for bytes that come in parts; where one fails, nothing is left.
  public static func write(to path: String, _ body: (_ sink: @escaping ([UInt8]) throws -> Void) throws -> Void) throws
  {
    let temporary = path + ".tmp-\(getpid())"
    try fill(temporary, flags: O_TRUNC, mode: 0o644) { descriptor in
      try body { bytes in unsafe try bytes.withUnsafeBytes { unsafe try put($0, to: descriptor, path) } }
    }
    try rename(temporary, to: path)
  }

  /// Copies a file to a new one, its permissions too, and makes it durable.
  ///
  /// - Throws: `sourceMissing`, `diskFull`, `permissionDenied`, `writeFailed`, also where something stands at the new
  ///   place; else nothing is left there then.
  public static func copy(_ path: String, to new: String) throws {
    let source = try opened(path)
    defer { close(source) }
    var status = stat()
    guard unsafe fstat(source, &status) == 0 else { throw failure(path, "fstat") }
    try fill(new, flags: O_EXCL, mode: status.st_mode & 0o777) { target in
      unsafe try pieces(of: source, path) { unsafe try put($0, to: target, new) }
    }
  }

  /// The bytes of a file.
  public static func read(_ path: String) throws -> [UInt8] {
    let descriptor = try opened(path)
    defer { close(descriptor) }
    var bytes: [UInt8] = []
    if let size = size(of: path) { bytes.reserveCapacity(size) }
    unsafe try pieces(of: descriptor, path) { unsafe bytes.append(contentsOf: $0) }
    return bytes
  }

  /// Parts of a file one after the other, each as far as the file goes, until `take` returns false.
  public static func parts(
    of path: String, _ ranges: some Sequence<Range<Int>>, _ take: ([UInt8]) throws -> Bool
  ) throws {
    let descriptor = try opened(path)
    defer { close(descriptor) }
    for range in ranges {
      var bytes = [UInt8](repeating: 0, count: range.count)
      var got = 0
      while got < range.count {
        let more = unsafe bytes.withUnsafeMutableBytes { buffer in
          unsafe pread(
            descriptor, buffer.baseAddress.map { unsafe $0 + got }, range.count - got, off_t(range.lowerBound + got))
        }
        if more < 0, errno == EINTR { continue }
        guard more >= 0 else { throw failure(path, "read") }
        if more == 0 { break }
        got += more
      }
      bytes.removeLast(range.count - got)
      guard try take(bytes) else { return }
    }
  }

  /// SHA-256 and size of a file, read in pieces.
  public static func sha256(of path: String) throws -> (hex: String, bytes: Int) {
    let descriptor = try opened(path)
    defer { close(descriptor) }
    var hash = SHA256()
    var total = 0
    unsafe try pieces(of: descriptor, path) { piece in
      unsafe hash.update(piece)
      total += piece.count
    }
    return (hash.hex(), total)
  }

  /// A regular file, open for reading.
  private static func opened(_ path: String) throws -> Int32 {
    if kind(of: path) != nil { try requireRegular(path) }
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor < 0 else { return descriptor }
    let number = errno
    if let problem = shortage(number, opening: path) ?? refusal(of: .reading, at: path) { throw problem }
    throw EvokeError(
      .sourceMissing, path, reason: unsafe String(cString: strerror(number)), remedy: "check the path")
  }

  /// What a file holds from where it stands on, in pieces that are good within `take` only.
  private static func pieces(
    of descriptor: Int32, _ path: String, _ take: (UnsafeRawBufferPointer) throws -> Void
  ) throws {
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    while true {
      let count = unsafe buffer.withUnsafeMutableBytes { unsafe Glibc.read(descriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR { continue }
      guard count >= 0 else { throw failure(path, "read") }
      if count == 0 { return }
      unsafe try buffer.withUnsafeBytes { unsafe try take(UnsafeRawBufferPointer(rebasing: $0[0..<count])) }
    }
  }

  /// Opens a file to write, lets `write` fill it and makes its content durable; what fails leaves no file that was made.
  private static func fill(_ path: String, flags: Int32, mode: UInt32, _ write: (Int32) throws -> Void) throws {
    let descriptor = unsafe Glibc.open(path, O_WRONLY | O_CREAT | O_CLOEXEC | flags, mode)
    guard descriptor >= 0 else { throw failure(path, "open") }
    var isOpen = true
    do {
      try write(descriptor)
      guard fsync(descriptor) == 0 else { throw failure(path, "fsync") }
      isOpen = false
      guard close(descriptor) == 0 else { throw failure(path, "close") }
    } catch {
      if isOpen { close(descriptor) }
      _ = unsafe unlink(path)
      throw error
    }
  }

  /// Writes all bytes, however often the system stops short.
  static func put(_ bytes: UnsafeRawBufferPointer, to descriptor: Int32, _ path: String) throws {
    var at = 0
    while at < bytes.count {
      let written = unsafe Glibc.write(descriptor, bytes.baseAddress.map { unsafe $0 + at }, bytes.count - at)
      if written < 0, errno == EINTR { continue }
      guard written > 0 else { throw failure(path, "write") }
      at += written
    }
  }
}
