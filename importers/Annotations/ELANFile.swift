import Diagnostics
import Importing
import XMLFile

/// ELAN's .eaf: tiers of annotations between time slots in milliseconds.
///
/// Annotations that refer to others have their parent's time, divided into equal parts among the children of a
/// subdivision in the order of their PREVIOUS_ANNOTATION; slots without a value divide the stretch between the timed ones
/// of their chain of annotations equally. TIME_ORIGIN of the first medium moves all of it onto that medium's clock.
/// Source: ELAN Annotation Format 3.0 (schema EAFv3.0).
enum ELANFile {
  static func isELAN(_ bytes: [UInt8]) -> Bool {
    let head = String(decoding: bytes.prefix(2_048), as: UTF8.self)
    return head.contains("<ANNOTATION_DOCUMENT")
  }

  struct Annotation {
    enum Place {
      case slots(start: String, end: String)
      /// `previous`: the sibling it follows.
      case within(parent: String, previous: String?)
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

  /// A tier as it stands in the file.
  struct Tier {
    let name: String
    let type: String
    let parent: String?
    var annotations: [Annotation] = []
  }

  private struct Parsed {
    let path: String
    /// In TIME_ORDER, times in milliseconds.
    var slots: [(id: String, time: Double?)] = []
    var tiers: [Tier] = []
    var subdivided: Set<String> = []
    var media: String?
    /// Of the first medium; nil where nothing is said.
    var originS: Double?
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
        tiers.append(
          Tier(name: try required("TIER_ID", of: name, attributes), type: type, parent: attributes["PARENT_REF"]))
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
          place: .within(
            parent: try required("ANNOTATION_REF", of: name, attributes), previous: attributes["PREVIOUS_ANNOTATION"]))
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
      file.clock.state("unit of time", 1e-3, "s", by: .header, of: path)
      if let originS { file.clock.state("time origin", originS, "s", by: .header, of: path) }
      let open = slots.filter { $0.time == nil }.count
      if open > 0 {
        file.notes.append(
          Diagnostic(
            .note, .slotsInterpolated, path, reason: "\(open) of \(slots.count) slots have no time",
            remedy: "align them in ELAN if their times matter"))
      }
      let spans = try ELANTimes(path: path, tiers: tiers, subdivided: subdivided).spans(slots)
      func shifted(_ seconds: Double) -> Double { originS.map { seconds + $0 } ?? seconds }
      for tier in tiers {
        let intervals = tier.annotations.compactMap { annotation in
          spans[annotation.id].map {
            IntervalTier.Interval(
              startS: shifted($0.0), endS: shifted($0.1),
              text: OptionText.trim(annotation.text))
          }
        }
        file.tiers.append(IntervalTier(name: tier.name, intervals: intervals.sorted { $0.startS < $1.startS }))
      }
      return file
    }
  }
}
