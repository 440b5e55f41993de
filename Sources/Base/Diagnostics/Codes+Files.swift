extension ErrorCode {
  static let files: [ErrorCode] = [
    .fileMissing, .fileUnreadable, .notHDF5, .hdf5Truncated, .hdf5Corrupt, .hdf5Failed, .datasetMissing,
    .datasetType, .datasetShape, .attributeMissing, .hdf5WriteFailed, .fileExists, .npyMalformed,
    .longerThanAllowed, .hdf5Broke,
  ]

  public static let fileMissing = ErrorCode(
    "E-FIL-001", "no such file", exit: .missingInput,
    "The path names nothing. Check it, and whether its disk is mounted.")
  public static let fileUnreadable = ErrorCode(
    "E-FIL-002", "the file cannot be read", exit: .missingInput,
    "The operating system refused to open or read the file: a folder, no permission, or a broken disk.")
  public static let notHDF5 = ErrorCode(
    "E-FIL-003", "not an HDF5 file",
    "The file does not carry the HDF5 signature. MATLAB files before v7.3, NumPy files and text tables are no HDF5.")
  public static let hdf5Truncated = ErrorCode(
    "E-FIL-004", "the HDF5 file is cut short",
    "The file is shorter than its own header says: a download or copy that did not finish. Fetch it again.")
  public static let hdf5Corrupt = ErrorCode(
    "E-FIL-005", "the HDF5 file is damaged",
    "Bytes inside the file do not match their checksum or structure. Restore it from its source.")
  public static let hdf5Failed = ErrorCode(
    "E-FIL-006", "the HDF5 library failed", exit: .inputOutput,
    "libhdf5 reported an error while reading; the reason quotes its innermost message.")
  public static let datasetMissing = ErrorCode(
    "E-FIL-007", "no such dataset in the file", exit: .missingInput,
    "The path inside the HDF5 file names nothing, or a group. The message lists what is there.")
  public static let datasetType = ErrorCode(
    "E-FIL-008", "the dataset holds another type",
    "Numbers are integer, floating-point or boolean datasets, labels are text datasets; compound, reference and "
      + "opaque data are not read."
  )
  public static let datasetShape = ErrorCode(
    "E-FIL-009", "the dataset has another shape", "The part asked for does not lie inside the dataset.")
  public static let attributeMissing = ErrorCode(
    "E-FIL-010", "no such attribute", exit: .missingInput,
    "The HDF5 object has no attribute of that name, or it is not of the type asked for.")
  public static let hdf5WriteFailed = ErrorCode(
    "E-FIL-011", "an HDF5 file could not be written", exit: .inputOutput,
    "libhdf5 or the operating system refused a write; the reason quotes the innermost message. The file must "
      + "not be used."
  )
  public static let fileExists = ErrorCode(
    "E-FIL-012", "the file exists already", exit: .cannotCreate, "Evoke never writes over a file. Choose another path.")
  public static let npyMalformed = ErrorCode(
    "E-FIL-013", "not a NumPy array file that can be read",
    "Read are .npy files of version 1 to 3 with little- or big-endian float16/32/64 or integer data, in C or "
      + "Fortran order."
  )
  public static let longerThanAllowed = ErrorCode(
    "E-FIL-014", "longer than anything is expected to be",
    "Sound, recordings, series and annotations of more than 24 hours are taken for a wrong unit of time or a damaged "
      + "header, before memory is asked for. `--longest-s SECONDS` allows more.")
  public static let hdf5Broke = ErrorCode(
    "E-FIL-017", "reading the HDF5 file broke down",
    """
    libhdf5 crashed on this file, did not come back for 20 seconds or asked for more memory than it may have. What libhdf5
    has to say of files of other programs is first asked in a process of its own that can write nothing, so nothing else
    is affected. The file is damaged or was made to do this: write it again from its source.
    """)
}
