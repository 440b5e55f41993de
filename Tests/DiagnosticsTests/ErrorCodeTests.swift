import Diagnostics
import Foundation
import Testing

/// The codes users meet in messages, scripts and `evoke explain`.
struct ErrorCodeTests {
  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static func text(under folders: String..., where isWanted: (String) -> Bool) -> [String] {
    folders.flatMap { folder -> [String] in
      let files = FileManager.default.enumerator(atPath: root.appending(path: folder).path)?.compactMap {
        $0 as? String
      }
      return (files ?? []).filter { $0.hasSuffix(".swift") && isWanted($0) }.compactMap {
        try? String(contentsOf: root.appending(path: folder).appending(path: $0), encoding: .utf8)
      }
    }
  }

  @Test func codesAreUniqueAndWellFormed() {
    let ids = ErrorCode.all.map(\.id)
    #expect(ids.count > 200 && Set(ids).count == ids.count)
    for code in ErrorCode.all {
      #expect(code.id.wholeMatch(of: /E-[A-Z0-9]{2,4}-\d{3}/) != nil, "\(code.id)")
      #expect(!code.title.hasSuffix(".") && code.explanation.count > 20, "\(code.id)")
    }
  }

  @Test func aCodeIsFoundByItsTextInAnyCase() {
    #expect(ErrorCode.named("e-fil-001") == .fileMissing)
    #expect(ErrorCode.named("E-FIL-999") == nil)
  }

  /// A code that is declared but not listed cannot be explained; one that nothing uses misleads.
  @Test func everyDeclaredCodeIsListedAndUsed() {
    let declared = Self.text(under: "Sources/Base/Diagnostics") { $0.hasPrefix("Codes+") }.joined()
      .matches(of: /static let (\w+) = ErrorCode\(\s*"(E-[A-Z0-9]+-\d+)"/)
    let used = Self.text(under: "Sources", "importers") { !$0.hasPrefix("Diagnostics/Codes+") }.joined()
    let words = Set(used.matches(of: /\.(\w+)/).map { String($0.1) })
    #expect(declared.count == ErrorCode.all.count)
    for code in declared {
      #expect(ErrorCode.named(String(code.2)) != nil, "\(code.2) is not in its file's list")
      #expect(words.contains(String(code.1)), "nothing uses \(code.1)")
    }
  }

  @Test func theMessageHasWhatWhyAndRemedy() {
    let error = EvokeError(.fileMissing, "a.h5", reason: "there is none", remedy: "check the path")
    let lines = error.description.split(separator: "\n")
    #expect(lines.count == 3 && lines[0].contains("E-FIL-001") && lines[0].contains("a.h5"))
    #expect(lines[1].contains("there is none") && lines[2].contains("check the path"))
    #expect(Diagnostic(error).severity == .error)
  }
}
