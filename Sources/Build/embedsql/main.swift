// Turns a folder of .sql files into one Swift file: `embedsql OUTPUT ROOT FILE...`.
import Foundation

let arguments = CommandLine.arguments
let root = arguments[2]
var text =
  "// Generated from the .sql files beside this module.\nenum Embedded {\n  static let files: [(path: String, text: String)] = [\n"
for file in arguments.dropFirst(3).sorted() {
  let sql = try String(contentsOfFile: file, encoding: .utf8)
  let path = file.replacingOccurrences(of: root + "/", with: "")
  precondition(!sql.contains("\"\"\"###"), "\(path) contains the literal's own end")
  text += "    (\"\(path)\", ###\"\"\"\n\(sql)\n\"\"\"###),\n"
}
text += "  ]\n}\n"
try text.write(toFile: arguments[1], atomically: true, encoding: .utf8)
