/// What the parameters of a stored array of confounds say.
public struct ConfoundParameters: Codable, Sendable, Equatable {
  /// `fmri`.
  public let modality: String
  /// The signal of the recording they lie beside.
  public let signal: String
  /// Confound -> the mask it was taken from, as far as its pipeline says.
  public let masks: [String: String]

  public init(modality: String, signal: String, masks: [String: String]) {
    (self.modality, self.signal, self.masks) = (modality, signal, masks)
  }
}
