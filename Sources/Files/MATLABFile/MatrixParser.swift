import ByteSource
import Diagnostics

/// Reads the contents of one matrix element and what is nested in it. Every length is checked against the bytes that are
/// there, so that damage gives an error.
struct MatrixParser {
  private let data: ElementBytes
  private let object: String
  private var position: Int
  private let end: Int
  private let depth: Int

  init(_ data: ElementBytes, object: String) { self.init(data, object, 0..<data.count, depth: 0) }

  private init(_ data: ElementBytes, _ object: String, _ range: Range<Int>, depth: Int) {
    self.data = data
    self.object = object
    position = range.lowerBound
    end = range.upperBound
    self.depth = depth
  }

  private func corrupt(_ reason: String) -> EvokeError {
    EvokeError(.matlabCorrupt, object, reason: reason, remedy: "restore the file from its source")
  }

  /// Type and contents of the next data element.
  private mutating func next() throws -> (type: ElementType, range: Range<Int>) {
    guard position + 8 <= end else { throw corrupt("it ends where a part of it should begin") }
    let first = try data.number(at: position)
    // Small elements hold type and size in one word, and their data in the other.
    let isSmall = first >> 16 != 0
    let (code, count) = isSmall ? (first & 0xFFFF, Int(first >> 16)) : (first, Int(try data.number(at: position + 4)))
    let start = position + (isSmall ? 4 : 8)
    guard let type = ElementType(rawValue: code), type != .compressed else {
      throw corrupt("a part of it has the unknown type \(code)")
    }
    guard start + count <= end, !isSmall || count <= 4, count % (type.size ?? 1) == 0 else {
      throw corrupt("a part of it has \(count) bytes where \(end - start) are left")
    }
    position = isSmall ? start + 4 : min(end, start + (count + 7) / 8 * 8)
    return (type, start..<(start + count))
  }

  /// What precedes the values.
  private struct Head {
    var code: UInt32
    var isLogical: Bool
    var isComplex: Bool
    var dims: [Int]
    var name: String
    /// Opaque objects have no extents.
    var isOpaque: Bool { code == 17 }
    var isSparse: Bool { code == 5 }

    var kind: MATLABClass {
      if isLogical { return .logical }
      let classes: [UInt32: MATLABClass] = [
        1: .cell, 2: .structure, 4: .char, 5: .double, 6: .double, 7: .single, 8: .int8, 9: .uint8, 10: .int16,
        11: .uint16, 12: .int32, 13: .uint32, 14: .int64, 15: .uint64,
      ]
      return classes[code] ?? .other
    }
  }

  private mutating func head() throws -> Head {
    let flags = try next()
    guard flags.type == .uint32, flags.range.count == 8 else { throw corrupt("it does not begin with its flags") }
    let word = try data.number(at: flags.range.lowerBound)
    var head = Head(code: word & 0xFF, isLogical: word & 0x200 != 0, isComplex: word & 0x800 != 0, dims: [], name: "")
    if !head.isOpaque {
      let dims = try next()
      guard dims.type == .int32, dims.range.count >= 8 else { throw corrupt("its extents are missing") }
      head.dims = try data.integers(dims.range)
      guard head.dims.allSatisfy({ $0 >= 0 }) else { throw corrupt("its extents are \(head.dims)") }
    }
    let name = try next()
    guard name.type == .int8 || name.type == .uint8 || name.type == .utf8 else { throw corrupt("its name is missing") }
    head.name = try data.text(name.range)
    return head
  }

  /// Name, class and extents of the variable.
  mutating func describe() throws -> MATLABVariable {
    let head = try head()
    return MATLABVariable(
      name: head.name, kind: head.kind, dims: head.dims, isComplex: head.isComplex, isSparse: head.isSparse)
  }

  /// The value of the variable.
  mutating func value() throws -> MATLABValue {
    // An empty element stands for [].
    if position == end { return .numbers(MATLABNumbers(kind: .double, dims: [0, 0], real: [])) }
    let head = try head()
    let count = try count(head.dims)
    switch head.code {
    case 1: return .cell(dims: head.dims, try elements(count, "{", "}"))
    case 2: return try structure(head.dims, count)
    case 3: return .unread("an object")
    case 4: return .text(try rows(head.dims, count))
    case 5: return .numbers(try sparse(head))
    case 6...15: return .numbers(try numbers(head, count))
    case 16: return .unread("a function handle")
    case 17: return .unread("an object")
    default: throw corrupt("it is of the unknown class \(head.code)")
    }
  }

  private func count(_ dims: [Int]) throws -> Int {
    var total = 1
    for extent in dims {
      let (product, overflow) = total.multipliedReportingOverflow(by: extent)
      guard !overflow, product <= 1 << 34 else {
        throw EvokeError(
          .matlabTooLarge, object, reason: "its extents are \(dims.map(String.init).joined(separator: " x "))",
          remedy: "restore the file, or save a part of the variable")
      }
      total = product
    }
    return total
  }

