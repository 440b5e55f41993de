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
    var id: String
    var startSlot: String?
    var endSlot: String?
    var parent: String?
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
        originS = (attributes["TIME_ORIGIN"].flatMap(OptionText.number) ?? 0) / 1_000
      case "TIME_SLOT":
        slots.append((attributes["TIME_SLOT_ID"] ?? "", attributes["TIME_VALUE"].flatMap(OptionText.number)))
      case "TIER": tiers.append((attributes["TIER_ID"] ?? "", attributes["LINGUISTIC_TYPE_REF"] ?? "", []))
      case "LINGUISTIC_TYPE":
        if attributes["CONSTRAINTS"] == "Symbolic_Subdivision", let id = attributes["LINGUISTIC_TYPE_ID"] {
          subdivided.insert(id)
        }
      case "ALIGNABLE_ANNOTATION":
        current = Annotation(
          id: attributes["ANNOTATION_ID"] ?? "", startSlot: attributes["TIME_SLOT_REF1"],
          endSlot: attributes["TIME_SLOT_REF2"])
      case "REF_ANNOTATION":
        current = Annotation(id: attributes["ANNOTATION_ID"] ?? "", parent: attributes["ANNOTATION_REF"])
      case "ANNOTATION_VALUE": isValue = true
      default: break
      }
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
        for annotation in tier.annotations where annotation.parent == nil {
          spans[annotation.id] = try span(annotation, times)
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
      file.endS = file.tiers.flatMap(\.intervals).map(\.endS).max() ?? 0
      return file
    }

    private func span(_ annotation: Annotation, _ times: [String: Double]) throws -> (Double, Double) {
      guard let start = annotation.startSlot.flatMap({ times[$0] }), let end = annotation.endSlot.flatMap({ times[$0] })
      else {
        throw EvokeError(
          .tierTimes, "\(path) annotation \(annotation.id)", reason: "a time slot of it does not exist",
          remedy: "open the file in ELAN and save it again")
      }
      guard end >= start else {
        throw EvokeError(
          .tierTimes, "\(path) annotation \(annotation.id)", reason: "it ends at \(end) s and starts at \(start) s",
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
      var left = tiers.map { tier in (tier.type, tier.annotations.filter { $0.parent != nil }) }
      while left.contains(where: { !$0.1.isEmpty }) {
        var placed = 0
        for index in left.indices {
          let (type, annotations) = left[index]
          for (parent, children) in Dictionary(grouping: annotations, by: { $0.parent ?? "" }) {
            guard let (start, end) = spans[parent] else { continue }
            for (place, child) in children.enumerated() {
              let parts = subdivided.contains(type) ? Double(children.count) : 1
              let part = subdivided.contains(type) ? Double(place) : 0
              let length = (end - start) / parts
              spans[child.id] = (start + part * length, start + (part + 1) * length)
            }
            placed += children.count
          }
          left[index].1 = annotations.filter { spans[$0.id] == nil }
        }
        guard placed > 0 else {
          let orphan = left.lazy.flatMap(\.1).first
          throw EvokeError(
            .tierTimes, "\(path) annotation \(orphan?.id ?? "")",
            reason: "it refers to \(orphan?.parent ?? ""), which has no time", remedy: "repair the file in ELAN")
        }
      }
    }
  }
}
