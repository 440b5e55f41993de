import ContentIdentity
import Diagnostics
import FileSystem
import Foundation
import LabelledArrays
import Showings
import Warehouse

/// Enters one batch into the catalog, inside the caller's transaction.
struct ImportEntry {
  let batch: ImportBatch
  let connection: Connection
  let stored: [StoredArray]
  private var activity = 0
  private var dataset = 0
  private var arrayKeys: [Int] = []

  init(batch: ImportBatch, connection: Connection, stored: [StoredArray]) {
    self.batch = batch
    self.connection = connection
    self.stored = stored
  }

  mutating func enter() throws {
    try enterDataset()
    try enterActivity()
    for source in batch.sources { _ = try sourceFile(source) }
    for array in batch.usedArrays {
      let artifact = try connection.artifact(kind: "array", name: array.name, sha256: array.sha256)
      try connection.recordUse(activity, of: artifact, as: "atlas")
    }
    arrayKeys = try stored.map { try connection.enter($0, activity: activity) }
    for stimulus in batch.stimuli { try enter(stimulus) }
    for (i, annotation) in batch.annotations.enumerated() { try enter(annotation, array: arrayKeys[i]) }
    for (i, feature) in batch.features.enumerated() {
      try enter(feature, array: arrayKeys[batch.annotations.count + i])
    }
    let first = batch.annotations.count + batch.features.count
    var further = first + batch.recordings.count
    for (i, recording) in batch.recordings.enumerated() {
      try enter(recording, array: arrayKeys[first + i], confounds: recording.confounds.map { _ in arrayKeys[further] })
      if recording.confounds != nil { further += 1 }
    }
    for model in batch.models { try enter(model) }
    for atlas in batch.atlases {
      try enter(atlas, array: atlas.image.map { _ in arrayKeys[further] })
      if atlas.image != nil { further += 1 }
    }
    for leadfield in batch.leadfields {
      try leadfield.enter(connection, activity: activity, array: arrayKeys[further])
      further += leadfield.arrays.count
    }
    for stem in batch.stems { try enter(stem) }
    try enterTables()
    for finding in batch.diagnostics {
      try connection.insert(
        "diagnostic",
        [
          ("activity_id", .int(activity)), ("severity", .text(finding.severity.rawValue)),
          ("code", .text(finding.code.id)),
          ("object", .text(finding.object)), ("reason", .text(finding.reason)), ("remedy", .text(finding.remedy)),
        ])
    }
  }

  private mutating func enterDataset() throws {
    let name = SQLValue.text(batch.common.dataset)
    dataset = try connection.identify("dataset", [("name", name)])
    try connection.execute(
      "UPDATE dataset SET licence = coalesce(:licence, licence), consent = coalesce(:consent, consent) WHERE dataset_id = :id",
      ["licence": .optional(batch.common.licence), "consent": .optional(batch.common.consent), "id": .int(dataset)])
    _ = try connection.identify("cohort", [("name", name)], also: [("dataset_id", .int(dataset))])
  }

  private mutating func enterActivity() throws {
    try connection.execute("DELETE FROM activity WHERE activity_key = :key", ["key": .text(batch.key)])
    activity = try connection.insert(
      "activity",
      [
        ("kind", "import"), ("verb", .text(batch.verb)), ("activity_key", .text(batch.key)),
        ("options", .text(batch.options.canonical)), ("dataset", .text(batch.common.dataset)), ("state", "done"),
        ("started_at", .text(Machine.now)),
      ])
  }

  /// A source is recorded by its absolute path: later commands may run in another folder.
  private func sourceFile(_ source: SourceFile) throws -> Int {
    let path = URL(fileURLWithPath: source.path).standardizedFileURL.path
    let artifact = try connection.artifact(
      kind: "source", name: path, sha256: source.sha256, bytes: source.bytes)
    try connection.recordUse(activity, of: artifact, as: "source")
    let key = try connection.identify(
      "source_file", [("sha256", .text(source.sha256))],
      also: [("artifact_id", .int(artifact)), ("path", .text(path)), ("bytes", .int(source.bytes))])
    try connection.execute(
      "UPDATE source_file SET path = :path, licence = coalesce(:licence, licence), consent = coalesce(:consent, consent) WHERE source_file_id = :id",
      [
        "path": .text(path), "licence": .optional(batch.common.licence),
        "consent": .optional(batch.common.consent), "id": .int(key),
      ])
    return key
  }

