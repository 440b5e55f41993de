extension ErrorCode {
  static let filters: [ErrorCode] = [
    .filtersNotFound, .filtersShape, .filtersUnstable, .filtersOptions, .filtersSource,
    .filtersCount,
  ]

  public static let filtersNotFound = ErrorCode(
    "E-FLT-001", "no filters in the file",
    """
    Read are: a complex matrix named COCHBA in a MATLAB file (version 5, or 7.3 as HDF5) or as a NumPy array, with the
    order in the first row, then numerators in the real and denominators in the imaginary part, one column per filter;
    a real NumPy array of filters x 2 x taps (numerators, denominators); a table with the columns filter, tap, b, a.
    """)
  public static let filtersShape = ErrorCode(
    "E-FLT-002", "filters that cannot be used",
    """
    Each filter needs as many coefficients as its order says, all of them numbers, a denominator that does not begin with
    zero and a numerator that is not zero; a bank needs at least two filters, from the lowest to the highest.
    """)
  public static let filtersUnstable = ErrorCode(
    "E-FLT-003", "an unstable filter",
    """
    A pole of the filter lies on or outside the unit circle, so that its output would grow without end. The usual cause is
    a file written in single precision or with the real and imaginary parts swapped.
    """)
  public static let filtersOptions = ErrorCode(
    "E-FLT-004", "parameters a cochleogram cannot have", exit: .usage,
    """
    The frame is a multiple of a sample long, the time constant zero or more, the factor -2 (linear), -1 (half-wave),
    0 (sign) or positive (sigmoid), the shift whole octaves from -3 to 2.
    """)
  public static let filtersSource = ErrorCode(
    "E-FLT-005", "which filters is not clear", exit: .usage,
    """
    Several filter banks are imported: name one behind the set, as in `coch-env:NAME` (`--set`, and `set:` in a study);
    `coch-gt128` is the built-in gammatone bank, which needs no file.
    """)
  public static let filtersCount = ErrorCode(
    "E-FLT-006", "another number of channels than usual",
    """
    The cochleogram of the NSL toolbox has 129 filters for 128 channels. A bank of another size is used as it is; its
    channels are called ch_1, ch_2, ... because their frequencies are not known.
    """)
}
