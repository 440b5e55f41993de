import CHDF5
import Diagnostics
import FileSystem
import Glibc

/// The one door to libhdf5: a process-wide lock, because open-then-read must be atomic even where the library
/// itself is thread-safe, and a silenced error stack, because errors are thrown, not printed.
enum HDF5Library {
  /// Made at the first call. libhdf5 must not clean up at exit: with a file that could not be flushed it crashes there.
  private static let lock = {
    _ = H5dont_atexit()
    return RecursiveLock()
  }()

  /// Runs `body` while no other thread of this process is inside libhdf5.
  static func locked<Value: ~Copyable>(_ body: () throws -> Value) rethrows -> Value {
    lock.lock()
    defer { lock.unlock() }
    // The stack is per thread and the call costs nanoseconds, so it is made at every entry.
    _ = chdf5_silence()
    return try body()
  }

  /// The messages of this thread's HDF5 error stack, the most specific first.
  static func messages() -> [String] {
    final class Found { var texts: [String] = [] }
    let found = Found()
    withExtendedLifetime(found) {
      _ = unsafe H5Ewalk2(
        chdf5_default(), H5E_WALK_UPWARD,
        { _, descriptor, context in
          guard let context = unsafe context, let descriptor = unsafe descriptor,
            let text = unsafe descriptor.pointee.desc
          else { return 0 }
          unsafe Unmanaged<Found>.fromOpaque(context).takeUnretainedValue().texts.append(unsafe String(cString: text))
          return 0
        }, Unmanaged.passUnretained(found).toOpaque())
    }
    return found.texts
  }
}

/// A lock that the thread which holds it may take again.
@safe private final class RecursiveLock: @unchecked Sendable {
  private let mutex: UnsafeMutablePointer<pthread_mutex_t>

  init() {
    unsafe mutex = .allocate(capacity: 1)
    var attributes = pthread_mutexattr_t()
    let status = unsafe [
      pthread_mutexattr_init(&attributes), pthread_mutexattr_settype(&attributes, Int32(PTHREAD_MUTEX_RECURSIVE)),
      pthread_mutex_init(mutex, &attributes),
    ]
    precondition(status == [0, 0, 0], "no lock can be made")
  }

  func lock() { unsafe pthread_mutex_lock(mutex) }
  func unlock() { unsafe pthread_mutex_unlock(mutex) }
}

/// What a handle stands for, so that a dataspace cannot be closed as a dataset.
protocol HDF5Kind {
  static func close(_ id: hid_t) -> herr_t
}

enum FileKind: HDF5Kind { static func close(_ id: hid_t) -> herr_t { H5Fclose(id) } }
enum ObjectKind: HDF5Kind { static func close(_ id: hid_t) -> herr_t { H5Oclose(id) } }
enum GroupKind: HDF5Kind { static func close(_ id: hid_t) -> herr_t { H5Gclose(id) } }
enum DatasetKind: HDF5Kind { static func close(_ id: hid_t) -> herr_t { H5Dclose(id) } }
enum SpaceKind: HDF5Kind { static func close(_ id: hid_t) -> herr_t { H5Sclose(id) } }
enum TypeKind: HDF5Kind { static func close(_ id: hid_t) -> herr_t { H5Tclose(id) } }
enum AttributeKind: HDF5Kind { static func close(_ id: hid_t) -> herr_t { H5Aclose(id) } }
enum PropertyKind: HDF5Kind { static func close(_ id: hid_t) -> herr_t { H5Pclose(id) } }

/// One owned HDF5 identifier; used under the lock only.
struct Handle<Kind: HDF5Kind>: ~Copyable {
  let id: hid_t

  init?(_ id: hid_t) {
    guard id >= 0 else { return nil }
    self.id = id
  }

  deinit { _ = Kind.close(id) }

  /// Gives up the identifier without closing it.
  consuming func forget() { discard self }

  /// Closes now; false when HDF5 says that it failed (a flush that found no space, for one).
  consuming func close() -> Bool {
    let status = Kind.close(id)
    discard self
    return status >= 0
  }
}

/// Names the file for errors and turns HDF5's statuses into them.
struct HDF5Context: Sendable {
  let path: String
  let writes: Bool

  func object(_ inside: String?) -> String { inside.map { "\(path):\($0)" } ?? path }

  /// The error for the failure that libhdf5 has just reported.
  func failure(_ inside: String?, _ doing: String) -> EvokeError {
    let messages = HDF5Library.messages()
    if let error = machineFailure(messages, inside) { return error }
    let message = messages.first ?? "no message"
    let (code, remedy) = classify(message)
    // HDF5's own words about a failed write go over several lines of times and addresses.
    let says = code == .diskFull ? "no space left on the device" : "HDF5 says: \(message)"
    return EvokeError(code, object(inside), reason: "\(doing): \(says)", remedy: remedy)
  }

  /// What the machine refused, where that is why libhdf5 could not read: no damage of the file.
  private func machineFailure(_ messages: [String], _ inside: String?) -> EvokeError? {
    guard !writes else { return nil }
    return messages.lazy.compactMap(Self.systemNumber).first.flatMap { Files.unread($0, object(inside)) }
  }

  /// Where a failure is passed over, as a file may have what it cannot read: it is not where the machine is at fault.
  func checkMachine(_ status: some SignedInteger, _ inside: String?) throws(EvokeError) {
    if status < 0, let error = machineFailure(HDF5Library.messages(), inside) { throw error }
  }

  /// The `errno` with which a call of libhdf5's failed.
  static func systemNumber(_ message: String) -> Int32? {
    guard let place = message.firstRange(of: "errno = ") else { return nil }
    return Int32(message[place.upperBound...].prefix(while: \.isNumber))
  }

  private func classify(_ message: String) -> (ErrorCode, String) {
    if message.contains("errno = 28") { return (.diskFull, "free space on the disk and run the command again") }
    if writes { return (.hdf5WriteFailed, "check the disk and its permissions, then run the command again") }
    if message.contains("truncated file") { return (.hdf5Truncated, "fetch or copy the file again") }
    if message.contains("file signature not found") {
      return (.notHDF5, "give an HDF5 file (.h5, .hdf5, .nwb, MATLAB v7.3)")
    }
    let damage = [
      "checksum", "Fletcher32", "inflate", "wrong B-tree", "bad object header", "wrong superblock",
      "addr overflow", "unable to decode", "corrupt",
    ]
    if damage.contains(where: message.contains) { return (.hdf5Corrupt, "restore the file from its source") }
    return (.hdf5Failed, "open the file with h5dump; restore it when that fails too")
  }

  func check(_ status: some SignedInteger, _ inside: String?, _ doing: String) throws {
    guard status >= 0 else { throw failure(inside, doing) }
  }

  func own<Kind: HDF5Kind>(_ id: hid_t, _ kind: Kind.Type, _ inside: String?, _ doing: String) throws -> Handle<Kind> {
    guard let handle = Handle<Kind>(id) else { throw failure(inside, doing) }
    return handle
  }
}
