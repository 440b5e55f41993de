import ContentIdentity
import Diagnostics
import LabelledArrays

/// A file an import read: its path, SHA-256 and size.
public struct SourceFile: Sendable, Equatable {
  public let path: String
  public let sha256: String
  public let bytes: Int

  public init(path: String, sha256: String, bytes: Int) {
    self.path = path
    self.sha256 = sha256
    self.bytes = bytes
  }
}

/// Options every import verb takes.
public struct CommonOptions: Sendable, Equatable {
  /// The dataset (a cohort of its own name).
  public var dataset: String
  public var licence: String?
  public var consent: String?

  public init(dataset: String, licence: String? = nil, consent: String? = nil) {
    self.dataset = dataset
    self.licence = licence
    self.consent = consent
  }
}

/// An array an import will store: read only when it is written, so that memory stays bounded by one array.
public struct ArraySource: Sendable {
  public let load: @Sendable () throws -> LabelledArray

  public init(_ load: @escaping @Sendable () throws -> LabelledArray) { self.load = load }
  public init(_ array: LabelledArray) { self.load = { array } }
}

/// A film or a piece of sound.
public struct StimulusRecord: Sendable {
  /// One elementary stream of the file.
  public struct Stream: Sendable, Equatable {
    public var index: Int
    /// video, audio, subtitle or other.
    public var kind: String
    public var codec: String
    public var language: String?
    public var rateHz: Double?
    public var channels: Int?
    public var width: Int?
    public var height: Int?
    public var framesPerSecond: Double?
    public var startS: Double?
    public var durationS: Double?
    public var primingSamples: Int?
    /// The stream the stimulus' sound or picture is taken from.
    public var isChosen: Bool

    public init(index: Int, kind: String, codec: String, isChosen: Bool = false) {
      self.index = index
      self.kind = kind
      self.codec = codec
      self.isChosen = isChosen
    }
  }

  public var name: String
  /// Seconds of decoded audio (or of picture where there is no audio); nil for a stimulus without media.
  public var durationS: Double?
  public var genre: String?
  public var language: String?
  public var culture: String?
  /// The media file (an entry of `ImportBatch.sources`), nil for a stimulus without media.
  public var source: SourceFile?
  public var streams: [Stream]
  /// Seconds from the container's clock zero to the first decoded audio sample.
  public var audioStartOffsetS: Double?
  /// Decoded samples of the chosen audio stream at its native rate.
  public var audioSampleCount: Int?
  /// SHA-256 of the 16 kHz mono float32 little-endian samples.
  public var audioSHA256: String?
  /// Root mean square of the mono samples, dB re full scale.
  public var rmsDBFS: Double?

  public init(name: String, source: SourceFile? = nil, streams: [Stream] = []) {
    self.name = name
    self.source = source
    self.streams = streams
  }
}

/// An annotation of a stimulus over time, by one rater or subject.
public struct AnnotationRecord: Sendable {
  public var name: String
  public var stimulus: String
  public var rater: String?
  public var subject: String?
  public var session: String?
  public var run: String?
  /// `rating` or `bad_segment`.
  public var kind: String
  /// Declared scale, or the observed range when `scaleIsObserved`.
  public var scale: ClosedRange<Double>
  public var scaleIsObserved: Bool
  /// Axis time (seconds of the stimulus, as given, any spacing); values in the scale's units.
  public var array: ArraySource
  public var sampleCount: Int
  public var firstS: Double
  public var lastS: Double
  public var rateHz: Double?
  public var missingCount: Int

  public init(
    name: String, stimulus: String, kind: String = "rating", scale: ClosedRange<Double>, scaleIsObserved: Bool,
    array: ArraySource, sampleCount: Int, firstS: Double, lastS: Double, rateHz: Double?, missingCount: Int
  ) {
    self.name = name
    self.stimulus = stimulus
    self.kind = kind
    self.scale = scale
    self.scaleIsObserved = scaleIsObserved
    self.array = array
    self.sampleCount = sampleCount
    self.firstS = firstS
    self.lastS = lastS
    self.rateHz = rateHz
    self.missingCount = missingCount
  }
}

/// A feature space computed elsewhere, for one stimulus (and layer).
public struct FeatureRecord: Sendable {
  public var space: String
  public var stimulus: String
  public var run: String?
  public var element: String
  /// Set for layered embeddings.
  public var model: String?
  public var layerKey: String?
  public var depth: Int?
  public var relDepth: Double?
  public var featureNames: [String]
  /// Axes time, feature.
  public var array: ArraySource
  public var sampleCount: Int
  public var firstS: Double
  public var rateHz: Double?

