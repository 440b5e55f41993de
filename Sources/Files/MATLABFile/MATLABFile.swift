import Diagnostics

/// A MATLAB file of version 5 (`save` with `-v6` or `-v7`, the default), open for reading.
///
/// Compressed variables are checked against their checksum before anything of them is given out. Variables are read one
/// at a time, so that memory holds one of them; the value may be shared between tasks. libmatio was not taken, because its
/// own link to libhdf5 would run beside the locked one, and because it prints its faults; here each length is checked, and
/// each fault has its own error.
///
/// Source: MathWorks, *MAT-File Format* (version 5).
public final class MATLABFile: Sendable {
  public let path: String
  /// What the file holds, in its order; nothing of the values is kept.
  public let variables: [MATLABVariable]
  private let elements: [FileElement]

  /// Opens a file and lists its variables.
  ///
  /// - Throws: `fileMissing`, `fileUnreadable`, `matlabUnknownFormat`, `matlabIsHDF5` (a v7.3 file: read it with
  ///   `HDF5File`), `matlabTruncated`, `matlabCorrupt`.
  public init(reading path: String) throws {
    self.path = path
    var found: [(MATLABVariable, FileElement)] = []
    for element in try FileElement.list(path) {
      // Flags, extents and name stand in the first bytes.
      var parser = MatrixParser(try element.contents(limit: 4_096), object: "\(path) byte \(element.offset - 8)")
      let variable = try parser.describe()
      // Without a name is what MATLAB keeps for itself about objects.
      if !variable.name.isEmpty { found.append((variable, element)) }
    }
    variables = found.map(\.0)
    elements = found.map(\.1)
  }

  /// Whether the bytes at the start of a file are those of a MATLAB file of version 5 or 7.3.
  public static func isMATLAB(_ head: [UInt8]) -> Bool { head.starts(with: Array("MATLAB ".utf8)) }

  /// The names of the variables, in the file's order.
  public var names: [String] { variables.map(\.name) }

  /// A variable's value, with everything in it.
  ///
  /// - Throws: `matlabNoVariable`, `matlabCorrupt` (also a checksum that fails), `matlabTooLarge`, `matlabType` for
  ///   64-bit whole numbers beyond 2^53.
  public func value(_ name: String) throws -> MATLABValue {
    guard let index = variables.firstIndex(where: { $0.name == name }) else { throw missing(name, in: names) }
    var parser = MatrixParser(try elements[index].contents(), object: object(name))
    return try parser.value()
  }

  /// The value at a path of fields and elements, such as `EEG.chanlocs(3).labels` or `trials{2}`; indices count from 1,
  /// column-major. A variable of that very name is meant before a path: SciPy also writes names that MATLAB has not, `1`.
  public func value(at path: String) throws -> MATLABValue {
    if names.contains(path) { return try value(path) }
    let steps = try MATLABPath.steps(path, object(path))
    guard case .field(let root) = steps.first else { throw missing(path, in: names) }
    var value = try value(root)
    var walked = root
    for step in steps.dropFirst() {
      value = try value.stepping(step, object(walked))
      walked += step.description
    }
    return value
  }

  /// The numbers at a path.
  ///
  /// - Throws: as `value(at:)`, and `matlabType` where it holds something else.
  public func numbers(_ path: String) throws -> MATLABNumbers {
    let value = try value(at: path)
    guard let numbers = value.numbers else {
      throw EvokeError(
        .matlabType, object(path), reason: "it holds \(value.description), numbers are needed",
        remedy: "name a numeric variable: " + variables.filter(\.kind.isNumeric).map(\.name).joined(separator: ", "))
    }
    return numbers
  }

  func object(_ inside: String) -> String { "\(path):\(inside)" }

  func missing(_ name: String, in names: [String]) -> EvokeError {
    let shown = names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", … (\(names.count))" : "")
    return EvokeError(
      .matlabNoVariable, object(name), reason: "the file holds: \(shown.isEmpty ? "nothing" : shown)",
      remedy: "name one of these")
  }
}

/// The steps of a path inside a variable.
enum MATLABPath {
  enum Step: CustomStringConvertible {
    case field(String)
    /// Counted from 0.
    case element(Int)

    var description: String {
      switch self {
      case .field(let name): ".\(name)"
      case .element(let index): "(\(index + 1))"
      }
    }
  }

  static func steps(_ path: String, _ object: String) throws -> [Step] {
    var steps: [Step] = []
    for part in path.split(separator: ".", omittingEmptySubsequences: false) {
      guard let match = String(part).wholeMatch(of: /([A-Za-z_][A-Za-z0-9_]*)((?:[({][0-9]+[)}])*)/) else {
        throw EvokeError(
          .matlabNoVariable, object, reason: "\(part.isEmpty ? "an empty name" : String(part)) is no field",
          remedy: "write fields with dots and elements in brackets, such as EEG.chanlocs(3).labels")
      }
      steps.append(.field(String(match.1)))
      for index in String(match.2).matches(of: /[0-9]+/) {
        guard let number = Int(index.0), number > 0 else {
          throw EvokeError(
            .matlabNoVariable, object, reason: "element \(index.0) does not exist", remedy: "count elements from 1")
        }
        steps.append(.element(number - 1))
      }
    }
    return steps
  }
}

extension MATLABValue {
  func stepping(_ step: MATLABPath.Step, _ object: String) throws -> MATLABValue {
    func missing(_ reason: String, _ remedy: String) -> EvokeError {
      EvokeError(.matlabNoVariable, object + step.description, reason: reason, remedy: remedy)
    }
    switch (step, self) {
    case (.field(let name), .structure(_, let fields, let elements)):
      guard elements.count == 1 else {
        throw missing("it is \(description)", "choose an element: \(object)(1).\(name)")
      }
      guard let value = elements[0][name] else {
        throw missing("its fields are \(fields.joined(separator: ", "))", "name one of these")
      }
      return value
    case (.element(let index), .structure(_, let fields, let elements)) where index < elements.count:
      return .structure(dims: [1, 1], fields: fields, [elements[index]])
    case (.element(let index), .cell(_, let elements)) where index < elements.count: return elements[index]
    default: throw missing("it is \(description)", "correct the path")
    }
  }
}
