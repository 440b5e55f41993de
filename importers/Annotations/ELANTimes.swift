import Diagnostics

/// When the annotations of an ELAN file begin and end, in seconds of its own clock.
struct ELANTimes {
  typealias Span = (startS: Double, endS: Double)

  /// Annotations that refer to others that refer to others ... at most.
  private static let deepest = 100

  let path: String
  let tiers: [ELANFile.Tier]
  /// Types whose annotations divide their parent.
  let subdivided: Set<String>
  private let ids: Set<String>

  init(path: String, tiers: [ELANFile.Tier], subdivided: Set<String>) {
    (self.path, self.tiers, self.subdivided) = (path, tiers, subdivided)
    ids = Set(tiers.flatMap(\.annotations).map(\.id))
  }

  /// Annotation -> its stretch.
  ///
  /// - Parameter slots: in TIME_ORDER, milliseconds or nil.
  /// - Throws: `tierTimes`.
  func spans(_ slots: [(id: String, time: Double?)]) throws -> [String: Span] {
    let times = try slotTimes(slots)
    var spans: [String: Span] = [:]
    for annotation in tiers.flatMap(\.annotations) {
      guard case .slots(let start, let end) = annotation.place else { continue }
      spans[annotation.id] = try span(of: annotation.id, from: start, to: end, times)
    }
    try placeReferences(&spans)
    return spans
  }

  private func span(
    of annotation: String, from startSlot: String, to endSlot: String, _ times: [String: Double]
  ) throws -> Span {
    guard let start = times[startSlot], let end = times[endSlot] else {
      throw fault(annotation, "a time slot of it does not exist", "open the file in ELAN and save it again")
    }
    guard end >= start else {
      throw fault(annotation, "it ends at \(end) s and starts at \(start) s", "correct it in ELAN")
    }
    return (start, end)
  }

  private func fault(_ annotation: String, _ reason: String, _ remedy: String) -> EvokeError {
    EvokeError(.tierTimes, "\(path) annotation \(annotation)", reason: reason, remedy: remedy)
  }

  // MARK: - Slots

  /// Slot -> seconds. The slots without a value between two timed ones of a chain of annotations, each of which begins
  /// where the one before ends, divide that stretch equally; parents come before the tiers that depend on them. What is in
  /// no such chain lies evenly between its neighbours in TIME_ORDER.
  private func slotTimes(_ slots: [(id: String, time: Double?)]) throws -> [String: Double] {
    var times: [String: Double] = [:]
    for slot in slots { if let time = slot.time { times[slot.id] = time / 1_000 } }
    guard times.count < slots.count else { return times }
    for tier in parentsFirst { divideChains(of: tier, &times) }
    try interpolate(slots.map(\.id), &times)
    return times
  }

  private var parentsFirst: [ELANFile.Tier] {
    let parents = Dictionary(tiers.map { ($0.name, $0.parent) }, uniquingKeysWith: { first, _ in first })
    func depth(_ tier: ELANFile.Tier) -> Int {
      var depth = 0
      var parent = tier.parent
      // A tier that is its own ancestor is as deep as there are tiers.
      while let name = parent, depth < tiers.count { (depth, parent) = (depth + 1, parents[name] ?? nil) }
      return depth
    }
    return tiers.map { ($0, depth($0)) }.sorted { $0.1 < $1.1 }.map(\.0)
  }

  private func divideChains(of tier: ELANFile.Tier, _ times: inout [String: Double]) {
    var ends: [String: String] = [:]
    for annotation in tier.annotations { if case .slots(let start, let end) = annotation.place { ends[start] = end } }
    for annotation in tier.annotations {
      guard case .slots(let start, let end) = annotation.place, let first = times[start] else { continue }
      var open: [String] = []
      var slot: String? = end
      while let next = slot, times[next] == nil, open.count < ends.count {
        open.append(next)
        slot = ends[next]
      }
      guard !open.isEmpty, let last = slot.flatMap({ times[$0] }) else { continue }
      for (index, slot) in open.enumerated() {
        times[slot] = first + (last - first) * Double(index + 1) / Double(open.count + 1)
      }
    }
  }

