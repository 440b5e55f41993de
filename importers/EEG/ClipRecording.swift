import Diagnostics
import HDF5File
import Importing
import MATLABFile
import RecordingImport

/// MATLAB files with one variable per clip, as SEED has them: `djc_eeg1` ... `djc_eeg15` [channel, time], microvolts at
/// 200 Hz, or of the extracted features `de_LDS1` ... `de_LDS15` [channel, window, band], one window a second. Clips are
/// stimuli named by their number; `--data` is a template of variable names, `--axes` their axes as MATLAB shows them,
/// `--rename stimulus=FILE` names the clips and `--labels` the channels, which stand in another file.
///
/// Source: SEED and SEED-IV, *Preprocessed_EEG* and *ExtractedFeatures*.
struct ClipRecording {
  private static let bands = ["delta", "theta", "alpha", "beta", "gamma"]
  private static let axisNames = ["channel", "time", "band", "trial"]
  let file: ClipFile

  /// A variable with the fields its name gives.
  private typealias Clip = (variable: ClipFile.Variable, fields: [String: String], axes: [String])

  /// One recording per clip, or per clip and band or trial.
  ///
  /// - Throws: `templateNoMatch`, `dataAmbiguous`, `matlabType`, `axisName`, `axisCount`, `axisOrder`, MATLAB's errors.
  func recordings(_ options: RecordingOptions) throws -> [DescribedRecording] {
    var assumed: [Diagnostic] = []
    let found = try clips(options).flatMap { clip in
      let isSeries = !clip.axes.contains("band")
      let unit = try options.unit(otherwise: isSeries ? "uV" : "au")
      let rate = options.array.rateHz ?? (isSeries ? 200 : 1)
      if options.array.rateHz == nil, !assumed.contains(where: { $0.code == .eegRateAssumed }) {
        assumed.append(
          Diagnostic(
            .note, .eegRateAssumed, file.path,
            reason: isSeries
              ? "taken to be 200 Hz, as SEED is" : "taken to be one window a second, as SEED is (SEED-IV: 0.25 Hz)",
            remedy: "give --rate-hz if it is another"))
      }
      if isSeries, !assumed.contains(where: { $0.code == .eegUnit }),
        let note = options.microvoltsAssumed(file.path, as: "SEED")
      {
        assumed.append(note)
      }
      return try parts(clip, unit, rate).map { part in
        var part = part
        part.unitIsAssumed = isSeries && options.units == nil
        return part
      }
    }
    return found.enumerated().map { index, recording in
      var recording = recording
      if index == 0 { recording.notes = assumed }
      return recording
    }
  }

  /// nil for a file of MATLAB 7.3 that neither has SEED's layout nor is asked for clip by clip: an array like any other.
  func recordingsIfNamed(_ options: RecordingOptions) throws -> [DescribedRecording]? {
    guard try options.array.data.map({ $0.contains("{stimulus}") }) ?? !layout().isEmpty else { return nil }
    return try recordings(options)
  }

  private func parts(_ clip: Clip, _ unit: StoredUnit, _ rate: Double) throws -> [DescribedRecording] {
    let (file, variable) = (file, clip.variable)
    let layout = ClipLayout(axes: clip.axes, dims: variable.dims)
    let (channels, samples) = (layout.channels.count, layout.samples.count)
    guard channels < samples else {
      throw EvokeError(
        .axisOrder, "\(file.path):\(variable.name)", reason: "\(channels) channels but only \(samples) samples",
        remedy: "give --axes, the axes as MATLAB shows them, such as time,channel")
    }
    let split = layout.split?.name
    return (0..<layout.partCount).map { part in
      let place = "\(file.path):\(variable.name)"
      var recording = DescribedRecording(
        place: split.map { "\(place) \($0) \(part + 1)" } ?? place, rateHz: rate, sampleCount: samples,
        channelCount: channels, labels: nil, units: unit.symbol
      ) { range in
        let all = try file.values(variable)
        return layout.part(part, of: all, range).map { Float(Double($0) * unit.factor) }
      }
      recording.fields = clip.fields
      if split == "band" { recording.signal = "\(Self.family(variable.name))_\(Self.bands[part])" }
      if split == "trial" { recording.fields["run"] = "trial-\(part + 1)" }
      return recording
    }
  }

  /// `de_LDS` of `de_LDS12`.
  private static func family(_ name: String) -> String {
    String(name.reversed().drop { $0.isNumber || $0 == "_" }.reversed())
  }

  private func clips(_ options: RecordingOptions) throws -> [Clip] {
    let found: [(ClipFile.Variable, [String: String])]
    if let data = options.array.data {
      let template = try PathTemplate(data)
      found = file.variables.compactMap { variable in template.match(variable.name).map { (variable, $0) } }
    } else {
      found = try layout()
    }
    guard !found.isEmpty else {
      throw EvokeError(
        .templateNoMatch, file.path, reason: "its variables are: \(NearMiss.list(file.variables.map(\.name)))",
        remedy: "give --data as a template of their names, such as '*_eeg{stimulus}'")
    }
    return try found.map { variable, fields in (variable, fields, try axes(variable, options.array.axes)) }
  }

  /// The variables of SEED's layouts; one family of features at a time.
  private func layout() throws -> [(ClipFile.Variable, [String: String])] {
    let series = file.variables.compactMap { variable in
      variable.name.wholeMatch(of: /.+_eeg([0-9]+)/).map { (variable, ["stimulus": String($0.1)]) }
    }
    if !series.isEmpty { return series }
    let features = file.variables.compactMap { variable in
      variable.dims.count == 3 && variable.dims[2] == Self.bands.count
        ? variable.name.wholeMatch(of: /[a-z]+_(?:LDS|movingAve)([0-9]+)/).map {
          (variable, ["stimulus": String($0.1)])
        } : nil
    }
    let families = Set(features.map { Self.family($0.0.name) }).sorted()
    guard families.count < 2 else {
      throw EvokeError(
        .dataAmbiguous, file.path, reason: "it holds \(families.joined(separator: ", ")), each of every clip",
        remedy: "give --data '\(families[0]){stimulus}' or another of them")
    }
    return features
  }

