import Diagnostics
import Foundation

/// A NumPy `.npy` array on disk (format versions 1 to 3), read in parts.
///
/// Source: NumPy Enhancement Proposal 1 (`numpy/lib/format.py`).
package struct NumpyFile: Sendable {
  package let path: String
  package let shape: [Int]
  /// `<f4` and the like.
  package let dtype: String
  package let isFortranOrder: Bool
  private let dataStart: Int
  private let elementBytes: Int

  private static let elements: [Substring: Int] = [
    "f2": 2, "f4": 4, "f8": 8, "i1": 1, "i2": 2, "i4": 4, "i8": 8, "u1": 1, "u2": 2, "u4": 4, "b1": 1,
  ]

  /// Reads the header and checks the file's length against it.
  ///
  /// - Throws: `fileMissing`, `npyMalformed`.
  package init(reading path: String) throws {
    func malformed(_ reason: String) -> EvokeError {
      EvokeError(
        .npyMalformed, path, reason: reason, remedy: "write it again with numpy.save(path, array.astype('<f4'))")
    }
    guard FileManager.default.fileExists(atPath: path), let handle = FileHandle(forReadingAtPath: path) else {
      throw EvokeError(.fileMissing, path, reason: "it cannot be opened", remedy: "check the path and its permissions")
    }
    defer { try? handle.close() }
    let start = [UInt8]((try? handle.read(upToCount: 12)) ?? Data())
    guard start.count == 12, start.starts(with: [0x93] + Array("NUMPY".utf8)) else {
      throw malformed("it does not start with the NumPy signature")
    }
    guard 1...3 ~= start[6] else { throw malformed("format version \(start[6]) is unknown") }
    let wide = start[6] >= 2
    let length = wide ? start[8..<12].reversed().reduce(0) { $0 << 8 | Int($1) } : Int(start[8]) | Int(start[9]) << 8
    let headerStart = wide ? 12 : 10
    guard length < 1 << 20, (try? handle.seek(toOffset: UInt64(headerStart))) != nil,
      let bytes = try? handle.read(upToCount: length), bytes.count == length
    else { throw malformed("its header is cut short") }
    let header = String(decoding: bytes, as: UTF8.self)
    guard let descr = Self.value("descr", header), let order = Self.value("fortran_order", header),
      let tuple = Self.value("shape", header)
    else { throw malformed("its header names no dtype, order or shape: \(OptionText.trim(header))") }
    let dtype = descr.trimmingCharacters(in: CharacterSet(charactersIn: "'\""))
    guard let elementBytes = Self.elements[dtype.dropFirst()], let endian = dtype.first, "<>|=".contains(endian) else {
      throw malformed("dtype \(descr) is not read")
    }
    let extents = tuple.trimmingCharacters(in: CharacterSet(charactersIn: "()")).split(separator: ",")
      .map { Int(OptionText.trim($0)) }
    guard extents.allSatisfy({ ($0 ?? -1) >= 0 }) else { throw malformed("shape \(tuple) is not understood") }
    self.shape = extents.map { $0 ?? 0 }
    self.path = path
    self.dtype = dtype
    self.isFortranOrder = order == "True"
    self.dataStart = headerStart + length
    self.elementBytes = elementBytes
    let size = (try? handle.seekToEnd()).map(Int.init) ?? 0
    var needed = elementBytes
    for extent in shape {
      let (product, overflow) = needed.multipliedReportingOverflow(by: extent)
      guard !overflow else { throw malformed("shape \(tuple) is impossible") }
      needed = product
    }
    guard size - dataStart >= needed else {
      throw malformed("\(size - dataStart) bytes of data, shape \(shape) of \(dtype) needs \(needed): cut short")
    }
  }

  /// The text after `'key':` up to the comma that ends it.
  private static func value(_ key: String, _ header: String) -> String? {
    guard let found = header.range(of: "'\(key)':") else { return nil }
    var depth = 0
    var text = ""
    for character in header[found.upperBound...] {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if depth == 0, character == "," || character == "}" { break }
      text.append(character)
    }
    return OptionText.trim(text)
  }

  /// A part as float32, row-major, whatever the file's order.
  package func floats(offset: [Int], count: [Int]) throws -> [Float] {
    let total = count.reduce(1, *)
    guard total > 0 else { return [] }
    if shape.isEmpty { return try run(0, 1) }
    var strides = [Int](repeating: 1, count: shape.count)
    if isFortranOrder {
      for axis in shape.indices.dropFirst() { strides[axis] = strides[axis - 1] * shape[axis - 1] }
    } else {
      for axis in shape.indices.dropLast().reversed() { strides[axis] = strides[axis + 1] * shape[axis + 1] }
    }
    let handle = try open()
    defer { try? handle.close() }
    let fast = isFortranOrder ? 0 : shape.count - 1
    var resultStrides = [Int](repeating: 1, count: shape.count)
    for axis in shape.indices.dropLast().reversed() { resultStrides[axis] = resultStrides[axis + 1] * count[axis + 1] }
    var result = [Float](repeating: 0, count: total)
    var index = [Int](repeating: 0, count: shape.count)
    while true {
      let from = shape.indices.reduce(0) { $0 + (offset[$1] + index[$1]) * strides[$1] }
      let values = try read(handle, from, count[fast])
      let to = shape.indices.reduce(0) { $0 + index[$1] * resultStrides[$1] }
      for (step, value) in values.enumerated() { result[to + step * resultStrides[fast]] = value }
      var axis = shape.count - 1
      while axis >= 0 {
        if axis != fast {
          index[axis] += 1
          if index[axis] < count[axis] { break }
          index[axis] = 0
        }
        axis -= 1
      }
      if axis < 0 { return result }
    }
  }

  private func open() throws -> FileHandle {
    guard let handle = FileHandle(forReadingAtPath: path) else {
      throw EvokeError(
        .fileUnreadable, path, reason: "it cannot be opened any more", remedy: "check the file and its disk")
    }
    return handle
  }

  private func run(_ start: Int, _ count: Int) throws -> [Float] {
    let handle = try open()
    defer { try? handle.close() }
    return try read(handle, start, count)
  }

  private func read(_ handle: FileHandle, _ start: Int, _ count: Int) throws -> [Float] {
    guard (try? handle.seek(toOffset: UInt64(dataStart + start * elementBytes))) != nil,
      let data = try? handle.read(upToCount: count * elementBytes), data.count == count * elementBytes
    else { throw EvokeError(.fileUnreadable, path, reason: "reading failed", remedy: "check the file and its disk") }
    let bytes = [UInt8](data)
    let big = dtype.first == ">"
    return (0..<count).map { element in
      var bits: UInt64 = 0
      for byte in 0..<elementBytes {
        bits |= UInt64(bytes[element * elementBytes + byte]) << UInt64(8 * (big ? elementBytes - 1 - byte : byte))
      }
      return decode(bits)
    }
  }

  private func decode(_ bits: UInt64) -> Float {
    switch dtype.dropFirst() {
    case "f4": Float(bitPattern: UInt32(truncatingIfNeeded: bits))
    case "f8": Float(Double(bitPattern: bits))
    case "f2": Float(Self.half(UInt16(truncatingIfNeeded: bits)))
    case "i1": Float(Int8(truncatingIfNeeded: bits))
    case "i2": Float(Int16(truncatingIfNeeded: bits))
    case "i4": Float(Int32(truncatingIfNeeded: bits))
    case "i8": Float(Int64(truncatingIfNeeded: bits))
    default: Float(bits)
    }
  }

  /// binary16 (IEEE 754), which Swift lacks on some platforms.
  private static func half(_ bits: UInt16) -> Float {
    let sign: Float = bits & 0x8000 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 31)
    let fraction = Float(bits & 1023) / 1024
    if exponent == 31 { return fraction == 0 ? sign * .infinity : .nan }
    if exponent == 0 { return sign * fraction * 0x1p-14 }
    return sign * (1 + fraction) * Float(sign: .plus, exponent: exponent - 15, significand: 1)
  }
}