  public init(
    space: String, stimulus: String, element: String = "original", featureNames: [String], array: ArraySource,
    sampleCount: Int, firstS: Double, rateHz: Double?
  ) {
    self.space = space
    self.stimulus = stimulus
    self.element = element
    self.featureNames = featureNames
    self.array = array
    self.sampleCount = sampleCount
    self.firstS = firstS
    self.rateHz = rateHz
  }
}

/// One subject's recording.
public struct RecordingRecord: Sendable {
  /// A stimulus shown during a recording.
  public struct Presentation: Sendable, Equatable {
    public var stimulus: String
    public var repetition: Int
    /// Recording time of stimulus second `stimulusStartS`.
    public var onsetS: Double
    public var stimulusStartS: Double
    /// nil: to the end of the recording.
    public var durationS: Double?
    /// `cut`, `event`, `option` or `assumed`.
    public var onsetSource: String
    /// How long it lasted by its event, in recording time; nil where nothing measured it.
    public var measuredS: Double?

    public init(
      stimulus: String, repetition: Int = 1, onsetS: Double, stimulusStartS: Double = 0, durationS: Double? = nil,
      onsetSource: String
    ) {
      self.stimulus = stimulus
      self.repetition = repetition
      self.onsetS = onsetS
      self.stimulusStartS = stimulusStartS
      self.durationS = durationS
      self.onsetSource = onsetSource
    }
  }

  /// A marker in the recording.
  public struct Event: Sendable, Equatable {
    /// Recording time.
    public var onsetS: Double
    public var durationS: Double?
    /// Code or type.
    public var name: String

    public init(onsetS: Double, durationS: Double? = nil, name: String) {
      self.onsetS = onsetS
      self.durationS = durationS
      self.name = name
    }
  }

  /// `eeg` or `fmri`.
  public var modality: String
  /// The signal's name, for example `bold_6mm`: what `{response: NAME}` names.
  public var name: String
  public var subject: String
  public var session: String?
  public var run: String?
  /// Axes time, channel or time, region.
  public var array: ArraySource
  public var sampleCount: Int
  public var rateHz: Double
  /// As stored: electric units are volts.
  public var units: String
  /// `channel` or `region`.
  public var spaceAxis: String
  public var labels: [String]
  public var badLabels: [String]
  /// Voxels behind each label, and those left out; nil where it was no image.
  public var voxels: [(used: Int, leftOut: Int)]?
  /// Nuisance regressors, one row per sample.
  public var confounds: ArraySource?
  public var missingCount: Int
  public var presentations: [Presentation]
  public var events: [Event]
  /// SHA-256 over the float32 values: finds two subjects with the same recording.
  public var contentSHA256: String

  public init(
    modality: String, name: String, subject: String, array: ArraySource, sampleCount: Int, rateHz: Double,
    units: String, spaceAxis: String, labels: [String], contentSHA256: String
  ) {
    self.modality = modality
    self.name = name
    self.subject = subject
    self.array = array
    self.sampleCount = sampleCount
    self.rateHz = rateHz
    self.units = units
    self.spaceAxis = spaceAxis
    self.labels = labels
    self.contentSHA256 = contentSHA256
    self.badLabels = []
    self.missingCount = 0
    self.presentations = []
    self.events = []
  }
}

/// A pretrained model's weights.
public struct ModelRecord: Sendable {
  public struct Tensor: Sendable, Equatable {
    public var name: String
    public var dtype: String
    public var shape: [Int]
    public var sha256: String

    public init(name: String, dtype: String, shape: [Int], sha256: String) {
      self.name = name
      self.dtype = dtype
      self.shape = shape
      self.sha256 = sha256
    }
  }

  public struct Layer: Sendable, Equatable {
    public var key: String
    public var depth: Int
    public var relDepth: Double
    public var dimension: Int
    public var rateHz: Double

    public init(key: String, depth: Int, relDepth: Double, dimension: Int, rateHz: Double) {
      self.key = key
      self.depth = depth
      self.relDepth = relDepth
      self.dimension = dimension
      self.rateHz = rateHz
    }
  }

  public var name: String
  /// Kind within its family, for example `wav2vec2`.
  public var architecture: String
  /// What shapes it beside its weights, for a speech encoder config.json and preprocessor_config.json under those names.
  public var configuration: JSONValue
  /// SHA-256 over the sorted `name dtype shape sha256` lines.
  public var weightsSHA256: String
  /// The folder or file the weights are read from.
  public var folder: String
  public var parameterCount: Int
  public var tensors: [Tensor]
  public var layers: [Layer]

