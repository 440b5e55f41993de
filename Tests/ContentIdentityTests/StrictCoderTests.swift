import ContentIdentity
import Testing

@Suite struct StrictCoderTests {
  private struct Window: Codable, Equatable {
    let windowS: Double
    let stepCount: Int
    let label: String?
    let isOpen: Bool
  }

  private enum Choice: Codable, Equatable {
    case none
    case phase(draws: Int, seedName: String?)
    case named(String)
    case nested(Window)
  }

  private enum Word: String, Codable {
    case perTarget = "per_target"
    case shared
  }

  private struct Whole: Codable, Equatable {
    let window: Window
    let choices: [Choice]
    let word: Word
    let names: [String: Double]
    let maybe: Choice?
    let free: JSONValue
  }

  private static let whole = Whole(
    window: Window(windowS: 2.5, stepCount: 3, label: nil, isOpen: true),
    choices: [
      .none, .phase(draws: 10, seedName: nil), .named("x"),
      .nested(.init(windowS: 1, stepCount: 0, label: "l", isOpen: false)),
    ],
    word: .perTarget, names: ["Left_A1": 1, "camelCase": 2, "snake_case": 3], maybe: nil, free: ["any": [1, .null]])

  private static func failure<T: Decodable>(_ type: T.Type, _ text: String) throws -> StrictCodingError? {
    let json = try JSONValue(parsing: text)
    do {
      _ = try StrictCoder.decode(type, from: json)
      return nil
    } catch let error as StrictCodingError {
      return error
    }
  }

  @Test func propertiesAreSnakeCaseNilIsNullAndDictionariesKeepTheirNames() throws {
    let json = try StrictCoder.encode(Self.whole)
    #expect(json["window"]?.canonical == #"{"is_open":true,"label":null,"step_count":3,"window_s":2.5}"#)
    #expect(json["names"]?.canonical == #"{"Left_A1":1,"camelCase":2,"snake_case":3}"#)
    #expect(json["word"] == "per_target")
    #expect(json["maybe"] == .null)
    #expect(json["free"]?.canonical == #"{"any":[1,null]}"#)
  }

  @Test func enumsWithValuesAreObjectsOfTheirCase() throws {
    let choices = try #require(try StrictCoder.encode(Self.whole)["choices"]?.arrayValue)
    #expect(choices[0].canonical == #"{"none":{}}"#)
    #expect(choices[1].canonical == #"{"phase":{"draws":10,"seed_name":null}}"#)
    #expect(choices[2].canonical == #"{"named":{"_0":"x"}}"#)
    #expect(choices[3]["nested"]?["_0"]?["label"] == "l")
  }

  @Test func whatIsWrittenReadsBackAsTheSame() throws {
    #expect(try StrictCoder.decode(Whole.self, from: StrictCoder.encode(Self.whole)) == Self.whole)
  }

  @Test func aMissingKeyIsRefusedEvenWhereNilWouldDo() throws {
    let error = try #require(try Self.failure(Window.self, #"{"is_open":true,"step_count":3,"window_s":2.5}"#))
    #expect(error.place == "label" && error.reason == "it is missing")
    let nested = try #require(try Self.failure(Choice.self, #"{"phase":{"draws":1}}"#))
    #expect(nested.place == "phase.seed_name")
  }

  @Test func anUnknownKeyIsRefused() throws {
    let text = #"{"is_open":true,"label":null,"step_count":3,"window_s":2.5,"windows_s":1}"#
    let error = try #require(try Self.failure(Window.self, text))
    #expect(error.place == "windows_s" && error.reason == "nobody reads it")
    let nested = try #require(try Self.failure(Choice.self, #"{"phase":{"draws":1,"seed_name":null,"seed":1}}"#))
    #expect(nested.place == "phase.seed")
    let two = try #require(try Self.failure([Choice].self, #"[{"named":{"_0":"x"},"none":{}}]"#))
    #expect(two.place == "[0]")
  }

  @Test(arguments: [
    #"{"is_open":1,"label":null,"step_count":3,"window_s":2.5}"#,
    #"{"is_open":true,"label":7,"step_count":3,"window_s":2.5}"#,
    #"{"is_open":true,"label":null,"step_count":3.5,"window_s":2.5}"#,
    #"{"is_open":true,"label":null,"step_count":3,"window_s":"2.5"}"#,
    #"{"is_open":true,"label":null,"step_count":null,"window_s":2.5}"#,
    #"[]"#,
  ])
  func aValueOfAnotherTypeIsRefused(_ text: String) throws {
    #expect(try Self.failure(Window.self, text) != nil)
  }

  @Test func aWordThatIsNoneOfTheListIsRefused() throws {
    #expect(throws: StrictCodingError.self) { try StrictCoder.decode(Word.self, from: "perTarget") }
    #expect(try StrictCoder.decode(Word.self, from: "shared") == .shared)
  }

  @Test func integersBeyondTheExactOnesHaveNoJSON() throws {
    #expect(try StrictCoder.encode([1 << 53]).canonical == "[9007199254740992]")
    #expect(throws: StrictCodingError.self) { try StrictCoder.encode([1 << 53 + 1]) }
    #expect(throws: StrictCodingError.self) { try StrictCoder.encode([UInt64.max]) }
    #expect(throws: StrictCodingError.self) { try StrictCoder.decode([Int8].self, from: [300]) }
  }

  @Test func placesInArraysCountFromZero() throws {
    do {
      _ = try StrictCoder.encode(["list": [1, Double.nan]])
      Issue.record("NaN was written")
    } catch let error as StrictCodingError {
      #expect(error.place == "list[1]")
    }
  }

  @Test(arguments: [Double.nan, .infinity]) func numbersThatAreNotFiniteHaveNoJSON(_ number: Double) {
    #expect(throws: StrictCodingError.self) { try StrictCoder.encode([number]) }
  }

  /// A coding that drops a part.
  private struct Lossy: Codable {
    var kept = 1
    var lost = 2
    enum CodingKeys: CodingKey { case kept, lost }

    init() {}
    init(from decoder: any Decoder) throws {
      let values = try decoder.container(keyedBy: CodingKeys.self)
      kept = try values.decode(Int.self, forKey: .kept)
      _ = try values.decode(Int.self, forKey: .lost)
    }
  }

  @Test func aCodingThatLosesSomethingIsFound() {
    var lossy = Lossy()
    lossy.lost = 5
    #expect(throws: StrictCodingError.self) { try StrictCoder.encode(lossy) }
  }
}
