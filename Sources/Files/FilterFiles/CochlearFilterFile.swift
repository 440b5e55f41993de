import ByteSource
import DelimitedText
import Diagnostics
import ForeignHDF5
import HDF5File
import MATLABFile
import NumPyFile

/// The coefficients of a filter bank in a file, whatever its format.
///
/// The matrix COCHBA of the NSL toolbox (`aud24.mat`): complex, one column per filter from low to high; row 1 holds the
/// order p (real), rows 2 to p + 2 numerators in the real and denominators in the imaginary part. It is read from MATLAB
/// files of version 5 and 7.3 (or any HDF5 file with a compound of two numbers) and from complex NumPy arrays. Plain
/// coefficients are a real NumPy array `[filters, 2, taps]` (numerators, denominators, filled up with zeros) or a table
/// with the columns filter, tap, b, a. Whether filters can be made of them is `CochlearFilterBank`'s to say.
public struct CochlearFilterFile: Sendable {
  /// Numerator and denominator of a filter, and what errors call it.
  public typealias Coefficients = (b: [Double], a: [Double], object: String)

  /// Where in the file the bank stands; empty where it is all of it.
  public let variable: String
  /// What errors call the bank.
  public let object: String
  /// From the lowest to the highest frequency.
  public let filters: [Coefficients]

  /// Reads the bank in a file.
  ///
  /// - Parameter variable: variable or dataset; nil takes COCHBA, else the only complex matrix.
  /// - Throws: `filtersNotFound`, `filtersShape`, and what the readers of the formats throw.
  public init(reading path: String, variable: String? = nil) throws {
    // Nothing comes from an empty file.
    let head = try ByteSource(reading: path, truncation: .filtersNotFound).head(4_096)
    let signature: [UInt8] = [0x89, 0x48, 0x44, 0x46, 0x0D, 0x0A, 0x1A, 0x0A]
    if head.starts(with: signature) || head.dropFirst(512).starts(with: signature) {
      (filters, self.variable) = try Self.hdf5(path, variable)
    } else if MATLABFile.isMATLAB(head) {
      (filters, self.variable) = try Self.matlab(path, variable)
    } else {
      let isNumPy = head.starts(with: [0x93] + Array("NUMPY".utf8))
      (filters, self.variable) = (isNumPy ? try Self.numPy(path) : try Self.table(path), "")
    }
    object = self.variable.isEmpty ? path : "\(path):\(self.variable)"
  }

