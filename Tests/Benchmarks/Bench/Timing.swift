import Foundation

/// Times of repeated work: wall and processor seconds, and how busy everything else kept the machine.
struct Timing {
  private(set) var wall: [Double] = []
  private(set) var processor: [Double] = []
  private(set) var otherCores: [Double] = []

  /// One untimed run where `warm`, then `runs` timed ones; the result is the last run's.
  mutating func measure<T>(_ runs: Int, warm: Bool = true, _ work: () throws -> T) rethrows -> T {
    var result = warm ? try work() : try once(work)
    for _ in (warm ? 0 : 1)..<max(1, runs) { result = try once(work) }
    return result
  }

  /// One timed run.
  mutating func once<T>(_ work: () throws -> T) rethrows -> T {
    let (own, all, start) = (Self.ownSeconds, Self.busySeconds, ContinuousClock.now)
    let result = try work()
    let elapsed = (ContinuousClock.now - start) / .seconds(1)
    let mine = Self.ownSeconds - own
    wall.append(elapsed)
    processor.append(mine)
    otherCores.append(max(0, (Self.busySeconds - all - mine) / max(elapsed, 0.05)))
    return result
  }

  /// Runs of a second part of the work.
  mutating func add(_ other: Timing) {
    wall = zip(wall, other.wall).map(+)
    processor = zip(processor, other.processor).map(+)
    otherCores = zip(otherCores, other.otherCores).map(max)
  }

  /// One JSON line.
  func report(_ workload: String, _ checks: KeyValuePairs<String, Double>) {
    var fields = [
      "\"workload\": \"\(workload)\"", "\"peer\": \"evoke\"", "\"seconds\": \(Self.median(wall))",
      "\"cpu_seconds\": \(Self.median(processor))", "\"runs\": \(wall)", "\"other_cores\": \(otherCores)",
    ]
    fields.append("\"peak_mb\": \(Self.peakMegabytes)")
    fields += checks.map { "\"\($0.key)\": \($0.value)" }
    print("{\(fields.joined(separator: ", "))}")
  }

  static func median(_ values: [Double]) -> Double {
    let sorted = values.sorted()
    let middle = sorted.count / 2
    return sorted.count % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2
  }

  /// The most memory this process ever held.
  private static var peakMegabytes: Double {
    guard let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
      let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let kilobytes = line.split(whereSeparator: { !$0.isNumber }).first.flatMap({ Double($0) })
    else { return .nan }
    return kilobytes / 1024
  }

  /// User and system time of this process; the kernel counts in hundredths.
  private static var ownSeconds: Double {
    guard let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8),
      let name = text.lastIndex(of: ")")
    else { return .nan }
    let fields = text[text.index(after: name)...].split(separator: " ")
    return ((Double(fields[11]) ?? .nan) + (Double(fields[12]) ?? .nan)) / 100
  }

  /// Time all processors spent on anything but waiting.
  private static var busySeconds: Double {
    guard let text = try? String(contentsOfFile: "/proc/stat", encoding: .utf8),
      let line = text.split(separator: "\n").first
    else { return .nan }
    let ticks = line.split(separator: " ").dropFirst().prefix(8).compactMap { Double($0) }
    return (ticks.reduce(0, +) - ticks[3] - ticks[4]) / 100
  }
}