  public init(
    name: String, architecture: String, configuration: JSONValue, weightsSHA256: String, folder: String,
    parameterCount: Int, tensors: [Tensor], layers: [Layer]
  ) {
    self.name = name
    self.architecture = architecture
    self.configuration = configuration
    self.weightsSHA256 = weightsSHA256
    self.folder = folder
    self.parameterCount = parameterCount
    self.tensors = tensors
    self.layers = layers
  }
}

/// A separated sound of a stimulus that was made elsewhere.
public struct StemRecord: Sendable {
  public var stimulus: String
  /// `voice` or `soundtrack`.
  public var element: String
  /// An entry of `ImportBatch.sources`.
  public var source: SourceFile
  public var rateHz: Double
  public var sampleCount: Int
  /// Over samples and two channels.
  public var meanSquare: Double
  public var rmsDBFS: Double
  /// Share of seconds below -60 dBFS.
  public var silentFraction: Double
  /// Original minus both stems, dB re the original; nil while a stem is missing.
  public var residualDB: Double?

  public init(
    stimulus: String, element: String, source: SourceFile, rateHz: Double, sampleCount: Int, meanSquare: Double,
    rmsDBFS: Double, silentFraction: Double, residualDB: Double?
  ) {
    self.stimulus = stimulus
    self.element = element
    self.source = source
    self.rateHz = rateHz
    self.sampleCount = sampleCount
    self.meanSquare = meanSquare
    self.rmsDBFS = rmsDBFS
    self.silentFraction = silentFraction
    self.residualDB = residualDB
  }
}

/// A table of regions.
public struct AtlasRecord: Sendable {
  public struct Region: Sendable, Equatable {
    public var name: String
    public var hemisphere: String?
    /// Group column -> value (`network` -> `limbic`).
    public var groups: [String: String]
    /// Its label in the image.
    public var code: Int?

    public init(name: String, hemisphere: String?, groups: [String: String], code: Int? = nil) {
      self.name = name
      self.hemisphere = hemisphere
      self.groups = groups
      self.code = code
    }
  }

  /// A label image: axis voxel holds the places of labelled voxels, `i + dims[0] (j + dims[1] k)`, values are labels.
  public struct Image: Sendable {
    public var array: ArraySource
    /// `dims`, `affine` (row-major, 4 x 4) and `sform_code`.
    public var grid: JSONValue

    public init(array: ArraySource, grid: JSONValue) {
      self.array = array
      self.grid = grid
    }
  }

  public var name: String
  public var regions: [Region]
  public var image: Image?

  public init(name: String, regions: [Region], image: Image? = nil) {
    self.name = name
    self.regions = regions
    self.image = image
  }
}

/// One row of a participants table.
public struct ParticipantRecord: Sendable, Equatable {
  public var subject: String
  public var columns: [String: String]

  public init(subject: String, columns: [String: String]) {
    self.subject = subject
    self.columns = columns
  }
}

/// What an analysis must leave out, and why; nil members match everything.
public struct ExclusionRecord: Sendable, Equatable {
  public var list: String
  public var subject: String?
  public var session: String?
  public var run: String?
  public var stimulus: String?
  public var channel: String?
  public var component: String?
  public var onsetS: Double?
  public var offsetS: Double?
  public var reason: String

  public init(list: String, reason: String) {
    self.list = list
    self.reason = reason
  }
}

/// Everything one import found: rows and arrays to be stored, and its findings.
///
/// An importer fills it without touching the catalog; `diagnostics` with an error keep the whole batch out.
public struct ImportBatch: Sendable {
  /// The verb and its kind: `import annotations`.
  public var verb: String
  /// Every option that shapes the result, canonical: the same sources, verb and options are one import.
  public var options: JSONValue
  public var common: CommonOptions
  public var sources: [SourceFile] = []
  public var stimuli: [StimulusRecord] = []
  public var annotations: [AnnotationRecord] = []
  public var features: [FeatureRecord] = []
  public var recordings: [RecordingRecord] = []
  public var models: [ModelRecord] = []
  public var atlases: [AtlasRecord] = []
  public var stems: [StemRecord] = []
  public var leadfields: [LeadfieldRecord] = []
  public var participants: [ParticipantRecord] = []
  public var exclusions: [ExclusionRecord] = []
  public var filterBanks: [FilterBankRecord] = []
  /// Stored arrays it was made with, by name and logical hash: an atlas' label image.
  public var usedArrays: [(name: String, sha256: String)] = []
  public var diagnostics: [Diagnostic] = []

  public init(verb: String, options: JSONValue, common: CommonOptions) {
    self.verb = verb
    self.options = options
    self.common = common
  }

  public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }
}
