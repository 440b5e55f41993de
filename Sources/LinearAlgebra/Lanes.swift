import COpenBLAS
import CVectorMath
import Synchronization

/// Float32 work of one process shared out to threads ("lanes") above BLAS rather than inside it.
///
/// Inside BLAS only products run on several threads, and each waits for all. Within `sharing`, BLAS has one thread, and
/// `SingleMultiply`, `SingleAttention` and `VectorMath` split their own work (rows, columns or heads) instead.
public enum Lanes {
  private struct State {
    var depth = 0
    var lanes = 1
  }

  private static let state = Mutex(State())

  /// Runs a body with as many lanes as BLAS had threads; BLAS gets its threads back at the end.
  ///
  /// May be nested, and entered by several threads, which then have one setting.
  public static func sharing<T>(_ body: () throws -> T) rethrows -> T {
    state.withLock { state in
      if state.depth == 0 {
        state.lanes = BLASThreads.current
        if state.lanes > 1 { BLASThreads.set(1) }
      }
      state.depth += 1
    }
    defer {
      state.withLock { state in
        state.depth -= 1
        if state.depth == 0 {
          if state.lanes > 1 { BLASThreads.set(state.lanes) }
          state.lanes = 1
        }
      }
    }
    return try body()
  }

  /// Threads that work is split for now.
  static var count: Int { state.withLock { $0.lanes } }

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
