import Compression
import ContentIdentity
import Diagnostics
import FileSystem
import LabelledArrays

extension ArrayExport {
  /// An array with a value a second as a continuous recording of BIDS: gzip of a line for each second without one of
  /// headers, NaN as `n/a`, and beside it a JSON file with its rate, first second and columns.
  ///
  /// - Parameters:
  ///   - path: ends with `.tsv.gz`.
  ///   - sidecar: the path of the JSON file.
  /// - Throws: `E-EXP-001` for an array without a second, `E-QRY-014` for two columns of one name.
  func continuous(to path: String, sidecar: String, stimulus: String) throws {
    guard let start = axes.first?.numbers?.first else {
      throw EvokeError(
        .sliceIsEmpty, "array \(name)", reason: "it has no second",
        remedy: "leave out --features, or extract them again")
    }
    let columns = Array(columnNames(.wide).dropFirst())
    try requireDistinct(columns, remedy: "evoke export csv \(ShellText.quoted(name)) --long -o FILE.csv writes it")
    var file = try ByteWriter(path, isCompressed: true, failure: .writeFailed)
    try eachRow(.wide) { _, _, values in
      let line = values.map { $0.isNaN ? "n/a" : $0.shortest }.joined(separator: "\t") + "\n"
      try file.write(Array(line.utf8))
    }
    try file.close()
    let about = statements.map { (Self.attribute($0.key), JSONValue.string($0.value)) }
    let document: JSONValue = [
      "TaskName": .string(stimulus), "SamplingFrequency": 1, "StartTime": .number(start),
      "Columns": .array(columns.map { .string($0) }), "EvokeArray": .object(Dictionary(uniqueKeysWithValues: about)),
    ]
    try Files.write(document.canonical + "\n", to: sidecar)
  }
}
