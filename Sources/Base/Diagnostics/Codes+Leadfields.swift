extension ErrorCode {
  static let leadfields: [ErrorCode] = [
    .leadfieldLayout, .leadfieldRegions, .leadfieldFrame, .annotationMalformed, .leadfieldSensors, .leadfieldUnits,
    .leadfieldOrientation, .leadfieldChannels, .noBaseline, .noCortex,
  ]

  public static let leadfieldLayout = ErrorCode(
    "E-LF-001", "a leadfield that is not understood",
    """
    A leadfield has one row per sensor and one column per source, or three for x, y and z; its sensors have names.
    `--data`, `--axes` and `--channels` say where they stand.
    """)
  public static let leadfieldRegions = ErrorCode(
    "E-LF-002", "labels of sources",
    """
    Every source lies in one region or in none. Labels that are no cortex (unknown, corpuscallosum, medial wall) are left
    out and counted; the 68 regions of dk68 are the 34 of each hemisphere without them.
    """)
  public static let leadfieldFrame = ErrorCode(
    "E-LF-003", "where the sources lie is not clear",
    "Lengths in m, cm or mm are told by the size of the head, directions by the sensors' names, unless they are declared."
  )
  public static let annotationMalformed = ErrorCode(
    "E-LF-004", "an annotation that is not understood",
    "A FreeSurfer annotation holds a label for every vertex of a surface and a colour table with their names.")
  public static let leadfieldSensors = ErrorCode(
    "E-LF-005", "sensors of a leadfield that cannot be used",
    "Sensors need names of their own and numbers throughout. `--bad drop` leaves those without numbers out, by name.")
  public static let leadfieldUnits = ErrorCode(
    "E-LF-006", "the unit of a leadfield",
    """
    Leadfields are kept in V/(A m): a cortical dipole of 10 nA m makes about a microvolt on the head, 100 V/(A m).
    `--units uV/(nA m)` and the like are converted.
    """)
  public static let leadfieldOrientation = ErrorCode(
    "E-LF-007", "a leadfield without the directions that are asked for", exit: .usage,
    "Loose and free sources need three columns per source; these, and region signs, need the cortex' normals.")
  public static let leadfieldChannels = ErrorCode(
    "E-LF-008", "a recording that a leadfield does not fit",
    """
    Channels and sensors are matched by name, any case, T3 being T7. Localisation needs at least eight channels in common
    and a leadfield with regions.
    """)
  public static let noBaseline = ErrorCode(
    "E-LF-009", "no baseline to estimate noise from",
    """
    `noise: baseline` takes the recording before its first stimulus, at least 30 seconds of it. `noise: ad_hoc` assumes
    equal independent noise in all channels, the same for all recordings.
    """)
  public static let noCortex = ErrorCode(
    "E-LF-010", "no cortex to draw regions on", exit: .missingInput,
    """
    Maps are drawn on the cortex of an imported leadfield that has positions, triangles and labels of these regions; the
    68 regions of dk68 are also built in.
    """)
}
