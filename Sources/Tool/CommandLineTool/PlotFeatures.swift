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
      try $0.report("stimulus_features", ["stimulus": .text(stimulus), "dataset": .text(dataset ?? "")])
    }
    let (row, note) = try chosen(rows)
    let features = try ArrayReader.read(warehouse.reference(row))
    let ratings = try warehouse.read {
      try $0.report(
        "stimulus_annotations", ["stimulus": .text(stimulus), "dataset": .text(row.text("dataset"))])
    }
    let annotations = try ratings.map { rating in
      let array = try ArrayReader.read(warehouse.reference(rating))
      guard let time = array.axes.first, case .numbers(let times, _) = time.values else { return annotation(rating) }
      let width = max(1, array.values.count / max(1, times.count))
      return annotation(rating, times, times.indices.map { Double(array.values[$0 * width]) })
    }
    let layer = row.text("layer_key")
    let name = row.text("feature_set") + (layer.isEmpty ? "" : "/\(layer)")
    let rate = row["rate_hz"].double.map { "\(NumberText.of($0, digits: 5)) rows per second" } ?? "irregular"
    let shape = features.axes.map(\.count).map(String.init).joined(separator: " x ")
    return (
      try FeaturePlot(
        title: "\(name) over \(row.text("stimulus"))",
        subtitle: "dataset \(row.text("dataset")), element \(row.text("element")), \(rate), \(shape)",
        features: features, annotations: annotations), note
    )
  }

  private func annotation(_ row: SQLRow, _ times: [Double] = [], _ values: [Double] = []) -> FeaturePlot.Annotation {
    let who = ["rater", "subject", "session", "run"].compactMap { row.optionalText($0) }.joined(separator: "/")
    return FeaturePlot.Annotation(name: row.text("annotation"), rater: who, times: times, values: values)
  }

  /// The array that was asked for; of a model without `--layer` its deepest, of several rates the slowest.
  private func chosen(_ rows: [SQLRow]) throws -> (SQLRow, note: String?) {
    func names(_ column: String, _ rows: [SQLRow]) -> [String] { Array(Set(rows.map { $0.text(column) })).sorted() }
    func refuse(_ what: String, _ there: [String], _ option: String) -> EvokeError {
      EvokeError(
        .nothingToPlot, "\(what) of \(stimulus)",
        reason: there.isEmpty
          ? "no features of this stimulus are stored" : "there are \(there.joined(separator: ", "))",
        remedy: there.isEmpty ? "evoke extract, or evoke features for what is there" : "choose with \(option)")
    }
    let datasets = names("dataset", rows)
    guard datasets.count <= 1 else { throw refuse("one dataset", datasets, "--dataset") }
    let ofElement = rows.filter { $0.text("element") == element }
    guard !ofElement.isEmpty else { throw refuse("element \(element)", names("element", rows), "--element") }
    let spaces = names("feature_set", ofElement)
    guard let wanted = space ?? (spaces.count == 1 ? spaces[0] : nil), spaces.contains(wanted) else {
      throw refuse(space.map { "space \($0)" } ?? "one space", spaces, "--space")
    }
    let ofSpace = ofElement.filter { $0.text("feature_set") == wanted }
    let layers = ofSpace.filter { layer == nil || $0.text("layer_key") == layer }
    guard !layers.isEmpty else { throw refuse("layer \(layer ?? "")", names("layer_key", ofSpace), "--layer") }
    let deepest = layers.map { $0["depth"].int ?? 0 }.max() ?? 0
    let atDepth = layers.filter { ($0["depth"].int ?? 0) == deepest }
    let slowest = atDepth.min {
      ($0["rate_hz"].double ?? .infinity, $0.text("name")) < ($1["rate_hz"].double ?? .infinity, $1.text("name"))
    }
    guard let row = slowest else { throw refuse("one array", [], "") }
    let isOneOfMany = layer == nil && Set(ofSpace.map { $0.text("layer_key") }).count > 1
    return (row, isOneOfMany ? "layer \(row.text("layer_key")), the deepest; choose with --layer" : nil)
  }
}
