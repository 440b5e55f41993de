import Diagnostics
import Warehouse

/// The scales of ratings that one series is made of, or one model fitted to.
package enum RatingScales {
  /// Refuses scales that were declared differently, and values of ratings without a declared scale that lie outside the one
  /// that others declare.
  ///
  /// - Returns: which of them declare none beside others that do, for people; nil: none does so.
  /// - Throws: `E-ENC-014`.
  @discardableResult
  package static func requireOne(_ rows: [Rows.StudyAnnotations], _ name: String) throws -> String? {
    let declared = rows.filter { $0.scaleIsObserved == 0 }
    guard let first = declared.first else { return nil }
    if let other = declared.first(where: { ($0.scaleLow, $0.scaleHigh) != (first.scaleLow, first.scaleHigh) }) {
      throw differing(
        name, other, "the scale of \(first.name) is \(text(first)), that of \(other.name) \(text(other))")
    }
    let undeclared = rows.filter { $0.scaleIsObserved != 0 }
    // Values are stored in single precision.
    let slack = 1e-6 * max(abs(first.scaleLow), abs(first.scaleHigh))
    let outside = undeclared.first { $0.scaleLow < first.scaleLow - slack || $0.scaleHigh > first.scaleHigh + slack }
    if let outside {
      throw differing(
        name, outside,
        "the scale of \(first.name) is \(text(first)); \(outside.name) declares none and has values from "
          + text(outside))
    }
    guard let one = undeclared.first else { return nil }
    let more = undeclared.count > 1 ? " and \(undeclared.count - 1) more declare" : " declares"
    return "\(one.name)\(more) no scale: the values are taken for ratings on "
      + "\(text(first)), which \(first.name) declares"
  }

  private static func text(_ row: Rows.StudyAnnotations) -> String {
    "\(Float(row.scaleLow)) to \(Float(row.scaleHigh))"
  }

  private static func differing(_ name: String, _ other: Rows.StudyAnnotations, _ reason: String) -> EvokeError {
    EvokeError(
      .scalesDiffer, "annotation \(name)", reason: reason,
      remedy:
        "keep one of the two: evoke forget \(ShellText.quoted(other.name)), and import it on the scale of the other or with "
        + "another --name")
  }
}
