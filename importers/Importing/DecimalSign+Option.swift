import DelimitedText
import Diagnostics

extension DecimalSign {
  /// The sign of `--decimal`; a point where it is not given.
  package init?(option: String?, _ findings: inout Findings) {
    guard let option else {
      self = .point
      return
    }
    guard let sign = DecimalSign(rawValue: option) else {
      OptionText.malformed("--decimal", option, "point|comma", &findings)
      return nil
    }
    self = sign
  }
}
