import Foundation
import Testing

/// What the sources may still hold, counted per file in `allowed.tsv`: silent defaults, long lists of unlabelled
/// parameters, words, queries and tables named by texts, the level of a test as a number. The counts may only shrink, and each has its reason.
@Suite struct AllowedTests {
  /// One line `pattern` of the list.
  struct Pattern: Sendable, CustomTestStringConvertible {
    let kind: String
    let text: String
    /// Beginnings of the paths of files it does not look at.
    let spares: [String]
    var testDescription: String { kind }

    func expression(words: String, tables: String) throws -> NSRegularExpression {
      try NSRegularExpression(
        pattern: text.replacingOccurrences(of: "{words}", with: words)
          .replacingOccurrences(of: "{tables}", with: tables))
    }
  }

  private static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
  private static let root = folder.deletingLastPathComponent().deletingLastPathComponent()

  private static var lines: [[String]] {
    get throws {
      try String(contentsOf: folder.appendingPathComponent("allowed.tsv"), encoding: .utf8).split(separator: "\n")
        .filter { !$0.hasPrefix("#") }
        .map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
    }
  }

  static var patterns: [Pattern] {
    get throws {
      try lines.filter { $0[0] == "pattern" }.map {
        Pattern(kind: $0[1], text: $0[2], spares: $0[3].split(separator: ",").map(String.init))
      }
    }
  }

  /// Files of a folder by their paths in the project.
  private static func files(_ folder: String, _ suffix: String) throws -> [String] {
    let place = root.appendingPathComponent(folder).path
    let all = try #require(FileManager.default.enumerator(atPath: place)?.allObjects as? [String])
    return all.filter { $0.hasSuffix(suffix) }.map { "\(folder)/\($0)" }.sorted()
  }

  private static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appendingPathComponent(path), encoding: .utf8)
  }

  /// A file without the lines that are comments.
  private static func code(_ path: String) throws -> String {
    try text(path).split(separator: "\n", omittingEmptySubsequences: false)
      .filter { !$0.drop { $0 == " " }.hasPrefix("//") }.joined(separator: "\n")
  }

  private static func names(_ folder: String, _ suffix: String, _ pattern: Regex<(Substring, Substring)>) throws
    -> String
  {
    let found = try files(folder, suffix).flatMap { try text($0).matches(of: pattern).map { String($0.1) } }
    return Set(found).sorted().joined(separator: "|")
  }

  private static func number(of expression: NSRegularExpression, in text: String) -> Int {
    expression.numberOfMatches(in: text, range: NSRange(text.startIndex..., in: text))
  }

  /// How often each file holds the pattern.
  private static func counts(of pattern: Pattern) throws -> [String: Int] {
    let words = try names("Sources/Base/Vocabulary", ".swift", /(?m)^public enum (\w+)/)
    let tables = try names("schema/migrations", ".sql", /(?m)^CREATE TABLE "?(\w+_\w+)/)
    let expression = try pattern.expression(words: words, tables: tables)
    var counts: [String: Int] = [:]
    for path in try files("Sources", ".swift") + files("importers", ".swift") {
      guard !pattern.spares.contains(where: path.hasPrefix) else { continue }
      let number = number(of: expression, in: try code(path))
      if number > 0 { counts[path] = number }
    }
    return counts
  }

  @Test(arguments: try AllowedTests.patterns)
  func `files hold no more than the list allows, and the list no more than they hold`(pattern: Pattern) throws {
    var allowed: [String: Int] = [:]
    for line in try Self.lines where line[0] == "count" && line[1] == pattern.kind {
      allowed[line[2]] = try #require(Int(line[3]))
    }
    let counts = try Self.counts(of: pattern)
    for path in Set(counts.keys).union(allowed.keys).sorted() {
      let (count, limit) = (counts[path, default: 0], allowed[path, default: 0])
      #expect(count <= limit, "\(path) holds `\(pattern.kind)` \(count) times, \(limit) are allowed")
      #expect(count >= limit, "\(path) holds `\(pattern.kind)` \(count) times: lower the number, which is \(limit)")
    }
  }

  @Test func `every line of the list has a reason`() throws {
    let counts = try Self.lines.filter { $0[0] == "count" }
    for line in counts {
      let reason = line.count == 5 ? line[4] : ""
      #expect(
        reason.split(separator: " ").count >= 3, "\(line[2]) holds `\(line[1])` without a reason: mend it, or say why")
    }
    #expect(Set(counts.map { $0[1...2].joined(separator: " ") }).count == counts.count, "a file stands twice")
  }

  @Test func `every pattern finds what it is for`() throws {
    let samples = [
      "?? 0": "count ?? 0", "?? \"\"": "name ?? \"\"", "?? .nan": "r ?? .nan", "try?": "try? read()",
      "unlabelled": "func f<T>(\n  _ a: [Int], _ b: (Int, Int), _ c: T,\n  _ d: (Int) -> Int, _ e: Int)",
      "word by spelling": "NullKind(rawValue: text)", "query by name": "report(\"units\")",
      "table by name": "let tables = [\"fit\"]", "level by number": "pMax <= 0.05",
    ]
    let others = [
      "?? 0": "share ?? 0.5", "?? \"\"": "text ?? \"none\"", "?? .nan": "r ?? nan", "try?": "try read()",
      "unlabelled": "func f(_ a: Int, _ b: (_ c: Int, _ d: Int, _ e: Int) -> Int, of g: Int)",
      "word by spelling": "Format(rawValue: text)", "query by name": "report(outcome)",
      "table by name": "let tables = [FitRow.table]", "level by number": "let farApart = 0.05",
    ]
    let words = try Self.names("Sources/Base/Vocabulary", ".swift", /(?m)^public enum (\w+)/)
    let patterns = try Self.patterns
    #expect(Set(patterns.map(\.kind)) == Set(samples.keys))
    for pattern in patterns {
      let expression = try pattern.expression(words: words, tables: "fold_score")
      #expect(Self.number(of: expression, in: try #require(samples[pattern.kind])) == 1, "\(pattern.kind)")
      #expect(Self.number(of: expression, in: try #require(others[pattern.kind])) == 0, "\(pattern.kind)")
    }
  }
}
