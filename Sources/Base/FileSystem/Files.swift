import CFileSystem
import Diagnostics
import Glibc

/// The operating system's file calls that Evoke's promises rest on, each with its status checked.
public enum Files {
  /// What the system says where it does not permit something.
  private static let deniedNumbers: Set<Int32> = [EACCES, EPERM, EROFS]

  private static func denied(_ path: String, reason: String) -> EvokeError {
    EvokeError(
      .permissionDenied, path, reason: reason, remedy: "change its permissions (chmod), or run as a user who has them")
  }

  /// What a process does with a file or folder.
  public enum Use: Sendable { case reading, writing }

  /// The error for what this user may not read, or write, at a path where something stands; nil where there is nothing
  /// against it, or nothing.
  public static func refusal(of use: Use, at path: String) -> EvokeError? {
    let wanted = use == .reading ? R_OK : W_OK
    guard unsafe access(path, wanted) != 0 else { return nil }
    let number = errno
    guard deniedNumbers.contains(number) else { return nil }
    return denied(
      path, reason: "it may not be \(use == .reading ? "read" : "written"): \(unsafe String(cString: strerror(number)))"
    )
  }

  /// A folder for files that need not last: TMPDIR, else where systems have one; nil: this user may write in none.
  public static var scratchFolder: String? {
    let named = Machine.setting("TMPDIR").map { [$0] } ?? []
    return (named + ["/tmp", "/var/tmp", "/dev/shm"]).first {
      unsafe access($0, W_OK | X_OK) == 0 && kind(of: $0) == .folder
    }
  }

  /// What C gave as characters.
  static func text(_ characters: ArraySlice<CChar>) -> String {
    String(decoding: characters.map(UInt8.init(bitPattern:)), as: UTF8.self)
  }

  /// What `errno` says.
  static var systemReason: String { unsafe String(cString: strerror(errno)) }

  /// What `errno` says, as an error about `path`.
  static func failure(_ path: String, _ what: String) -> EvokeError {
    let (number, text) = (errno, systemReason)
    if number == ENOSPC || number == EDQUOT {
      return EvokeError(
        .diskFull, path, reason: "\(what): \(text)", remedy: "free space on this disk and run the command again")
    }
    if deniedNumbers.contains(number) { return denied(path, reason: "\(what): \(text)") }
    return EvokeError(
      .writeFailed, path, reason: "\(what): \(text)", remedy: "check the path, its permissions and the disk")
  }

  /// The error where a file cannot be opened for want of descriptors or memory, which is no fault of the file; nil for every
  /// other `errno`.
  public static func shortage(_ number: Int32, opening path: String) -> EvokeError? {
    guard [EMFILE, ENFILE, ENOMEM].contains(number) else { return nil }
    return EvokeError(
      .writeFailed, path, reason: "open: \(unsafe String(cString: strerror(number)))",
      remedy: "end other programs or raise the limit (ulimit -n), and run the same command again")
  }

  /// The error where a file cannot be read for a cause outside it: no descriptors or memory, or a disk that gives nothing;
  /// nil for every other `errno`.
  public static func unread(_ number: Int32, _ path: String) -> EvokeError? {
    if let shortage = shortage(number, opening: path) { return shortage }
    guard [EIO, ESTALE, ETIMEDOUT, ENXIO].contains(number) else { return nil }
    return EvokeError(
      .writeFailed, path, reason: "read: \(unsafe String(cString: strerror(number)))",
      remedy: "check the disk and its cables (dmesg), and run the same command again: what the file holds is not known")
  }

  /// Writes what the kernel still holds of a file or directory to the disk.
  public static func synchronise(_ path: String) throws {
    let descriptor = unsafe Glibc.open(path, O_RDONLY)
    guard descriptor >= 0 else { throw failure(path, "open") }
    defer { Glibc.close(descriptor) }
    guard Glibc.fsync(descriptor) == 0 else { throw failure(path, "fsync") }
  }

  /// Renames within one file system and makes the new name durable.
  public static func rename(_ from: String, to: String) throws {
    guard unsafe Glibc.rename(from, to) == 0 else { throw failure(to, "rename") }
    try synchronise(folder(of: to))
  }

  /// Gives a file a second name; false where the file system has none, or the name is taken.
  public static func link(_ path: String, as name: String) -> Bool { unsafe Glibc.link(path, name) == 0 }

  /// Sets a file's permission bits.
  public static func setMode(_ path: String, _ mode: UInt32) throws {
    guard unsafe Glibc.chmod(path, mode) == 0 else { throw failure(path, "chmod") }
  }

  /// What stands at a path.
  public enum Kind: Sendable { case file, folder, other }

