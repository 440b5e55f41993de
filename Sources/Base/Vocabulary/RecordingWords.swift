/// Several presentations of a stimulus to a subject.
public enum Repeats: String, Word {
  /// Their mean, before folds are cut.
  case average
  case first
  /// Each run by itself; folds keep showings of one stimulus together.
  case separate
}

/// Two subjects with the same recording.
public enum IdenticalRecordings: String, Word {
  case refuse
  case keep
}

/// How bad channels of EEG are found.
public enum BadChannelRule: String, Word {
  case robust
  case none
}

/// What becomes of a bad channel.
public enum Interpolation: String, Word {
  /// Interpolated where its position is known, otherwise missing.
  case auto
  /// Interpolated; a bad channel without a position is an error.
  case always
  /// Missing.
  case never
}

/// How independent components are searched for.
public enum ComponentMethod: String, Word {
  /// Picard-O: the same maximum by a quasi-Newton search over rotations, for sub- and super-Gaussian sources alike
  /// (Ablin, Cardoso and Gramfort 2018).
  case picard
  /// Symmetric FastICA with the logcosh contrast (Hyvärinen 1999).
  case fastica
}

/// Minimum-norm inverses.
public enum InverseMethod: String, Word {
  /// The plain minimum norm (Hämäläinen & Ilmoniemi 1994), A m.
  case minimumNorm = "mne"
  /// Divided by the noise each row passes (Dale et al. 2000): unit variance under the assumed noise.
  case dSPM = "dspm"
  /// Divided by the root of the resolution matrix's diagonal (Pascual-Marqui 2002): no localisation error for one
  /// noiseless source.
  case sLORETA = "sloreta"
  /// Weights iterated until single sources are localised exactly, even with noise (Pascual-Marqui 2007).
  case eLORETA = "eloreta"
}

/// How sources may point.
public enum SourceOrientation: String, Word {
  /// Along the cortex' normals.
  case fixed
  /// Tangential components with a fifth of the normal one's variance.
  case loose
  /// All components alike.
  case free
}

/// How the sources of a region become one time course.
public enum RegionSummary: String, Word {
  /// The mean of flip · source: sources on opposite walls of a sulcus do not cancel.
  case meanFlip = "mean_flip"
  /// The plain mean.
  case mean
  /// The first principal component, scaled to the sources' mean power and signed by the flips. It depends on the data:
  /// its sign and weights differ between recordings, which takes signed synchrony between subjects away.
  case principalFlip = "pca_flip"
}

/// What an inverse takes the noise to be.
public enum SourceNoise: String, Word {
  /// Equal and independent in all channels: one inverse for all recordings of the same channels.
  case adHoc = "ad_hoc"
  /// Ledoit-Wolf over what precedes the first stimulus of each recording.
  case baseline
}

/// Sets of confounds that have a name.
public enum ConfoundSet: String, Word {
  /// Three translations and three rotations.
  case motion6
  /// `motion6`, their backward differences, and the squares of both.
  case motion24
  /// Means of white matter and cerebrospinal fluid.
  case whiteMatterAndFluid = "wm_csf"
  /// The first six anatomical principal components.
  case acompcor6
  /// One regressor per volume displaced by more than 0.5 mm.
  case spikes
}

/// How cleaned series are scaled.
public enum SeriesScale: String, Word {
  /// 100 (x / mean - 1), by the mean before cleaning.
  case percent = "psc"
  /// Mean 0 and standard deviation 1 (n - 1), nilearn's `zscore_sample`; constant series stay 0.
  case zscore
  /// In the units of the recording, about their mean.
  case none
}
