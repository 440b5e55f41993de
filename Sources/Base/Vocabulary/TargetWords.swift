/// The three kinds of target; never pooled in one family.
public enum TargetKind: String, Word {
  case annotation
  case synchrony
  case response
}

/// Whether a value is of the group or of each subject.
public enum TargetLevel: String, Word {
  case group
  case subject
}

/// A frequency band by name.
public enum BandName: String, Word {
  case broad
  case delta
  case theta
  case alpha
  case beta
  case gamma
}

/// Which moment of a window its value belongs to.
public enum WindowAnchor: String, Word {
  case start
  case centre
  case end
}

/// How subjects are compared.
public enum SynchronyMethod: String, Word {
  /// tanh of the mean over pairs of atanh(r), r clipped to ±(1 - 1e-7).
  case pairwise
  /// tanh of the mean over subjects of atanh(corr(z_a, sum of the others' z)), each subject z-scored in the window.
  case leaveOneOut = "leave_one_out"
  /// Correlated components, fitted on all stimuli.
  case corrca
}

/// Which series of a recording is compared.
public enum SynchronySignal: String, Word {
  /// The series itself, every sample: as imported, localised or simulated.
  case source
  /// Power of the analytic signal (Hilbert), |x + i H x|^2, the mean over 0.1 s; in the unit's square.
  case envelope
  /// Differential entropy of a normal variable, 0.5 ln(2 pi e var), var the population variance of a second.
  case differentialEntropy = "de"
  /// First difference: the mean of |x[n+1] - x[n]| within a second; in the series' unit.
  case firstDifference = "fd"
}
