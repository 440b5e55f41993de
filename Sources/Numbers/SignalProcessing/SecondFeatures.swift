/// Features of a stimulus per bin of one second.
public struct SecondFeatures: Sendable, Equatable {
  public let names: [String]
  /// UCUM codes or the unit's usual name, one per feature.
  public let units: [String]
  /// Bins of the stimulus (the last partial one counts if at least half of it is there).
  public let seconds: Int
  /// `[seconds, names.count]`, row-major; NaN where the feature is undefined.
  public let rows: [Float]
  /// Per second: the value of a feature was filled in from the rest of the stimulus (`lld12`: f0 of an unvoiced second).
  public let isFilled: [Bool]

  public init(names: [String], units: [String], seconds: Int, rows: [Float], isFilled: [Bool]) {
    precondition(names.count == units.count && rows.count == seconds * names.count && isFilled.count == seconds)
    self.names = names
    self.units = units
    self.seconds = seconds
    self.rows = rows
    self.isFilled = isFilled
  }

  /// One feature over time.
  public func column(_ name: String) -> [Float] {
    guard let index = names.firstIndex(of: name) else { preconditionFailure("no feature \(name)") }
    return (0..<seconds).map { rows[$0 * names.count + index] }
  }
}
