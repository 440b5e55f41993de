import Diagnostics
import Importing
import LabelledArrays

extension AnnotationReader {
  /// Series from arrays of HDF5, MATLAB and NumPy: one per dataset, and where it has the axes subject or feature one per
  /// entry of them. A row or a column of numbers is a series over time.
  ///
  /// Nothing in an array says its time but a scale: the rate is an option, and second 0 is assumed to be the first sample
  /// unless `--onset-s` says otherwise.
  mutating func readArrays(_ file: PathTemplate.File, _ renames: Renames, _ findings: inout Findings) {
    guard let opened = findings.collect(file.path, { try ArrayFile.open(file.path) }),
      let found = findings.collect(file.path, { try opened.datasets(options.array.data) })
    else { return }
    refuseTableOptions(file.path, &findings)
    for dataset in found {
      let object = opened.object(dataset.dataset)
      let fields = file.fields.merging(dataset.fields) { _, inside in inside }
      let place = PathTemplate.File(path: file.path, fields: fields, fixedName: file.fixedName)
      guard let names = findings.collect(object, { try SeriesNames(place, renames, known) }) else { continue }
      names.refuse(fieldsBut: [.stimulus, .subject, .session, .run], "annotations", object, &findings)
      do { try read(opened, dataset.dataset, names, &findings) } catch let error as EvokeError {
        findings.add(error)
      } catch {
        findings.error(.fileUnreadable, object, reason: "\(error)", remedy: "check the file and its disk")
      }
    }
  }

  private func refuseTableOptions(_ path: String, _ findings: inout Findings) {
    let table = options.table
    let given = [
      ("--map", !table.map.isEmpty), ("--rater", options.rater != nil), ("--raters", options.raters != nil),
      ("--rate", options.rateHz != nil), ("--time-unit", table.timeUnit != nil), ("--fps", table.fps != nil),
      ("--time-zero", table.timeZero != nil), ("--as", table.rows != nil), ("--decimal", table.decimal != nil),
    ]
    for (option, isGiven) in given where isGiven {
      findings.error(
        .optionMalformed, option, reason: "\(path) is an array, which has no columns, stamps or tiers",
        remedy: "leave it out; --rate-hz and --onset-s place an array in time, --axes and --labels name what it holds")
    }
  }

  /// An entry of the axes subject and feature.
  private struct Entry {
    let name: String
    let subject: String?
    let place: String
    /// Index along the axis subject; 0 where there is none, and so of feature.
    let subjectIndex: Int
    let featureIndex: Int
  }

  private mutating func read(
    _ file: ArrayFile, _ path: String, _ names: SeriesNames, _ findings: inout Findings
  ) throws {
    let array = try ArrayDataset(
      file, path, options: options.array, allowed: ["time", "subject", "feature"], fields: names.fields)
    guard array.sampleCount >= 2 else {
      throw EvokeError(
        .tooFewSamples, array.object, reason: "the time axis has \(array.sampleCount) entries", remedy: "check --axes")
    }
    let clock = try clock(of: array, &findings)
    var keys: [SeriesTable.Key: String] = [:]
    for (key, option) in [
      (SeriesTable.Key.stimulus, options.table.stimulus), (.subject, options.subject), (.session, options.session),
      (.run, options.table.run),
    ] { keys[key] = names.given(key, option: option, array.object, &findings) }
    if keys[.stimulus] == nil { keys[.stimulus] = try names.name(SourceFile.stem(file.path), .stimulus) }
    let values = try file.floats(path, offset: array.shape.map { _ in 0 }, count: array.shape)
    for entry in try entries(of: array, names, given: keys[.subject]) {
      var group = SeriesTable.Group(keys: keys)
      if let subject = entry.subject { group.keys[.subject] = subject }
      let series = array.series(subject: entry.subjectIndex, feature: entry.featureIndex, of: values)
      try add(series, entry, of: group, at: clock, &findings)
    }
  }

  /// When the samples of an array are, on the stimulus' clock.
  private struct Clock {
    let times: [Double]
    let rateHz: Double
    /// What says the rate.
    let rate: ClockSource
    /// What says where second 0 is.
    let onset: ClockSource
  }

  private func clock(of array: ArrayDataset, _ findings: inout Findings) throws -> Clock {
    let (rateHz, firstS) = try options.array.rate(of: array)
    // Without an option the rate came from a scale, whose first value is a stamp.
    let hasScale = try options.array.declaredRate() == nil && options.array.rateAttr == nil
    if options.onsetS == nil, !hasScale {
      findings.add(
        .note, .onsetAssumed, array.object, reason: "the stimulus is taken to start with the first sample",
        remedy: "give --onset-s if it started at another time")
    }
    let times = (0..<array.sampleCount).map { sample in
      let time = firstS + Double(sample) / rateHz
      return ((options.onsetS.map { time - $0 } ?? time) * 1e9).rounded() / 1e9
    }
    return Clock(
      times: times, rateHz: rateHz, rate: hasScale ? .stamps : .option,
      onset: options.onsetS != nil ? .option : hasScale ? .stamps : .assumed)
  }

