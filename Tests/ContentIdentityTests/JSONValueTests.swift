import ContentIdentity
import Testing

@Suite struct JSONValueTests {
  @Test(arguments: [
    (0.0, "0"), (-0.0, "0"), (1.0, "1"), (1e21, "1e+21"), (1e20, "100000000000000000000"), (0.000001, "0.000001"),
    (1e-7, "1e-7"), (123456.789, "123456.789"), (Double.leastNonzeroMagnitude, "5e-324"),
    (1.7976931348623157e308, "1.7976931348623157e+308"),
    (-2.5, "-2.5"), (100, "100"),
  ])
  func numbersAreWrittenAsECMAScriptDoes(value: Double, text: String) {
    #expect(JSONValue.number(value).canonical == text)
  }

  @Test func membersAreSortedByUTF16AndTextsEscapedMinimally() throws {
    let value = try JSONValue(parsing: #"{"b":[1,2.50,true,null],"a":"\u00e9\n\"","\ud83d\ude00":1,"\uffff":2}"#)
    #expect(value.canonical == "{\"a\":\"é\\n\\\"\",\"b\":[1,2.5,true,null],\"😀\":1,\"\u{ffff}\":2}")
  }

  /// A text and the byte at which it stops being JSON.
  @Test(arguments: [
    // Numbers.
    ("01", 0), ("-01", 0), ("00", 0), ("[1,007]", 3), ("+1", 0), ("1.", 2), (".5", 0), ("-.5", 1), ("1e", 2),
    ("1e+", 3), ("1.e5", 2), ("-", 1), ("--1", 1), ("1-2", 1), ("0x10", 1), ("1_000", 1), ("1,5", 1), ("1e400", 0),
    ("-1e400", 0), ("NaN", 0), ("[NaN]", 1), ("Infinity", 0), ("-Infinity", 1), ("nan", 0), ("inf", 0), ("1e5.5", 3),
    // What stands around a value, and values cut short.
    ("", 0), ("  ", 2), ("1 2", 2), ("{} x", 3), ("null,", 4), ("\u{feff}1", 0), ("nul", 0), ("True", 0), ("'a'", 0),
    ("[1", 2), ("{", 1), ("[1,]", 3), ("[,1]", 1), ("{\"a\"}", 4), ("{\"a\":}", 5), ("{\"a\":1,}", 7), ("{a:1}", 1),
    ("{1:1}", 1), ("[1 2]", 3), ("// x", 0), ("1 // x", 2), ("\u{a0}1", 0), ("1\u{c}", 1), ("1\u{0}", 1),
    // Members.
    ("{\"a\":1,\"a\":1}", 7), ("{\"a\":1,\"\\u0061\":2}", 7),
    // Texts.
    ("\"a", 2), ("\"\u{1}\"", 1), ("\"a\nb\"", 2), ("\"\t\"", 1), ("\"\\x\"", 3), ("\"\\u12\"", 5), ("\"\\u+123\"", 3),
    ("\"\\u-123\"", 3), ("\"\\ud800\"", 7), ("\"\\ud800\\n\"", 7), ("\"\\ud800\\ud800\"", 13), ("\"\\udc00\"", 7),
    ("\"\\udc00\\ud800\"", 7),
  ])
  func whatIsNotJSONIsRefusedAtItsByte(text: String, offset: Int) {
    let error = #expect(throws: JSONSyntaxError.self, "\(text)") { try JSONValue(parsing: text) }
    #expect(error?.offset == offset, "\(text): \(String(describing: error))")
  }

  @Test func bytesThatAreNoUTF8AndDeepNestingAreRefused() {
    for bytes in [
      [0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0x31, 0x00, 0x00, 0x00],
    ] {
      #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: bytes.map { UInt8($0) }) }
    }
    #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: String(repeating: "[", count: 100_000)) }
  }

  @Test(arguments: [
    ("0", 0.0), ("-0", -0.0), ("-0.0", -0.0), ("10", 10), ("0.5", 0.5), ("1e5", 1e5), ("1E-5", 1e-5), ("1e+05", 1e5),
    ("0e0", 0), ("123.456e-2", 1.23456), (" \t\r\n7 ", 7), ("5e-400", 0),
    ("1.7976931348623157e308", 1.7976931348623157e308),
  ])
  func everyFormOfANumberIsRead(text: String, value: Double) throws {
    #expect(try JSONValue(parsing: text) == .number(value))
  }

  @Test func everyEscapeIsReadAndDeleteIsNoControlCharacter() throws {
    let text = try JSONValue(parsing: #""\"\\\/\b\f\n\r\t\u00e9\u0000\ud83d\ude00\uD83D\uDE00""#).stringValue
    #expect(text == "\"\\/\u{8}\u{c}\n\r\t\u{e9}\u{0}😀😀")
    #expect(try JSONValue(parsing: "\"\u{7f}\u{2028}\"").stringValue == "\u{7f}\u{2028}")
  }

  @Test func aTextCutOrChangedAnywhereIsAValueOrAnError() {
    let whole = Array(#"{"a":[1,-2.5e3,true,null],"é\u00e9\ud83d\ude00":{"b":"\n\\","c":[[],{}]}}"#.utf8)
    for length in whole.indices {
      #expect(throws: JSONSyntaxError.self) { try JSONValue(parsing: Array(whole[..<length])) }
    }
    for place in whole.indices {
      for byte in [0, 0x22, 0x2c, 0x30, 0x5b, 0x5c, 0x7d, 0x80, 0xff] as [UInt8] {
        var changed = whole
        changed[place] = byte
        do { _ = try JSONValue(parsing: changed) } catch { #expect(error is JSONSyntaxError) }
      }
    }
  }

  @Test func sha256MatchesThePublishedVector() {
    #expect(SHA256.hex(of: "abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
  }
}
