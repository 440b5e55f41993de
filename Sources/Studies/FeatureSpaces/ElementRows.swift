import SignalProcessing
import Vocabulary
import Warehouse
import Work

/// Where feature rows of an element go: straight to the file for the original; for a stem in bins they are held back, so
/// that bins in which it is silent get the mean of the others.
///
/// A bin is silent where every second it touches is. At native rate nothing is held back or changed. Memory: the bins of
/// all layers of one stimulus (1 Hz of a two-hour film: 22 MB per layer of 768).
final class ElementRows {
  /// What is held back until the last row is known.
  private struct Held {
    let silent: [Bool]
    let binSeconds: Double
    var groups: [(name: String, rows: [Float], width: Int)] = []
  }

  private let writer: ArrayFileWriter
  /// nil where rows go straight to the file.
  private var held: Held?

  /// - Parameter sound: nil for features of the picture.
  /// - Throws: what reading the stem's levels throws.
  init(_ sound: ElementSound?, _ element: Element, rate: FeatureRate, of task: UnitTask, _ writer: ArrayFileWriter)
    throws
  {
    self.writer = writer
    guard case .bins(let seconds, _) = rate, let silent = try sound?.silentSeconds(element, of: task) else { return }
    held = Held(silent: silent, binSeconds: seconds)
  }

  /// The next rows of an array that was begun, `width` numbers each.
  func append(_ rows: [Float], to group: String, width: Int) throws {
    guard held != nil else { return try writer.append(rows, to: group) }
    if let place = held?.groups.firstIndex(where: { $0.name == group }) {
      held?.groups[place].rows += rows
    } else {
      held?.groups.append((group, rows, width))
    }
  }

  /// Writes what was held back.
  func finish() throws {
    guard let held else { return }
    for var group in held.groups {
      let flags = (0..<group.rows.count / group.width).map { bin in
        let first = Int((Double(bin) * held.binSeconds + 1e-9).rounded(.down))
        let last = max(first + 1, Int((Double(bin + 1) * held.binSeconds - 1e-9).rounded(.up)))
        return first < held.silent.count && held.silent[first..<min(last, held.silent.count)].allSatisfy { $0 }
      }
      SilentRows.fill(&group.rows, width: group.width, silent: flags)
      try writer.append(group.rows, to: group.name)
    }
  }
}
