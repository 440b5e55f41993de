import Vocabulary

/// What holds of single tables.
extension RowTransfer {
  /// Makes a row what it is here, before it is looked for.
  func adapt(_ values: inout [SQLValue], of table: TransferTable) throws {
    switch table.name {
    case ActivityRow.table:
      // Its rows are hashed when they are here.
      values[table.place("rows_sha256")] = .null
    case StudyRow.table: rename(&values[table.place("name")])
    case MaterializationRow.table: rename(&values[table.place("label")])
    case RunRow.table:
      values[table.place("is_current")] = .int(0)
      values[table.place("root_sha256")] = .null
    case UnitRow.table: reopen(&values, table)
    case StoredArrayRow.table: try name(&values, table)
    default: break
    }
  }

  private func rename(_ name: inout SQLValue) {
    if let new = name.string.flatMap({ selection.names[$0] }) { name = .text(new) }
  }

  /// A unit whose result does not come is to be computed here.
  private func reopen(_ values: inout [SQLValue], _ table: TransferTable) {
    guard values[table.place("state")] == "done", let key = values[table.place("unit_key")].string,
      !selection.units.contains(key)
    else { return }
    values[table.place("state")] = "planned"
    values[table.place("reason")] = "its result did not come from the other warehouse"
    values[table.place("result_sha256")] = .null
  }

  /// An array of a unit whose name is taken has its maker after it.
  private func name(_ values: inout [SQLValue], _ table: TransferTable) throws {
    let (name, maker) = (values[table.place("name")], values[table.place("activity_id")])
    guard let text = name.string, let activity = maker.int, let holder = try ours.arrayHolder(name: text).first,
      holder.logicalSHA256 != values[table.place("logical_sha256")].string,
      let row = try ours.activityRow(activity: activity).first, row.kind == "unit"
    else { return }
    values[table.place("name")] = .text("\(text)~\(row.activityKey.prefix(12))")
  }

  /// What a row that both have becomes, by place, where its table has a rule of its own.
  func joined(_ table: TransferTable, _ existing: [SQLValue], _ values: [SQLValue]) throws -> [Int: SQLValue] {
    switch table.name {
    case DatasetRow.table, SourceFileRow.table:
      let (consent, licence) = (table.place("consent"), table.place("licence"))
      let kept = existing[licence].isNull ? values[licence] : existing[licence]
      let name = values[table.place(table.name == DatasetRow.table ? "name" : "path")].string
      if let name, let other = values[licence].string, let own = kept.string, own != other {
        notes.append("\(name): licence \(own) stays (there: \(other))")
      }
      return [consent: try stricter(existing[consent], values[consent]), licence: kept]
    case StimulusRow.table:
      let (duration, media) = (table.place("duration_s"), table.place("source_file_id"))
      return [duration: longer(existing[duration], values[duration], existing[media].isNull, values[media].isNull)]
    case RunRow.table:
      let planned = table.place("planned_at")
      guard let one = existing[planned].string, let other = values[planned].string else { return [:] }
      return [planned: .text(min(one, other))]
    case UnitRow.table:
      let state = table.place("state")
      guard existing[state] != "done", values[state] == "done" else { return [:] }
      let places = ["state", "reason", "message", "result_sha256"].map(table.place)
      return Dictionary(uniqueKeysWithValues: places.map { ($0, values[$0]) })
    default: return [:]
    }
  }

  /// The stricter of two words, of which one may not have been said.
  private func stricter(_ ours: SQLValue, _ theirs: SQLValue) throws -> SQLValue {
    let (one, other) = (try Consent.stored(ours.string), try Consent.stored(theirs.string))
    let strictest = Consent.strictest([one ?? .unstated, other ?? .unstated])
    return one == nil && other == nil ? .null : .text(strictest.rawValue)
  }

  /// Media say how long a stimulus is; without them the longest series on it.
  private func longer(_ ours: SQLValue, _ theirs: SQLValue, _ oursIsBare: Bool, _ theirsIsBare: Bool) -> SQLValue {
    if oursIsBare != theirsIsBare { return oursIsBare ? theirs : ours }
    guard let one = ours.double, let other = theirs.double else { return ours.isNull ? theirs : ours }
    return oursIsBare && other > one ? theirs : ours
  }
}
