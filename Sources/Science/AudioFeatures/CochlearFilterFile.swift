import Diagnostics
import Foundation
import HDF5File
import MATLABFile

/// Reads a filter bank from a file, whatever its format.
///
/// The matrix COCHBA of the NSL toolbox (`aud24.mat`): complex, one column per filter from low to high; row 1 holds the
/// order p (real), rows 2 to p + 2 numerators in the real and denominators in the imaginary part. It is read from MATLAB
/// files of version 5 and 7.3 (or any HDF5 file with a compound of two numbers) and from complex NumPy arrays. Plain
/// coefficients are a real NumPy array `[filters, 2, taps]` (numerators, denominators, filled up with zeros) or a table
/// with the columns filter, tap, b, a.
public enum CochlearFilterFile {
  /// The bank in a file, and where in the file it stands.
  ///
  /// - Parameter variable: variable or dataset; nil takes COCHBA, else the only complex matrix.
  /// - Throws: `filtersNotFound`, `filtersShape`, `filtersUnstable`, and what the readers of the formats throw.
  public static func read(_ path: String, variable: String? = nil) throws -> (
    bank: CochlearFilterBank, variable: String
  ) {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw EvokeError(
        .fileMissing, path, reason: "it cannot be opened", remedy: "check the path and its permissions")
    }
    // Nothing comes from an empty file.
    let bytes = [UInt8]((try? handle.read(upToCount: 4_096)) ?? Data())
    try? handle.close()
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    if bytes.starts(with: signature) || bytes.dropFirst(512).starts(with: signature) {
      return try hdf5(path, variable)
    }
    if MATLABFile.isMATLAB(bytes) { return try matlab(path, variable) }
    if bytes.starts(with: [0x93] + Array("NUMPY".utf8)) { return (try numpy(path), "") }
    return (try table(path), "")
  }

  private static func matlab(_ path: String, _ variable: String?) throws -> (CochlearFilterBank, String) {
    let file = try MATLABFile(reading: path)
    let complex = file.variables.filter { $0.isComplex && $0.dims.count == 2 }.map(\.name)
    let name = try variable ?? choose(complex, all: file.names, path)
    let numbers = try file.numbers(name)
    guard let imaginary = numbers.imaginary, numbers.dims.count == 2 else {
      throw notFound("\(path):\(name)", "it is a real \(numbers.dims.map(String.init).joined(separator: " x ")) array")
    }
    // Column-major rows x filters: filter by filter.
    let bank = try cochba(
      numbers.real, imaginary, rows: numbers.dims[0], filters: numbers.dims[1], object: "\(path):\(name)")
    return (bank, name)
  }

  private static func hdf5(_ path: String, _ variable: String?) throws -> (CochlearFilterBank, String) {
    let file = try HDF5File(reading: path)
    let sets = try file.datasets()
    let complex = sets.filter { $0.type == .other("compound") && $0.shape.count == 2 }.map(\.path)
    let names = complex.map { $0.hasPrefix("/") ? String($0.dropFirst()) : $0 }
    let name = try variable ?? choose(names, all: sets.map(\.path), path)
    let (shape, real, imaginary) = try file.complexDoubles(name)
    guard shape.count == 2 else { throw notFound("\(path):\(name)", "it has the shape \(shape)") }
    // MATLAB writes its columns as rows; other programs write rows x filters.
    let object = "\(path):\(name)"
    if isHeader(stride(from: 0, to: real.count, by: max(1, shape[1])).map { real[$0] }, rows: shape[1]) {
      return (try cochba(real, imaginary, rows: shape[1], filters: shape[0], object: object), name)
    }
    let (r, i) = (transposed(real, shape), transposed(imaginary, shape))
    return (try cochba(r, i, rows: shape[0], filters: shape[1], object: object), name)
  }

  private static func choose(_ complex: [String], all: [String], _ path: String) throws -> String {
    if complex.contains("COCHBA") { return "COCHBA" }
    guard complex.count == 1 else {
      throw notFound(
        path, "it holds no COCHBA; there are \(all.isEmpty ? "no variables" : all.joined(separator: ", "))")
    }
    return complex[0]
  }

  static func notFound(_ object: String, _ reason: String) -> EvokeError {
    EvokeError(
      .filtersNotFound, object, reason: reason,
      remedy: "give aud24.mat of the NSL toolbox, or coefficients as a table filter,tap,b,a; "
        + "\(CochlearFilterBank.gammatoneName) needs no file")
  }

  /// Whether numbers can be the orders of filters in columns of so many rows.
  private static func isHeader(_ orders: [Double], rows: Int) -> Bool {
    !orders.isEmpty && orders.allSatisfy { $0 == $0.rounded() && $0 >= 1 && $0 <= Double(rows - 2) }
  }

  /// Filters of a COCHBA whose columns stand one after the other.
  static func cochba(_ real: [Double], _ imaginary: [Double], rows: Int, filters: Int, object: String) throws
    -> CochlearFilterBank
  {
    guard rows >= 3, filters >= 2, isHeader((0..<filters).map { real[$0 * rows] }, rows: rows) else {
      throw notFound(object, "its first row does not hold the orders of filters in \(rows - 1) coefficients each")
    }
    let list = try (0..<filters).map { filter in
      let order = Int(real[filter * rows])
      let range = (filter * rows + 1)...(filter * rows + 1 + order)
      return try CochlearFilter(
        b: Array(real[range]), a: Array(imaginary[range]), object: "\(object) filter \(filter + 1)")
    }
    return try CochlearFilterBank(engine: .file, filters: list, object: object)
  }

  static func transposed(_ values: [Double], _ shape: [Int]) -> [Double] {
    (0..<shape[1]).flatMap { column in (0..<shape[0]).map { values[$0 * shape[1] + column] } }
  }

  private static func table(_ path: String) throws -> CochlearFilterBank {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
      throw notFound(path, "it is no MATLAB, HDF5 or NumPy file, and no text")
    }
    let lines = text.split(whereSeparator: \.isNewline).filter { !$0.hasPrefix("#") }
    let separator: Character =
      lines.first?.contains("\t") == true ? "\t" : lines.first?.contains(";") == true ? ";" : ","
    func cells(_ line: Substring) -> [String] {
      line.split(separator: separator, omittingEmptySubsequences: false)
        .map { $0.trimmingCharacters(in: CharacterSet(charactersIn: " \"\u{FEFF}")) }
    }
    let header = lines.first.map(cells) ?? []
    let columns = ["filter", "tap", "b", "a"].map { header.firstIndex(of: $0) }
    guard let f = columns[0], let t = columns[1], let b = columns[2], let a = columns[3] else {
      throw notFound(path, "its first line has not the columns filter, tap, b, a")
    }
    var found: [Int: [Int: (b: Double, a: Double)]] = [:]
    for (number, line) in lines.enumerated().dropFirst() {
      let row = cells(line)
      guard row.count == header.count, let filter = Int(row[f]), let tap = Int(row[t]), 0...64 ~= tap,
        let numerator = Double(row[b]), let denominator = Double(row[a]), found[filter]?[tap] == nil
      else {
        throw EvokeError(
          .filtersShape, "\(path) row \(number)",
          reason: "it is not one whole filter number, tap from 0 to 64 and two coefficients, or stands there twice",
          remedy: "write one row per filter and tap")
      }
      found[filter, default: [:]][tap] = (numerator, denominator)
    }
    let filters = try found.keys.sorted().map { key in
      let taps = found[key] ?? [:]
      let last = taps.keys.max() ?? 0
      return try CochlearFilter(
        b: (0...last).map { taps[$0]?.b ?? 0 }, a: (0...last).map { taps[$0]?.a ?? 0 }, object: "\(path) filter \(key)")
    }
    return try CochlearFilterBank(engine: .file, filters: filters, object: path)
  }
}
