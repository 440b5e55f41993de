/// What to know about a region's series before it is taken for the region's.
public enum ResolutionFlag: String, Sendable, CaseIterable {
  /// Another region brings more of its power than it does itself.
  case leakOutweighsOwn = "leak_outweighs_own"
  /// None of its sources, active alone, is seen best in its own series.
  case neverLargest = "never_largest"
  /// Its sources reach no channel.
  case regionUnseen = "region_unseen"

  /// Those of a region, by its shares; NaN where there is none.
  public static func of(ownShare: Double, leakShare: Double, hitShare: Double) -> [ResolutionFlag] {
    if ownShare.isNaN { return [.regionUnseen] }
    return (leakShare > ownShare ? [.leakOutweighsOwn] : []) + (hitShare == 0 ? [.neverLargest] : [])
  }

  /// As tables hold flags.
  public static func spelled(_ flags: [ResolutionFlag]) -> String { flags.map(\.rawValue).joined(separator: " ") }

  /// All of it, for people.
  public var explanation: String {
    "Flag \(rawValue): \(meaning)\nWhat helps: \(remedy)\nA row that carries it is not to be reported (valid = 0).\n"
  }

  private var meaning: String {
    switch self {
    case .leakOutweighsOwn: "Another region brings more of its series' power than it does itself (leaks_most_from)."
    case .neverLargest: "Each of its sources, active alone, is larger in the series of another region."
    case .regionUnseen: "No channel sees its sources: its series is zero."
    }
  }

  private var remedy: String {
    switch self {
    case .leakOutweighsOwn, .neverLargest:
      "More channels, a coarser atlas, or a statement about both regions together; the array leakage tells which mix."
    case .regionUnseen: "Leave the region out with filters: {regions: [...]}."
    }
  }
}
