import CArraySQL

/// SQL over the arrays of a warehouse, as `libevoke_sqlite` offers it to other clients.
///
/// - `array(name)`: a row per element of a stored array; `time_s, frequency_hz, lag_s, subject, region, channel, component, feature,
///   layer, fold, draw` are its coordinates (NULL where it has no such axis), `value` its number (NULL for NaN). `rowid` is the
///   element's place in row-major order. Further axes are hidden columns of their names (`session`, `trial`, `voxel`, `band`,
///   `source`, `direction`, `cell`, `column`). Comparisons of coordinates (`=`, `<`, `<=`, `>`, `>=`, `BETWEEN`, `IN`) select what
///   is read.
/// - `array_axes(name)`: a row per axis. `h5_tree(path)`: a row per object of an array file that the catalog records.
/// - `corr(x, y)`, `slope(y, x)` (of least squares), `median(x)`, `quantile(x, q)` (linear between order statistics), `stddev(x)`
///   (divisor n - 1): aggregates and windows over the rows in which no argument is NULL. `fisher_z(r)` = atanh r with |r| at most 1 - 1e-7,
///   `inverse_fisher_z(z)` = tanh z, `zscore(x, mean, sd)` = (x - mean) / sd, NULL for sd = 0.
///
/// What is read is checked: the file's bytes against their hash, once per connection and unchanged file, where it holds up to 64 MB
/// or its size, time or inode are not those recorded, the axes against theirs, every chunk by its checksum.
public enum ArraySQL {
  /// Failures of the table functions by SQLite's result codes, beside its general error for what is asked wrongly.
  public enum Failure: Sendable {
    /// An array is not what the catalog records of it.
    case damaged
    /// Its file is not there.
    case missing
    /// A path leads outside the warehouse.
    case outside
    /// Its file may not be read.
    case denied

    public init?(resultCode: Int32) {
      switch Int(resultCode) {
      case carraysql_damaged: self = .damaged
      case carraysql_missing: self = .missing
      case carraysql_outside: self = .outside
      case carraysql_denied: self = .denied
      default: return nil
      }
    }
  }

  /// Ends what a failure says; other clients read it there.
  public static let remedy = "; evoke repair makes it again"

  /// Adds all of it to an SQLite connection; a result code of SQLite.
  ///
  /// - Parameter folder: the warehouse's, in which its files are looked for.
  public static func add(to connection: OpaquePointer, folder: String) -> Int32 {
    unsafe carraysql_register(connection, folder)
  }
}
