import LabelledArrays
import Showings
import Warehouse

extension StudyContext {
  /// The bad segments that apply: all of the dataset's, none with `exclude: none`, those of one series with its name.
  func badSegments(_ dataset: String) throws -> [BadSegment] {
    let rows = try report("study_bad_segments", ["dataset": .text(dataset)])
    return try rows.flatMap { row -> [BadSegment] in
      switch definition.filters.exclude {
      case .none: return []
      case .all: break
      case .named(let name): if row.text("list") != name { return [] }
      }
      let array = try ArrayReader.read(warehouse.reference(row))
      return BadSegment.found(
        times: array.axis("time")?.numbers ?? [], values: array.values, stimulus: row.text("stimulus"),
        run: row.optionalText("run"), subject: row.optionalText("subject"))
    }
  }
}