  private func interpolate(_ slots: [String], _ times: inout [String: Double]) throws {
    var index = 0
    while index < slots.count {
      guard times[slots[index]] == nil else {
        index += 1
        continue
      }
      let end = slots[index...].firstIndex { times[$0] != nil } ?? slots.count
      guard index > 0, let before = times[slots[index - 1]], end < slots.count, let after = times[slots[end]] else {
        throw EvokeError(
          .tierTimes, "\(path) slot \(slots[index])", reason: "no slot before or after it has a time",
          remedy: "align its annotation in ELAN")
      }
      for open in index..<end {
        times[slots[open]] = before + (after - before) * Double(open - index + 1) / Double(end - index + 1)
      }
      index = end
    }
  }

  // MARK: - References

  private struct Child {
    let id: String
    let parent: String
    let previous: String?
  }

  /// Children have their parent's time: all of it, or equal parts of a subdivision in their order.
  private func placeReferences(_ spans: inout [String: Span]) throws {
    var left = tiers.map { tier in
      (
        isDivided: subdivided.contains(tier.type),
        children: tier.annotations.compactMap { annotation -> Child? in
          guard case .within(let parent, let previous) = annotation.place else { return nil }
          return Child(id: annotation.id, parent: parent, previous: previous)
        }
      )
    }
    var passes = 0
    while let orphan = left.lazy.flatMap(\.children).first {
      passes += 1
      guard passes <= Self.deepest else {
        throw fault(
          orphan.id, "annotations refer to one another more than \(Self.deepest) deep", "repair the file in ELAN")
      }
      var placed = 0
      for index in left.indices {
        let (isDivided, children) = left[index]
        for (parent, siblings) in Dictionary(grouping: children, by: \.parent) {
          guard let (start, end) = spans[parent] else { continue }
          // What follows a sibling is a part, whatever its tier's type says.
          let areParts = isDivided || siblings.contains { $0.previous != nil }
          let parts = areParts ? Double(siblings.count) : 1
          for (place, child) in try (areParts ? inOrder(siblings) : siblings).enumerated() {
            let part = areParts ? Double(place) : 0
            spans[child.id] = (start + (end - start) * part / parts, start + (end - start) * (part + 1) / parts)
          }
          placed += siblings.count
        }
        left[index].children = children.filter { spans[$0.id] == nil }
      }
      guard placed > 0 else {
        throw fault(orphan.id, "it refers to \(orphan.parent), which has no time", "repair the file in ELAN")
      }
    }
  }

  /// Siblings in the order of their PREVIOUS_ANNOTATION; those that follow no sibling begin a row, as they stand in the file.
  private func inOrder(_ siblings: [Child]) throws -> [Child] {
    let own = Dictionary(siblings.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    var followers: [String: Child] = [:]
    for child in siblings {
      guard let previous = child.previous else { continue }
      guard ids.contains(previous) else {
        throw fault(child.id, "it follows \(previous), which is not there", "repair the file in ELAN")
      }
      guard own[previous] != nil else { continue }
      if let other = followers.updateValue(child, forKey: previous) {
        throw fault(child.id, "it follows \(previous), and so does \(other.id)", "repair the file in ELAN")
      }
    }
    var ordered: [Child] = []
    for head in siblings where head.previous.map({ own[$0] == nil }) ?? true {
      var next: Child? = head
      while let child = next {
        ordered.append(child)
        next = followers[child.id]
      }
    }
    guard ordered.count == siblings.count else {
      let met = Set(ordered.map(\.id))
      let lost = siblings.first { !met.contains($0.id) }
      throw fault(lost?.id ?? siblings[0].id, "it follows itself by way of others", "repair the file in ELAN")
    }
    return ordered
  }
}
