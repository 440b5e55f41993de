import Importing

/// Voxels behind the label of an image.
package struct VoxelCount: Sendable, Equatable {
  package var used: Int
  package var leftOut: Int

  package init(used: Int, leftOut: Int) {
    self.used = used
    self.leftOut = leftOut
  }
}

/// One subject's recording.
package struct RecordingRecord: ImportRecord {
  /// A stimulus shown during a recording.
  package struct Presentation: Sendable, Equatable {
    package var stimulus: String
    package var repetition: Int
    /// Recording time of stimulus second `stimulusStartS`.
    package var onsetS: Double
    package var stimulusStartS: Double
    /// nil: to the end of the recording.
    package var durationS: Double?
    /// `cut`, `event`, `option` or `assumed`.
    package var onsetSource: String
    /// How long it lasted by its event, in recording time; nil where nothing measured it.
    package var measuredS: Double?
    /// One of several that together show the stimulus: not short because it ends before the stimulus does.
    package var isPart = false

    package init(
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
  package struct Event: Sendable, Equatable {
    /// Recording time.
    package var onsetS: Double
    package var durationS: Double?
    /// Code or type.
    package var name: String

    package init(onsetS: Double, durationS: Double? = nil, name: String) {
      self.onsetS = onsetS
      self.durationS = durationS
      self.name = name
    }
  }

  package var readFrom = RecordOrigin()
  /// `eeg` or `fmri`.
  package var modality: String
  /// The signal's name, for example `bold_6mm`: what `{response: NAME}` names.
  package var name: String
  package var subject: String
  package var session: String?
  package var run: String?
  /// Axes time, channel or time, region.
  package var array: ArraySource
  package var sampleCount: Int
  package var rateHz: Double
  /// As stored: electric units are volts.
  package var units: String
  /// `channel` or `region`.
  package var spaceAxis: String
  package var labels: [String]
  package var badLabels: [String]
  /// Voxels behind each label; nil where it was no image.
  package var voxels: [VoxelCount]?
  /// Nuisance regressors, one row per sample.
  package var confounds: ArraySource?
  package var clock = ClockLedger()
  /// Confound -> the mask it was taken from, as far as its pipeline says.
  package var confoundMasks: [String: String] = [:]
  package var missingCount: Int
  package var presentations: [Presentation]
  package var events: [Event]
  /// SHA-256 over the float32 values: finds two subjects with the same recording.
  package var contentSHA256: String

  package init(
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