  private mutating func part(_ count: Int) throws -> [Double] {
    let part = try next()
    guard let size = part.type.size, part.range.count == count * size else {
      throw corrupt("it has \(part.range.count) bytes of values, its extents ask for \(count) values")
    }
    guard let values = try data.doubles(part.range, part.type) else {
      throw EvokeError(
        .matlabType, object, reason: "it has whole numbers beyond 2^53, which float64 cannot hold",
        remedy: "save double(x), or two parts of it")
    }
    return values
  }

  private mutating func numbers(_ head: Head, _ count: Int) throws -> MATLABNumbers {
    let real = try part(count)
    return MATLABNumbers(
      kind: head.kind, dims: head.dims, real: real, imaginary: head.isComplex ? try part(count) : nil)
  }

  private mutating func sparse(_ head: Head) throws -> MATLABNumbers {
    let dims = head.dims
    let total = try count(dims)
    guard dims.count == 2, total <= 1 << 25 else {
      throw EvokeError(
        .matlabTooLarge, object, reason: "as a full matrix it would have \(total) elements",
        remedy: "save the part that is needed, with full(x)")
    }
    let (rowPart, columnPart) = (try next(), try next())
    guard rowPart.type == .int32, columnPart.type == .int32 else { throw corrupt("its sparse index is missing") }
    let rows = try data.integers(rowPart.range)
    let columns = try data.integers(columnPart.range)
    guard columns.count == dims[1] + 1, columns.first == 0, zip(columns, columns.dropFirst()).allSatisfy({ $0 <= $1 }),
      let filled = columns.last, filled <= rows.count, rows.prefix(filled).allSatisfy({ $0 >= 0 && $0 < dims[0] })
    else { throw corrupt("its sparse index contradicts its extents") }
    var parts: [[Double]] = []
    for _ in 0..<(head.isComplex ? 2 : 1) {
      let part = try next()
      guard let size = part.type.size, part.range.count >= filled * size,
        let values = try data.doubles(part.range, part.type)
      else { throw corrupt("it has fewer values than its index") }
      var dense = [Double](repeating: 0, count: total)
      for column in 0..<dims[1] {
        for entry in columns[column]..<columns[column + 1] { dense[rows[entry] + dims[0] * column] = values[entry] }
      }
      parts.append(dense)
    }
    return MATLABNumbers(
      kind: head.kind, dims: dims, real: parts[0], imaginary: parts.count > 1 ? parts[1] : nil)
  }

  /// One value of a cell or field.
  private mutating func nested(_ label: String) throws -> MATLABValue {
    guard depth < 64 else { throw corrupt("it is nested more than 64 deep") }
    let part = try next()
    guard part.type == .matrix else { throw corrupt("a value inside it is no matrix") }
    var parser = MatrixParser(data, object + label, part.range, depth: depth + 1)
    return try parser.value()
  }

  private mutating func elements(_ count: Int, _ open: String, _ close: String) throws -> [MATLABValue] {
    guard count <= (end - position) / 8 else { throw corrupt("it has fewer elements than its extents say") }
    return try (0..<count).map { try nested("\(open)\($0 + 1)\(close)") }
  }

  private mutating func structure(_ dims: [Int], _ count: Int) throws -> MATLABValue {
    let (lengths, names) = (try next(), try next())
    guard lengths.type == .int32, lengths.range.count == 4 else { throw corrupt("its fields have no length") }
    let length = try data.integers(lengths.range)[0]
    guard length > 0, names.range.count % length == 0 else { throw corrupt("its fields' names are cut") }
    let fields = try stride(from: names.range.lowerBound, to: names.range.upperBound, by: length).map { start in
      try data.source.text(start..<(start + length), "a field's name")
    }
    guard fields.isEmpty || count <= (end - position) / 8 else {
      throw corrupt("it has fewer elements than its extents say")
    }
    var elements: [[String: MATLABValue]] = []
    for element in 0..<(fields.isEmpty ? 0 : count) {
      var values: [String: MATLABValue] = [:]
      for field in fields { values[field] = try nested("(\(element + 1)).\(field)") }
      elements.append(values)
    }
    return .structure(dims: dims, fields: fields, elements)
  }

  /// The rows of a char array; characters lie column-major.
  private mutating func rows(_ dims: [Int], _ count: Int) throws -> [String] {
    guard count > 0 else { return [] }
    guard dims.count == 2 else { throw corrupt("text with \(dims.count) axes") }
    let part = try next()
    guard let scalars = try data.scalars(part.range, part.type) else { throw corrupt("its characters are numbers") }
    // One row may have fewer characters than units (surrogate pairs).
    let columns = dims[0] == 1 ? scalars.count : dims[1]
    guard scalars.count <= count, scalars.count >= dims[0] * columns else {
      throw corrupt("it has \(scalars.count) characters, its extents ask for \(count)")
    }
    return (0..<dims[0]).map { row in
      var text = String.UnicodeScalarView()
      for column in 0..<columns { text.append(scalars[row + dims[0] * column]) }
      return String(text)
    }
  }
}
