import ContentIdentity
import Diagnostics
import Electrophysiology
import Showings
import StudyFiles
import Vocabulary
import Warehouse
import Work

/// `preparation.source`: every EEG recording through one `source_localisation` unit, and for every set of channels one
/// `source_kernel` unit, which says what they can tell apart.
struct SourceLocalisationStage: RecordingStage {
  private let spec: SourceSpec
  private let context: StudyContext
  private let leadfield: PlannedLeadfield
  private(set) var units: [WorkUnit] = []
  private var kernels: [[String]: String] = [:]
  private var localised: [String: WorkUnit] = [:]

  /// Nil where the study does not localise.
  init?(_ context: StudyContext) throws {
    guard let spec = context.definition.sourceLocalisation else { return nil }
    self.spec = spec
    self.context = context
    leadfield = try PlannedLeadfield(spec, context)
  }

  /// Fewer channels leave nothing of 68 regions.
  static let leastChannels = 8

  var notes: [String] {
    guard spec.label == .principalFlip else { return [] }
    return [
      "label: pca_flip has a sign and weights of its own in every recording: synchrony of signed series is not meaningful"
    ]
  }

  mutating func apply(_ recordings: [StudyRecording]) throws -> [StudyRecording] {
    let shown = Dictionary(grouping: recordings, by: \.arrayName)
    return try recordings.map { recording in
      guard recording.isElectrodes else { return recording }
      let unit = try unit(of: recording, shown: shown[recording.arrayName] ?? [recording])
      var result = recording
      result.source = .computed(unit.key)
      result.arrayName = SourceLocalisationStep.arrayName(recording: recording.arrayName, key: unit.key)
      result.signal = "source"
      result.labels = leadfield.regions
      result.bad = []
      // A region mixes all channels: a stretch that is excluded in one is excluded in all.
      result.blank = recording.blank.map { BlankStretch(from: $0.from, to: $0.to) }
      return result
    }
  }

  private mutating func unit(of recording: StudyRecording, shown: [StudyRecording]) throws -> WorkUnit {
    let bad = Set(shown.flatMap(\.bad))
    let match = SensorMatch(channels: recording.labels.filter { !bad.contains($0) }, sensors: leadfield.channels)
    guard match.pairs.count >= Self.leastChannels else {
      throw EvokeError(
        .leadfieldChannels, recording.arrayName,
        reason: "\(match.pairs.count) of its channels have a sensor in leadfield \(leadfield.name); without: "
          + "\(Self.list(match.unmatched))",
        remedy: "rename its channels to the leadfield's (\(Self.list(leadfield.channels))), or use another leadfield")
    }
    let onset = shown.map { $0.row.onsetS }.reduce(.infinity, min)
    if spec.noise == .baseline, onset < 30 {
      throw EvokeError(
        .noBaseline, recording.arrayName, reason: "its first stimulus starts at \(JSONValue.number(onset).canonical) s",
        remedy: "use noise: ad_hoc, or import more of the recording before the stimulus")
    }
    let kernel = plannedKernel(match)
    let known = recording.arrayName + "\n" + match.pairs.map(\.channel).joined(separator: "\n")
    if let unit = localised[known] { return unit }
    let left = match.unmatched + recording.labels.filter(bad.contains)
    let inputs = [recording.input(role: "recording"), .unit(role: "kernel", key: kernel)]
    let unit = SourceLocalisationStep().unit(
      SourceLocalisationStep.Parameters(
        model: model(match), noise: spec.noise == .baseline ? .baseline(seconds: onset) : .adHoc,
        recording: recording.arrayName, dataset: recording.row.dataset, subject: recording.subject,
        channels: match.pairs.map(\.channel), channelsLeftOut: left,
        sensorsUnused: leadfield.channels.count - match.pairs.count),
      inputs: spec.isShared ? inputs : inputs + leadfield.inputs, label: "localisation of \(recording.arrayName)")
    localised[known] = unit
    units.append(unit)
    return unit
  }

  private func model(_ match: SensorMatch) -> SourceModel.Parameters {
    SourceModel.Parameters(
      leadfield: leadfield.name, atlas: leadfield.atlas, regions: leadfield.regions,
      directionCount: leadfield.directionCount, inverse: spec.inverse, snr: spec.snr, orientation: spec.orientation,
      depth: spec.depth, label: spec.label, sensors: match.pairs.map(\.sensor))
  }

