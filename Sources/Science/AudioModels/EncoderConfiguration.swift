import ContentIdentity
import Diagnostics
import Tensors

/// A speech encoder's architecture as its `config.json` and `preprocessor_config.json` describe it; transformers 5 writes
/// the latter into `processor_config.json`, under `feature_extractor`.
///
/// Fields that a `config.json` leaves out have the defaults of Hugging Face transformers' configuration classes.
public struct EncoderConfiguration: Sendable, Equatable {
  /// The families that can be run; the raw value is `model_type`.
  public enum Architecture: String, Sendable, CaseIterable {
    /// wav2vec 2.0 and XLS-R.
    case wav2vec2
    case hubert
    case wavlm
    case data2vec = "data2vec-audio"
    /// HuBERT's network, trained on music at 24 kHz.
    case mert = "mert_model"

    /// Before the names of tensors saved from a task model.
    var prefix: String { self == .data2vec ? "data2vec_audio" : rawValue }
    /// Whether the network is HuBERT's with its options.
    var isHuBERT: Bool { self == .hubert || self == .mert }
  }

  public var architecture: Architecture
  /// Channels, kernel and stride of each convolution of the front end.
  public var convolutionChannels: [Int]
  public var convolutionKernels: [Int]
  public var convolutionStrides: [Int]
  public var convolutionBias: Bool
  /// The first convolution is normalised over time per channel (`group`); otherwise every one over channels (`layer`).
  public var usesGroupNorm: Bool
  /// Whether features are normalised before their projection.
  public var projectionNorm: Bool
  public var hiddenSize: Int
  public var intermediateSize: Int
  public var layerCount: Int
  public var headCount: Int
  /// Normalisation before each part of a layer (`do_stable_layer_norm`) instead of after it.
  public var isStable: Bool
  public var positionKernel: Int
  /// Positional convolutions one behind the other; more than one are each normalised over channels without weights.
  public var positionDepth: Int
  public var positionGroups: Int
  /// Batch normalisation before the positional convolution instead of weight normalisation of it.
  public var positionBatchNorm: Bool
  /// WavLM's relative positions: buckets of both directions, and the distance from which all share the last one.
  public var positionBuckets: Int
  public var positionDistance: Int
  public var layerNormEpsilon: Double
  /// Whether sound is brought to zero mean and unit variance (over all of it) first.
  public var normalisesSound: Bool
  /// Samples per second the encoder takes.
  public var rateHz: Int
  /// The two files as they are, under their names: `config.json`, and `preprocessor_config.json` or
  /// `processor_config.json`.
  public var files: JSONValue
  /// The names of these files.
  var fileNames: [String] { files.objectValue.map { $0.keys.sorted() } ?? [] }

  /// Reads both files of a folder.
  ///
  /// Throws E-WGT-007 with every finding, or E-WGT-006 for a model that cannot be run.
  public init(_ place: any ModelPlace) throws {
    let folder = place.path
    var problems: [Diagnostic] = []
    let config = Self.json(place, "config.json", &problems)
    let preparation = SoundPreparation(place, &problems)
    var reader = ConfigurationReader(json: config ?? .object([:]), object: folder + "/config.json")
    var sound = ConfigurationReader(
      json: preparation?.settings ?? .object([:]), object: folder + "/" + SoundPreparation.name(preparation))
    if config != nil { reader.checkKind() }
    self.init(config: &reader, preprocessor: &sound)
    if config != nil { checkShape(&reader) }
    if preparation != nil { checkRate(&reader) }
    problems += config == nil ? [] : reader.problems
    problems += preparation == nil ? [] : sound.problems
    if let first = problems.first {
      throw EvokeError(
        first.code, first.object, reason: problems.map(\.reason).joined(separator: "; "), remedy: first.remedy,
        diagnostics: problems)
    }
    files = .object([
      "config.json": config ?? .null, SoundPreparation.name(preparation): preparation?.file ?? .null,
    ])
  }

  private init(config: inout ConfigurationReader, preprocessor: inout ConfigurationReader) {
    // What is none of them is refused by `checkKind`; the other fields are looked at even so.
    architecture = config.architecture ?? .wav2vec2
    let isHuBERT = architecture.isHuBERT
    let isData2Vec = architecture == .data2vec
    convolutionChannels = config.sizes("conv_dim", default: [512, 512, 512, 512, 512, 512, 512])
    convolutionKernels = config.sizes("conv_kernel", default: [10, 3, 3, 3, 3, 2, 2])
    convolutionStrides = config.sizes("conv_stride", default: [5, 2, 2, 2, 2, 2, 2])
    convolutionBias = config.flag("conv_bias", default: false)
    usesGroupNorm =
      !isData2Vec && config.choice("feat_extract_norm", of: ["group", "layer"], default: "group") == "group"
    projectionNorm = isHuBERT ? config.flag("feat_proj_layer_norm", default: true) : true
    hiddenSize = config.size("hidden_size", default: 768)
    intermediateSize = config.size("intermediate_size", default: 3072)
    layerCount = config.size("num_hidden_layers", default: 12, most: ConfigurationReader.mostLayers)
    headCount = config.size("num_attention_heads", default: 12)
    isStable = isData2Vec ? false : config.flag("do_stable_layer_norm", default: false)
    positionKernel =
      isData2Vec
      ? config.size("conv_pos_kernel_size", default: 19) : config.size("num_conv_pos_embeddings", default: 128)
    positionDepth =
      isData2Vec ? config.size("num_conv_pos_embeddings", default: 5, most: ConfigurationReader.mostLayers) : 1
    positionGroups = config.size("num_conv_pos_embedding_groups", default: 16)
    positionBatchNorm = isHuBERT ? config.flag("conv_pos_batch_norm", default: false) : false
    positionBuckets = architecture == .wavlm ? config.size("num_buckets", default: 320) : 0
    positionDistance = architecture == .wavlm ? config.size("max_bucket_distance", default: 800) : 0
    layerNormEpsilon = config.positive("layer_norm_eps", default: 1e-5)
    normalisesSound = preprocessor.flag("do_normalize", default: true)
    rateHz = preprocessor.size("sampling_rate", default: 16_000)
    files = .null
  }

