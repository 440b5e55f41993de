import Diagnostics
import Foundation
import Testing
import XMLFile

@Suite struct XMLReaderTests {
  private func tokens(_ text: String) throws -> [XMLToken] { try tokens(Array(text.utf8)) }

  private func tokens(_ bytes: [UInt8]) throws -> [XMLToken] {
    var reader = try XMLReader("a.xml", bytes)
    var tokens: [XMLToken] = []
    while let token = try reader.next() { tokens.append(token) }
    return tokens
  }

  private func fault(_ text: String) -> EvokeError? { failure { _ = try tokens(text) } }

  @Test func elementsAttributesTextAndCharacterDataComeInTheirOrder() throws {
    let found = try tokens(
      "<?xml version=\"1.0\"?><!-- c --><a x='1 &amp; &#233;' n:y=\"&lt;\">t &gt; &#x1F600;<b/><![CDATA[<&]]></a>\n")
    #expect(
      found == [
        .start(name: "a", attributes: ["x": "1 & é", "n:y": "<"]), .text("t > 😀"), .start(name: "b", attributes: [:]),
        .end(name: "b"), .text("<&"), .end(name: "a"),
      ])
  }

  @Test func encodingsAreReadAsTheyAreDeclared() throws {
    let latin = Array("<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>".utf8) + [0xe9] + Array("</a>".utf8)
    #expect(try tokens(latin)[1] == .text("é"))
    #expect(try tokens([0xef, 0xbb, 0xbf] + Array("<a>é</a>".utf8))[1] == .text("é"))
    let wide = Array("<a>é</a>".utf16).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] }
    #expect(try tokens([0xff, 0xfe] + wide)[1] == .text("é"))
  }

  @Test(arguments: [
    ("<a>\n<b></a>", 2, "b"), ("<a>", 1, "a"), ("", 1, ""), ("text", 1, ""), ("<a x=1/>", 1, ""),
    ("<a x='1' x='2'/>", 1, "x"), ("<a>\n\n&nbsp;</a>", 3, "&nbsp;"), ("<a\nx='&nbsp;'/>", 2, "&nbsp;"),
    ("<a>&</a>", 1, ""), ("<a/><b/>", 1, ""), ("<a>\u{1}</a>", 1, ""), ("<a><!-- </a>", 1, ""),
    ("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a>\n&nbsp;</a>", 2, "&nbsp;"),
    ("<!DOCTYPE a SYSTEM \"file:///etc/passwd\"><a x='&nbsp;'/>", 1, "&nbsp;"),
  ])
  func faultsAreNamedWithTheirLine(_ text: String, _ line: Int, _ word: String) throws {
    let error = try #require(fault(text), "\(text)")
    #expect(error.code == .xmlMalformed && error.object == "a.xml line \(line)", "\(text): \(error)")
    #expect(word.isEmpty || error.reason.contains(word), "\(text): \(error)")
  }

  /// Ten lines that would be ten thousand million words, in the text and in the root's own attribute.
  @Test(arguments: ["<a>&l9;</a>", "<a x='&l9;'/>"]) func aBillionLaughsAreRefused(_ root: String) throws {
    let declared = (1...9).map { n in
      "<!ENTITY l\(n) \"" + String(repeating: "&l\(n - 1);", count: 10) + "\">"
    }
    let error = try #require(fault("<!DOCTYPE a [<!ENTITY l0 \"lol\">" + declared.joined() + "]>\n" + root))
    #expect(error.code == .xmlMalformed)
    let one = try #require(fault("<!DOCTYPE a [<!ENTITY b \"c\">]><a>&b;</a>"))
    #expect(one.reason.contains("entities"))
  }

  @Test func nothingOutsideIsRead() throws {
    let secret = try Scratch(Array("<!ENTITY b 'secret'>".utf8), suffix: ".dtd")
    let text = "<!DOCTYPE a SYSTEM \"\(secret.path)\"><a>&b;</a>"
    #expect(fault(text)?.reason.contains("&b;") == true)
    let external = "<!DOCTYPE a [<!ENTITY b SYSTEM \"file:///etc/hostname\">]><a>&b;</a>"
    #expect(fault(external)?.code == .xmlMalformed)
    let parameter = "<!DOCTYPE a [<!ENTITY % b SYSTEM \"\(secret.path)\"> %b;]><a/>"
    #expect(fault(parameter)?.code == .xmlMalformed)
    // A type that declares no entities is passed over.
    #expect(try tokens("<!DOCTYPE a [<!ELEMENT a ANY>]><a/>").count == 2)
    #expect(try tokens("<!DOCTYPE a SYSTEM \"http://localhost:1/a.dtd\"><a/>").count == 2)
  }

  @Test func aTextCutOrChangedAnywhereIsTokensOrAnError() throws {
    let whole = Array("<?xml version=\"1.0\"?>\n<a x='1&amp;2'>é<b y=\"z\"/><![CDATA[c]]><!-- d --></a>".utf8)
    for length in whole.indices { #expect(failure { _ = try tokens(Array(whole[..<length])) } != nil, "\(length)") }
    var numbers = SeededNumbers(seed: 7)
    for _ in 0..<2_000 {
      var changed = whole
      for _ in 0..<2 {
        changed[Int.random(in: whole.indices, using: &numbers)] = UInt8.random(in: 0...255, using: &numbers)
      }
      do { _ = try tokens(changed) } catch { #expect(error is EvokeError) }
    }
  }
}
