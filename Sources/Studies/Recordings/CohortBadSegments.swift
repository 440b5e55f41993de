import LabelledArrays
import Showings
import Warehouse

extension StudyContext {
  /// The bad segments that apply: all of the dataset's, none with `exclude: none`, those of one series with its name.
  package func badSegments(_ dataset: String) throws -> [BadSegment] {
    let rows = try warehouse.read { try $0.studyBadSegments(dataset: dataset) }
    return try rows.flatMap { row -> [BadSegment] in
      switch definition.filters.exclude {
      case .none: return []
      case .all: break
      case .named(let name): if row.list != name { return [] }
      }
      let array = try ArrayReader.read(warehouse.reference(row))
      return BadSegment.found(
        times: array.seconds, values: array.values, stimulus: row.stimulus, run: row.run, subject: row.subject)
    }
  }
}

extension [BadSegment] {
  /// Those that concern some of these ratings.
  package func of(_ ratings: [Rows.StudyAnnotations]) -> [BadSegment] {
    filter { segment in
      ratings.contains { segment.concerns(stimulus: $0.stimulus, run: $0.run, subject: $0.subject) }
    }
  }
}
