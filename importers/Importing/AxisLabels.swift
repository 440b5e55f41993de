import DelimitedText
import Diagnostics
import Foundation
import HDF5File
import LabelledArrays
import MATLABFile

/// Where the names along an axis come from: `--labels` or a dimension scale.
package struct AxisLabels {
  /// Axis -> the option's value; the empty name is the space axis.
  private var given: [String: String] = [:]
  /// Text files that were read, to be recorded as sources.
  package private(set) var sources: [SourceFile] = []

  package init(_ options: [String], _ findings: inout Findings) {
    for option in options {
      var (axis, value) = ("", option)
      if let pair = OptionText.pair(option), LabelledArray.axisNames.contains(pair.0) { (axis, value) = pair }
      if given.updateValue(value, forKey: axis) != nil {
        findings.error(
          .optionMalformed, "--labels \(option)", reason: "labels of this axis are given twice",
          remedy: "give them once")
      }
    }
  }

  /// `sub-01`, `sub-02` ...
  package static func numbered(_ stem: String, _ count: Int, digits: Int) -> [String] {
    let width = max(digits, String(count).count)
    return (1...max(1, count)).prefix(count).map { index in
      let text = String(index)
      return "\(stem)-" + String(repeating: "0", count: width - text.count) + text
    }
  }

  package func isGiven(_ axis: String, isSpace: Bool) -> Bool { given[axis] != nil || (isSpace && given[""] != nil) }

  /// The axis' labels, or nil where neither an option nor a scale names them.
  ///
  /// - Throws: `labelsUnusable`, `axisOrder` when their number fits another axis, else `labelsUnusable`.
  package mutating func labels(_ axis: String, isSpace: Bool, of dataset: ArrayDataset) throws -> [String]? {
    guard let position = dataset.axes.firstIndex(of: axis) else { return nil }
    guard let option = given[axis] ?? (isSpace ? given[""] : nil) else {
      return try scaleLabels(dataset.file, dataset.path, position)
    }
    let labels = try read(
      option, dataset.file, dataset.path, dataset.fields, isSingle: dataset.shape[position] == 1)
    if labels.count != dataset.shape[position] { throw mismatch(labels.count, at: position, of: dataset) }
    var seen: Set<String> = []
    if let twice = labels.first(where: { !seen.insert($0).inserted }) {
      throw EvokeError(
        .labelsUnusable, "\(dataset.object) axis \(axis)", reason: "\(twice) stands twice in --labels \(option)",
        remedy: "make the labels unique")
    }
    if labels.contains("") {
      throw EvokeError(
        .labelsUnusable, "\(dataset.object) axis \(axis)", reason: "a label in --labels \(option) is empty",
        remedy: "name every \(axis)")
    }
    return labels
  }

  /// The labels of the space axis (channels, regions) where an option gives them, for a file that is no generic array.
  ///
  /// - Throws: `labelsUnusable`.
  package mutating func spaceLabels(
    _ axis: String, count: Int, object: String, fields: [String: String]
  ) throws -> [String]? {
    guard let option = given[axis] ?? given[""] else { return nil }
    let labels = try read(option, nil, "", fields, isSingle: count == 1)
    guard labels.count == count else {
      throw EvokeError(
        .labelsUnusable, object, reason: "\(labels.count) labels for \(count) \(axis)s", remedy: "give one per \(axis)")
    }
    return labels
  }

  private func mismatch(_ count: Int, at position: Int, of dataset: ArrayDataset) -> EvokeError {
    let (axes, shape) = (dataset.axes, dataset.shape)
    let object = "\(dataset.object) axis \(axes[position])"
    let lengths = zip(axes, shape).map { "\($0) \($1)" }.joined(separator: ", ")
    if let other = shape.firstIndex(of: count) {
      var swapped = axes
      swapped.swapAt(position, other)
      return EvokeError(
        .axisOrder, object, reason: "\(count) labels, but the lengths are \(lengths)",
        remedy: "the order is probably --axes \(swapped.joined(separator: ","))")
    }
    return EvokeError(
      .labelsUnusable, object, reason: "\(count) labels for \(shape[position]) entries (lengths: \(lengths))",
      remedy: "give one label per entry")
  }

  private func scaleLabels(_ file: ArrayFile, _ dataset: String, _ position: Int) throws -> [String]? {
    guard case .hdf5(let hdf5) = file, let scale = try hdf5.scales(of: dataset)[position] else { return nil }
    guard case .string = try hdf5.info(scale).type else { return nil }
    return try hdf5.strings(scale)
  }

  /// - Parameter isSingle: whether one label is wanted, which is a list of its own.
  private mutating func read(
    _ option: String, _ file: ArrayFile?, _ dataset: String, _ fields: [String: String], isSingle: Bool
  ) throws -> [String] {
    var value = option
    for (field, text) in fields { value = value.replacingOccurrences(of: "{\(field)}", with: text) }
    if case .some(.hdf5(let hdf5)) = file {
      if let texts = try attributeTexts(value, hdf5) { return texts }
      if hdf5.exists(value) {
        let type = try hdf5.info(value).type
        if case .string = type { return try hdf5.strings(value) }
        // A cell array of texts of MATLAB 7.3.
        if type == .other("reference") { return try hdf5.cells(value).map { try cellText($0, option) } }
        return try hdf5.integers(value).map { "\($0)" }
      }
    }
    if case .some(.matlab(let matlab)) = file, let root = value.split(whereSeparator: { ".({".contains($0) }).first,
      matlab.names.contains(String(root))
    {
      let found = try matlab.value(at: value)
      guard let texts = found.texts ?? found.numbers?.real.map(SeriesTable.short) else {
        throw EvokeError(
          .labelsUnusable, "--labels \(option)", reason: "it is \(found.description)",
          remedy: "name a cell array of texts, or give a text file with one label a line")
      }
      return texts
    }
    if FileManager.default.fileExists(atPath: value) { return try lines(value) }
    if value.contains(",") || (isSingle && !value.contains { "./@".contains($0) }) { return OptionText.list(value) }
    throw EvokeError(
      .labelsUnusable, "--labels \(option)",
      reason: "\(value) is \(file.map { "no dataset or attribute of \($0.path), " } ?? "")no file and no list",
      remedy: hints(file, dataset))
  }

  private func cellText(_ cell: HDF5Cell, _ option: String) throws -> String {
    guard let text = cell.text else {
      throw EvokeError(
        .labelsUnusable, "--labels \(option)", reason: "a cell of it holds no text",
        remedy: "name a cell array of texts, or give a text file with one label a line")
    }
    return text
  }

  /// The texts of `PATH@ATTRIBUTE`; nil where the value is no such place.
  private func attributeTexts(_ value: String, _ file: HDF5File) throws -> [String]? {
    guard let at = value.lastIndex(of: "@") else { return nil }
    let object = "/" + ArrayFile.relative(String(value[..<at]))
    guard file.exists(object),
      case .texts(let texts)? = try file.attribute(String(value[value.index(after: at)...]), of: object)
    else { return nil }
    return texts
  }

  private func hints(_ file: ArrayFile?, _ dataset: String) -> String {
    guard case .some(.hdf5(let hdf5)) = file else { return "give a text file with one label a line, or a list a,b,c" }
    // The fault is told already; what cannot be listed for the hint is left out of it.
    let texts = ((try? hdf5.datasets()) ?? []).filter { if case .string = $0.type { true } else { false } }.map(\.path)
    let attributes = ArrayFile.hdf5(hdf5).attributeNames(near: dataset).map { "@\($0)" }
    let all = texts + attributes
    return all.isEmpty
      ? "give a text file with one label a line, or a list a,b,c" : "the file has: \(NearMiss.list(all))"
  }

  private static let headings = [
    "label", "labels", "name", "channel", "region", "roi", "ch_name", "ch_names", "subject", "layer",
  ]

  /// A text file: one label a line, or the label column (else the first) of a table.
  private mutating func lines(_ path: String) throws -> [String] {
    let (source, bytes) = try SourceFile.contents(of: path)
    if !sources.contains(source) { sources.append(source) }
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw EvokeError(.labelsUnusable, path, reason: "it is not UTF-8 text", remedy: "save the labels as UTF-8 text")
    }
    var lines = text.writtenLines.map { OptionText.trim($0.text) }
    if let first = lines.first, first.contains("\t") || first.contains(",") || first.contains(";") {
      var findings = Findings()
      guard let table = DelimitedTable.read(path, bytes, &findings) else {
        let first = findings.all[0]
        throw EvokeError(.labelsUnusable, first.object, reason: first.reason, remedy: first.remedy)
      }
      let column = table.header.firstIndex { Self.headings.contains($0.lowercased()) } ?? 0
      return (0..<table.rowCount).map { OptionText.trim(table.text($0, column)) }
    }
    if let first = lines.first, Self.headings.contains(first.lowercased()) { lines.removeFirst() }
    return lines
  }
}