  /// The stimulus of that name, made when it is new; `durationS` raises the duration of one without media.
  private func stimulus(_ name: String, durationS: Double? = nil) throws -> Int {
    let key = try connection.identify("stimulus", [("dataset_id", .int(dataset)), ("name", .text(name))])
    if let durationS {
      try connection.execute(
        "UPDATE stimulus SET duration_s = max(coalesce(duration_s, 0), :s) WHERE stimulus_id = :id AND source_file_id IS NULL",
        ["s": .real(durationS), "id": .int(key)])
    }
    return key
  }

  private func subject(_ name: String?) throws -> Int? {
    try name.map { try connection.identify("subject", [("dataset_id", .int(dataset)), ("name", .text($0))]) }
  }

  private func run(_ name: String?) throws -> Int? {
    try name.map { try connection.identify("acquisition_run", [("dataset_id", .int(dataset)), ("name", .text($0))]) }
  }

  private func session(_ name: String?, of subject: Int?) throws -> Int? {
    guard let name, let subject else { return nil }
    return try connection.identify("session", [("subject_id", .int(subject)), ("name", .text(name))])
  }

  private func enter(_ record: StimulusRecord) throws {
    let key = try stimulus(record.name)
    let source = try record.source.map(sourceFile)
    try connection.execute(
      """
      UPDATE stimulus SET activity_id = :activity, source_file_id = :source, duration_s = coalesce(:duration, duration_s),
        genre = coalesce(:genre, genre), language = coalesce(:language, language), culture = coalesce(:culture, culture),
        audio_start_offset_s = :offset WHERE stimulus_id = :id
      """,
      [
        "activity": .int(activity), "source": .optional(source), "duration": .optional(record.durationS),
        "genre": .optional(record.genre), "language": .optional(record.language), "culture": .optional(record.culture),
        "offset": .optional(record.audioStartOffsetS), "id": .int(key),
      ])
    for stream in record.streams { try enter(stream, of: key) }
    if record.audioSHA256 != nil {
      try connection.insert(
        "element",
        [
          ("stimulus_id", .int(key)), ("name", "original"), ("rms_dbfs", .optional(record.rmsDBFS)),
          ("sample_count", .optional(record.audioSampleCount)), ("audio_sha256", .optional(record.audioSHA256)),
        ], conflict: "OR REPLACE")
    }
    guard record.audioSampleCount != nil else { return }
    let chosen = record.streams.first { $0.isChosen && $0.kind == "audio" }
    let implied = record.durationS.flatMap { s in record.audioSampleCount.map { Double($0) / s } }
    try align(
      stimulus: record.name, series: "audio", declared: chosen?.rateHz, implied: implied,
      offset: record.audioStartOffsetS, source: "cut", verdict: "ok")
  }

  private func enter(_ stream: StimulusRecord.Stream, of stimulus: Int) throws {
    try connection.insert(
      "stream",
      [
        ("stimulus_id", .int(stimulus)), ("position", .int(stream.index)), ("kind", .text(stream.kind)),
        ("codec", .text(stream.codec)), ("language", .optional(stream.language)), ("rate_hz", .optional(stream.rateHz)),
        ("channels", .optional(stream.channels)), ("width", .optional(stream.width)),
        ("height", .optional(stream.height)),
        ("frames_per_second", .optional(stream.framesPerSecond)), ("start_s", .optional(stream.startS)),
        ("duration_s", .optional(stream.durationS)), ("priming_samples", .optional(stream.primingSamples)),
        ("is_chosen", .flag(stream.isChosen)),
      ], conflict: "OR REPLACE")
  }

