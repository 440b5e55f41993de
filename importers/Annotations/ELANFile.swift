import Diagnostics
import Importing
import XMLFile

/// ELAN's .eaf: tiers of annotations between time slots in milliseconds.
///
/// Annotations that refer to others have their parent's time, divided evenly among the children of a subdivision; slots
/// without a value lie evenly between their neighbours. TIME_ORIGIN of the first medium moves all of it onto that
/// medium's clock. Source: ELAN Annotation Format 3.0 (schema EAFv3.0).
enum ELANFile {
  static func isELAN(_ bytes: [UInt8]) -> Bool {
    let head = String(decoding: bytes.prefix(2_048), as: UTF8.self)
    return head.contains("<ANNOTATION_DOCUMENT")
  }

  private struct Annotation {
    enum Place {
      case slots(start: String, end: String)
      case within(parent: String)
    }

    let id: String
    let place: Place
    var text = ""
  }

  /// - Throws: `xmlMalformed`, `tierFile`, `tierTimes`.
  static func read(_ path: String, _ bytes: [UInt8]) throws -> TierFile {
    var parsed = Parsed(path: path)
    var reader = try XMLReader(path, bytes)
    while let token = try reader.next() { try parsed.take(token) }
    return try parsed.file()
  }

  private struct Parsed {
    let path: String
    var slots: [(id: String, time: Double?)] = []
    var tiers: [(name: String, type: String, annotations: [Annotation])] = []
    var subdivided: Set<String> = []
    var media: String?
    var originS = 0.0
    var units = "milliseconds"
    private var current: Annotation?
    private var isValue = false

    init(path: String) { self.path = path }

    mutating func take(_ token: XMLToken) throws {
      switch token {
      case .start(let name, let attributes): try start(name, attributes)
      case .text(let text): if isValue { current?.text += text }
      case .end("ANNOTATION_VALUE"): isValue = false
      case .end("ALIGNABLE_ANNOTATION"), .end("REF_ANNOTATION"):
        if let annotation = current, !tiers.isEmpty { tiers[tiers.count - 1].annotations.append(annotation) }
        current = nil
      case .end: break
      }
    }

    private mutating func start(_ name: String, _ attributes: [String: String]) throws {
      switch name {
      case "HEADER": units = attributes["TIME_UNITS"] ?? units
      case "MEDIA_DESCRIPTOR" where media == nil:
        media = attributes["MEDIA_URL"] ?? attributes["RELATIVE_MEDIA_URL"]
        if let origin = try milliseconds("TIME_ORIGIN", of: name, attributes) { originS = origin / 1_000 }
      case "TIME_SLOT":
        let id = try required("TIME_SLOT_ID", of: name, attributes)
        slots.append((id, try milliseconds("TIME_VALUE", of: name, attributes)))
      case "TIER":
        let type = try required("LINGUISTIC_TYPE_REF", of: name, attributes)
        tiers.append((try required("TIER_ID", of: name, attributes), type, []))
      case "LINGUISTIC_TYPE":
        if attributes["CONSTRAINTS"] == "Symbolic_Subdivision", let id = attributes["LINGUISTIC_TYPE_ID"] {
          subdivided.insert(id)
        }
      case "ALIGNABLE_ANNOTATION":
        current = Annotation(
          id: try required("ANNOTATION_ID", of: name, attributes),
          place: .slots(
            start: try required("TIME_SLOT_REF1", of: name, attributes),
            end: try required("TIME_SLOT_REF2", of: name, attributes)))
      case "REF_ANNOTATION":
        current = Annotation(
          id: try required("ANNOTATION_ID", of: name, attributes),
          place: .within(parent: try required("ANNOTATION_REF", of: name, attributes)))
      case "ANNOTATION_VALUE": isValue = true
      default: break
      }
    }

    /// An attribute that the schema asks for.
    private func required(_ name: String, of element: String, _ attributes: [String: String]) throws -> String {
      guard let value = attributes[name], !value.isEmpty else {
        throw EvokeError(
          .tierFile, path, reason: "an element \(element) has no \(name)",
          remedy: "open the file in ELAN and save it again")
      }
      return value
    }

    /// A time that may be left out, not one that cannot be read.
    private func milliseconds(_ name: String, of element: String, _ attributes: [String: String]) throws -> Double? {
      guard let text = attributes[name] else { return nil }
      guard let value = OptionText.number(text) else {
        throw EvokeError(
          .tierTimes, path, reason: "\(name) of an element \(element) is \(text.debugDescription)",
          remedy: "open the file in ELAN and save it again: times are whole milliseconds")
      }
      return value
    }

