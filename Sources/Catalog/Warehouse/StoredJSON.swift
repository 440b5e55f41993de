import ContentIdentity
import Diagnostics

/// JSON in columns of the catalog.
public enum StoredJSON {
  /// All of it, as a type.
  ///
  /// - Parameter object: for messages.
  /// - Throws: `E-WH-005` for text that is no JSON, or JSON of something else.
  public static func read<Value: Decodable>(_ type: Value.Type, _ text: String, of object: String) throws -> Value {
    do {
      return try StrictCoder.decode(type, from: JSONValue(parsing: text))
    } catch let error where error is StrictCodingError || error is JSONSyntaxError {
      throw EvokeError(
        .catalogFailed, object, reason: "\(error): \(text.prefix(80))",
        remedy: "run evoke verify, which names what was changed")
    }
  }
}
