import Diagnostics
import Importing
import LabelledArrays

/// Feature series and layered embeddings from HDF5 and .npy arrays.
///
/// Layer keys are those of `--labels layer=...`, else `hs.0`, `hs.1`, ...; depth is the index along the axis and
/// relative depth is depth over the largest.
struct FeatureArrayReader {
  let options: FeatureOptions

  mutating func read(
    _ file: PathTemplate.File, renames: Renames, known: KnownNames, _ sources: inout [SourceFile],
    _ findings: inout Findings
  ) -> [FeatureRecord] {
    if let space = options.spaces.first {
      findings.error(
        .optionMalformed, "--space \(space)", reason: "\(file.path) is an array, columns have no names in it",
        remedy: "give --name for the space, and --labels for its components")
      return []
    }
    guard options.table.missing.isEmpty else {
      findings.error(
        .optionMalformed, "--missing", reason: "\(file.path) is an array of features",
        remedy: "leave it out, and write NaN where a value is missing")
      return []
    }
    var labels = AxisLabels(options.array.labels, &findings)
    guard !findings.hasErrors, let opened = findings.collect(file.path, { try ArrayFile.open(file.path) }),
      let found = findings.collect(file.path, { try opened.datasets(options.array.data) })
    else { return [] }
    var read: [FeatureRecord] = []
    for dataset in found {
      let fields = file.fields.merging(dataset.fields) { _, inner in inner }
      let object = opened.object(dataset.dataset)
      let found = PathTemplate.File(path: file.path, fields: fields, fixedName: file.fixedName)
      guard let names = findings.collect(object, { try SeriesNames(found, renames, known) }) else { continue }
      names.refuse(fieldsBut: [.stimulus, .run], "features", object, &findings)
      let stimulus = names.given(.stimulus, option: options.table.stimulus, object, &findings)
      let run = names.given(.run, option: options.table.run, object, &findings)
      let records = findings.collect(object) {
        try self.records(opened, dataset.dataset, names, &labels) { space in
          Place(
            space: space, stimulus: try stimulus ?? names.name(SourceFile.stem(file.path), .stimulus), run: run)
        }
      }
      guard let records else { continue }
      for record in records { check(record, object, &findings) }
      read += records
    }
    for source in labels.sources where !sources.contains(source) { sources.append(source) }
    return read
  }

  private func records(
    _ file: ArrayFile, _ dataset: String, _ names: SeriesNames, _ labels: inout AxisLabels,
    place: (String) throws -> Place
  ) throws -> [FeatureRecord] {
    let array = try ArrayDataset(
      file, dataset, options: options.array, allowed: ["time", "layer", "component", "feature"], fields: names.fields)
    guard !array.axes.contains("component") || !array.axes.contains("feature") else {
      throw EvokeError(
        .axisName, array.object, reason: "component and feature are both given", remedy: "name one of them")
    }
    guard array.sampleCount >= 2 else {
      throw EvokeError(
        .tooFewSamples, array.object, reason: "the time axis has \(array.sampleCount) entries", remedy: "check --axes")
    }
    let rate = try options.array.rate(of: array)
    let space = try spaceName(array, names)
    let place = try place(space)
    let features = try featureNames(of: array, space: space, &labels)
    guard let layers = try layerKeys(of: array, &labels) else {
      return [record(array, place, features, layer: nil, rate)]
    }
    return layers.enumerated().map { index, key in
      var record = record(array, place, features, layer: index, rate)
      record.layerKey = key
      record.depth = index
      record.relDepth = layers.count > 1 ? Double(index) / Double(layers.count - 1) : 0
      return record
    }
  }

  /// What the series of an array are called.
  private struct Place {
    let space: String
    let stimulus: String
    let run: String?
  }

  /// The space by option, by its model, or by what the array is called.
  ///
  /// - Throws: `spaceUnnamed`.
  private func spaceName(_ array: ArrayDataset, _ names: SeriesNames) throws -> String {
    try options.table.name ?? options.model ?? options.array.seriesName(of: array, names)
  }

  /// - Parameter layer: index along the axis layer.
  private func record(
    _ array: ArrayDataset, _ place: Place, _ features: [String], layer: Int?, _ rate: (hz: Double, firstS: Double)
  ) -> FeatureRecord {
    let source = FeatureSource(array: array, layer: layer, rateHz: rate.hz, firstS: rate.firstS, features: features)
    var record = FeatureRecord(
      space: place.space, stimulus: place.stimulus, element: options.element ?? "original", featureNames: features,
      array: ArraySource { try source.array() },
      sampleCount: array.sampleCount, firstS: rate.firstS, rateHz: rate.hz)
    // Of options that contradict each other reading the rate has told.
    let isTold = options.array.rateHz != nil || options.array.trS != nil
    record.clock.state("rate", rate.hz, "Hz", by: isTold ? .option : .header, of: array.object)
    record.clock.state("first stamp", rate.firstS, "s", by: isTold ? .assumed : .header, of: array.object)
    record.run = place.run
    record.model = options.model
    return record
  }

