import ContentIdentity
import Figures
import Warehouse

/// How many rows of a run may be reported, and why others may not.
struct ReportableRows {
  let total: Int
  let notValid: Int
  /// Rows that are not valid by flag, most first; those that say nothing of themselves have no score or no p.
  let reasons: [(reason: String, count: Int)]

  init(_ runID: String, in warehouse: Warehouse) throws {
    let rows = try warehouse.read { try $0.reportableRows(run: runID) }
    total = rows.reduce(0) { $0 + $1.count }
    let unfit = rows.filter { $0.valid == 0 }
    notValid = unfit.reduce(0) { $0 + $1.count }
    reasons = ReasonCounts(unfit.map { (reasons: RowFlags.reasons(in: $0.flags), count: $0.count) }).counts
  }

  /// nil where every row may be reported.
  var sentence: String? {
    guard notValid > 0 else { return nil }
    let why = reasons.map { "\($0.reason) \($0.count)" }.joined(separator: ", ")
    return "\(notValid) of \(total) rows are not to be reported (valid = 0): \(why); "
      + "evoke explain FLAG tells what helps"
  }

  var json: JSONValue {
    .object([
      "total": .int(total), "not_valid": .int(notValid),
      "reasons": .object(Dictionary(uniqueKeysWithValues: reasons.map { ($0.reason, .int($0.count)) })),
    ])
  }
}