  /// What stands at a path, links followed; nil: nothing, or nothing one may see.
  public static func kind(of path: String) -> Kind? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    switch status.st_mode & S_IFMT {
    case S_IFREG: return .file
    case S_IFDIR: return .folder
    default: return .other
    }
  }

  /// Refuses what is no regular file before it is opened: reading a pipe waits for its writer, a device never ends.
  ///
  /// - Throws: `fileMissing`, `fileUnreadable`.
  public static func requireRegular(_ path: String) throws(EvokeError) {
    switch kind(of: path) {
    case .file: return
    case .folder: throw EvokeError(.fileUnreadable, path, reason: "it is a folder", remedy: "name a file inside it")
    case .other:
      throw EvokeError(
        .fileUnreadable, path, reason: "it is no regular file but a pipe, a socket or a device",
        remedy: "write what comes from there into a file, and name that")
    case nil:
      let isLink = linkTarget(of: path) != nil
      throw EvokeError(
        .fileMissing, path, reason: isLink ? "it is a link to something that is gone" : "nothing stands at this path",
        remedy: isLink ? "fetch what it links to (git annex get), or correct the link" : "check the path")
    }
  }

  /// Bytes of the file at a path, links followed; nil where there is none.
  public static func size(of path: String) -> Int? {
    var status = stat()
    guard unsafe stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    return Int(status.st_size)
  }

  /// Whether a link stands at a path, its target there or not.
  public static func isLink(_ path: String) -> Bool {
    var status = stat()
    return unsafe lstat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFLNK
  }

  /// Up to `count` first bytes, by which a format is known; none of what cannot be read, which reading it whole tells.
  public static func head(of path: String, count: Int) -> [UInt8] {
    // Without waiting for the writer of a pipe.
    let descriptor = unsafe Glibc.open(path, O_RDONLY | O_NONBLOCK)
    guard descriptor >= 0 else { return [] }
    defer { Glibc.close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: count)
    var got = 0
    while got < count {
      let more = unsafe bytes.withUnsafeMutableBytes { buffer in
        unsafe Glibc.read(descriptor, buffer.baseAddress.map { unsafe $0 + got }, count - got)
      }
      guard more > 0 else { break }
      got += more
    }
    return Array(bytes.prefix(got))
  }

  public static func remove(_ path: String) throws {
    guard unsafe Glibc.unlink(path) == 0 || errno == ENOENT else { throw failure(path, "unlink") }
  }

  /// Size and modification time (ns): tells whether a file that was verified in this process is still the same.
  public static func fingerprint(_ path: String) -> [Int64]? {
    var status = stat()
    guard unsafe lstat(path, &status) == 0 else { return nil }
    return [Int64(status.st_size), Int64(status.st_mtim.tv_sec), Int64(status.st_mtim.tv_nsec), Int64(status.st_ino)]
  }

  /// Size, modification time and inode of a file as one word; nil where there is none.
  public static func stamp(_ path: String) -> String? {
    fingerprint(path).map { $0.map(String.init).joined(separator: " ") }
  }

  /// What the file system says of a file's state, links followed: any writing to it changes this.
  public struct State: Sendable, Equatable {
    let bytes: Int
    let node: UInt64
    let changedNs: Int
    /// When its content was last written, ns since 1970.
    public let writtenNs: Int

    /// All of it as text.
    public var text: String { "bytes \(bytes) node \(node) changed \(changedNs) written \(writtenNs)" }
  }

  /// The state of the file at a path; nil where there is none.
  public static func state(of path: String) -> State? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return State(
      bytes: Int(status.st_size), node: UInt64(status.st_ino), changedNs: nanoseconds(status.st_ctim),
      writtenNs: nanoseconds(status.st_mtim))
  }

  /// Nanoseconds since 1970.
  public static var nowNs: Int {
    var time = timespec()
    guard unsafe clock_gettime(CLOCK_REALTIME, &time) == 0 else { preconditionFailure("there is no clock") }
    return nanoseconds(time)
  }

  private static func nanoseconds(_ time: timespec) -> Int { time.tv_sec * 1_000_000_000 + time.tv_nsec }

  /// The device a path stands on, nil when there is no such path: renames work within one only.
  public static func device(of path: String) -> UInt64? {
    var status = stat()
    guard unsafe stat(path, &status) == 0 else { return nil }
    return UInt64(status.st_dev)
  }

  /// The file system a path stands on, and whether it is one shared over a network.
  public static func fileSystem(of path: String) -> (name: String, isNetwork: Bool) {
    let found = unsafe cfilesystem_magic(path)
    guard found >= 0 else { return ("unknown", false) }
    let known: [Int: (String, Bool)] = [
      0xEF53: ("ext4", false), 0x5846_5342: ("xfs", false), 0x9123_683E: ("btrfs", false),
      0x0102_1994: ("tmpfs", false),
      0x794C_7630: ("overlay", false), 0x2FC1_2FC1: ("zfs", false), 0x6969: ("nfs", true), 0xFF53_4D42: ("cifs", true),
      0xFE53_4D42: ("smb2", true), 0x0BD0_0BD0: ("lustre", true), 0x4750_4653: ("gpfs", true),
      0x00C3_6400: ("ceph", true),
      0x6573_5546: ("fuse", true), 0x0102_1997: ("9p", true), 0x1980_0202: ("beegfs", true),
    ]
    let magic = found & 0xFFFF_FFFF
    return known[magic] ?? ("0x" + String(magic, radix: 16), false)
  }

  /// Bytes free to this user on the disk of a path.
  public static func freeBytes(at path: String) -> Int? {
    let free = unsafe cfilesystem_free(path)
    return free >= 0 ? Int(free) : nil
  }
}