    func file() throws -> TierFile {
      guard units == "milliseconds" else {
        throw EvokeError(.tierFile, path, reason: "its times are \(units)", remedy: "save it with milliseconds")
      }
      var file = TierFile(media: media)
      let (times, open) = try slotTimes()
      if open > 0 {
        file.notes.append(
          Diagnostic(
            .note, .slotsInterpolated, path, reason: "\(open) of \(slots.count) slots have no time",
            remedy: "align them in ELAN if their times matter"))
      }
      var spans: [String: (Double, Double)] = [:]
      for tier in tiers {
        for annotation in tier.annotations {
          guard case .slots(let start, let end) = annotation.place else { continue }
          spans[annotation.id] = try span(of: annotation.id, from: start, to: end, times)
        }
      }
      try placeReferences(&spans)
      for tier in tiers {
        let intervals = tier.annotations.compactMap { annotation in
          spans[annotation.id].map {
            IntervalTier.Interval(
              startS: $0.0 + originS, endS: $0.1 + originS,
              text: OptionText.trim(annotation.text))
          }
        }
        file.tiers.append(IntervalTier(name: tier.name, intervals: intervals.sorted { $0.startS < $1.startS }))
      }
      return file
    }

    private func span(
      of annotation: String, from startSlot: String, to endSlot: String, _ times: [String: Double]
    ) throws -> (Double, Double) {
      guard let start = times[startSlot], let end = times[endSlot] else {
        throw EvokeError(
          .tierTimes, "\(path) annotation \(annotation)", reason: "a time slot of it does not exist",
          remedy: "open the file in ELAN and save it again")
      }
      guard end >= start else {
        throw EvokeError(
          .tierTimes, "\(path) annotation \(annotation)", reason: "it ends at \(end) s and starts at \(start) s",
          remedy: "correct it in ELAN")
      }
      return (start, end)
    }

    /// Slot -> seconds; slots without a value lie evenly between those around them in TIME_ORDER.
    private func slotTimes() throws -> ([String: Double], Int) {
      var times: [String: Double] = [:]
      var index = 0
      var open = 0
      while index < slots.count {
        if let time = slots[index].time {
          times[slots[index].id] = time / 1_000
          index += 1
          continue
        }
        let end = slots[index...].firstIndex { $0.time != nil } ?? slots.count
        guard index > 0, let before = slots[index - 1].time, end < slots.count, let after = slots[end].time else {
          throw EvokeError(
            .tierTimes, "\(path) slot \(slots[index].id)", reason: "no slot before or after it has a time",
            remedy: "align its annotation in ELAN")
        }
        for open in index..<end {
          let share = Double(open - index + 1) / Double(end - index + 1)
          times[slots[open].id] = (before + (after - before) * share) / 1_000
        }
        open += end - index
        index = end
      }
      return (times, open)
    }

    /// Children have their parent's time: all of it, or even parts of a subdivision in their order.
    private func placeReferences(_ spans: inout [String: (Double, Double)]) throws {
      var left = tiers.map { tier in
        (
          type: tier.type,
          annotations: tier.annotations.compactMap { annotation -> (id: String, parent: String)? in
            if case .within(let parent) = annotation.place { (annotation.id, parent) } else { nil }
          }
        )
      }
      while let orphan = left.lazy.flatMap(\.annotations).first {
        var placed = 0
        for index in left.indices {
          let (type, annotations) = left[index]
          for (parent, children) in Dictionary(grouping: annotations, by: \.parent) {
            guard let (start, end) = spans[parent] else { continue }
            for (place, child) in children.enumerated() {
              let parts = subdivided.contains(type) ? Double(children.count) : 1
              let part = subdivided.contains(type) ? Double(place) : 0
              let length = (end - start) / parts
              spans[child.id] = (start + part * length, start + (part + 1) * length)
            }
            placed += children.count
          }
          left[index].annotations = annotations.filter { spans[$0.id] == nil }
        }
        guard placed > 0 else {
          throw EvokeError(
            .tierTimes, "\(path) annotation \(orphan.id)",
            reason: "it refers to \(orphan.parent), which has no time", remedy: "repair the file in ELAN")
        }
      }
    }
  }
}
