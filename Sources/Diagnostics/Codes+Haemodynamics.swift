extension ErrorCode {
  static let haemodynamics: [ErrorCode] = [
    .gridsDiffer, .notAnAtlas, .regionsWithoutVoxels, .confoundsUnequal, .confoundMissing, .noResidualSamples,
    .noPercentChange,
  ]

  public static let gridsDiffer = ErrorCode(
    "E-BLD-001", "recording and atlas lie on different grids",
    """
    Region means need the atlas on the recording's own grid: the same extents, and affines that agree within 0.001.
    Evoke does not register or resample images. Resample the atlas with nearest neighbours to the recording's space
    (nilearn.image.resample_to_img, flirt -interp nearestneighbour, antsApplyTransforms -n GenericLabel).
    """)
  public static let notAnAtlas = ErrorCode(
    "E-BLD-002", "not an atlas of labels",
    "An atlas has one whole number per voxel, 0 outside. Probabilistic maps must be thresholded first.")
  public static let regionsWithoutVoxels = ErrorCode(
    "E-BLD-003", "no region has a voxel with signal",
    "Every labelled voxel is constant or not finite in this recording: the atlas belongs to another brain, or is empty."
  )
  public static let confoundsUnequal = ErrorCode(
    "E-BLD-004", "confounds and recording differ in length",
    "A confound has one value per volume. Volumes dropped from the one must be dropped from the other.")
  public static let confoundMissing = ErrorCode(
    "E-BLD-005", "a confound has no value for a volume",
    """
    Confounds must be finite. Derivatives have no first value (n/a): they take the next row's. A gap later is an error
    of the table.
    """)
  public static let noResidualSamples = ErrorCode(
    "E-BLD-006", "confounds leave nothing of the recording",
    "There are as many independent confounds and drifts as volumes. Use fewer, or a longer high-pass period.")
  public static let noPercentChange = ErrorCode(
    "E-BLD-007", "a region has no percent signal change",
    """
    Percent signal change is relative to the mean, which must be positive. Means are zero or below in data that were
    centred, detrended or z-scored before: use their values as they are (scale: none).
    """)
}