  /// What a recording adds to the noise does not enter this template.
  private mutating func plannedKernel(_ match: SensorMatch) -> String {
    let sensors = match.pairs.map(\.sensor)
    if let key = kernels[sensors] { return key }
    let unit = SourceKernelStep().unit(
      model(match), inputs: leadfield.inputs,
      label: "\(spec.inverse.rawValue) inverse of leadfield \(leadfield.name) for \(sensors.count) channels")
    kernels[sensors] = unit.key
    units.append(unit)
    return unit.key
  }

  private static func list(_ names: [String]) -> String {
    names.prefix(12).joined(separator: ", ") + (names.count > 12 ? ", … (\(names.count) in all)" : "")
  }
}

extension SourceSpec {
  /// Whether one kernel serves all recordings of the same channels.
  var isShared: Bool { noise == .adHoc && label != .principalFlip }
}

/// Channels of a recording and sensors of a leadfield, by name: any case, T3 being T7, `EEG Fp1-REF` being Fp1; what
/// is called `T7/T3` has both names.
struct SensorMatch {
  /// In the recording's order.
  let pairs: [(channel: String, sensor: String)]
  /// Channels without a sensor.
  let unmatched: [String]

  init(channels: [String], sensors: [String]) {
    var places: [String: String] = [:]
    for sensor in sensors {
      for name in sensor.split(separator: "/") { places[Self.plain(String(name))] = sensor }
    }
    var taken: Set<String> = []
    var pairs: [(channel: String, sensor: String)] = []
    var unmatched: [String] = []
    for channel in channels {
      let found = channel.split(separator: "/").compactMap { places[Self.plain(String($0))] }.first
      if let sensor = found, taken.insert(sensor).inserted {
        pairs.append((channel, sensor))
      } else {
        unmatched.append(channel)
      }
    }
    self.pairs = pairs
    self.unmatched = unmatched
  }

  private static func plain(_ name: String) -> String { (StandardMontage.standardName(name) ?? name).lowercased() }
}

/// The leadfield a study names, with its arrays.
struct PlannedLeadfield {
  let name: String
  let atlas: String
  let directionCount: Int
  let channels: [String]
  let regions: [String]
  /// Roles: leadfield, positions, normals, region.
  let inputs: [WorkUnit.Input]

  /// - Throws: `E-WH-010` for a leadfield that is not there, `E-LF-008` for one without regions or of another atlas,
  ///   `E-LF-007` for directions it lacks.
  init(_ spec: SourceSpec, _ context: StudyContext) throws {
    let study = context.definition.name
    let known = try context.warehouse.read { try $0.leadfields() }
    let names = known.map(\.name)
    let wanted = spec.leadfield ?? (names.count == 1 ? names[0] : nil)
    guard let row = known.first(where: { $0.name == wanted }) else {
      throw EvokeError(
        .unknownName, "\(spec.leadfield.map { "leadfield \($0)" } ?? "the leadfield") of study \(study)",
        reason: names.isEmpty ? "no leadfield is imported" : "there are \(names.joined(separator: ", "))",
        remedy: names.isEmpty ? "evoke import leadfield FILE, or --sphere standard" : "name one in preparation.source")
    }
    let parts = try context.warehouse.read { try $0.leadfieldArrays(name: row.name) }
    name = row.name
    directionCount = row.directionCount
    inputs = try parts.filter { ["leadfield", "positions", "normals", "region"].contains($0.part) }.map {
      .array(role: $0.part, try context.warehouse.reference($0))
    }
    channels = try StudyRecording.texts(row.channels)
    regions = try StudyRecording.texts(row.regions)
    guard !regions.isEmpty, let atlas = row.atlas else {
      throw EvokeError(
        .leadfieldChannels, "leadfield \(name)", reason: "its sources have no regions",
        remedy: "import it again with --labels")
    }
    self.atlas = atlas
    if let wanted = spec.atlas, wanted != atlas {
      throw EvokeError(
        .leadfieldChannels, "atlas \(wanted) of study \(study)", reason: "leadfield \(name) has regions of \(atlas)",
        remedy: "write atlas: \(atlas), or import the leadfield with labels of \(wanted)")
    }
    if spec.orientation != .fixed, directionCount == 1 {
      throw EvokeError(
        .leadfieldOrientation, "orientation: \(spec.orientation.rawValue) of study \(study)",
        reason: "the sources of leadfield \(name) have one direction each", remedy: "use orientation: fixed")
    }
  }
}