  private func checkShape(_ reader: inout ConfigurationReader) {
    let counts = [convolutionChannels.count, convolutionKernels.count, convolutionStrides.count]
    if Set(counts).count != 1 || counts[0] == 0 {
      reader.refuse("conv_dim, conv_kernel and conv_stride have \(counts) entries; they must be equally long")
    } else if zip(convolutionKernels, convolutionStrides).contains(where: { $0 < $1 }) {
      reader.refuse("a convolution's stride is longer than its kernel, so that sound would be skipped")
    }
    if hiddenSize % headCount != 0 {
      reader.refuse("hidden_size \(hiddenSize) is not divisible by num_attention_heads \(headCount)")
    }
    if hiddenSize % positionGroups != 0 {
      reader.refuse("hidden_size \(hiddenSize) is not divisible by num_conv_pos_embedding_groups \(positionGroups)")
    }
    if architecture == .wavlm, positionBuckets < 4 || positionDistance <= positionBuckets / 4 {
      reader.refuse(
        "num_buckets \(positionBuckets) with max_bucket_distance \(positionDistance) leaves no distance for the "
          + "logarithmic buckets")
    }
  }

  /// MERT also says in `config.json` which rate it takes.
  private func checkRate(_ reader: inout ConfigurationReader) {
    guard architecture == .mert else { return }
    let stated = reader.size("sample_rate", default: rateHz)
    if stated != rateHz {
      reader.refuse("sample_rate is \(stated), and the sound's configuration has a sampling_rate of \(rateHz)")
    }
  }
}

/// Reads single fields and collects what is wrong with them.
struct ConfigurationReader {
  let json: JSONValue
  let object: String
  var problems: [Diagnostic] = []

  init(json: JSONValue, object: String) {
    self.json = json
    self.object = object
  }

  mutating func refuse(_ reason: String, code: ErrorCode = .modelConfigurationBad) {
    problems.append(
      Diagnostic(
        .error, code, object, reason: reason,
        remedy: code == .modelUnsupported
          ? "use a wav2vec 2.0, XLS-R, HuBERT, WavLM, data2vec-audio or MERT encoder"
          : "fetch the file that belongs to these weights"))
  }

  /// nil for a model of another kind.
  var architecture: EncoderConfiguration.Architecture? {
    json["model_type"]?.stringValue.flatMap(EncoderConfiguration.Architecture.init(rawValue:))
  }

  /// Refuses what the forward pass does not compute.
  mutating func checkKind() {
    let supported = EncoderConfiguration.Architecture.allCases.map(\.rawValue)
    if architecture == nil {
      let names = supported.joined(separator: ", ")
      let kind = json["model_type"].map { $0.stringValue ?? $0.canonical } ?? "missing"
      refuse("model_type is \(kind); supported are \(names)", code: .modelUnsupported)
    }
    for name in ["hidden_act", "feat_extract_activation"] {
      let value = json[name] ?? "gelu"
      if value != "gelu" { refuse("\(name) is \(value.canonical); supported is gelu", code: .modelUnsupported) }
    }
    // MERT's options that make it another network than HuBERT's.
    for name in ["add_adapter", "feature_extractor_cqt", "deepnorm"] where flag(name, default: false) {
      refuse("\(name) is true", code: .modelUnsupported)
    }
    if let width = json["adapter_attn_dim"], !width.isNull {
      refuse("adapter_attn_dim is \(width.canonical): attention adapters are not computed", code: .modelUnsupported)
    }
  }

  /// Layers of one kind; each has tensors that are looked for.
  static let mostLayers = 1_000

  mutating func size(_ name: String, default fallback: Int, most: Int = 1_000_000) -> Int {
    guard let value = json[name] else { return fallback }
    guard let size = value.intValue, (1...most).contains(size) else {
      refuse("\(name) is \(value.canonical), not a whole number from 1 to \(most)")
      return fallback
    }
    return size
  }

  mutating func sizes(_ name: String, default fallback: [Int]) -> [Int] {
    guard let value = json[name] else { return fallback }
    let sizes = value.arrayValue?.compactMap(\.intValue) ?? []
    guard sizes.count == value.arrayValue?.count, sizes.count <= Self.mostLayers,
      sizes.allSatisfy({ (1...1_000_000).contains($0) })
    else {
      refuse(
        "\(name) is \(value.canonical.prefix(200)), not a list of at most \(Self.mostLayers) whole numbers from 1 to 1000000"
      )
      return fallback
    }
    return sizes
  }

  mutating func flag(_ name: String, default fallback: Bool) -> Bool {
    guard let value = json[name] else { return fallback }
    guard let flag = value.boolValue else {
      refuse("\(name) is \(value.canonical), not true or false")
      return fallback
    }
    return flag
  }

  mutating func choice(_ name: String, of choices: [String], default fallback: String) -> String {
    guard let value = json[name] else { return fallback }
    guard let text = value.stringValue, choices.contains(text) else {
      refuse("\(name) is \(value.canonical), not \(choices.joined(separator: " or "))")
      return fallback
    }
    return text
  }

  mutating func positive(_ name: String, default fallback: Double) -> Double {
    guard let value = json[name] else { return fallback }
    guard let number = value.doubleValue, number > 0 else {
      refuse("\(name) is \(value.canonical), not a positive number")
      return fallback
    }
    return number
  }
}
