import Diagnostics
import Figures
import LabelledArrays
import TableText
import Warehouse

/// What `evoke plot features STIMULUS` draws.
struct PlotFeatures {
  let stimulus: String
  var dataset: String?
  var element = "original"
  var space: String?
  var layer: String?

  /// - Throws: `E-QRY-009` where nothing fits, `E-WH-...` for an ambiguous stimulus, and what reading arrays throws.
  func plot(in warehouse: Warehouse) throws -> (plot: FeaturePlot, note: String?) {
    let rows = try warehouse.read {
      try $0.stimulusFeatures(dataset: dataset, stimulus: stimulus)
    }
    let (row, note) = try chosen(rows)
    let features = try ArrayReader.read(warehouse.reference(row))
    let ratings = try warehouse.read {
      try $0.stimulusAnnotations(dataset: row.dataset, stimulus: stimulus)
    }
    let annotations = try ratings.map { rating in
      let array = try ArrayReader.read(warehouse.reference(rating))
      guard let time = array.axes.first, case .numbers(let times, _) = time.values else { return annotation(rating) }
      let width = max(1, array.values.count / max(1, times.count))
      return annotation(rating, times, times.indices.map { Double(array.values[$0 * width]) })
    }
    let layer = row.layerKey
    let name = row.featureSet + (layer.isEmpty ? "" : "/\(layer)")
    let rate = row.rateHz.map { "\(NumberText.of($0, digits: 5)) rows per second" } ?? "irregular"
    let shape = features.axes.map(\.count).map(String.init).joined(separator: " x ")
    return (
      try FeaturePlot(
        title: "\(name) over \(row.stimulus)",
        subtitle: "dataset \(row.dataset), element \(row.element), \(rate), \(shape)",
        features: features, annotations: annotations), note
    )
  }

  private func annotation(
    _ row: Rows.StimulusAnnotations, _ times: [Double] = [], _ values: [Double] = []
  ) -> RatedSeries {
    RatedSeries(name: row.annotation, rater: row.who, times: times, values: values)
  }

  /// The array that was asked for; of a model without `--layer` its deepest, of several rates the slowest.
  private func chosen(_ rows: [Rows.StimulusFeatures]) throws -> (Rows.StimulusFeatures, note: String?) {
    func names(_ column: (Rows.StimulusFeatures) -> String, _ rows: [Rows.StimulusFeatures]) -> [String] {
      Array(Set(rows.map(column))).sorted()
    }
    func refuse(_ what: String, _ there: [String], _ option: String) -> EvokeError {
      EvokeError(
        .nothingToPlot, "\(what) of \(stimulus)",
        reason: there.isEmpty
          ? "no features of this stimulus are stored" : "there are \(there.joined(separator: ", "))",
        remedy: there.isEmpty ? "evoke extract, or evoke features for what is there" : "choose with \(option)")
    }
    let datasets = names(\.dataset, rows)
    guard datasets.count <= 1 else { throw refuse("one dataset", datasets, "--dataset") }
    let ofElement = rows.filter { $0.element == element }
    guard !ofElement.isEmpty else { throw refuse("element \(element)", names(\.element, rows), "--element") }
    let spaces = names(\.featureSet, ofElement)
    guard let wanted = space ?? (spaces.count == 1 ? spaces[0] : nil), spaces.contains(wanted) else {
      throw refuse(space.map { "space \($0)" } ?? "one space", spaces, "--space")
    }
    let ofSpace = ofElement.filter { $0.featureSet == wanted }
    let layers = ofSpace.filter { layer == nil || $0.layerKey == layer }
    guard !layers.isEmpty else {
      throw refuse(layer.map { "layer \($0)" } ?? "one layer", names(\.layerKey, ofSpace), "--layer")
    }
    // nil where none has a depth.
    let deepest = layers.compactMap(\.depth).max()
    let atDepth = layers.filter { $0.depth == deepest }
    let slowest = atDepth.min {
      ($0.rateHz ?? .infinity, $0.name) < ($1.rateHz ?? .infinity, $1.name)
    }
    guard let row = slowest else { throw refuse("one array", [], "") }
    let isOneOfMany = layer == nil && Set(ofSpace.map(\.layerKey)).count > 1
    return (row, isOneOfMany ? "layer \(row.layerKey), the deepest; choose with --layer" : nil)
  }
}

extension Rows.StimulusAnnotations {
  /// Who rated, in which session and run.
  var who: String { [rater, subject, session, run].compactMap { $0 }.joined(separator: "/") }
}
