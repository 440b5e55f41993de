/// Ridge regression from delayed features to targets with nested cross-validation over blocks of time (SCIENCE 11).
///
/// `y(t) = b + Σ_f Σ_d w_fd x_f(t - d)`, minimising `‖y_c - Zw‖² + λ‖w‖²` on the training rows of every outer fold, with
/// λ chosen per target by inner folds of the same scheme. Reduction, centring and scaling are fitted on training rows
/// only. Rows with a missing feature, or a missing value of the target, are left out for that target.
public struct EncodingModel: Sendable {
  public var settings: EncodingSettings

  public init(_ settings: EncodingSettings = EncodingSettings()) { self.settings = settings }

  /// Fits and scores; throws `E-ENC-...` when the data do not allow it.
  public func fit(_ data: EncodingData) throws -> EncodingFit { preconditionFailure("being built") }
}
