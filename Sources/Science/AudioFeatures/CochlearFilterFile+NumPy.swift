import Diagnostics
import Foundation

extension CochlearFilterFile {
  /// A bank in a NumPy array: complex `[rows, filters]` in the layout of COCHBA, or real `[filters, 2, taps]`.
  ///
  /// Source: NumPy Enhancement Proposal 1.
  static func numpy(_ path: String) throws -> CochlearFilterBank {
    func malformed(_ reason: String) -> EvokeError {
      EvokeError(
        .npyMalformed, path, reason: reason, remedy: "write it with numpy.save(path, array.astype('<c16') or '<f8')")
    }
    guard let data = FileManager.default.contents(atPath: path) else { throw malformed("it cannot be read") }
    let bytes = [UInt8](data)
    guard bytes.count > 12, 1...3 ~= bytes[6] else { throw malformed("its header is cut short") }
    let isLong = bytes[6] > 1
    let length =
      isLong ? bytes[8..<12].reversed().reduce(0) { $0 << 8 | Int($1) } : Int(bytes[8]) | Int(bytes[9]) << 8
    let start = (isLong ? 12 : 10) + length
    guard start <= bytes.count else { throw malformed("its header is cut short") }
    let header = String(decoding: bytes[(isLong ? 12 : 10)..<start], as: UTF8.self)
    guard let dtype = header.firstMatch(of: /'descr': *'([<|=]?)(c16|c8|f8|f4)'/)?.2,
      let tuple = header.firstMatch(of: /'shape': *\(([0-9, ]*)\)/)?.1
    else { throw malformed("its header names no little-endian complex or real numbers: \(header)") }
    let shape = tuple.split(separator: ",").compactMap { Int($0.trimmingCharacters(in: .whitespaces)) }
    guard shape.allSatisfy({ 1...4_096 ~= $0 }), 2...3 ~= shape.count else {
      throw malformed("the shape (\(tuple)) is no bank of filters")
    }
    let isComplex = dtype.hasPrefix("c")
    let size = dtype == "c16" || dtype == "f8" ? 8 : 4
    let count = shape.reduce(1, *) * (isComplex ? 2 : 1)
    guard bytes.count - start >= count * size else { throw malformed("it is cut short") }
    let numbers = (0..<count).map { index -> Double in
      let word = bytes[(start + index * size)..<(start + (index + 1) * size)].reversed()
      let bits = word.reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return size == 8 ? Double(bitPattern: bits) : Double(Float(bitPattern: UInt32(bits)))
    }
    let isFortran = header.contains("'fortran_order': True")
    if isComplex, shape.count == 2 {
      func columns(_ offset: Int) -> [Double] {
        let part = stride(from: offset, to: count, by: 2).map { numbers[$0] }
        return isFortran ? part : transposed(part, shape)
      }
      return try cochba(columns(0), columns(1), rows: shape[0], filters: shape[1], object: path)
    }
    guard !isComplex, shape.count == 3, shape[1] == 2, !isFortran else {
      throw notFound(path, "an array of shape \(shape) is neither complex rows x filters nor filters x 2 x taps")
    }
    let taps = shape[2]
    let filters = try (0..<shape[0]).map { filter in
      func side(_ s: Int) -> [Double] { Array(numbers[((filter * 2 + s) * taps)..<((filter * 2 + s + 1) * taps)]) }
      let (b, a) = (side(0), side(1))
      let last = (0..<taps).last { b[$0] != 0 || a[$0] != 0 } ?? 0
      return try CochlearFilter(
        b: Array(b[...last]), a: Array(a[...last]), object: "\(path) filter \(filter + 1)")
    }
    return try CochlearFilterBank(engine: .file, filters: filters, object: path)
  }
}
