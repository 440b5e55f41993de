import Vocabulary

/// `statistics`.
public struct StatisticsSpec: Sendable, Hashable {
  /// `null`, `phase` by default; `none` where `draws` is 0.
  public let null: NullKind
  /// `draws`, 1000 by default; 0 with `null: none`.
  public let draws: Int
  /// `family`: dimensions pooled; target, region, layer, element unless the kind says otherwise.
  public let family: [FamilyDimension]
  /// `correction`, `[max]` by default.
  public let correction: [Correction]
  /// `contrasts`; none unless the kind has its own.
  public let contrasts: [ContrastSpec]
  /// `lags_s`, ascending; none unless given or the kind has its own.
  public let lagsS: [Double]
}

/// `{name, a, b}`: the difference a - b.
public struct ContrastSpec: Codable, Sendable, Hashable {
  /// The contrast of the middle of a network with its end, of studies of all layers that name none.
  public static let standardName = "middle_vs_final"

  public let name: String
  public let a: ContrastSide
  public let b: ContrastSide

  package init(name: String, a: ContrastSide, b: ContrastSide) {
    (self.name, self.a, self.b) = (name, a, b)
  }
}

/// One side of a contrast.
public enum ContrastSide: Codable, Sendable, Hashable {
  /// `{rel_depth: [low, high], take}`: layers whose relative depth lies in the closed range.
  case relDepth(low: Double, high: Double, take: ContrastTake)
  /// `{layer: KEY}`; `last` of a post-norm model stands for the deepest `hs.N`.
  case layer(String)
  /// `{set: NAME}`: a feature of the study by name.
  case set(String)
}
