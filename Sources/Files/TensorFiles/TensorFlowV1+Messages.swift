import ByteSource

/// What a V1 checkpoint says about one tensor.
struct CheckpointTensor {
  let name: String
  /// In the words of safetensors: `F32`, `F64`, `I32`, `I64`; other types as `DT_n`.
  let type: String
  let shape: [Int]

  /// The tensors of the entry with the empty key (`SavedTensorSlices.meta`).
  static func list(_ block: ByteSource, _ range: Range<Int>) throws -> [CheckpointTensor] {
    var tensors: [CheckpointTensor] = []
    var outer = try MessageCursor(block, range)
    while !outer.isAtEnd {
      let meta = try outer.field()
      guard meta.number == 1 else { continue }
      var cursor = try MessageCursor(block, meta.range)
      while !cursor.isAtEnd {
        let field = try cursor.field()
        if field.number == 1 { tensors.append(try CheckpointTensor(block, field.range)) }
      }
    }
    return tensors
  }

  private init(_ block: ByteSource, _ range: Range<Int>) throws {
    let fields = try MessageCursor.message(block, range)
    name = try fields[1].map { try block.text($0.range, "a name") } ?? ""
    shape = try fields[2].map { try Self.shape(block, $0.range) } ?? []
    let type = fields[3]?.value ?? 0
    self.type = [1: "F32", 2: "F64", 3: "I32", 9: "I64"][type] ?? "DT_\(type)"
  }

  private static func shape(_ block: ByteSource, _ range: Range<Int>) throws -> [Int] {
    var sizes: [Int] = []
    var total = 1
    var cursor = try MessageCursor(block, range)
    while !cursor.isAtEnd {
      let field = try cursor.field()
      guard field.number == 2 else { continue }
      let size = Int(truncatingIfNeeded: try MessageCursor.message(block, field.range)[1]?.value ?? 0)
      let (product, overflow) = total.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow, product < 1 << 40 else { throw SortedTable.Damage(reason: "an impossible shape") }
      total = product
      sizes.append(size)
    }
    return sizes
  }
}

/// One slice of a tensor: its name, its part of the tensor and where its numbers are.
struct CheckpointSlice {
  let name: String
  /// Start and length per axis; empty where the slice has the whole axis.
  let extents: [Range<Int>]
  /// The `TensorProto` in the block.
  let values: Range<Int>

  /// From an entry (`SavedTensorSlices.data`); nil where it has none.
  init?(_ block: ByteSource, _ range: Range<Int>) throws {
    guard let data = try MessageCursor.message(block, range)[2]?.range else { return nil }
    let fields = try MessageCursor.message(block, data)
    name = try fields[1].map { try block.text($0.range, "a name") } ?? ""
    extents = try fields[2].map { try Self.extents(block, $0.range) } ?? []
    values = fields[3]?.range ?? data.upperBound..<data.upperBound
  }

  private static func extents(_ block: ByteSource, _ range: Range<Int>) throws -> [Range<Int>] {
    var extents: [Range<Int>] = []
    var cursor = try MessageCursor(block, range)
    while !cursor.isAtEnd {
      let field = try cursor.field()
      guard field.number == 1 else { continue }
      let axis = try MessageCursor.message(block, field.range)
      let (start, length) = (axis[1]?.value ?? 0, axis[2]?.value ?? 0)
      guard max(start, length) < 1 << 40 else { throw SortedTable.Damage(reason: "an impossible slice") }
      extents.append(Int(start)..<Int(start + length))
    }
    return extents
  }

  /// The numbers of a `TensorProto`, packed or one by one, as little-endian bytes of their type.
  static func values(_ block: ByteSource, _ range: Range<Int>, _ type: String) throws -> [UInt8] {
    // Field numbers of tensorflow/core/framework/tensor.proto; a field may appear several times.
    let fields = ["F32": 5, "F64": 6, "I32": 7, "I64": 10]
    guard let wanted = fields[type] else { throw SortedTable.Damage(reason: "numbers of the type \(type)") }
    var result: [UInt8] = []
    var cursor = try MessageCursor(block, range)
    while !cursor.isAtEnd {
      let field = try cursor.field()
      if field.number == 4 { result += try block.bytes(field.range, "numbers") }
      guard field.number == wanted else { continue }
      if type.hasPrefix("F") {
        result += try block.bytes(field.range, "numbers")
      } else if field.range.isEmpty {
        append(field.value, type, &result)
      } else {
        var packed = try MessageCursor(block, field.range)
        while !packed.isAtEnd { append(try packed.varint(), type, &result) }
      }
    }
    return result
  }

  private static func append(_ value: UInt64, _ type: String, _ result: inout [UInt8]) {
    for byte in 0..<(type == "I64" ? 8 : 4) { result.append(UInt8(truncatingIfNeeded: value >> UInt64(8 * byte))) }
  }
}
