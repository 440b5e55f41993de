import ContentIdentity
import Importing
import Testing

@Suite struct SidecarJSONTests {
  private func parse(_ text: String) throws -> JSONValue { try SidecarJSON.parse(Array(text.utf8)) }

  /// The left text as sidecars have it, the right one as RFC 8259 has it.
  @Test(arguments: [
    ("{\"RepetitionTime\": 2.}", "{\"RepetitionTime\": 2}"),
    ("[.5, -.5, +1, 007, 1.e3, -2.5E-3]", "[0.5, -0.5, 1, 7, 1e3, -0.0025]"),
    ("[NaN, Infinity, -Infinity]", "[null, null, null]"), ("\u{feff}{\"a\": true}", "{\"a\": true}"),
    ("{\"NaN 01 +1\": \"\\\" NaN .5\"}", "{\"NaN 01 +1\": \"\\\" NaN .5\"}"), ("[\"a\\\\\", 01]", "[\"a\\\\\", 1]"),
    ("{\"a\": 1, \"b\": {\"c\": [2], \"c\": [2.]}, \"a\": 1}", "{\"a\": 1, \"b\": {\"c\": [2]}}"),
    ("[]", "[]"), ("\"\u{e9}\"", "\"\u{e9}\""),
  ])
  func whatProgramsAndPeopleWriteIsRead(written: String, meant: String) throws {
    #expect(try parse(written) == JSONValue(parsing: meant))
  }

  @Test(arguments: [
    "", "{", "[1,]", "nan", "inf", "[1 2]", "{'a': 1}", "1e400", "1-2", "--1", "\"", "\"\\", "True", "// c\n1",
    "{\"a\": 1, \"a\": 2}", "{\"a\": {\"b\": null, \"b\": 0}}",
  ])
  func allElseIsAsStrictAsEver(text: String) {
    #expect(throws: JSONSyntaxError.self) { try parse(text) }
  }
}