  private func enter(_ record: AnnotationRecord, array: Int) throws {
    let end = record.rateHz.map { SampleClock.binStart(of: record.lastS, step: 1 / $0) + 1 / $0 } ?? record.lastS
    let stimulus = try stimulus(record.stimulus, durationS: end)
    let subject = try subject(record.subject)
    let rater = try record.rater.map {
      try connection.identify("rater", [("dataset_id", .int(dataset)), ("name", .text($0))])
    }
    try connection.insert(
      "annotation_series",
      [
        ("activity_id", .int(activity)), ("dataset_id", .int(dataset)), ("stimulus_id", .int(stimulus)),
        ("rater_id", .optional(rater)), ("subject_id", .optional(subject)),
        ("session_id", .optional(try session(record.session, of: subject))),
        ("acquisition_run_id", .optional(try run(record.run))), ("name", .text(record.name)),
        ("kind", .text(record.kind)),
        ("scale_low", .real(record.scale.lowerBound)), ("scale_high", .real(record.scale.upperBound)),
        ("scale_is_observed", .flag(record.scaleIsObserved)), ("sample_count", .int(record.sampleCount)),
        ("first_s", .real(record.firstS)), ("last_s", .real(record.lastS)), ("rate_hz", .optional(record.rateHz)),
        ("missing_count", .int(record.missingCount)), ("array_id", .int(array)),
      ])
    let span = record.lastS - record.firstS
    let implied = record.sampleCount > 1 && span > 0 ? Double(record.sampleCount - 1) / span : nil
    try align(
      stimulus: record.stimulus, subject: record.subject, series: record.name, declared: record.rateHz,
      implied: implied,
      offset: 0, source: "stamps", verdict: record.rateHz == nil ? "irregular" : "ok", array: array)
  }

  private func enter(_ record: FeatureRecord, array: Int) throws {
    _ = try stimulus(
      record.stimulus,
      durationS: record.rateHz.map {
        SampleClock.binStart(of: record.firstS, step: 1 / $0) + Double(record.sampleCount) / $0
      })
    let layer = record.layerKey ?? ""
    let space = try connection.identify(
      "feature_space", [("name", .text(record.space)), ("layer_key", .text(layer))],
      also: [
        ("model", .optional(record.model)), ("depth", .optional(record.depth)),
        ("rel_depth", .optional(record.relDepth)),
        ("dimension", .int(record.featureNames.count)),
      ])
    for (i, name) in record.featureNames.enumerated() {
      try connection.insert(
        "feature", [("feature_space_id", .int(space)), ("position", .int(i)), ("name", .text(name))],
        conflict: "OR IGNORE")
    }
    try align(
      stimulus: record.stimulus, series: record.space, declared: record.rateHz, implied: record.rateHz,
      offset: record.firstS, source: "stamps", verdict: "ok", array: array)
  }

  private func enter(_ record: RecordingRecord, array: Int, confounds: Int?) throws {
    let subject = try subject(record.subject) ?? 0
    let recording = try connection.insert(
      "recording",
      [
        ("activity_id", .int(activity)), ("dataset_id", .int(dataset)), ("subject_id", .int(subject)),
        ("session_id", .optional(try session(record.session, of: subject))),
        ("acquisition_run_id", .optional(try run(record.run))), ("modality", .text(record.modality)),
        ("name", .text(record.name)), ("rate_hz", .real(record.rateHz)), ("units", .text(record.units)),
        ("space_axis", .text(record.spaceAxis)), ("sample_count", .int(record.sampleCount)),
        ("missing_count", .int(record.missingCount)), ("content_sha256", .text(record.contentSHA256)),
        ("array_id", .int(array)),
      ])
    let bad = Set(record.badLabels)
    for (i, label) in record.labels.enumerated() {
      try connection.insert(
        "recording_channel",
        [
          ("recording_id", .int(recording)), ("position", .int(i)), ("label", .text(label)),
          ("is_bad", .flag(bad.contains(label))), ("voxel_count", .optional(record.voxels?[i].used)),
          ("voxels_left_out", .optional(record.voxels?[i].leftOut)),
        ])
    }
    if let confounds {
      try connection.insert(
        "confound_series", [("recording_id", .int(recording)), ("array_id", .int(confounds))])
    }
    for event in record.events {
      try connection.insert(
        "event",
        [
          ("recording_id", .int(recording)), ("onset_s", .real(event.onsetS)),
          ("duration_s", .optional(event.durationS)), ("name", .text(event.name)),
        ])
    }
    for shown in record.presentations { try enter(shown, of: recording, record, array: array) }
  }

