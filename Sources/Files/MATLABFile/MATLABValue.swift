/// The class of a MATLAB variable.
public enum MATLABClass: String, Sendable, CaseIterable {
  case double, single, int8, uint8, int16, uint16, int32, uint32, int64, uint64, logical, char, cell
  case structure = "struct"
  /// Function handles, objects and what this library cannot name.
  case other

  /// Whether the elements are numbers (logical ones count as 0 and 1).
  public var isNumeric: Bool {
    switch self {
    case .char, .cell, .structure, .other: false
    default: true
    }
  }
}

/// What a variable is, without its values.
public struct MATLABVariable: Sendable, Equatable {
  public let name: String
  public let kind: MATLABClass
  /// Extents as MATLAB counts them: rows, columns, pages; at least two, none for objects.
  public let dims: [Int]
  public let isComplex: Bool
  public let isSparse: Bool

  /// Elements; as many as `Int` can count where damaged extents ask for more.
  public var count: Int {
    dims.contains(0)
      ? 0
      : dims.reduce(1) { total, extent in
        let (product, overflow) = total.multipliedReportingOverflow(by: extent)
        return overflow ? .max : product
      }
  }
}

/// Numbers of an array, in float64.
public struct MATLABNumbers: Sendable, Equatable {
  /// The class they are stored as.
  public let kind: MATLABClass
  /// Extents as MATLAB counts them.
  public let dims: [Int]
  /// Column-major as MATLAB keeps them: element (i, j), counted from 0, of a matrix is `real[i + dims[0] * j]`. A matrix
  /// of channels x time is therefore time x channels, row-major, as it stands.
  public let real: [Double]
  /// Imaginary parts in the same order; nil for a real array.
  public let imaginary: [Double]?

  public init(kind: MATLABClass, dims: [Int], real: [Double], imaginary: [Double]? = nil) {
    precondition(dims.reduce(1, *) == real.count, "extents and values differ")
    precondition(imaginary.map { $0.count == real.count } ?? true, "real and imaginary parts differ in number")
    self.kind = kind
    self.dims = dims
    self.real = real
    self.imaginary = imaginary
  }

  /// The real parts with the last axis fastest: element (i, j) of a matrix at `dims[1] * i + j`.
  public var rowMajor: [Double] { Self.reordered(real, dims) }

  /// Column-major to row-major.
  static func reordered<Element>(_ values: [Element], _ dims: [Int]) -> [Element] {
    guard values.count > 1, dims.count > 1 else { return values }
    var result: [Element] = []
    result.reserveCapacity(values.count)
    var strides = [Int](repeating: 1, count: dims.count)
    for axis in dims.indices.dropFirst() { strides[axis] = strides[axis - 1] * dims[axis - 1] }
    var index = [Int](repeating: 0, count: dims.count)
    var from = 0
    while true {
      result.append(values[from])
      var axis = dims.count - 1
      while axis >= 0 {
        index[axis] += 1
        from += strides[axis]
        if index[axis] < dims[axis] { break }
        from -= strides[axis] * dims[axis]
        index[axis] = 0
        axis -= 1
      }
      if axis < 0 { return result }
    }
  }
}

/// The value of a variable, field or cell.
public indirect enum MATLABValue: Sendable, Equatable {
  case numbers(MATLABNumbers)
  /// Rows of a char array, padding blanks kept; one row for usual text, none for empty text.
  case text([String])
  /// Elements column-major.
  case cell(dims: [Int], [MATLABValue])
  /// One dictionary of fields per element, column-major; `fields` keeps their order.
  case structure(dims: [Int], fields: [String], [[String: MATLABValue]])
  /// Something this library does not read: what it is.
  case unread(String)

  /// The class's name, for messages.
  public var description: String {
    switch self {
    case .numbers(let numbers): "\(numbers.dims.map(String.init).joined(separator: " x ")) \(numbers.kind.rawValue)"
    case .text: "text"
    case .cell(let dims, _): "\(dims.map(String.init).joined(separator: " x ")) cell"
    case .structure(let dims, _, _): "\(dims.map(String.init).joined(separator: " x ")) struct"
    case .unread(let what): what
    }
  }

  /// The numbers, where it holds numbers.
  public var numbers: MATLABNumbers? { if case .numbers(let numbers) = self { numbers } else { nil } }

  /// The text, where it is one row of text (or empty text).
  public var text: String? {
    guard case .text(let rows) = self, rows.count < 2 else { return nil }
    return rows.joined()
  }

  /// The text of every element, where it is a cell of texts, or the rows of a char matrix without trailing blanks.
  public var texts: [String]? {
    switch self {
    case .text(let rows):
      return rows.map { row in String(row.reversed().drop { $0 == " " }.reversed()) }
    case .cell(_, let elements):
      let texts = elements.compactMap(\.text)
      return texts.count == elements.count ? texts : nil
    default: return nil
    }
  }

  /// A field of a struct of one element.
  public subscript(field: String) -> MATLABValue? {
    guard case .structure(_, _, let elements) = self, elements.count == 1 else { return nil }
    return elements[0][field]
  }
}
