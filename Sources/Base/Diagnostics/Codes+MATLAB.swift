extension ErrorCode {
  static let matlab: [ErrorCode] = [
    .matlabUnknownFormat, .matlabIsHDF5, .matlabTruncated, .matlabCorrupt, .matlabNoVariable, .matlabType,
    .matlabTooLarge,
  ]

  public static let matlabUnknownFormat = ErrorCode(
    "E-MAT-001", "not a MATLAB file of version 5",
    """
    Read are files that `save` writes by default, with `-v6` or with `-v7`. Files of MATLAB 4 and text saved under the
    name .mat are not. Write the file again with `save(name, '-v7')`.
    """)
  public static let matlabIsHDF5 = ErrorCode(
    "E-MAT-002", "a MATLAB file of version 7.3",
    """
    Files saved with `-v7.3` are HDF5 files: Evoke reads them as such, with `--data PATH` where an importer takes HDF5.
    Where only MATLAB 5 files are taken, write the file again with `save(name, '-v7')`.
    """)
  public static let matlabTruncated = ErrorCode(
    "E-MAT-003", "the MATLAB file is cut short",
    "The file is shorter than its own parts say: a download or copy that did not finish. Fetch it again.")
  public static let matlabCorrupt = ErrorCode(
    "E-MAT-004", "the MATLAB file is damaged",
    "Bytes inside the file do not match their checksum or structure. Restore it from its source.")
  public static let matlabNoVariable = ErrorCode(
    "E-MAT-005", "no such variable in the MATLAB file", exit: .missingInput,
    "The name, field or index names nothing in the file. The message lists what is there.")
  public static let matlabType = ErrorCode(
    "E-MAT-006", "the MATLAB variable holds another type",
    """
    Read are numeric and logical arrays (real, complex, sparse), text, cells and structs. Objects (table, string,
    datetime), function handles and whole numbers that float64 cannot hold are not: convert them in MATLAB first.
    """)
  public static let matlabTooLarge = ErrorCode(
    "E-MAT-007", "the MATLAB variable does not fit in memory",
    "A header claims more elements than a machine holds: the file is damaged, or a sparse matrix is far too wide.")
}