  private mutating func add(
    _ values: [Double], _ entry: Entry, of group: SeriesTable.Group, at clock: Clock, _ findings: inout Findings
  ) throws {
    var group = group
    let (times, place) = (clock.times, entry.place)
    let values = options.table.withoutMissing(values)
    let first = times.firstIndex { $0 >= 0 } ?? times.count
    let before = findings.errorCount
    check(times, from: first, of: group.stimulus, place, &findings)
    if let index = values.firstIndex(where: \.isInfinite) {
      findings.error(
        .infiniteSamples, place, reason: "sample \(index) is infinite", remedy: "export missing samples as NaN")
    }
    // Arrays are read as float32, which the bounds have to be, too.
    if let scale,
      let strange = values.first(where: { value in
        Float(value) < Float(scale.lowerBound) || Float(value) > Float(scale.upperBound)
      })
    {
      findings.error(
        .tableOutOfScale, place, reason: "\(strange) is outside \(scale.lowerBound)...\(scale.upperBound)",
        remedy: MissingCode.remedy(outOfScale: Double(strange)))
    }
    guard findings.errorCount == before else { return }
    if scale == nil { MissingCode.warn(values, place, &findings) }
    try common.refuse(longer: times[times.count - 1], place)
    group.clock.state("rate", clock.rateHz, "Hz", by: clock.rate, of: place)
    group.clock.state("first sample", times[0], "s", by: clock.onset, of: place)
    add(
      group, NamedSeries(name: entry.name, rater: nil, place: place, onset: clock.onset),
      times: Array(times[first...]), values: Array(values[first...]), &findings)
  }

  private func check(
    _ times: [Double], from first: Int, of stimulus: String, _ place: String, _ findings: inout Findings
  ) {
    let last = times[times.count - 1]
    guard times.count - first >= 2 else {
      findings.error(
        .clockForeign, place, reason: "it ends at \(SeriesTable.short(last)) s of \(stimulus)",
        remedy: "correct --onset-s: the time in the array of stimulus second 0")
      return
    }
    if first > 0 {
      findings.add(
        .warning, .timesBeyondStimulus, place, reason: "its first \(first) samples lie before \(stimulus)",
        remedy: "they are left out; correct --onset-s if they should not")
    }
    guard let durationS = known.durations[stimulus], last > durationS + max(1, 0.01 * durationS) else { return }
    let isStrange = last > 2 * durationS + 60
    findings.add(
      isStrange ? .error : .warning, .timesBeyondStimulus, place,
      reason: "its last sample lies at \(SeriesTable.short(last)) s, \(stimulus) lasts "
        + "\(SeriesTable.short(durationS)) s",
      remedy: isStrange
        ? "name the right stimulus, or correct --rate-hz"
        : "check the stimulus and the rate; what lies beyond the end is never used")
  }

  private mutating func entries(
    of array: ArrayDataset, _ names: SeriesNames, given subject: String?
  ) throws -> [Entry] {
    guard array.length("subject") == nil || subject == nil else {
      throw EvokeError(
        .optionMalformed, array.object, reason: "the subject is given by an axis and by {subject} or --subject",
        remedy: "give it once")
    }
    let subjects = try array.length("subject").map { count in
      try labels.labels("subject", isSpace: false, of: array) ?? AxisLabels.numbered("sub", count, digits: 2)
    }
    let features = try array.length("feature").map { count in
      try annotationNames(array, count, names)
    }
    let single = features == nil ? [try options.table.name ?? options.array.seriesName(of: array, names)] : []
    return try (subjects ?? [""]).enumerated().flatMap { s, label in
      let subject = subjects == nil ? nil : try names.name(label, .subject)
      return (features ?? single).enumerated().map { f, name in
        Entry(
          name: name, subject: subject,
          place: [array.object, subject.map { "subject \($0)" }, features.map { _ in name }].compactMap { $0 }
            .joined(separator: " "), subjectIndex: s, featureIndex: f)
      }
    }
  }

  private mutating func annotationNames(_ array: ArrayDataset, _ count: Int, _ names: SeriesNames) throws -> [String] {
    if let given = try labels.labels("feature", isSpace: true, of: array) {
      guard let name = options.table.name, count > 1 else { return given }
      throw EvokeError(
        .optionMalformed, "--name \(name)", reason: "\(array.object) holds \(count) annotations",
        remedy: "leave it out: --labels names them")
    }
    guard count == 1 else {
      throw EvokeError(
        .labelsUnusable, array.object, reason: "nothing names its \(count) annotations",
        remedy: "give --labels feature=NAME,NAME, or --axes subject,time if they are of people")
    }
    return [try options.table.name ?? options.array.seriesName(of: array, names)]
  }
}

extension ArrayDataset {
  /// The series over time at these indices of the other axes, out of all values in file order.
  fileprivate func series(subject: Int, feature: Int, of values: [Float]) -> [Double] {
    let strides = shape.indices.map { shape[($0 + 1)...].reduce(1, *) }
    let start = zip(axes, strides).reduce(0) { place, axis in
      switch axis.0 {
      case "subject": place + subject * axis.1
      case "feature": place + feature * axis.1
      default: place
      }
    }
    return (0..<sampleCount).map { Double(values[start + $0 * strides[timeAxis]]) }
  }
}
