import ContentIdentity
import LabelledArrays
import Showings
import Warehouse

/// Arrays of synchrony of one stimulus.
struct SynchronyOutput {
  let settings: SynchronySettings
  let cohort: CohortName
  /// Key of the unit.
  let unit: String
  let stimulus: String
  let subjects: [String]
  let labels: [String]
  /// Groups in the file; several stimuli of one unit have their own.
  var prefix = ""

  private var regions: Axis { .labels("region", labels) }

  func description(_ kind: String) -> ArrayDescription {
    let choice = settings.choice
    let windows = "w\(JSONValue.number(settings.windowS).canonical)s\(JSONValue.number(settings.stepS).canonical)"
    let parts = [
      cohort.cohort, stimulus, kind,
      choice.band == .named(.broad) ? choice.signal.rawValue : "\(choice.signal.rawValue)-\(choice.bandName)",
      settings.method.rawValue, "\(windows)-\(settings.anchor.rawValue)", String(unit.prefix(8)),
    ]
    var description = ArrayDescription(
      name: parts.joined(separator: "/"), kind: kind, parameters: settings.asInStudy)
    description.dataset = cohort.dataset
    description.cohort = cohort.cohort
    description.stimulus = stimulus
    return description
  }

  /// Of an array over windows.
  func dynamicDescription(_ kind: String) -> ArrayDescription {
    var description = description(kind)
    description.rateHz = 1 / settings.stepS
    return description
  }

  /// Dynamic values `[time, region]` and, where there are, each subject's `[time, subject, region]`.
  func write(_ values: [Double], subjects each: [Double]?, times: [Double], _ writer: ArrayFileWriter) throws {
    try writer.add(
      dynamicDescription("synchrony"), group: prefix + "dynamic",
      LabelledArray(axes: [.time(times), regions], values: values.map(Float.init)))
    guard let each else { return }
    try writer.add(
      dynamicDescription("synchrony_subject"), group: prefix + "subject",
      LabelledArray(axes: [.time(times), .labels("subject", subjects), regions], values: each.map(Float.init)))
  }

  /// Each subject's value over the whole stimulus, `[subject, region]`, with the most samples of a region that all lack and how
  /// far apart samples are that are compared.
  func write(fixed: [Double], lackedByAll: Int, _ spread: SampleSpread, _ writer: ArrayFileWriter) throws {
    var description = description("synchrony_static")
    if case .object(var parameters) = description.parameters {
      parameters["samples_lacked_by_all"] = .int(lackedByAll)
      parameters["misalignment_s"] = .number(spread.seconds)
      description.parameters = .object(parameters)
    }
    try writer.add(
      description, group: prefix + "static",
      LabelledArray(axes: [.labels("subject", subjects), regions], values: fixed.map(Float.init)))
  }

  /// The synchrony of the first 16 splits' halves, `[time, draw, region]`: draw 2s and 2s + 1 are the halves of split s.
  func write(halves: [Double], splits: Int, times: [Double], _ writer: ArrayFileWriter) throws {
    guard splits > 0 else { return }
    let (count, windows, regionCount) = (2 * min(16, splits), times.count, labels.count)
    var values: [Float] = []
    values.reserveCapacity(count * windows * regionCount)
    for window in 0..<windows {
      for half in 0..<count {
        let from = (half * windows + window) * regionCount
        for region in 0..<regionCount { values.append(Float(halves[from + region])) }
      }
    }
    var description = dynamicDescription("synchrony_halves")
    if case .object(var parameters) = description.parameters {
      parameters["subject_count"] = .int(subjects.count)
      description.parameters = .object(parameters)
    }
    try writer.add(
      description, group: prefix + "halves",
      LabelledArray(axes: [.time(times), .index("draw", count), regions], values: values))
  }

  /// Null draws of the static value and of the mean over windows, `[draw, region]` each.
  func write(null: [Double], overWindows means: [Double], _ writer: ArrayFileWriter) throws {
    try write(draws: null, "null", writer)
    try write(draws: means, "null_mean", writer)
  }

  private func write(draws null: [Double], _ group: String, _ writer: ArrayFileWriter) throws {
    var description = description("null")
    description.name += "/" + group
    try writer.add(
      description, group: prefix + group,
      LabelledArray(axes: [.index("draw", null.count / max(1, labels.count)), regions], values: null.map(Float.init)))
  }
}
