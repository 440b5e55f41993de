import DelimitedText
import Diagnostics
import FileSystem
import HDF5File
import Importing
import NumPyFile

/// What an option names: a path inside the leadfield's HDF5 file, or a file of its own.
enum LeadfieldPlace {
  static func isFile(_ place: String) -> Bool { Files.kind(of: place) == .file || Files.linkTarget(of: place) != nil }

  /// Numbers with their shape.
  static func numbers(_ place: String, in file: HDF5File?) throws -> (shape: [Int], values: [Double]) {
    if let file, file.exists(place) { return (try file.info(place).shape, try file.doubles(place)) }
    guard isFile(place) else { throw missing(place) }
    if place.lowercased().hasSuffix(".npy") {
      let array = try NumPyFile(reading: place)
      let values = try array.floats(offset: array.shape.map { _ in 0 }, count: array.shape)
      return (array.shape, values.map(Double.init))
    }
    let table = try NumberTable(reading: place)
    return ([table.rowCount, table.columnCount], table.values)
  }

  /// Numbers that count something.
  static func wholeNumbers(_ values: [Double], _ place: String) throws -> [Int] {
    try values.map { value in
      guard let whole = Int(exactly: value) else {
        throw EvokeError(
          .leadfieldLayout, place, reason: "it holds \(value), whole numbers are needed",
          remedy: "name the array of indices or labels")
      }
      return whole
    }
  }

  /// Texts, one per item.
  static func texts(_ place: String, in file: HDF5File?) throws -> [String] {
    if let file, file.exists(place) {
      let info = try file.info(place)
      if info.type == .other("reference") { return try file.cells(place).map { try cellText($0, place) } }
      return try file.strings(place).map { OptionText.trim($0) }
    }
    guard isFile(place) else { throw missing(place) }
    let text = String(decoding: try SourceFile.contents(of: place).1, as: UTF8.self)
    return text.writtenLines.map { line in
      OptionText.trim(line.text.split { ",;\t".contains($0) }.first ?? line.text)
    }
  }

  private static func cellText(_ cell: HDF5Cell, _ place: String) throws -> String {
    if cell == .empty { return "" }
    guard let text = cell.text else {
      throw EvokeError(
        .leadfieldLayout, place, reason: "a cell of it holds no text", remedy: "name the array of the names")
    }
    return OptionText.trim(text)
  }

  /// `[count, 3]` whichever way it lies; nil where it is none.
  static func triples(_ place: String, in file: HDF5File?, count: Int?) throws -> [Double] {
    let (shape, values) = try numbers(place, in: file)
    guard shape.count == 2, shape.contains(3) else {
      throw EvokeError(
        .leadfieldLayout, place, reason: "its shape is \(shape)", remedy: "three numbers for each are needed")
    }
    let isAcross = shape[1] != 3 || (shape[0] == 3 && count != 3 && count != nil && shape[1] == count)
    let found = isAcross ? shape[1] : shape[0]
    if let count, found != count {
      throw EvokeError(
        .leadfieldLayout, place, reason: "it has \(found) rows, the leadfield needs \(count)",
        remedy: "name the array that belongs to it")
    }
    guard isAcross else { return values }
    return (0..<found).flatMap { i in (0..<3).map { values[$0 * found + i] } }
  }

  private static func missing(_ place: String) -> EvokeError {
    EvokeError(
      .fileMissing, place, reason: "it is neither a path in the file nor a file", remedy: "check the option")
  }
}

/// A matrix as text: comma, semicolon, tab or blanks; a header line and a first column of names are found by their not
/// being numbers.
struct NumberTable {
  private(set) var rowCount = 0
  private(set) var columnCount = 0
  private(set) var values: [Double] = []
  private(set) var rowNames: [String]?
  private(set) var columnNames: [String]?

  /// - Throws: `E-LF-001` with the line for text among numbers or lines of different lengths.
  init(reading path: String) throws {
    let text = String(decoding: try SourceFile.contents(of: path).1, as: UTF8.self)
    var names: [String] = []
    var isNamed = false
    let lines = text.writtenLines
    for line in lines {
      let (number, cells) = (line.number, Self.cells(line.text))
      let isHeader = rowCount == 0 && columnNames == nil && cells.dropFirst().contains { Self.value($0) == nil }
      if isHeader {
        columnNames = cells.map(String.init)
        continue
      }
      if rowCount == 0 {
        isNamed = Self.value(cells[0]) == nil
        columnCount = cells.count - (isNamed ? 1 : 0)
      }
      let numbers = (isNamed ? cells.dropFirst() : cells[...]).map(Self.value)
      guard numbers.count == columnCount, columnCount > 0 else {
        throw Self.malformed(path, number, "it has \(cells.count) cells, the first line \(columnCount) numbers")
      }
      for value in numbers {
        guard let value else { throw Self.malformed(path, number, "it holds text among numbers") }
        values.append(value)
      }
      if isNamed { names.append(String(cells[0])) }
      rowCount += 1
    }
    if !names.isEmpty { rowNames = names }
    if let header = columnNames, header.count == columnCount + 1 { columnNames = Array(header.dropFirst()) }
    guard rowCount > 0 else {
      throw Self.malformed(path, lines.last?.number ?? 1, "there is no line of numbers")
    }
  }

  private static func malformed(_ path: String, _ line: Int, _ reason: String) -> EvokeError {
    EvokeError(
      .leadfieldLayout, "\(path) line \(line)", reason: reason, remedy: "write a matrix, one line per sensor")
  }

  private static func cells(_ line: Substring) -> [Substring] {
    for separator in [",", ";", "\t"] as [Character] where line.contains(separator) {
      return line.split(separator: separator, omittingEmptySubsequences: false).map { cell in
        var part = cell
        while part.first?.isWhitespace == true { part.removeFirst() }
        while part.last?.isWhitespace == true { part.removeLast() }
        return part
      }
    }
    return line.split(whereSeparator: \.isWhitespace)
  }

  private static func value(_ cell: Substring) -> Double? {
    ["NaN", "nan", "NA", "n/a", ""].contains(cell) ? .nan : Double(cell)
  }
}
