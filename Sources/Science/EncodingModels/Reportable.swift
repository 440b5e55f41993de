/// Whether a row may be reported, and what it is to be read with.
public enum Reportable {
  public static func isValid(_ value: Double, _ flags: Set<EncodingFlag>, stimulusCount: Int) -> Bool {
    !value.isNaN && !flags.contains { $0.invalidates(stimulusCount: stimulusCount) }
  }

  /// As tables hold flags.
  public static func spelled(_ flags: Set<EncodingFlag>) -> String {
    flags.sorted().map(\.rawValue).joined(separator: " ")
  }
}