  private func enter(
    _ shown: RecordingRecord.Presentation, of recording: Int, _ record: RecordingRecord, array: Int
  ) throws {
    let length = Double(record.sampleCount) / record.rateHz
    let duration = shown.durationS ?? (length - shown.onsetS)
    let stimulus = try stimulus(shown.stimulus, durationS: shown.stimulusStartS + duration)
    try connection.insert(
      "presentation",
      [
        ("recording_id", .int(recording)), ("stimulus_id", .int(stimulus)), ("repetition", .int(shown.repetition)),
        ("onset_s", .real(shown.onsetS)), ("stimulus_start_s", .real(shown.stimulusStartS)),
        ("duration_s", .optional(shown.durationS)), ("onset_source", .text(shown.onsetSource)),
      ])
    let media = try connection.value(
      "SELECT duration_s FROM stimulus WHERE stimulus_id = :id", ["id": .int(stimulus)]
    ).double
    let rest = media.map { $0 - shown.stimulusStartS }
    let end = shown.durationS.map { shown.onsetS + $0 } ?? length
    let short = rest.map { min(end, length) - shown.onsetS + max(0.1, 0.5 / record.rateHz) < $0 } ?? false
    let implied = rest.flatMap { rest -> Double? in
      guard rest > 0 else { return nil }
      if shown.onsetSource == "cut" { return Double(record.sampleCount) / rest }
      return shown.measuredS.map { record.rateHz * $0 / rest } ?? record.rateHz
    }
    // Markers are set to some hundredths of a second: only half a second more or less speaks of another rate.
    let isOff = zip([shown.measuredS].compactMap { $0 }, [rest].compactMap { $0 }).contains { abs($0 - $1) > 0.5 }
    let verdict = short ? "short" : isOff ? "rate" : shown.onsetSource == "assumed" ? "assumed" : "ok"
    try align(
      stimulus: shown.stimulus, subject: record.subject, series: record.name, declared: record.rateHz, implied: implied,
      offset: shown.onsetS - shown.stimulusStartS, source: shown.onsetSource, verdict: verdict, array: array,
      repetition: shown.repetition, isMarked: shown.measuredS != nil)
  }

  private func align(
    stimulus: String, subject: String? = nil, series: String, declared: Double?, implied: Double?, offset: Double?,
    source: String, verdict: String, array: Int? = nil, repetition: Int? = nil, isMarked: Bool = false
  ) throws {
    let drift = declared.flatMap { d in implied.map { ($0 / d - 1) * 1e6 } }
    let judged = verdict == "ok" && !isMarked && abs(drift ?? 0) > 1000 ? "rate" : verdict
    try connection.insert(
      "alignment",
      [
        ("activity_id", .int(activity)), ("dataset", .text(batch.common.dataset)), ("stimulus", .text(stimulus)),
        ("subject", .optional(subject)), ("series", .text(series)), ("declared_rate_hz", .optional(declared)),
        ("implied_rate_hz", .optional(implied)), ("offset_s", .optional(offset)), ("onset_source", .text(source)),
        ("drift_ppm", .optional(drift)), ("verdict", .text(judged)), ("array_id", .optional(array)),
        ("repetition", .optional(repetition)),
      ])
  }

