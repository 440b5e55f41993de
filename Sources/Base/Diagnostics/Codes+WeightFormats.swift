extension ErrorCode {
  static let weightFormats: [ErrorCode] = [
    .tensorCompressionBad, .kerasLayoutBad, .checkpointDamaged, .checkpointIncomplete, .numPyArchiveBad,
    .networkUnrecognised, .networkParameterBad, .networkNameSilent,
  ]

  public static let tensorCompressionBad = ErrorCode(
    "E-WGF-001", "a compressed weights file is damaged",
    "The file is gzip, and its content cannot be unpacked or does not have the checksum or length it states. Fetch it again."
  )
  public static let kerasLayoutBad = ErrorCode(
    "E-WGF-002", "not the weights of a Keras model",
    "Keras 2 writes the attribute layer_names and one group per layer with the attribute weight_names, at the root (save_weights) or under /model_weights (save). What these attributes list must be there."
  )
  public static let checkpointDamaged = ErrorCode(
    "E-WGF-003", "a TensorFlow checkpoint is damaged",
    "A V1 checkpoint is one file, a sorted table whose blocks each have a CRC-32C. A block differs from its checksum, or the file is cut off or no such checkpoint. A V2 checkpoint is several files (.index, .data-00000-of-00001)."
  )
  public static let checkpointIncomplete = ErrorCode(
    "E-WGF-004", "the slices of a checkpoint's tensor do not make it up",
    "A checkpoint may hold a tensor in several slices; together they must cover it exactly, each with as many numbers as its shape."
  )
  public static let numPyArchiveBad = ErrorCode(
    "E-WGF-005", "not a NumPy archive",
    "A .npz file is a zip of .npy arrays of floating-point numbers in C order.")
  public static let networkUnrecognised = ErrorCode(
    "E-WGF-006", "the weights are of no network that is known",
    "Networks are recognised by the names and shapes of their tensors: OpenL3 (mel256), VGGish, CREPE and musicnn. `models` lists what was imported."
  )
  public static let networkParameterBad = ErrorCode(
    "E-WGF-007", "a parameter of the network cannot be used", exit: .usage,
    "hop_s is the step between examples in seconds, a whole number of samples, for OpenL3, VGGish, CREPE and musicnn; other models have a step of their own."
  )
  public static let networkNameSilent = ErrorCode(
    "E-WGF-008", "nothing beside the weights says what they are for",
    "OpenL3's weights do not hold their input representation (mel256, mel128) and content (music, env): the library takes both from the file's name, and so does Evoke. musicnn's do not hold which tags their outputs are: its config.json names the data set."
  )
}
