import Diagnostics
import Foundation
import Warehouse

/// How a number of a publication is printed: words with one conversion, as of printf.
///
/// `%.2f` decimals, `%.1e` a power of ten, `%.3g` significant digits, `%d` a whole number, `%s` any value as it stands,
/// `%.3p` a p value as APA prints it (`= .013`, `< .001`); a `+` after the `%` prints the sign of a positive number, `%%` is
/// a percent sign.
public struct NumberFormat: Sendable, Equatable {
  private enum Conversion: Character {
    case fixed = "f"
    case power = "e"
    case significant = "g"
    case whole = "d"
    case asItStands = "s"
    case probability = "p"
  }

  private let before: String
  private let after: String
  private let conversion: Conversion
  private let precision: Int?
  private let showsPlus: Bool

  /// - Throws: `E-CIT-004` for a text without exactly one conversion.
  public init(_ text: String) throws {
    func refused(_ reason: String) -> EvokeError {
      EvokeError(
        .citationMalformed, "format \(text)", reason: reason,
        remedy: "write one conversion among words, for example --format 'r = %.2f'")
    }
    let matches = text.matches(of: /%(?<plus>\+?)(?:\.(?<precision>\d{1,2}))?(?<letter>[a-zA-Z%])/)
    let conversions = matches.filter { $0.letter != "%" }
    guard let found = conversions.first, conversions.count == 1, let letter = found.letter.first else {
      throw refused("it has \(conversions.count) conversions")
    }
    guard let conversion = Conversion(rawValue: letter) else { throw refused("%\(letter) is no conversion") }
    let precision = found.precision.flatMap { Int($0) }
    if precision != nil, conversion == .whole || conversion == .asItStands {
      throw refused("%\(letter) takes no number of digits")
    }
    let (before, after) = (text[..<found.range.lowerBound], text[found.range.upperBound...])
    for part in [before, after] where part.replacing("%%", with: "").contains("%") {
      throw refused("a percent sign stands alone: write %%")
    }
    self.before = String(before).replacing("%%", with: "%")
    self.after = String(after).replacing("%%", with: "%")
    (self.conversion, self.precision, showsPlus) = (conversion, precision, !found.plus.isEmpty)
  }

  /// The value in its words.
  ///
  /// - Throws: `E-CIT-004` for a value that the conversion does not take.
  public func text(_ value: SQLValue) throws -> String {
    guard let number = try converted(value) else {
      throw EvokeError(
        .citationMalformed, "format %\(conversion.rawValue)", reason: "it does not print \(Self.plain(value))",
        remedy: conversion == .whole
          ? "%d prints whole numbers: round() in the query, or --format %.2f"
          : conversion == .probability ? "%p prints values from 0 to 1" : "%s prints texts")
    }
    return before + number + after
  }

  private func converted(_ value: SQLValue) throws -> String? {
    let sign = showsPlus && (value.double.map { $0 > 0 } == true) ? "+" : ""
    switch conversion {
    case .asItStands: return sign + Self.plain(value)
    case .whole: return value.int.map { sign + String($0) }
    case .fixed: return value.double.map { sign + String(format: "%.*f", precision ?? 6, $0) }
    case .power: return value.double.map { sign + String(format: "%.*e", precision ?? 6, $0) }
    case .significant: return value.double.map { sign + String(format: "%.*g", precision ?? 6, $0) }
    case .probability:
      guard let p = value.double, (0...1).contains(p) else { return nil }
      let digits = max(precision ?? 3, 1)
      let floor = String(format: "%.*f", digits, pow(10, -Double(digits)))
      let text = p < pow(10, -Double(digits)) ? "< " + floor : "= " + String(format: "%.*f", digits, p)
      return text.replacing(" 0.", with: " .")
    }
  }

  /// A value with all its digits.
  public static func plain(_ value: SQLValue) -> String { value.text(null: "NULL") }
}
