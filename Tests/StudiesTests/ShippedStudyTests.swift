import Foundation
import Kinds
import StudyFiles
import Testing

/// What the project shows as a study is one: every study file of the fixtures and of the pages for users, and every
/// kind's example, reads, and this version computes those of computed kinds.
@Suite struct ShippedStudyTests {
  struct Shipped: CustomTestStringConvertible {
    let name: String
    let text: String
    var testDescription: String { name }
  }

  private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

  private static let pages = ["README.md", "docs/real-data.md"]

  static let shipped: [Shipped] = fixtures() + pages.flatMap(shown) + examples()

  private static func fixtures() -> [Shipped] {
    let folder = root.appendingPathComponent("Tests/Fixtures")
    let names = FileManager.default.enumerator(atPath: folder.path)?.compactMap { $0 as? String } ?? []
    return names.filter { $0.hasSuffix(".yaml") }.sorted().compactMap { name in
      guard let text = try? String(contentsOf: folder.appendingPathComponent(name), encoding: .utf8),
        text.contains("\nkind:")
      else { return nil }
      return Shipped(name: name, text: text)
    }
  }

  private static func shown(on page: String) -> [Shipped] {
    guard let text = try? String(contentsOf: root.appendingPathComponent(page), encoding: .utf8) else { return [] }
    return text.components(separatedBy: "```yaml\n").dropFirst().enumerated().compactMap { i, rest in
      let block = rest.components(separatedBy: "\n```")[0]
      return block.contains("\nkind:") ? Shipped(name: "\(page), block \(i + 1)", text: block) : nil
    }
  }

  private static func examples() -> [Shipped] {
    StudyKinds.all.list.compactMap { kind in
      guard kind is any ComputedKind, let example = kind.kind.example else { return nil }
      return Shipped(name: "example of \(kind.kind.name)", text: example)
    }
  }

  @Test func theyAreFound() {
    #expect(Self.shipped.count { $0.name.hasSuffix(".yaml") } >= 5)
    for page in Self.pages { #expect(Self.shipped.contains { $0.name.hasPrefix(page) }, "\(page) shows no study") }
    #expect(Self.shipped.contains { $0.name.hasPrefix("example") })
  }

  @Test(arguments: shipped) func everyShippedStudyIsComputed(_ study: Shipped) throws {
    let grammar = StudyKinds.all.grammar
    let definition = try StudyDefinition(parsing: study.text, file: study.name, grammar: grammar)
    #expect(grammar.notComputed(definition).map(\.reason) == [])
  }
}
