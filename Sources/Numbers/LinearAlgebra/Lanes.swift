import COpenBLAS
import CVectorMath
import Synchronization

/// Float32 work of one process shared out to threads ("lanes") above BLAS rather than inside it.
///
/// Inside BLAS only products run on several threads, and each waits for all. Within `sharing`, BLAS has one thread, and
/// `SingleMultiply`, `SingleAttention` and `VectorMath` split their own work (rows, columns or heads) instead.
public enum Lanes {
  /// How many bodies share at the moment, and the threads BLAS had before the first.
  private struct State {
    var sharers = 0
    var threads = 1
  }

  private static let state = Mutex(State())

  /// Runs a body that splits its work for `lanes` threads, by default as many as BLAS has; BLAS gets its own back when
  /// the last body ends. Only what the calling thread does is split. May be nested.
  public static func sharing<T>(among lanes: Int? = nil, _ body: () throws -> T) rethrows -> T {
    let threads = state.withLock { state in
      if state.sharers == 0 {
        state.threads = BLASThreads.current
        if state.threads > 1 { BLASThreads.set(1) }
      }
      state.sharers += 1
      return state.threads
    }
    let before = lanes_count()
    lanes_set_count(lanes ?? (before > 0 ? before : threads))
    defer {
      lanes_set_count(before)
      state.withLock { state in
        state.sharers -= 1
        if state.sharers == 0, state.threads > 1 { BLASThreads.set(state.threads) }
      }
    }
    return try body()
  }

  /// Threads the calling thread's work is split for.
  static var count: Int { max(1, lanes_count()) }

  /// Calls the body once for every index below `count`, on several threads; bodies must not write to the same numbers.
  static func perform(_ count: Int, lanes: Int, _ body: (Int) -> Void) {
    withoutActuallyEscaping(body) { body in
      unsafe withUnsafePointer(to: body) { pointer in
        unsafe lanes_perform(
          count, lanes,
          { context, index in
            guard let context = unsafe context else { return }
            unsafe context.assumingMemoryBound(to: ((Int) -> Void).self).pointee(index)
          }, UnsafeMutableRawPointer(mutating: pointer))
      }
    }
  }

  /// Splits `rows` rows of `width` numbers and calls the body with each part's first row and row count; what is too
  /// small to be worth another thread is left whole.
  static func split(rows: Int, width: Int, _ body: (_ first: Int, _ rows: Int) -> Void) {
    let lanes = min(count, rows, max(1, rows * width / 16_384))
    guard lanes > 1 else { return body(0, rows) }
    perform(lanes, lanes: lanes) { i in
      let first = rows * i / lanes
      body(first, rows * (i + 1) / lanes - first)
    }
  }
}
