/// The unit of a column, which its name ends in.
public enum ColumnUnit {
  private static let endings = [
    "_s": "s", "_ms": "ms", "_hz": "Hz", "_m": "m", "_mm": "mm", "_uv": "uV", "_db": "dB",
    "_dbfs": "dB re full scale", "_ppm": "[ppm]", "_bytes": "By",
  ]
  private static let names = ["seconds": "s", "bytes": "By"]

  /// In UCUM codes where there is one; nil for a column that names none.
  public static func of(_ column: String) -> String? {
    if let unit = names[column] { return unit }
    guard let last = column.lastIndex(of: "_") else { return nil }
    return endings[String(column[last...])]
  }
}
