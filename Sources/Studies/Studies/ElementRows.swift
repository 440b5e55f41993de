import Plans
import SignalProcessing
import Warehouse

/// Where feature rows of an element go: straight to the file for the original; for a stem in bins they are held back, so
/// that bins in which it is silent get the mean of the others.
///
/// A bin is silent where every second it touches is. At native rate nothing is held back or changed. Memory: the bins of
/// all layers of one stimulus (1 Hz of a two-hour film: 22 MB per layer of 768).
final class ElementRows {
  private let writer: ArrayFileWriter
  private let silent: [Bool]?
  private let binSeconds: Double
  private var held: [(group: String, rows: [Float], width: Int)] = []

  /// - Throws: what reading the stem's levels throws.
  init(_ task: UnitTask, _ writer: ArrayFileWriter) throws {
    self.writer = writer
    let bin = task.parameters["bin_s"]?.doubleValue
    binSeconds = bin ?? 0
    silent = bin == nil ? nil : try task.silentSeconds()
  }

  /// The next rows of an array that was begun, `width` numbers each.
  func append(_ rows: [Float], to group: String, width: Int) throws {
    guard silent != nil else { return try writer.append(rows, to: group) }
    if let place = held.firstIndex(where: { $0.group == group }) {
      held[place].rows += rows
    } else {
      held.append((group, rows, width))
    }
  }

  /// Writes what was held back.
  func finish() throws {
    guard let silent else { return }
    for i in held.indices {
      let count = held[i].rows.count / held[i].width
      let flags = (0..<count).map { bin in
        let first = Int((Double(bin) * binSeconds + 1e-9).rounded(.down))
        let last = max(first + 1, Int((Double(bin + 1) * binSeconds - 1e-9).rounded(.up)))
        return first < silent.count && silent[first..<min(last, silent.count)].allSatisfy { $0 }
      }
      SilentRows.fill(&held[i].rows, width: held[i].width, silent: flags)
      try writer.append(held[i].rows, to: held[i].group)
      held[i].rows = []
    }
  }
}
