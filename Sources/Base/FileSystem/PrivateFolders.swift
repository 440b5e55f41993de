import Glibc
import Synchronization

/// The private folders of this process that are there. SIGHUP, SIGINT and SIGTERM remove them and then end the process as they
/// do, where they are neither ignored nor somebody else's.
enum PrivateFolders {
  private struct Folders {
    var paths: Set<String> = []
    var watch: SignalWatch?
  }

  private static let folders = Mutex(Folders())

  static var open: Set<String> { folders.withLock { $0.paths } }

  static func enter(_ path: String) {
    folders.withLock { folders in
      folders.paths.insert(path)
      guard folders.watch == nil else { return }
      folders.watch = SignalWatch(ending: [SIGHUP, SIGINT, SIGTERM]) { number in
        PrivateFolder.removeAll()
        _ = signal(number, SIG_DFL)
        kill(getpid(), number)
      }
    }
  }

  static func leave(_ path: String) {
    folders.withLock { folders in
      folders.paths.remove(path)
      if folders.paths.isEmpty { folders.watch = nil }
    }
  }
}
