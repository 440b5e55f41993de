import ContentIdentity

/// Places in the parameters of units that do not tell how a fit was made. `ParameterTests` holds that each is there.
package enum RecipePlaces {
  /// In units behind a fit, those that say whose and of what they are, or follow from the data. What the data are like is
  /// asked of the targets: subjects, ceilings, stimuli.
  package static let data = [
    "as_in_study", "audio_stream", "bad", "blank", "channels", "channels_left_out", "cohort", "components.rejected",
    "components.seed", "dataset", "layers", "length", "material", "model.regions", "model.sensors", "null", "owner",
    "placements", "rate_hz", "recording", "regions", "sensors", "sensors_unused", "settings.as_in_study",
    "settings.regions", "settings.seed", "sound", "stimulus", "subject", "units", "values",
  ]
  /// Under which twins have the parameters of the features that they are of.
  package static let twinned = "features"
  /// In a fit, those that say whose and of what it is, or follow from it.
  package static let own = ["as.fit.keys", "as.fit.target.source", "as.fit.region_info", "as.fit.subject_count"]
  /// In a fit, those that no score depends on.
  package static let silent = ["as.fit.store", "as.fit.lags_s", "as.null", "as.draws", "as.fit.encoding.seed"]

  /// Whether a place is another, or below it.
  package static func lies(_ place: String, at other: String) -> Bool {
    place == other || place.hasPrefix(other + ".")
  }

  /// Whether a place behind a fit says whose and of what it is.
  package static func isOfData(_ place: String) -> Bool {
    data.contains { lies(place, at: $0) || lies(place, at: "\(twinned).\($0)") }
  }

  /// Values by their places; lists of plain values are one.
  package static func leaves(_ value: JSONValue, _ place: String = "") -> [String: JSONValue] {
    func below(_ name: String) -> String { place.isEmpty ? name : "\(place).\(name)" }
    if let members = value.objectValue, !members.isEmpty {
      return members.reduce(into: [:]) { $0.merge(leaves($1.value, below($1.key))) { $1 } }
    }
    if let items = value.arrayValue, items.contains(where: { $0.objectValue != nil }) {
      return items.enumerated().reduce(into: [:]) { $0.merge(leaves($1.element, below("\($1.offset)"))) { $1 } }
    }
    return [place: value]
  }
}
