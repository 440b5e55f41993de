extension ErrorCode {
  static let separation: [ErrorCode] = [
    .bundleMissing, .bundleBad, .bundleChecksumWrong, .bundlePlaceBad, .separationWeightsBad, .separationModelUnknown,
    .stemLengthDiffers, .stemResidual, .stemElementUnclear, .soundNotWritten,
  ]

  public static let bundleMissing = ErrorCode(
    "E-TFB-001", "a TensorFlow checkpoint is not complete", exit: .missingInput,
    "A checkpoint in the tensor-bundle format is a file NAME.index beside NAME.data-00000-of-00001; a file named checkpoint says which NAME is meant."
  )
  public static let bundleBad = ErrorCode(
    "E-TFB-002", "not a TensorFlow tensor bundle",
    "The index is a sorted table whose first entry is the bundle's header and whose others name each tensor with dtype, shape and place. The older one-file format has no index."
  )
  public static let bundleChecksumWrong = ErrorCode(
    "E-TFB-003", "a checkpoint's checksum does not match",
    "Every block of the index and every tensor carries a CRC32C. One that does not match means that bytes changed since the checkpoint was written."
  )
  public static let bundlePlaceBad = ErrorCode(
    "E-TFB-004", "a checkpoint's tensor does not fit its place",
    "Each tensor's bytes must be as many as its shape and dtype need and lie inside its data file. The file is cut off or damaged."
  )
  public static let separationWeightsBad = ErrorCode(
    "E-SEP-001", "the tensors are not those of a two-stem separation",
    "Spleeter's 2stems model has one U-Net for the voice and one for the accompaniment, each with seven convolutions, six transposed ones and twelve normalisations. Nothing is ever initialised in place of a missing tensor."
  )
  public static let separationModelUnknown = ErrorCode(
    "E-SEP-002", "no separation to take the stem from", exit: .missingInput,
    "The elements voice and soundtrack come from an imported separation model or from imported stems. Where there are several, the study or the command says which."
  )
  public static let stemLengthDiffers = ErrorCode(
    "E-SEP-003", "a stem and its original differ in length",
    "A stem runs sample by sample with the original's sound; one that is longer or shorter by more than 0.1 s belongs to another version or was cut. Its time would not be the stimulus' time."
  )
  public static let stemResidual = ErrorCode(
    "E-SEP-004", "the stems do not add up to the original",
    "Below 11 kHz voice and soundtrack should sum to the original. A large rest means another mix, a level change or a shift in time."
  )
  public static let stemElementUnclear = ErrorCode(
    "E-SEP-005", "which element a file is cannot be told", exit: .usage,
    "A stem is the voice or the soundtrack. With several files their names tell (vocals, voice; accompaniment, instrumental, soundtrack); a single one may be named by --element."
  )
  public static let soundNotWritten = ErrorCode(
    "E-SEP-006", "a sound file could not be written", exit: .inputOutput,
    "libsndfile or the operating system refused; the reason quotes its message. No file is left behind.")
}
