import CZlib
import Diagnostics
import FileSystem
import Foundation

/// The one owner of a zlib file: reads plain and gzip files alike, members one after another, in one buffer.
///
/// zlib's own file layer is used, because it undoes several members, seeks in plain files and keeps memory at its
/// buffer; the checksum of every member is compared when its end is read.
@safe package struct ByteReader: ~Copyable {
  private let file: gzFile
  private let path: String
  private let truncation: ErrorCode
  private let damage: ErrorCode

  /// Opens a file; a cut or damaged one throws `truncation` or `damage` when that is met.
  package init(_ path: String, truncation: ErrorCode, damage: ErrorCode) throws {
    try Self.checkPlace(path)
    if let refusal = Files.refusal(of: .reading, at: path) { throw refusal }
    guard let opened = unsafe gzopen(path, "rb") else {
      throw EvokeError(
        .fileUnreadable, path, reason: unsafe String(cString: strerror(errno)),
        remedy: "give yourself the right to read it (chmod u+r)")
    }
    unsafe gzbuffer(opened, 1 << 18)
    unsafe file = opened
    self.path = path
    self.truncation = truncation
    self.damage = damage
  }

  deinit { unsafe gzclose_r(file) }

  private static func checkPlace(_ path: String) throws {
    guard Files.exists(path) else {
      if let target = Files.linkTarget(of: path) {
        let isAnnex = target.contains(".git/annex/")
        throw EvokeError(
          .fileMissing, path,
          reason: isAnnex
            ? "its content has not been fetched: it is a git-annex link" : "it is a link to \(target), which is gone",
          remedy: isAnnex ? "run git annex get (or datalad get) for it" : "check the link")
      }
      throw EvokeError(.fileMissing, path, reason: "nothing stands at this path", remedy: "check the path")
    }
    try Files.requireRegular(path)
  }

  /// Whether the file is read as it stands.
  package var isPlain: Bool { unsafe gzdirect(file) == 1 }

  /// Up to `count` bytes; fewer at the end of the file. Memory grows with what is there, not with what is asked for.
  package func read(_ count: Int) throws -> [UInt8] {
    var bytes = try piece(min(count, 1 << 26))
    while bytes.count < count {
      let next = try piece(min(count - bytes.count, 1 << 26))
      if next.isEmpty { break }
      bytes += next
    }
    return bytes
  }

  private func piece(_ count: Int) throws -> [UInt8] {
    var filled = 0
    var failure: String?
    let bytes = unsafe [UInt8](unsafeUninitializedCapacity: count) { buffer, initialised in
      while filled < count {
        let wanted = UInt32(min(count - filled, 1 << 30))
        let got = unsafe gzread(file, buffer.baseAddress! + filled, wanted)
        if got < 0 { failure = fault() }
        if got <= 0 { break }
        filled += Int(got)
      }
      initialised = filled
    }
    if let failure { throw corrupt(failure) }
    return bytes
  }

  /// Passes over bytes; a plain file seeks, a compressed one is inflated.
  package func skip(_ count: Int) throws {
    guard count > 0 else { return }
    guard unsafe gzseek(file, count, SEEK_CUR) >= 0 else { throw corrupt(fault() ?? "it cannot be sought in") }
  }

  /// Reads what is left, so that the checksum at the end is compared; a cut stream is an error.
  ///
  /// - Returns: the bytes that were left.
  @discardableResult
  package func finish() throws -> Int {
    var count = 0
    while true {
      let rest = try read(1 << 16)
      if rest.isEmpty { break }
      count += rest.count
    }
    if let reason = fault() { throw truncated(reason) }
    return count
  }

  /// zlib's complaint, if there is one.
  package func fault() -> String? {
    var code: Int32 = Z_OK
    guard let text = unsafe gzerror(file, &code), code < 0 else { return nil }
    if code == Z_BUF_ERROR { return "its compressed stream ends early" }
    return code == Z_ERRNO ? "it cannot be read" : unsafe String(cString: text)
  }

  package func truncated(_ reason: String) -> EvokeError {
    EvokeError(truncation, path, reason: reason, remedy: "fetch or copy the file again")
  }

  private func corrupt(_ reason: String) -> EvokeError {
    EvokeError(damage, path, reason: reason, remedy: "restore the file from its source")
  }
}

/// The one owner of a file being written, plain or gzip; it takes its name when it is complete.
@safe package struct ByteWriter: ~Copyable {
  private let file: gzFile
  private let path: String
  private let partial: String
  private let failure: ErrorCode
  private var isOpen = true

  /// Begins a file; what the disk refuses throws `failure`.
  package init(_ path: String, isCompressed: Bool, failure: ErrorCode) throws {
    self.path = path
    self.failure = failure
    partial = path + ".partial"
    // T: without a gzip header.
    guard let opened = unsafe gzopen(partial, isCompressed ? "wb6" : "wbT") else {
      throw EvokeError(
        failure, path, reason: unsafe String(cString: strerror(errno)),
        remedy: "name a folder that exists and is yours")
    }
    unsafe gzbuffer(opened, 1 << 18)
    unsafe file = opened
  }

  /// Adds bytes.
  package func write(_ bytes: [UInt8]) throws {
    var written = 0
    while written < bytes.count {
      let got = unsafe bytes.withUnsafeBufferPointer {
        unsafe gzwrite(file, $0.baseAddress! + written, UInt32(min(bytes.count - written, 1 << 30)))
      }
      guard got > 0 else { throw failed() }
      written += Int(got)
    }
  }

  /// Closes the file and gives it its name.
  package mutating func close() throws {
    isOpen = false
    guard unsafe gzclose_w(file) == Z_OK, unsafe rename(partial, path) == 0 else {
      let error = failed()
      try? FileManager.default.removeItem(atPath: partial)
      throw error
    }
  }

  deinit {
    guard isOpen else { return }
    unsafe gzclose_w(file)
    try? FileManager.default.removeItem(atPath: partial)
  }

  private func failed() -> EvokeError {
    EvokeError(
      failure, path, reason: unsafe String(cString: strerror(errno)),
      remedy: "make room, or name another folder")
  }
}
