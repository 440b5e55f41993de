extension ErrorCode {
  static let nifti: [ErrorCode] = [
    .niftiUnknownFormat, .niftiTruncated, .niftiCorrupt, .niftiType, .niftiShape, .niftiNotWritten,
  ]

  public static let niftiUnknownFormat = ErrorCode(
    "E-NII-001", "not a NIfTI image",
    """
    Read are NIfTI-1 and NIfTI-2: .nii, .nii.gz and pairs of .hdr and .img. Analyze 7.5, MGH, MINC and DICOM are not:
    convert them with nibabel, mri_convert or dcm2niix.
    """)
  public static let niftiTruncated = ErrorCode(
    "E-NII-002", "the NIfTI image is cut short",
    "The file holds fewer bytes than its header says: a download or copy that did not finish. Fetch it again.")
  public static let niftiCorrupt = ErrorCode(
    "E-NII-003", "the NIfTI image is damaged",
    "Its header contradicts itself, or the compressed bytes do not match their checksum. Restore it from its source.")
  public static let niftiType = ErrorCode(
    "E-NII-004", "a type of NIfTI voxels that is not read",
    """
    Read are whole numbers of 8 to 64 bits, float32 and float64. Complex, RGB, binary and 128-bit voxels are not:
    write magnitude or one channel as float32 first.
    """)
  public static let niftiShape = ErrorCode(
    "E-NII-005", "the NIfTI image has other axes than are needed",
    """
    Recordings have three axes of space and one of time, atlases three of space. CIFTI files (.dtseries.nii) keep
    grayordinates instead of a grid: export them to a region table (wb_command -cifti-parcellate) first.
    """)
  public static let niftiNotWritten = ErrorCode(
    "E-NII-006", "the NIfTI image cannot be written",
    "The folder is missing, full or not yours, or a value does not fit the type of the voxels. The message says which."
  )
}
