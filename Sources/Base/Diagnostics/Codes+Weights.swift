extension ErrorCode {
  static let weights: [ErrorCode] = [
    .tensorFileUnreadable, .tensorHeaderBad, .tensorFileTruncated, .tensorOffsetsBad, .tensorTypeUnsupported,
    .modelUnsupported, .modelConfigurationBad, .tensorsDoNotFit, .weightsMissing, .tensorNotFinite, .soundRateWrong,
    .soundTooShort, .soundNotFinite, .layerUnknown, .binsImpossible, .precisionUnavailable, .weightShardsBad,
  ]

  public static let tensorFileUnreadable = ErrorCode(
    "E-WGT-001", "a weights file cannot be read", exit: .missingInput,
    "The file does not exist, is a folder, or the operating system refused it.")
  public static let tensorHeaderBad = ErrorCode(
    "E-WGT-002", "not a safetensors file",
    "A safetensors file begins with its header's length (8 bytes) and a JSON header that names each tensor once, with dtype, shape and data_offsets."
  )
  public static let tensorFileTruncated = ErrorCode(
    "E-WGT-003", "a weights file is not as long as it says",
    "The file was cut off (an interrupted download or a pointer file), or something was added to it. Fetch it again.")
  public static let tensorOffsetsBad = ErrorCode(
    "E-WGT-004", "tensors overlap or do not fit their shape",
    "Each tensor's bytes must be as many as its shape and dtype need, without overlap or gap. The file is damaged or made by a faulty program."
  )
  public static let tensorTypeUnsupported = ErrorCode(
    "E-WGT-005", "a tensor's number type cannot be used",
    "Weights are read as F32, F16 or BF16. Convert the model to one of them.")
  public static let modelUnsupported = ErrorCode(
    "E-WGT-006", "a model of this kind cannot be run",
    "Evoke runs wav2vec 2.0 and XLS-R (model_type wav2vec2), HuBERT (hubert), WavLM (wavlm), data2vec (data2vec-audio) and MERT (mert_model, without constant-Q features and deepnorm) encoders with exact GELU and without adapters."
  )
  public static let modelConfigurationBad = ErrorCode(
    "E-WGT-007", "a model's configuration cannot be used", exit: .configuration,
    "config.json, preprocessor_config.json or processor_config.json (transformers 5) lacks a value, or has one that does not describe the model."
  )
  public static let tensorsDoNotFit = ErrorCode(
    "E-WGT-008", "the tensors are not those of the configuration",
    "Every tensor the architecture needs must be there with its shape, and nothing else but known task heads. Nothing is ever initialised in place of a missing tensor."
  )
  public static let weightsMissing = ErrorCode(
    "E-WGT-009", "the folder has no weights", exit: .missingInput,
    "Evoke reads weights from model.safetensors or pytorch_model.bin, or from the shards that model.safetensors.index.json or pytorch_model.bin.index.json names. Convert other formats, for example with transformers: `Model.from_pretrained(FOLDER).save_pretrained(FOLDER)`."
  )
  public static let tensorNotFinite = ErrorCode(
    "E-WGT-010", "a tensor holds NaN or infinity",
    "Weights must be finite; such a file would turn every feature into NaN.")
  public static let soundRateWrong = ErrorCode(
    "E-WGT-011", "the sound is not at the encoder's rate",
    "The encoder takes mono sound at the rate of its preprocessor_config.json (16 kHz). Importing audio resamples it.")
  public static let soundTooShort = ErrorCode(
    "E-WGT-012", "the sound is shorter than one frame",
    "An encoder's first frame needs its whole receptive field (25 ms, 400 samples at 16 kHz).")
  public static let soundNotFinite = ErrorCode(
    "E-WGT-013", "the sound holds NaN or infinity",
    "Samples must be finite; one NaN would spread over the whole sound through normalisation and attention.")
  public static let layerUnknown = ErrorCode(
    "E-WGT-014", "the model has no such layer", exit: .usage,
    "Layers are conv.0 to conv.6, proj, hs.0 to hs.N and last; the message lists those of this model.")
  public static let binsImpossible = ErrorCode(
    "E-WGT-015", "bins of this length cannot be filled", exit: .usage,
    "A bin must be at least as long as a layer's frame step, and a whole number of microseconds.")
  public static let precisionUnavailable = ErrorCode(
    "E-WGT-016", "this machine cannot compute in this precision", exit: .unavailable,
    "bfloat16 needs a processor with AVX512_BF16 or AMX and the library oneDNN (Debian: libdnnl2). float32, the default, runs everywhere."
  )
  public static let weightShardsBad = ErrorCode(
    "E-WGT-017", "shards of weights are not those of their index",
    "Large models are saved in several files with an index (model.safetensors.index.json) that names the file of every tensor. Every file must be there and hold the tensors the index says, and no others."
  )
}
