/// A column of a Parquet file.
package struct ParquetColumn: Sendable {
  /// What its values are.
  package enum Kind: Sendable {
    /// INT64.
    case integer
    /// DOUBLE.
    case real
    /// BYTE_ARRAY of the logical type STRING.
    case text
    /// BYTE_ARRAY.
    case bytes
  }

  package let name: String
  package let kind: Kind
  /// Key-value pairs that stand with every chunk of it.
  package let metadata: [(key: String, value: String)]

  package init(_ name: String, _ kind: Kind, metadata: [(key: String, value: String)] = []) {
    (self.name, self.kind, self.metadata) = (name, kind, metadata)
  }

  /// Its line in the schema of the file; every column may be NULL.
  var element: ThriftStructure {
    var element = ThriftStructure()
    element.int(1, kind.physical)
    element.int(3, 1)
    element.binary(4, name.utf8)
    if kind == .text {
      element.int(6, 0)
      var logical = ThriftStructure()
      logical.structure(1, ThriftStructure())
      element.structure(10, logical)
    }
    return element
  }
}

extension ParquetColumn.Kind {
  /// The number of the physical type.
  var physical: Int {
    switch self {
    case .integer: 2
    case .real: 5
    case .text, .bytes: 6
    }
  }
}

/// A value of a row.
package enum ParquetValue: Sendable, Equatable {
  case null
  case integer(Int64)
  case real(Double)
  case text(String)
  case bytes([UInt8])
}