/// `--rename AXIS=FILE`: tables of codes and names.
package struct Renames {
  private var tables: [String: [String: String]] = [:]
  package private(set) var sources: [SourceFile] = []

  /// Reads the tables: the columns code (or from) and name (or to), else the first two.
  package init(_ options: [String], _ findings: inout Findings) {
    for option in options {
      guard let (axis, path) = OptionText.pair(option),
        LabelledArray.axisNames.contains(axis) || PathTemplate.fields.contains(axis)
      else {
        OptionText.malformed("--rename", option, "stimulus=FILE", &findings)
        continue
      }
      guard let (source, bytes) = findings.collect(path, { try SourceFile.contents(of: path) }) else { continue }
      sources.append(source)
      guard let table = DelimitedTable.read(path, bytes, &findings) else { continue }
      guard table.header.count >= 2 else {
        findings.error(.labelsUnusable, path, reason: "it has one column", remedy: "give the columns code and name")
        continue
      }
      let named = (table.column("code") ?? table.column("from"), table.column("name") ?? table.column("to"))
      guard let (from, to) = Self.pair(named) else {
        findings.error(
          .labelsUnusable, path, reason: "only one of its columns is called code (from) or name (to)",
          remedy: "name both, or neither: then the first two columns count")
        continue
      }
      var names: [String: String] = [:]
      for row in 0..<table.rowCount {
        let code = OptionText.trim(table.text(row, from))
        if names.updateValue(OptionText.trim(table.text(row, to)), forKey: code) != nil {
          findings.error(
            .rowTwice, "\(path) line \(table.line(of: row))", reason: "the code \(code) stands in two rows",
            remedy: "keep one of them")
        }
      }
      tables[axis] = names
    }
  }

  /// Both columns by name, or by place where neither is named.
  private static func pair(_ named: (from: Int?, to: Int?)) -> (from: Int, to: Int)? {
    switch named {
    case (nil, nil): (0, 1)
    case (let from?, let to?): (from, to)
    default: nil
    }
  }

  /// No table.
  package static let none = Renames()
  private init() {}

  /// What a template read, by the names of its codes; a file that names a stimulus' medium names the stimulus.
  ///
  /// - Throws: `renameIncomplete`.
  package func names(_ codes: [String: String], _ known: KnownNames) throws -> [String: String] {
    var names: [String: String] = [:]
    for (field, code) in codes { names[field] = try name(code, field) }
    names["stimulus"] = names["stimulus"].map(known.stimulus)
    return names
  }

  /// The name of a code; the code itself where no table renames its axis.
  ///
  /// - Throws: `renameIncomplete`.
  package func name(_ code: String, _ axis: String) throws -> String {
    guard let table = tables[axis] else { return code }
    guard let name = table[code], !name.isEmpty else {
      throw EvokeError(
        .renameIncomplete, "\(axis) \(code)", reason: "the table of --rename has no name for it",
        remedy: NearMiss.suggestion(code, in: table.keys.sorted()))
    }
    return name
  }
}
