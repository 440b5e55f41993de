import ContentIdentity
import Diagnostics
import Electrophysiology
import Plans
import Showings
import Warehouse

/// `preparation.source`: every EEG recording through one `source_localisation` unit, and for every set of channels one
/// `source_kernel` unit, which says what they can tell apart.
struct SourceLocalisationStage: RecordingStage {
  private let spec: SourceSpec
  private let context: StudyContext
  private let leadfield: PlannedLeadfield
  private(set) var units: [Unit] = []
  private var kernels: [[String]: String] = [:]
  private var localised: [String: Unit] = [:]

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
    guard spec.label == .pcaFlip else { return [] }
    return [
      "label: pca_flip has a sign and weights of its own in every recording: synchrony of signed series is not meaningful"
    ]
  }

  mutating func apply(_ recordings: [StudyRecording]) throws -> [StudyRecording] {
    let shown = Dictionary(grouping: recordings, by: \.arrayName)
    return try recordings.map { recording in
      guard recording.row.text("modality") == "eeg", recording.row.text("space_axis") == "channel" else {
        return recording
      }
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

  private mutating func unit(of recording: StudyRecording, shown: [StudyRecording]) throws -> Unit {
    let bad = Set(shown.flatMap(\.bad))
    let match = SensorMatch(channels: recording.labels.filter { !bad.contains($0) }, sensors: leadfield.channels)
    guard match.pairs.count >= Self.leastChannels else {
      throw EvokeError(
        .leadfieldChannels, recording.arrayName,
        reason: "\(match.pairs.count) of its channels have a sensor in leadfield \(leadfield.name); without: "
          + "\(Self.list(match.unmatched))",
        remedy: "rename its channels to the leadfield's (\(Self.list(leadfield.channels))), or use another leadfield")
    }
    let onset = shown.map { $0.row.double("onset_s") }.min() ?? 0
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
    var parameters = common
    parameters["recording"] = .string(recording.arrayName)
    parameters["dataset"] = .string(recording.row.text("dataset"))
    parameters["subject"] = .string(recording.subject)
    parameters["channels"] = .array(match.pairs.map { .string($0.channel) })
    parameters["sensors"] = .array(match.pairs.map { .string($0.sensor) })
    parameters["channels_left_out"] = .array(left.map { .string($0) })
    parameters["sensors_unused"] = .int(leadfield.channels.count - match.pairs.count)
    if spec.noise == .baseline { parameters["baseline_s"] = .number(onset) }
    let unit = Unit(
      step: "source_localisation", version: Steps.version(of: "source_localisation"), parameters: .object(parameters),
      inputs: spec.isShared ? inputs : inputs + leadfield.inputs,
      label: "localisation of \(recording.arrayName)")
    localised[known] = unit
    units.append(unit)
    return unit
  }

  private var common: [String: JSONValue] {
    [
      "leadfield": .string(leadfield.name), "atlas": .string(leadfield.atlas),
      "regions": .array(leadfield.regions.map { .string($0) }), "direction_count": .int(leadfield.directionCount),
      "inverse": .string(spec.inverse.rawValue), "snr": .number(spec.snr),
      "orientation": .string(spec.orientation.rawValue), "depth": .number(spec.depth),
      "label": .string(spec.label.rawValue), "noise": .string(spec.noise.rawValue),
    ]
  }

  private mutating func plannedKernel(_ match: SensorMatch) -> String {
    let sensors = match.pairs.map(\.sensor)
    if let key = kernels[sensors] { return key }
    var parameters = common
    // What a recording adds to the noise does not enter the template.
    parameters["noise"] = .string(SourceSpec.Noise.adHoc.rawValue)
    parameters["sensors"] = .array(sensors.map { .string($0) })
    let unit = Unit(
      step: "source_kernel", version: Steps.version(of: "source_kernel"), parameters: .object(parameters),
      inputs: leadfield.inputs,
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
  var isShared: Bool { noise == .adHoc && label != .pcaFlip }
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
  let inputs: [Unit.Input]

  /// - Throws: `E-WH-010` for a leadfield that is not there, `E-LF-008` for one without regions or of another atlas,
  ///   `E-LF-007` for directions it lacks.
  init(_ spec: SourceSpec, _ context: StudyContext) throws {
    let study = context.definition.name
    let known = try context.report("leadfields")
    let names = known.map { $0.text("name") }
    guard let row = known.first(where: { $0.text("name") == spec.leadfield ?? (names.count == 1 ? names[0] : "") })
    else {
      throw EvokeError(
        .unknownName, "leadfield \(spec.leadfield ?? "") of study \(study)",
        reason: names.isEmpty ? "no leadfield is imported" : "there are \(names.joined(separator: ", "))",
        remedy: names.isEmpty ? "evoke import leadfield FILE, or --sphere standard" : "name one in preparation.source")
    }
    name = row.text("name")
    atlas = row.optionalText("atlas") ?? ""
    directionCount = row["direction_count"].int ?? 1
    let parts = try context.report("leadfield_arrays", ["name": .text(name)])
    var inputs: [Unit.Input] = []
    for part in parts where ["leadfield", "positions", "normals", "region"].contains(part.text("part")) {
      inputs.append(.array(role: part.text("part"), context.warehouse.reference(part)))
    }
    self.inputs = inputs
    channels = Self.texts(row, "channels")
    regions = Self.texts(row, "regions")
    guard !regions.isEmpty else {
      throw EvokeError(
        .leadfieldChannels, "leadfield \(name)", reason: "its sources have no regions",
        remedy: "import it again with --labels")
    }
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

  private static func texts(_ row: SQLRow, _ column: String) -> [String] {
    (try? JSONValue(parsing: row.text(column)))?.arrayValue?.compactMap(\.stringValue) ?? []
  }
}
