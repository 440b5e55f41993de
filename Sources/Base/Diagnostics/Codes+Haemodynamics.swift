extension ErrorCode {
  static let haemodynamics: [ErrorCode] = [
    .gridsDiffer, .notAnAtlas, .regionsWithoutVoxels, .confoundsUnequal, .confoundMissing, .noResidualSamples,
    .noPercentChange, .atlasWithoutImage, .atlasImageUnmatched, .regionMostlyLeftOut, .repetitionTime,
    .rowNumbersLeftOut, .noConfounds, .confoundMask,
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
  public static let atlasWithoutImage = ErrorCode(
    "E-BLD-008", "the atlas has no label image", exit: .missingInput,
    """
    Images are reduced to regions, and results painted back, through a label image on the same grid:
    evoke import atlas TABLE --image LABELS.nii.gz.
    """)
  public static let atlasImageUnmatched = ErrorCode(
    "E-BLD-009", "label image and table of an atlas differ",
    """
    A label of the image without a row in the table is left out of every region series. A row whose label no voxel has
    is kept as a region without a time course. 0 is what lies outside every region: a table that counts its regions from
    0 would give each the voxels of the one before it, and is refused where the image counts as many from 1.
    """)
  public static let regionMostlyLeftOut = ErrorCode(
    "E-BLD-010", "most voxels of a region were left out",
    """
    Voxels that are constant over time or not finite carry no signal: they lie outside the brain mask or the field of
    view. A mean over few voxels is noisier and may stand for another place than the region's.
    """)
  public static let repetitionTime = ErrorCode(
    "E-BLD-011", "the repetition time is not known",
    """
    It comes from the header's time step and unit, from RepetitionTime in the JSON file beside the image, or from
    --tr-s or --rate-hz; where two of them speak they must agree.
    """)
  public static let rowNumbersLeftOut = ErrorCode(
    "E-BLD-012", "a column of row numbers is left out",
    "It counts the rows or volumes from 0 or 1 in equal steps: an index or a clock that a program wrote, not a region or "
      + "a rating.")
  public static let noConfounds = ErrorCode(
    "E-BLD-013", "the recording lacks confounds a study asks for", exit: .missingInput,
    """
    preparation.fmri.confounds names columns or sets (motion6, motion24, wm_csf, acompcor6, spikes) of the table that
    was imported with --confounds. The message lists the columns there are.
    """)
  public static let confoundMask = ErrorCode(
    "E-BLD-014", "components of unknown masks", exit: .missingInput,
    """
    fMRIPrep until 20.2 numbers the anatomical components of three masks through (CSF, white matter, combined); only the
    JSON file beside the table says which is which. Import with that file beside the table, or name the columns.
    """)
}
