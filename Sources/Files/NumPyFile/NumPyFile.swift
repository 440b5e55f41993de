import ByteSource
import Diagnostics

/// A NumPy `.npy` array (format versions 1 to 3), of a file or of a record of a `.npz`, read in parts.
///
/// Read here, because there is no C library for it: the header is checked against the length of the file, and parts are
/// read by their place.
///
/// Source: NumPy Enhancement Proposal 1 (`numpy/lib/format.py`).
package struct NumPyFile: Sendable {
  package let path: String
  package let shape: [Int]
  /// `<f4` and the like.
  package let dtype: String
  package let isFortranOrder: Bool
  /// Of every number, of both parts of a complex one.
  package let number: NumberType
  package let isComplex: Bool
  package let order: ByteOrder
  /// The numbers alone.
  private let data: ByteSource

  private static let numbers: [Substring: NumberType] = [
    "f2": .float16, "f4": .float32, "f8": .float64, "i1": .int8, "i2": .int16, "i4": .int32, "i8": .int64,
    "u1": .uint8, "u2": .uint16, "u4": .uint32, "b1": .uint8,
  ]
  private static let complexes: [Substring: NumberType] = ["c8": .float32, "c16": .float64]

  /// Reads the header of a file and checks its length against it.
  ///
  /// - Throws: `fileMissing`, `fileUnreadable`, `npyMalformed`.
  package init(reading path: String, allowsComplex: Bool = false) throws {
    let remedy = "write it again with numpy.save(path, array.astype('<f4'))"
    try self.init(
      ByteSource(reading: path, truncation: .npyMalformed, remedy: remedy), allowsComplex: allowsComplex)
  }

  /// The same for bytes that are somewhere else.
  package init(_ source: ByteSource, allowsComplex: Bool = false) throws {
    func malformed(_ reason: String) -> EvokeError {
      EvokeError(source.truncation, source.path, reason: reason, remedy: source.remedy)
    }
    let head = try source.head(12)
    guard head.count == 12, head.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      throw malformed("it does not start with the NumPy signature")
    }
    guard 1...3 ~= head[6] else { throw malformed("format version \(head[6]) is unknown") }
    let isWide = head[6] >= 2
    var cursor = ByteCursor(try source.loaded(8..<12, "the length of its header"))
    let length = try cursor.size(isWide ? 4 : 2, "the length of its header")
    let start = isWide ? 12 : 10
    guard length < 1 << 20, start + length <= source.count else { throw malformed("its header is cut short") }
    let header = String(decoding: try source.bytes(start..<start + length, "its header"), as: UTF8.self)
    guard let descr = Self.value("descr", header), let layout = Self.value("fortran_order", header),
      let tuple = Self.value("shape", header)
    else { throw malformed("its header names no dtype, order or shape: \(header.prefix(120))") }
    let dtype = Self.trimmed(descr, "'\"")
    let kind = dtype.dropFirst()
    let complex = allowsComplex ? Self.complexes[kind] : nil
    guard let number = Self.numbers[kind] ?? complex, let mark = dtype.first, "<>|=".contains(mark) else {
      throw malformed("dtype \(descr) is not read")
    }
    let extents = Self.trimmed(tuple, "() ").split(separator: ",").map { Int(Self.trimmed($0, " ")) }
    let shape = extents.compactMap { $0 }
    guard shape.count == extents.count, shape.allSatisfy({ $0 >= 0 }) else {
      throw malformed("shape \(tuple) is not understood")
    }
    var needed = number.width * (complex == nil ? 1 : 2)
    for extent in shape {
      let (product, overflow) = needed.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw malformed("shape \(tuple) is impossible") }
      needed = product
    }
    let there = source.count - start - length
    guard there >= needed else {
      throw malformed("\(there) bytes of data, shape \(shape) of \(dtype) needs \(needed): cut short")
    }
    (path, self.shape, self.dtype, self.number) = (source.path, shape, dtype, number)
    (isComplex, order, isFortranOrder) = (complex != nil, mark == ">" ? .big : .little, layout == "True")
    data = try source.part(start + length..<start + length + needed, "its numbers")
    trailing = there - needed
  }

  /// Bytes behind the last number.
  package let trailing: Int

  /// Numbers in the array.
  package var count: Int { shape.reduce(1, *) }

  /// The text after `'key':` up to the comma that ends it.
  private static func value(_ key: String, _ header: String) -> String? {
    guard let found = header.firstRange(of: "'\(key)':") else { return nil }
    var depth = 0
    var text = ""
    for character in header[found.upperBound...] {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if depth == 0, character == "," || character == "}" { break }
      text.append(character)
    }
    return trimmed(text, " \t\n\r")
  }

  private static func trimmed(_ text: some StringProtocol, _ characters: String) -> String {
    String(text.drop { characters.contains($0) }.reversed().drop { characters.contains($0) }.reversed())
  }

  /// All numbers as float64 in the file's own order; of complex ones real and imaginary part by turns.
  package func stored() throws -> [Double] { try data.doubles(0..<data.count, number, order: order, "its numbers") }

  /// Whether its numbers need not fit float32.
  package var isWide: Bool { [.float64, .int32, .uint32, .int64, .uint64].contains(number) }

  /// A part as float32, row-major, whatever the file's order; not of complex numbers.
  package func floats(offset: [Int], count: [Int]) throws -> [Float] {
    try part(offset, count) { number.floats($0, order) }
  }

  /// The same as float64.
  package func doubles(offset: [Int], count: [Int]) throws -> [Double] {
    try part(offset, count) { number.doubles($0, order) }
  }

  private typealias Decoder<Value> = ([UInt8]) -> [Value]

  private func part<Value: BinaryFloatingPoint>(
    _ offset: [Int], _ count: [Int], _ decode: Decoder<Value>
  ) throws -> [Value] {
    precondition(!isComplex, "complex numbers are no floats")
    guard count.reduce(1, *) > 0 else { return [] }
    if shape.isEmpty { return try run(0, 1, decode) }
    return try isFortranOrder ? columns(offset, count, decode) : rows(offset, count, decode)
  }

  /// Of an array in C order: trailing axes that are asked for whole are read at once.
  private func rows<Value>(_ offset: [Int], _ count: [Int], _ decode: Decoder<Value>) throws -> [Value] {
    let strides = Self.strides(shape)
    var last = shape.count - 1
    while last > 0, count[last] == shape[last] { last -= 1 }
    let length = count[last...].reduce(1, *)
    var result: [Value] = []
    result.reserveCapacity(count.reduce(1, *))
    var index = [Int](repeating: 0, count: shape.count)
    repeat {
      result += try run(shape.indices.reduce(0) { $0 + (offset[$1] + index[$1]) * strides[$1] }, length, decode)
    } while Self.advance(&index, count, last..<shape.count)
    return result
  }

  /// Of an array in Fortran order: runs along the first axis.
  private func columns<Value: BinaryFloatingPoint>(
    _ offset: [Int], _ count: [Int], _ decode: Decoder<Value>
  ) throws -> [Value] {
    let (strides, places) = (Array(Self.strides(shape.reversed()).reversed()), Self.strides(count))
    var result = [Value](repeating: 0, count: count.reduce(1, *))
    var index = [Int](repeating: 0, count: shape.count)
    repeat {
      let from = shape.indices.reduce(0) { $0 + (offset[$1] + index[$1]) * strides[$1] }
      let to = shape.indices.reduce(0) { $0 + index[$1] * places[$1] }
      for (step, value) in try run(from, count[0], decode).enumerated() { result[to + step * places[0]] = value }
    } while Self.advance(&index, count, 0..<1)
    return result
  }

  /// Steps between neighbours of each axis, the last axis fastest.
  private static func strides(_ shape: some BidirectionalCollection<Int>) -> [Int] {
    var strides: [Int] = []
    var step = 1
    for extent in shape.reversed() {
      strides.append(step)
      step *= extent
    }
    return strides.reversed()
  }

  /// The next index, the last axis fastest and those of a run left out; false behind the last.
  private static func advance(_ index: inout [Int], _ count: [Int], _ run: Range<Int>) -> Bool {
    for axis in index.indices.reversed() where !run.contains(axis) {
      index[axis] += 1
      if index[axis] < count[axis] { return true }
      index[axis] = 0
    }
    return false
  }

  private func run<Value>(_ start: Int, _ count: Int, _ decode: Decoder<Value>) throws -> [Value] {
    decode(try data.bytes(at: start * number.width, count: count * number.width, "its numbers"))
  }
}