  private func enter(_ record: ModelRecord) throws {
    let artifact = try connection.artifact(kind: "model", name: record.name, sha256: record.weightsSHA256)
    try connection.recordGeneration(activity, of: artifact)
    let model = try connection.insert(
      "model",
      [
        ("activity_id", .int(activity)), ("artifact_id", .int(artifact)), ("name", .text(record.name)),
        ("architecture", .text(record.architecture)), ("configuration", .text(record.configuration.canonical)),
        ("weights_sha256", .text(record.weightsSHA256)), ("folder", .text(record.folder)),
        ("parameter_count", .int(record.parameterCount)),
      ])
    for tensor in record.tensors {
      try connection.insert(
        "tensor",
        [
          ("model_id", .int(model)), ("name", .text(tensor.name)), ("dtype", .text(tensor.dtype)),
          ("shape", .text(JSONValue.array(tensor.shape.map { .int($0) }).canonical)), ("sha256", .text(tensor.sha256)),
        ])
    }
    for layer in record.layers {
      try connection.insert(
        "layer",
        [
          ("model_id", .int(model)), ("layer_key", .text(layer.key)), ("depth", .int(layer.depth)),
          ("rel_depth", .real(layer.relDepth)), ("dimension", .int(layer.dimension)), ("rate_hz", .real(layer.rateHz)),
        ])
      try connection.insert(
        "feature_space",
        [
          ("name", .text(record.name)), ("model", .text(record.name)), ("layer_key", .text(layer.key)),
          ("depth", .int(layer.depth)), ("rel_depth", .real(layer.relDepth)), ("dimension", .int(layer.dimension)),
        ], conflict: "OR IGNORE")
    }
  }

  private func enter(_ record: StemRecord) throws {
    let key = try stimulus(record.stimulus)
    try connection.insert(
      "stem_file",
      [
        ("activity_id", .int(activity)), ("stimulus_id", .int(key)),
        ("source_file_id", .int(try sourceFile(record.source))), ("element", .text(record.element)),
        ("rate_hz", .real(record.rateHz)), ("sample_count", .int(record.sampleCount)),
        ("mean_square", .real(record.meanSquare)), ("rms_dbfs", .real(record.rmsDBFS)),
        ("silent_fraction", .real(record.silentFraction)), ("residual_db", .optional(record.residualDB)),
      ])
  }

  private func enter(_ record: AtlasRecord, array: Int?) throws {
    let atlas = try connection.insert(
      "atlas", [("activity_id", .int(activity)), ("name", .text(record.name)), ("array_id", .optional(array))])
    for region in record.regions {
      let key = try connection.insert(
        "region",
        [
          ("atlas_id", .int(atlas)), ("name", .text(region.name)), ("hemisphere", .optional(region.hemisphere)),
          ("code", .optional(region.code)),
        ])
      for (grouping, name) in region.groups.sorted(by: { $0.key < $1.key }) {
        try connection.insert(
          "region_group", [("region_id", .int(key)), ("grouping", .text(grouping)), ("name", .text(name))])
      }
    }
  }

  private func enterTables() throws {
    for participant in batch.participants {
      guard let key = try subject(participant.subject) else { continue }
      for (name, value) in participant.columns.sorted(by: { $0.key < $1.key }) {
        try connection.insert(
          "subject_attribute",
          [
            ("subject_id", .int(key)), ("name", .text(name)), ("value", .text(value)), ("activity_id", .int(activity)),
          ], conflict: "OR REPLACE")
      }
    }
    for row in batch.exclusions {
      try connection.insert(
        "exclusion",
        [
          ("activity_id", .int(activity)), ("dataset_id", .int(dataset)), ("list", .text(row.list)),
          ("subject", .optional(row.subject)), ("session", .optional(row.session)), ("run", .optional(row.run)),
          ("stimulus", .optional(row.stimulus)), ("channel", .optional(row.channel)),
          ("component", .optional(row.component)), ("onset_s", .optional(row.onsetS)),
          ("offset_s", .optional(row.offsetS)), ("reason", .text(row.reason)),
        ])
    }
    for bank in batch.filterBanks { try connection.insert("filter_bank", bank.row(activity: activity)) }
    let hasTables = !batch.participants.isEmpty || !batch.exclusions.isEmpty || !batch.atlases.isEmpty
    if hasTables || !batch.filterBanks.isEmpty {
      let artifact = try connection.artifact(
        kind: "table", name: batch.verb + " " + batch.key.prefix(12), sha256: batch.key)
      try connection.recordGeneration(activity, of: artifact)
    }
  }
}