  private func featureNames(
    of array: ArrayDataset, space: String, _ labels: inout AxisLabels
  ) throws -> [String] {
    guard let width = array.axes.first(where: { $0 == "component" || $0 == "feature" }),
      let count = array.length(width)
    else { return [space] }
    if let given = try labels.labels(width, isSpace: true, of: array) { return given }
    if count == 1, options.array.axes == nil { return [space] }
    // Components of an embedding have no names of their own.
    let digits = max(3, String(count).count)
    return (1...max(1, count)).prefix(count).map { index in
      "c" + String(repeating: "0", count: digits - String(index).count) + String(index)
    }
  }

  /// nil for an array without layers.
  private func layerKeys(of array: ArrayDataset, _ labels: inout AxisLabels) throws -> [String]? {
    guard let count = array.length("layer") else { return nil }
    guard options.model != nil else {
      throw EvokeError(
        .optionMalformed, array.object, reason: "layers belong to a model, and none is named",
        remedy: "give --model NAME")
    }
    return try labels.labels("layer", isSpace: false, of: array) ?? (0..<count).map { "hs.\($0)" }
  }

  private func check(_ record: FeatureRecord, _ object: String, _ findings: inout Findings) {
    guard let array = findings.collect(object, { try record.array.load() }) else { return }
    let place = record.layerKey.map { "\(object) layer \($0)" } ?? object
    let width = record.featureNames.count
    var present = [Bool](repeating: false, count: width)
    var missing = 0
    for (index, value) in array.values.enumerated() {
      if value.isInfinite {
        findings.error(
          .infiniteSamples,
          "\(place), \(record.featureNames[index % width])",
          reason: "sample \(index / width) is infinite", remedy: "export missing samples as NaN")
        return
      }
      if value.isNaN { missing += 1 } else { present[index % width] = true }
    }
    for (name, has) in zip(record.featureNames, present) where !has {
      findings.error(
        .tableNoValues, "\(place), \(name)", reason: "every value is missing",
        remedy: "leave the component out, or check the export")
    }
    if missing > 0 {
      findings.add(
        .warning, .missingSamples, place, reason: "\(missing) of \(array.values.count) values are NaN",
        remedy: "they stay missing; check whether so many are expected")
    }
  }
}

/// Where one layer of a feature array lies.
struct FeatureSource: Sendable {
  let place: Place
  /// Index along the axis layer; nil for an array without layers.
  let layer: Int?
  let rateHz: Double
  let firstS: Double
  let features: [String]

  /// The dataset by its file's path: it is opened again when it is stored.
  struct Place: Sendable {
    let file: String
    let dataset: String
    let axes: [String]
    let shape: [Int]
    let timeAxis: Int
  }

  init(array: ArrayDataset, layer: Int?, rateHz: Double, firstS: Double, features: [String]) {
    place = Place(
      file: array.file.path, dataset: array.path, axes: array.axes, shape: array.shape, timeAxis: array.timeAxis)
    self.layer = layer
    self.rateHz = rateHz
    self.firstS = firstS
    self.features = features
  }

  /// `[time, feature]`, whatever the file's order.
  func array() throws -> LabelledArray {
    let opened = try ArrayFile.open(place.file)
    let (axes, shape, time) = (place.axes, place.shape, place.timeAxis)
    var offset = shape.map { _ in 0 }
    var count = shape
    if let layer, let axis = axes.firstIndex(of: "layer") { (offset[axis], count[axis]) = (layer, 1) }
    let series = axes.firstIndex { $0 == "component" || $0 == "feature" }
    var values = try opened.exactFloats(place.dataset, offset: offset, count: count, seriesAxis: series)
    if let width = series, width < time {
      let (rows, columns) = (shape[width], shape[time])
      var turned = [Float](repeating: 0, count: values.count)
      for row in 0..<rows { for column in 0..<columns { turned[column * rows + row] = values[row * columns + column] } }
      values = turned
    }
    let times = (0..<shape[time]).map { firstS + Double($0) / rateHz }
    return LabelledArray(axes: [.time(times), .labels("feature", features)], values: values, units: "1")
  }
}
