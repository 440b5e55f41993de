import Diagnostics
import Importing
import LabelledArrays

/// Reads recordings from HDF5 (and NumPy) arrays by the generic mapping: any axis order, one or many subjects,
/// sessions, trials and stimuli, in one file or many.
///
/// Stored are float32 `[time, channel]` or `[time, region]`; electric units become volts; missing samples stay NaN and
/// are counted. Every recording is read twice, here for its checks and when it is stored, so that memory holds one.
/// Nothing is thrown: every fault is a diagnostic of the batch, and one error keeps the whole import out.
///
/// `--crop A:B` acts on the file's own clock; `--onset-s` is in that clock too, the stored onset is `onset - A`.
///
/// - Parameters:
///   - batch: the empty batch of the verb, whose options may be more than these.
///   - confounds: nuisance regressors beside each recording.
///   - recognise: files it knows are read as their format says, all others by the generic mapping.
package func importRecordings(
  _ modality: RecordingModality, files: [String], options: RecordingOptions, confounds: ConfoundOptions? = nil,
  batch: ImportBatch, known: KnownNames, progress: ImportProgress?,
  recognise: RecordingRecogniser
) -> ImportBatch {
  var batch = batch
  var findings = Findings()
  if files.isEmpty {
    findings.error(
      .optionMalformed, batch.verb, reason: "no file is named", remedy: "name one or more files, or a template")
  }
  var reader = RecordingReader(modality, options, confounds: confounds, known: known, &findings)
  var recordings: [RecordingRecord] = []
  if !findings.hasErrors {
    let found = PathTemplate.files(files, but: batch.common.leftOut, &findings)
    reader.survey(found, recognise, &batch, &findings)
    recordings = reader.read(&batch, &findings, progress)
  }
  batch.sources += reader.extraSources
  batch.records = recordings
  batch.introduce(stimuli: recordings.flatMap { $0.presentations.map(\.stimulus) }, known: known, &findings)
  findings.compareSpelling(ofSubjects: recordings.map(\.subject), known: known)
  batch.conclude(findings)
  return batch
}

/// One recording to be read: its key and place.
struct RecordingPlan {
  var subject: String
  var session: String?
  var run: String?
  var stimulus: String?
  /// Which showing of its stimulus it is, where an option or a template says so.
  var repetition: Int?
  var name: String
  var rateHz: Double
  var unit: StoredUnit
  var spaceName: String
  var source: RecordingSource
  /// Markers, in the recording's own clock before any crop.
  var events: [RecordingRecord.Event] = []
  /// nil: options and events say what was shown.
  var presentations: [RecordingRecord.Presentation]?
  /// Whether nothing but a custom of its format says its unit.
  var unitIsAssumed = false
  /// What was said about its time.
  var clock = ClockLedger()
  /// Labels the source itself calls bad.
  var badLabels: Set<String> = []
  /// Nuisance regressors of this recording, before those of the options.
  var confounds: ConfoundOptions?
  /// Voxels behind each label, and those left out, where it was an image.
  var voxels: [VoxelCount]?
  /// What names and paths say, before renaming.
  var codes: [String: String] = [:]
  /// Files that are read for it beside `file`.
  var companions: [String] = []
  /// The file whose fault it is when something is wrong with it.
  var file: String
  /// What its trials or epochs have in common: a file, or an array in one.
  var origin: String
  /// For messages.
  var place: String
}

struct RecordingReader {
  let modality: RecordingModality
  let options: RecordingOptions
  /// Where the nuisance regressors of recordings that bring none are.
  let confounds: ConfoundOptions?
  let known: KnownNames
  let settings: RecordingSettings
  let renames: Renames
  var labels: AxisLabels
  var plans: [RecordingPlan] = []
  /// Whether repetitions that nobody named are told; a caller may know more of them.
  var tellsRepetitions = true
  var eventReader: EventReader

  /// The stimulus that `--stimulus` means.
  var stimulusOption: String? { options.stimulus.map(known.stimulus) }

  static let spaceAxes = ["channel", "region", "voxel", "component"]

  var extraSources: [SourceFile] { labels.sources + renames.sources + eventReader.sources }

  init(
    _ modality: RecordingModality, _ options: RecordingOptions, confounds: ConfoundOptions? = nil, known: KnownNames,
    _ findings: inout Findings
  ) {
    self.modality = modality
    self.options = options
    self.confounds = confounds
    self.known = known
    self.settings = RecordingSettings(options, &findings)
    self.renames = Renames(options.array.rename, &findings)
    self.labels = AxisLabels(options.array.labels, &findings)
    self.eventReader = EventReader(options, known, &findings)
  }

  func crop(_ count: Int, _ rateHz: Double, _ object: String) throws -> Range<Int> {
    guard let crop = settings.crop else { return 0..<count }
    guard TimeBounds.ratesHz.contains(rateHz), max(abs(crop.lowerBound), abs(crop.upperBound)) < TimeBounds.furthestS
    else {
      throw EvokeError(
        .cropOutside, object, reason: "\(crop.lowerBound):\(crop.upperBound) s at \(rateHz) Hz are no samples",
        remedy: "give a crop inside the recording")
    }
    // A sample at the bound, up to rounding, belongs to it.
    let first = Int((crop.lowerBound * rateHz - 1e-6).rounded(.up))
    let end = Int((crop.upperBound * rateHz - 1e-6).rounded(.up))
    guard first >= 0, end <= count, end - first >= 2 else {
      throw EvokeError(
        .cropOutside, object, reason: "\(crop.lowerBound):\(crop.upperBound) s of \(Double(count) / rateHz) s",
        remedy: "give a crop inside the recording")
    }
    return first..<end
  }

  /// The dataset's last path component; where that varies, what is fixed in the template's.
  func signalName(_ dataset: String) -> String {
    if let name = options.name { return name }
    // A pattern that is no template was refused when the datasets were looked for.
    guard let data = options.array.data, let pattern = data.split(separator: "/").last,
      let template = try? PathTemplate(String(pattern)), !template.isPlain
    else { return dataset.split(separator: "/").last.map(String.init) ?? modality.name }
    return template.fixedName ?? modality.name
  }

  func refuseTwice(_ findings: inout Findings) {
    var met: [[String?]: String] = [:]
    for plan in plans {
      let key = [plan.subject, plan.session, plan.run, plan.name]
      if let other = met.updateValue(plan.place, forKey: key) {
        let what = [plan.session.map { "session \($0)" }, plan.run.map { "run \($0)" }].compactMap { $0 }
        findings.error(
          .recordingTwice, "subject \(plan.subject)\(what.isEmpty ? "" : ", " + what.joined(separator: ", "))",
          reason: "\(plan.name) comes from \(other) and from \(plan.place)",
          remedy: "tell them apart by {session}, {run} or --name, or give one of them")
      }
    }
  }
}
