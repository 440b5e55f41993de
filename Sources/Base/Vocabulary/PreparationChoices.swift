/// Which channels of EEG are bad beyond those that are known to be.
public enum BadChannelChoice: Sendable, Hashable, Codable {
  case rule(BadChannelRule)
  case named([String])
}

/// What EEG is referred to.
public enum EEGReference: Sendable, Hashable, Codable {
  case average
  case none
  /// Their mean.
  case channels([String])
}

/// The search for independent components, and what they are compared with.
public struct ComponentChoice: Sendable, Hashable, Codable {
  public let method: ComponentMethod
  /// Channels that show the eyes; empty: those named EOG, otherwise Fp1, Fp2 and Fpz.
  public let eog: [String]

  public init(method: ComponentMethod, eog: [String] = []) { (self.method, self.eog) = (method, eog) }
}