  private static func matlab(_ path: String, _ variable: String?) throws -> ([Coefficients], String) {
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

  private static func hdf5(_ path: String, _ variable: String?) throws -> ([Coefficients], String) {
    let file = try ForeignHDF5.open(path)
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

  private static func notFound(_ object: String, _ reason: String) -> EvokeError {
    EvokeError(
      .filtersNotFound, object, reason: reason,
      remedy: "give aud24.mat of the NSL toolbox, or coefficients as a table filter,tap,b,a; gammatone needs no file")
  }

  /// Whether numbers can be the orders of filters in columns of so many rows.
  private static func isHeader(_ orders: [Double], rows: Int) -> Bool {
    !orders.isEmpty && orders.allSatisfy { $0 == $0.rounded() && $0 >= 1 && $0 <= Double(rows - 2) }
  }

  /// Filters of a COCHBA whose columns stand one after the other.
  private static func cochba(_ real: [Double], _ imaginary: [Double], rows: Int, filters: Int, object: String) throws
    -> [Coefficients]
  {
    guard rows >= 3, filters >= 2, isHeader((0..<filters).map { real[$0 * rows] }, rows: rows) else {
      throw notFound(object, "its first row does not hold the orders of filters in \(rows - 1) coefficients each")
    }
    return (0..<filters).map { filter in
      let order = Int(real[filter * rows])
      let range = (filter * rows + 1)...(filter * rows + 1 + order)
      return (Array(real[range]), Array(imaginary[range]), "\(object) filter \(filter + 1)")
    }
  }

  private static func transposed(_ values: [Double], _ shape: [Int]) -> [Double] {
    (0..<shape[1]).flatMap { column in (0..<shape[0]).map { values[$0 * shape[1] + column] } }
  }

  private static func table(_ path: String) throws -> [Coefficients] {
    let file = try ByteSource(reading: path, truncation: .filtersNotFound)
    guard file.count < 64 << 20, let text = String(validating: try file.bytes(0..<file.count, "it"), as: UTF8.self)
    else {
      throw notFound(path, "it is no MATLAB, HDF5 or NumPy file, and no text")
    }
    let lines = text.writtenLines.filter { !$0.text.hasPrefix("#") }
    let separator: Character =
      lines.first?.text.contains("\t") == true ? "\t" : lines.first?.text.contains(";") == true ? ";" : ","
    func cells(_ line: Substring) -> [String] {
      line.split(separator: separator, omittingEmptySubsequences: false)
        .map { cell in
          let isEdge = { (character: Character) in " \"\u{FEFF}".contains(character) }
          return String(cell.drop(while: isEdge).reversed().drop(while: isEdge).reversed())
        }
    }
    let header = lines.first.map { cells($0.text) } ?? []
    let columns = ["filter", "tap", "b", "a"].map { header.firstIndex(of: $0) }
    guard let f = columns[0], let t = columns[1], let b = columns[2], let a = columns[3] else {
      throw notFound(path, "its first line has not the columns filter, tap, b, a")
    }
    var found: [Int: [Int: (b: Double, a: Double)]] = [:]
    for line in lines.dropFirst() {
      let row = cells(line.text)
      guard row.count == header.count, let filter = Int(row[f]), let tap = Int(row[t]), 0...64 ~= tap,
        let numerator = Double(row[b]), let denominator = Double(row[a]), found[filter]?[tap] == nil
      else {
        throw EvokeError(
          .filtersShape, "\(path) line \(line.number)",
          reason: "it is not one whole filter number, tap from 0 to 64 and two coefficients, or stands there twice",
          remedy: "write one row per filter and tap")
      }
      found[filter, default: [:]][tap] = (numerator, denominator)
    }
    return try found.sorted { $0.key < $1.key }.map { filter, taps in
      let ordered = taps.sorted { $0.key < $1.key }
      guard ordered.map(\.key) == Array(0..<ordered.count) else {
        throw EvokeError(
          .filtersShape, "\(path) filter \(filter)",
          reason: "its taps are \(ordered.map { "\($0.key)" }.joined(separator: ", ")): one is missing",
          remedy: "write one row per filter and tap from 0 on, those of zeros too")
      }
      return (ordered.map(\.value.b), ordered.map(\.value.a), "\(path) filter \(filter)")
    }
  }

  /// A bank in a NumPy array: complex `[rows, filters]` in the layout of COCHBA, or real `[filters, 2, taps]`.
  private static func numPy(_ path: String) throws -> [Coefficients] {
    let file = try NumPyFile(reading: path, allowsComplex: true)
    let shape = file.shape
    guard shape.allSatisfy({ 1...4_096 ~= $0 }), 2...3 ~= shape.count,
      file.number == .float32 || file.number == .float64
    else { throw notFound(path, "\(file.dtype) of shape \(shape) is no bank of filters") }
    let numbers = try file.stored()
    if file.isComplex, shape.count == 2 {
      func columns(_ offset: Int) -> [Double] {
        let part = stride(from: offset, to: numbers.count, by: 2).map { numbers[$0] }
        return file.isFortranOrder ? part : transposed(part, shape)
      }
      return try cochba(columns(0), columns(1), rows: shape[0], filters: shape[1], object: path)
    }
    guard !file.isComplex, shape.count == 3, shape[1] == 2, !file.isFortranOrder else {
      throw notFound(path, "an array of shape \(shape) is neither complex rows x filters nor filters x 2 x taps")
    }
    let taps = shape[2]
    return try (0..<shape[0]).map { filter in
      func side(_ s: Int) -> [Double] { Array(numbers[((filter * 2 + s) * taps)..<((filter * 2 + s + 1) * taps)]) }
      let (b, a) = (side(0), side(1))
      guard let last = (0..<taps).last(where: { b[$0] != 0 || a[$0] != 0 }) else {
        throw notFound("\(path) filter \(filter + 1)", "all its coefficients are 0")
      }
      return (Array(b[...last]), Array(a[...last]), "\(path) filter \(filter + 1)")
    }
  }
}
