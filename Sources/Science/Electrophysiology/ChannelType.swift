/// What a channel of an EEG recording measures, by its name.
public enum ChannelType: String, Sendable, CaseIterable {
  case eeg
  case eog
  case ecg
  case emg
  /// Respiration, skin, triggers, status, photodiodes and other channels that are no electrodes on the scalp.
  case other

  /// The type that a label says; a name that says nothing is an EEG channel.
  public init(label: String) {
    if StandardMontage.standardName(label) != nil {
      self = .eeg
      return
    }
    let name = label.lowercased()
    let marks: [(ChannelType, [String])] = [
      (.eog, ["eog", "ocular"]), (.ecg, ["ecg", "ekg"]), (.emg, ["emg"]),
      (
        .other,
        [
          "trig", "status", "stim", "sti ", "resp", "gsr", "eda", "pleth", "ppg", "temp", "photo", "diode", "marker",
          "event", "annotation", "aux", "misc", "accel", "gyro", "audio", "erg",
        ]
      ),
    ]
    for (type, words) in marks where words.contains(where: { name.contains($0) }) {
      self = type
      return
    }
    self = name.hasPrefix("exg") ? .other : .eeg
  }
}
