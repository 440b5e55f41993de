import CZlib
import Diagnostics
import Foundation

/// The one owner of a zlib file: reads plain and gzip files alike, members one after another, in one buffer.
///
/// zlib's own file layer is used, because it undoes several members, seeks in plain files and keeps memory at its
/// buffer; the checksum of every member is compared when its end is read.
@safe struct ByteReader: ~Copyable {
  private let file: gzFile
  private let path: String

  init(_ path: String) throws {
    try Self.checkPlace(path)
    guard let opened = unsafe gzopen(path, "rb") else {
      throw EvokeError(
        .fileUnreadable, path, reason: unsafe String(cString: strerror(errno)),
        remedy: "give yourself the right to read it (chmod u+r)")
    }
    unsafe gzbuffer(opened, 1 << 18)
    unsafe file = opened
    self.path = path
  }

  deinit { unsafe gzclose_r(file) }

  private static func checkPlace(_ path: String) throws {
    var isFolder: ObjCBool = false
    guard unsafe FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
      if let target = try? FileManager.default.destinationOfSymbolicLink(atPath: path) {
        let isAnnex = target.contains(".git/annex/")
        throw EvokeError(
          .fileMissing, path,
          reason: isAnnex
            ? "its content has not been fetched: it is a git-annex link" : "it is a link to \(target), which is gone",
          remedy: isAnnex ? "run git annex get (or datalad get) for it" : "check the link")
      }
      throw EvokeError(.fileMissing, path, reason: "nothing stands at this path", remedy: "check the path")
    }
    guard !isFolder.boolValue else {
      throw EvokeError(.fileUnreadable, path, reason: "it is a folder", remedy: "name a file")
    }
  }

  /// Whether the file is read as it stands.
  var isPlain: Bool { unsafe gzdirect(file) == 1 }

  /// Up to `count` bytes; fewer at the end of the file.
  func read(_ count: Int) throws -> [UInt8] {
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
  func skip(_ count: Int) throws {
    guard count > 0 else { return }
    guard unsafe gzseek(file, count, SEEK_CUR) >= 0 else { throw corrupt(fault() ?? "it cannot be sought in") }
  }

  /// Reads what is left, so that the checksum at the end is compared; a cut stream is an error.
  func finish() throws {
    while true {
      let rest = try read(1 << 16)
      if rest.isEmpty { break }
    }
    if let reason = fault() { throw truncated(reason) }
  }

  /// zlib's complaint, if there is one.
  func fault() -> String? {
    var code: Int32 = Z_OK
    guard let text = unsafe gzerror(file, &code), code < 0 else { return nil }
    if code == Z_BUF_ERROR { return "its compressed stream ends early" }
    return code == Z_ERRNO ? "it cannot be read" : unsafe String(cString: text)
  }

  func truncated(_ reason: String) -> EvokeError {
    EvokeError(.niftiTruncated, path, reason: reason, remedy: "fetch or copy the file again")
  }

  private func corrupt(_ reason: String) -> EvokeError {
    EvokeError(.niftiCorrupt, path, reason: reason, remedy: "restore the file from its source")
  }
}

/// The one owner of a file being written, plain or gzip; it takes its name when it is complete.
@safe struct ByteWriter: ~Copyable {
  private let file: gzFile
  private let path: String
  private let partial: String
  private var isOpen = true

  init(_ path: String, isCompressed: Bool) throws {
    self.path = path
    partial = path + ".partial"
    // T: without a gzip header.
    guard let opened = unsafe gzopen(partial, isCompressed ? "wb6" : "wbT") else {
      throw EvokeError(
        .niftiNotWritten, path, reason: unsafe String(cString: strerror(errno)),
        remedy: "name a folder that exists and is yours")
    }
    unsafe gzbuffer(opened, 1 << 18)
    unsafe file = opened
  }

  func write(_ bytes: [UInt8]) throws {
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
  mutating func close() throws {
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
      .niftiNotWritten, path, reason: unsafe String(cString: strerror(errno)),
      remedy: "make room, or name another folder")
  }
}
