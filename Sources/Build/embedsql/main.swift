// Checks the project's SQL against an empty catalog in memory and writes it as Swift.
//
// `embedsql MODE OUTPUT SCHEMA QUERIES FILE...`: SCHEMA and QUERIES are the folders the files stand in. MODE is
// `schema` or `queries` (their texts, embedded) or `rows` (a type for each table's rows, a function for each query).
// `embedsql papers OUTPUT FOLDER FILE...` embeds other texts that stand in FOLDER.
import Foundation

func write() throws {
  let arguments = CommandLine.arguments
  let (mode, output) = (arguments[1], arguments[2])
  let text = try mode == "papers" ? papers(arguments) : sql(mode, arguments)
  // A file that is as it was is left alone, so that nothing above is compiled again.
  if (try? String(contentsOfFile: output, encoding: .utf8)) != text {
    try text.write(toFile: output, atomically: true, encoding: .utf8)
  }
}

/// Any texts, below the folder that is the third argument.
func papers(_ arguments: [String]) throws -> String {
  embedded(
    try arguments.dropFirst(4).sorted().map { path in
      (String(path.dropFirst(arguments[3].count + 1)), try String(contentsOfFile: path, encoding: .utf8))
    })
}

func sql(_ mode: String, _ arguments: [String]) throws -> String {
  let (schema, queries) = (arguments[3], arguments[4])
  let paths = arguments.dropFirst(5).sorted()
  let migrations = try read(paths.filter { $0.hasPrefix(schema + "/") }, below: schema)
  let statements = try read(paths.filter { $0.hasPrefix(queries + "/") }, below: queries)
  let catalog = try Catalog(migrations: migrations, queries: statements)
  return switch mode {
  case "schema": embedded(migrations.map { ("\($0.place).sql", $0.text) })
  case "queries": embedded(statements.map { ("\($0.place).sql", $0.text) }, beside: orders(statements))
  default: RowsWriter(catalog).text
  }
}

/// The files with their headers.
func read(_ paths: [String], below root: String) throws -> [SQLFile] {
  var files: [SQLFile] = []
  var problems: [Problem] = []
  for path in paths {
    do { files.append(try SQLFile(path, below: root)) } catch let problem as Problem { problems.append(problem) }
  }
  try Problems.check(problems)
  return files
}

/// The columns that headers of views say their rows are ordered by, by the views' files.
func orders(_ files: [SQLFile]) -> String {
  let views = files.compactMap { file in file.order.map { "\"\(file.place).sql\": \($0.names)" } }
  return "  static let orders: [String: [String]] = [\(views.isEmpty ? ":" : views.joined(separator: ", "))]\n"
}

/// The files' texts as raw string literals.
///
/// - Parameter others: further members.
func embedded(_ files: [(path: String, text: String)], beside others: String = "") -> String {
  var text = "// Generated from the files beside this module.\nenum Embedded {\n"
  text += "  static let files: [(path: String, text: String)] = [\n"
  for file in files {
    precondition(!file.text.contains("\"\"\"###"), "\(file.path) contains the literal's own end")
    text += "    (\"\(file.path)\", ###\"\"\"\n\(file.text)\n\"\"\"###),\n"
  }
  return text + "  ]\n\(others)}\n"
}

do {
  try write()
} catch {
  FileHandle.standardError.write(Data("\(error)\n".utf8))
  exit(1)
}
