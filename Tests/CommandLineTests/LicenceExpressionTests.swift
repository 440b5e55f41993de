import Archive
import Testing

/// Licences of archives.
@Suite struct LicenceExpressionTests {
  @Test func `identifiers are those of the list, spelled as it does`() {
    let samples: [String: String?] = [
      "CC-BY-4.0": "CC-BY-4.0", "cc0-1.0": "CC0-1.0", "MIT OR Apache-2.0": "MIT OR Apache-2.0",
      "EUPL-1.2+": "EUPL-1.2+",
      "GPL-2.0-only WITH Classpath-exception-2.0 AND MIT": "GPL-2.0-only WITH Classpath-exception-2.0 AND MIT",
      "LicenseRef-lab": "LicenseRef-lab",
      "": nil, "CC-BY": nil, "CC BY 4.0": nil, "CC-BY4.0": nil, "MIT AND": nil, "MIT  OR ISC": nil, "MIT and ISC": nil,
      "Classpath-exception-2.0": nil, "MIT WITH MIT": nil, "LicenseRef-": nil,
      "MIT WITH Classpath-exception-2.0 WITH Classpath-exception-2.0": nil,
    ]
    for (text, expected) in samples { #expect(LicenceExpression.canonical(text) == expected, "\(text)") }
  }
}
