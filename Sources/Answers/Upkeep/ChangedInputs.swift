import Diagnostics
import Execution
import Warehouse
import Work

/// Units that are done and whose inputs have other bits now than when they were computed.
struct ChangedInputs {
  struct Unit {
    let key: String
    let label: String
    let reason: String
  }

  private(set) var units: [Unit] = []
  /// How many units were compared.
  private(set) var checked = 0

  init(in warehouse: Warehouse) throws {
    let done = try DoneUnits(in: warehouse)
    let freezer = TaskFreezer(warehouse)
    let withheld = try warehouse.read { try $0.withheldRecipes(of: UnitRow.table) }
    for key in done.keys where !withheld.contains(key) {
      guard let read = done.inputsSHA256(of: key), let label = done.label(of: key) else { continue }
      checked += 1
      do {
        let now = try freezer.task(for: done.unit(key)).inputsSHA256
        if now != read {
          units.append(
            Unit(
              key: key, label: label,
              reason: "its inputs hash to \(now.prefix(12))…, it was computed from \(read.prefix(12))…; evoke repair"
                + " computes it again"))
        }
      } catch let error as EvokeError where error.code == .inputMissing {
        units.append(Unit(key: key, label: label, reason: "\(error.object): \(error.reason)"))
      }
    }
  }
}
