import Diagnostics
import HDF5File
import Importing
import LabelledArrays

/// Feature series and layered embeddings from HDF5 and .npy arrays.
///
/// Layer keys are those of `--labels layer=...`, else `hs.0`, `hs.1`, ...; depth is the index along the axis and
/// relative depth is depth over the largest.
struct FeatureArrayReader {
  let options: FeatureOptions

  mutating func read(
    _ file: PathTemplate.File, _ sources: inout [SourceFile], _ findings: inout Findings
  ) -> [FeatureRecord] {
    if let space = options.spaces.first {
      findings.error(
        .optionMalformed, "--space \(space)", reason: "\(file.path) is an array, columns have no names in it",
        remedy: "give --name for the space, and --labels for its components")
      return []
    }
    var labels = AxisLabels(options.array.labels, &findings)
    let renames = Renames(options.array.rename, &findings)
    guard !findings.hasErrors, let opened = findings.collect(file.path, { try ArrayFile.open(file.path) }),
      let found = findings.collect(file.path, { try opened.datasets(options.array.data) })
    else { return [] }
    var read: [FeatureRecord] = []
    for dataset in found {
      let fields = file.fields.merging(dataset.fields) { _, inner in inner }
      let records = findings.collect(opened.object(dataset.dataset)) {
        try self.records(
          opened, dataset.dataset, try fields.reduce(into: [:]) { $0[$1.key] = try renames.name($1.value, $1.key) },
          &labels)
      }
      for record in records ?? [] {
        check(record, opened.object(dataset.dataset), &findings)
        read.append(record)
      }
    }
    for source in labels.sources + renames.sources where !sources.contains(source) { sources.append(source) }
    return read
  }

  private func records(
    _ file: ArrayFile, _ dataset: String, _ fields: [String: String], _ labels: inout AxisLabels
  ) throws -> [FeatureRecord] {
    let object = file.object(dataset)
    if let field = fields.keys.first(where: { $0 != "stimulus" && $0 != "run" }) {
      throw EvokeError(
        .optionMalformed, object, reason: "features have no \(field)",
        remedy: "use {stimulus}, {run} and * in templates")
    }
    let shape = try file.shape(dataset)
    let axes = try options.array.axisNames(
      file, dataset, shape: shape, allowed: ["time", "layer", "component", "feature"])
    let width = axes.filter { $0 == "component" || $0 == "feature" }
    guard width.count <= 1 else {
      throw EvokeError(.axisName, object, reason: "component and feature are both given", remedy: "name one of them")
    }
    let timeAxis = axes.firstIndex(of: "time") ?? 0
    guard shape[timeAxis] >= 2 else {
      throw EvokeError(
        .tooFewSamples, object, reason: "the time axis has \(shape[timeAxis]) entries", remedy: "check --axes")
    }
    let (rateHz, firstS) = try options.array.rate(file, dataset, timeAxis: timeAxis)
    let name = spaceName(file, dataset)
    let features = try featureNames(file, dataset, axes, shape, width.first, name, fields, &labels)
    let layers = try layerKeys(file, dataset, axes, shape, fields, &labels)
    let stimulus = fields["stimulus"] ?? options.table.stimulus ?? SourceFile.stem(file.path)
    let path = file.path
    return (layers ?? [nil]).enumerated().map { index, key in
      let source = FeatureSource(
        file: path, dataset: dataset, axes: axes, shape: shape, layer: layers == nil ? nil : index, rateHz: rateHz,
        firstS: firstS, features: features)
      var record = FeatureRecord(
        space: name, stimulus: stimulus, element: options.element ?? "original", featureNames: features,
        array: ArraySource { try source.array() }, sampleCount: shape[timeAxis], firstS: firstS, rateHz: rateHz)
      record.run = fields["run"] ?? options.table.run
      record.model = options.model
      if let layers, let key {
        record.layerKey = key
        record.depth = index
        record.relDepth = layers.count > 1 ? Double(index) / Double(layers.count - 1) : 0
      }
      return record
    }
  }

  private func spaceName(_ file: ArrayFile, _ dataset: String) -> String {
    options.table.name ?? options.model ?? dataset.split(separator: "/").last.map(String.init)
      ?? SourceFile.stem(file.path)
  }

  private func featureNames(
    _ file: ArrayFile, _ dataset: String, _ axes: [String], _ shape: [Int], _ width: String?, _ name: String,
    _ fields: [String: String], _ labels: inout AxisLabels
  ) throws -> [String] {
    guard let width, let position = axes.firstIndex(of: width) else { return [name] }
    let given = try labels.labels(
      width, isSpace: true, file, dataset, axes: axes, shape: shape, fields: fields)
    if let given { return given }
    // Components of an embedding have no names of their own.
    let digits = max(3, String(shape[position]).count)
    return (1...max(1, shape[position])).prefix(shape[position]).map { index in
      "c" + String(repeating: "0", count: digits - String(index).count) + String(index)
    }
  }

  private func layerKeys(
    _ file: ArrayFile, _ dataset: String, _ axes: [String], _ shape: [Int], _ fields: [String: String],
    _ labels: inout AxisLabels
  ) throws -> [String?]? {
    guard let position = axes.firstIndex(of: "layer") else { return nil }
    guard options.model != nil else {
      throw EvokeError(
        .optionMalformed, file.object(dataset), reason: "layers belong to a model, and none is named",
        remedy: "give --model NAME")
    }
    let given = try labels.labels("layer", isSpace: false, file, dataset, axes: axes, shape: shape, fields: fields)
    return given ?? (0..<shape[position]).map { "hs.\($0)" }
  }

  private func check(_ record: FeatureRecord, _ object: String, _ findings: inout Findings) {
    guard let array = findings.collect(object, { try record.array.load() }) else { return }
    let width = record.featureNames.count
    var present = [Bool](repeating: false, count: width)
    var missing = 0
    for (index, value) in array.values.enumerated() {
      if value.isInfinite {
        findings.error(
          .infiniteSamples,
          "\(object)\(record.layerKey.map { " layer \($0)" } ?? ""), \(record.featureNames[index % width])",
          reason: "sample \(index / width) is infinite", remedy: "export missing samples as NaN")
        return
      }
      if value.isNaN { missing += 1 } else { present[index % width] = true }
    }
    let place = "\(object)\(record.layerKey.map { " layer \($0)" } ?? "")"
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
  let file: String
  let dataset: String
  let axes: [String]
  let shape: [Int]
  let layer: Int?
  let rateHz: Double
  let firstS: Double
  let features: [String]

  /// `[time, feature]`, whatever the file's order.
  func array() throws -> LabelledArray {
    let opened = try ArrayFile.open(file)
    let offset = axes.map { $0 == "layer" ? layer ?? 0 : 0 }
    let count = zip(axes, shape).map { $0 == "layer" ? 1 : $1 }
    var values = try opened.floats(dataset, offset: offset, count: count)
    let time = axes.firstIndex(of: "time") ?? 0
    if let width = axes.firstIndex(where: { $0 == "component" || $0 == "feature" }), width < time {
      let (rows, columns) = (shape[width], shape[time])
      var turned = [Float](repeating: 0, count: values.count)
      for row in 0..<rows { for column in 0..<columns { turned[column * rows + row] = values[row * columns + column] } }
      values = turned
    }
    let times = (0..<shape[time]).map { firstS + Double($0) / rateHz }
    return LabelledArray(axes: [.time(times), .labels("feature", features)], values: values, units: "1")
  }
}
