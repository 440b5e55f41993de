import Foundation
import Testing

@Suite struct DocumentationTests {
  private let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  private func names(_ folder: String) throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
      .filter { $0.hasSuffix(".sql") }.map { String($0.dropLast(4)) }.sorted()
  }

  @Test func everyViewHasATestThatNamesIt() throws {
    let folder = "Tests/WarehouseTests"
    let tests = try FileManager.default.contentsOfDirectory(atPath: root.appendingPathComponent(folder).path)
      .filter { $0.hasSuffix("ViewTests.swift") }.map { try text("\(folder)/\($0)") }.joined()
    for view in try names("queries/views") {
      #expect(tests.firstMatch(of: try Regex("FROM \(view)\\b")) != nil, "\(view) has no test")
    }
  }

  @Test func everyQueryFileSaysWhatItAnswers() throws {
    for folder in ["views", "reports", "lookups", "changes", "checks"] {
      for name in try names("queries/\(folder)") {
        #expect(try text("queries/\(folder)/\(name).sql").hasPrefix("-- "), "\(folder)/\(name)")
      }
    }
  }

  @Test func persistedViewsTouchPlainTablesOnly() throws {
    for name in try names("queries/views") {
      let sql = try text("queries/views/\(name).sql").split(separator: "\n").filter { !$0.hasPrefix("--") }.joined(
        separator: "\n")
      for word in ["pragma_", "array(", "fisher_z", "median(", "quantile(", "corr(", "temp."] {
        #expect(!sql.contains(word), "\(name) uses \(word)")
      }
    }
  }

  /// The front page names every verb and every view, once there is one.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: DocumentationTests.readme)))
  func theReadmeNamesEveryVerbAndView() throws {
    let readme = try text("README.md")
    for view in try names("queries/views") {
      #expect(readme.contains(view), "README.md does not name the view \(view)")
    }
    let folder = root.appendingPathComponent("Sources/Tool/CommandLineTool").path
    for file in try FileManager.default.contentsOfDirectory(atPath: folder) where file.hasSuffix(".swift") {
      let source = try text("Sources/Tool/CommandLineTool/\(file)")
      for match in source.matches(of: /commandName: "([a-z]+)"/) where !["evoke", "work"].contains(String(match.1)) {
        #expect(readme.contains(String(match.1)), "README.md does not name the verb \(match.1)")
      }
    }
  }

  @Test func whatTheDocumentsMakeIsATarget() throws {
    let made = try text("Makefile")
    var named: Set<Substring> = []
    for page in ["README.md", "CONTRIBUTING.md"] {
      named.formUnion(try text(page).matches(of: /[`\n]make ([a-z-]+)/).map(\.1))
    }
    #expect(named.count > 5)
    for target in named.sorted() { #expect(made.contains("\n\(target):"), "the Makefile has no target \(target)") }
  }

  private static let readme = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("README.md").path
}
