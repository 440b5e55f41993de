import COpenBLAS

/// A row-major float64 matrix.
public struct Matrix: Sendable, Equatable {
  public let rows: Int
  public let columns: Int
  /// `values[i * columns + j]` is row i, column j.
  public var values: [Double]

  public init(rows: Int, columns: Int, values: [Double]) {
    precondition(values.count == rows * columns, "shape and value count differ")
    self.rows = rows
    self.columns = columns
    self.values = values
  }

  public init(rows: Int, columns: Int) {
    self.init(rows: rows, columns: columns, values: [Double](repeating: 0, count: rows * columns))
  }

  public subscript(row: Int, column: Int) -> Double {
    get { values[row * columns + column] }
    set { values[row * columns + column] = newValue }
  }
}

/// The number of threads BLAS uses in this process.
public enum BLASThreads {
  /// Sets it; process-global, so only a worker's entry point calls it.
  public static func set(_ count: Int) { openblas_set_num_threads(Int32(count)) }

  public static var current: Int { Int(openblas_get_num_threads()) }

  /// The kernel OpenBLAS chose for this CPU, for the environment row.
  public static var kernel: String { unsafe openblas_get_corename().map { unsafe String(cString: $0) } ?? "unknown" }

  public static var version: String { unsafe openblas_get_config().map { unsafe String(cString: $0) } ?? "unknown" }
}
