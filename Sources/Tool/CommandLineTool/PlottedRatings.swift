import Diagnostics
import Figures
import LabelledArrays
import Recordings
import Warehouse

/// The ratings of a stimulus as figures draw them: on the grid on which studies analyse them.
enum PlottedRatings {
  /// - Parameters:
  ///   - dt: seconds per row.
  ///   - run: whose ratings; nil: those of every run.
  static func series(
    of stimulus: String, dataset: String, run: String? = nil, dt: Double, in warehouse: Warehouse
  ) throws -> [RatedSeries] {
    let ratings = try warehouse.read { try $0.stimulusAnnotations(dataset: dataset, stimulus: stimulus) }
    return try ratings.filter { run == nil || $0.run == run }.compactMap { rating in
      let array = try ArrayReader.read(warehouse.reference(rating))
      guard array.axes.first?.name == "time", array.axes[0].numbers?.isEmpty == false else { return nil }
      let placed = array.onGrid(dt: dt, name: rating.annotation)
      let (rows, columns) = (placed.axes[0].count, placed.axes[1].count)
      // A row is drawn in the middle of its seconds.
      return RatedSeries(
        name: rating.annotation, rater: rating.who, run: rating.run, times: (0..<rows).map { (Double($0) + 0.5) * dt },
        values: (0..<rows).map { Double(placed.values[$0 * columns]) })
    }
  }
}

extension Rows.StimulusAnnotations {
  /// Who rated, in which session.
  fileprivate var who: String { [rater, subject, session].compactMap { $0 }.joined(separator: "/") }
}