  private func axes(_ variable: ClipFile.Variable, _ option: String?) throws -> [String] {
    let object = "\(file.path):\(variable.name)"
    guard variable.isReal else {
      throw EvokeError(
        .matlabType, object, reason: "it is \(variable.description), real numbers [channel, time] are needed",
        remedy: "narrow --data")
    }
    guard let option else {
      switch variable.dims.count {
      case 2: return ["channel", "time"]
      case 3 where variable.dims[2] == Self.bands.count: return ["channel", "time", "band"]
      default:
        throw EvokeError(
          .axesMissing, object, reason: "it is \(variable.description)",
          remedy: "give --axes channel,time,trial, as MATLAB shows them")
      }
    }
    let axes = OptionText.list(option)
    guard axes.count == variable.dims.count else {
      throw EvokeError(
        .axisCount, object, reason: "it is \(variable.description), --axes names \(axes.count) axes",
        remedy: "name all \(variable.dims.count), as MATLAB shows them")
    }
    guard Set(axes).count == axes.count, axes.contains("time"), axes.allSatisfy(Self.axisNames.contains),
      !(axes.contains("band") && axes.contains("trial"))
    else {
      throw EvokeError(
        .axisName, "--axes \(option)", reason: "the axes of a clip are time, channel and band or trial, each once",
        remedy: "name them as MATLAB shows them")
    }
    guard axes.firstIndex(of: "band").map({ variable.dims[$0] == Self.bands.count }) ?? true else {
      throw EvokeError(
        .axisCount, object, reason: "it is \(variable.description): not five bands",
        remedy: "import the bands one by one with --axes channel,time,trial")
    }
    return axes
  }
}

/// How a clip's numbers lie, column-major.
struct ClipLayout: Sendable {
  struct Axis: Sendable {
    let name: String
    let count: Int
    let stride: Int
  }

  let samples: Axis
  /// One where the clip has no axis of channels.
  let channels: Axis
  /// The axis band or trial, along which a clip holds several recordings.
  let split: Axis?

  var partCount: Int { split?.count ?? 1 }

  /// - Parameter axes: as many as `dims`; one is time.
  init(axes: [String], dims: [Int]) {
    var all: [Axis] = []
    var stride = 1
    for (name, count) in zip(axes, dims) {
      all.append(Axis(name: name, count: count, stride: stride))
      stride *= count
    }
    guard let time = all.first(where: { $0.name == "time" }) else { preconditionFailure("axes without time: \(axes)") }
    samples = time
    channels = all.first { $0.name == "channel" } ?? Axis(name: "channel", count: 1, stride: 0)
    split = all.first { $0.name == "band" || $0.name == "trial" }
  }

  /// `[time, channel]` of one part.
  func part(_ index: Int, of all: [Float], _ range: Range<Int>) -> [Float] {
    var start = 0
    if let split { start = index * split.stride }
    if channels.stride == 1, samples.stride == channels.count {
      return Array(all[start + range.lowerBound * channels.count..<start + range.upperBound * channels.count])
    }
    var values: [Float] = []
    values.reserveCapacity(range.count * channels.count)
    for t in range {
      for c in 0..<channels.count { values.append(all[start + t * samples.stride + c * channels.stride]) }
    }
    return values
  }
}

/// A MATLAB file of either version as a list of variables.
struct ClipFile: Sendable {
  /// One variable; `dims` as MATLAB shows them.
  struct Variable: Sendable {
    let name: String
    let dims: [Int]
    let isReal: Bool
    let kind: String

    var description: String { dims.map(String.init).joined(separator: " x ") + " " + kind }
  }

  private enum Storage {
    case matlab5(MATLABFile)
    case hdf5(HDF5File)
  }

  let path: String
  let variables: [Variable]
  private let storage: Storage
  private let cache: SampleCache

  init(_ file: MATLABFile, _ cache: SampleCache) {
    path = file.path
    storage = .matlab5(file)
    self.cache = cache
    variables = file.variables.map {
      Variable(
        name: $0.name, dims: $0.dims, isReal: $0.kind.isNumeric && !$0.isComplex && !$0.isSparse,
        kind: ($0.isComplex ? "complex " : "") + ($0.isSparse ? "sparse " : "") + $0.kind.rawValue)
    }
  }

  /// nil for HDF5 that MATLAB did not write.
  init?(_ file: HDF5File, _ cache: SampleCache) throws {
    path = file.path
    storage = .hdf5(file)
    self.cache = cache
    variables = try file.datasets().compactMap { info in
      let name = String(info.path.dropFirst())
      guard !name.contains("/"), let kind = try file.attribute("MATLAB_class", of: info.path)?.text else { return nil }
      let isReal = info.type.isNumeric && kind != "char"
      return Variable(name: name, dims: info.shape.reversed(), isReal: isReal, kind: kind)
    }
    if variables.isEmpty { return nil }
  }

  /// The numbers, column-major.
  func values(_ variable: Variable) throws -> [Float] {
    try cache.values("\(path):\(variable.name)") {
      switch storage {
      case .matlab5(let file): try file.numbers(variable.name).real.map(Float.init)
      case .hdf5(let file): try file.floats(variable.name)
      }
    }
  }
}
