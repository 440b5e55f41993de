import ContentIdentity
import Testing

@Suite struct JSONValueTests {
  @Test(arguments: [
    (0.0, "0"), (-0.0, "0"), (1.0, "1"), (1e21, "1e+21"), (1e20, "100000000000000000000"), (0.000001, "0.000001"),
    (1e-7, "1e-7"), (123456.789, "123456.789"), (5e-324, "5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
    (-2.5, "-2.5"), (100, "100"),
  ])
  func numbersAreWrittenAsECMAScriptDoes(value: Double, text: String) {
    #expect(JSONValue.number(value).canonical == text)
  }

  @Test func membersAreSortedByUTF16AndTextsEscapedMinimally() throws {
    let value = try JSONValue(parsing: #"{"b":[1,2.50,true,null],"a":"\u00e9\n\"","\ud83d\ude00":1,"\uffff":2}"#)
    #expect(value.canonical == "{\"a\":\"é\\n\\\"\",\"b\":[1,2.5,true,null],\"😀\":1,\"\u{ffff}\":2}")
  }

  @Test(arguments: ["{\"a\":1,\"a\":2}", "[1,]", "nul", "1 2", "\"\\x\"", "{", "[1", "\"\u{01}\""])
  func malformedTextsAreRefused(text: String) {
    #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: text) }
  }

  @Test func sha256MatchesThePublishedVector() {
    #expect(SHA256.hex(of: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}
