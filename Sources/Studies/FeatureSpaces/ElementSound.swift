import ContentIdentity
import Diagnostics
import LabelledArrays
import MediaSources
import Recordings
import SignalProcessing
import Vocabulary
import Warehouse
import Work

/// Samples per channel of a sound, as its import counted them.
struct SoundLength: Codable, Sendable, Equatable {
  let sampleCount: Int
  let rateHz: Int

  var seconds: Double { Double(sampleCount) / Double(rateHz) }

  /// Samples of the same sound at another rate.
  func samples(atHz rate: Int) -> Int {
    WaveformSource.sampleCount(native: sampleCount, nativeHz: rateHz, rateHz: rate)
  }
}

/// Where the sound of an element comes from, as it shapes what is computed from it.
struct ElementSound: Codable, Sendable, Equatable {
  enum Place: Codable, Sendable, Equatable {
    /// The stimulus' own file; `audioStream` is the stream's index in it, nil where the import chose none: then the
    /// default one.
    case media(audioStream: Int?)
    /// The same made louder and faster: see `VariedSound`.
    case varied(audioStream: Int?, gainDb: Double, tempo: Double)
    /// A file of the element alone that was imported.
    case importedStem
    /// What a unit separated from the stimulus' sound with a model.
    case separatedStem(model: String)
    /// Such a stem louder or softer as a whole, so that its level is `matchedDB`.
    case matchedImportedStem
    case matchedSeparatedStem(model: String)
  }

  /// Level of a stem whose level is matched, over its seconds that are not silent and as one channel, which is what features are
  /// computed of; dB re full scale.
  static let matchedDB = -20.0

  let place: Place
  /// nil where the import counted no samples: the file is decoded once to count them.
  let length: SoundLength?

  /// How long it is; nil where nothing is known of it.
  var seconds: Double? {
    guard case .varied(_, _, let tempo) = place else { return length?.seconds }
    return length.map { $0.seconds / tempo }
  }

  /// What tells its features from those of other places; nil for the stimulus' own sound.
  var variant: String? {
    switch place {
    case .media: nil
    case .varied(_, let gainDb, let tempo): SoundVariant(gainDB: gainDb, tempo: tempo).name
    case .importedStem: "separation-imported"
    case .separatedStem(let model): "separation-\(model)"
    case .matchedImportedStem: "separation-imported,matched"
    case .matchedSeparatedStem(let model): "separation-\(model),matched"
    }
  }

  /// The stem that is made louder or softer; nil for what is as it is.
  private var unmatched: ElementSound? {
    switch place {
    case .media, .varied, .importedStem, .separatedStem: nil
    case .matchedImportedStem: ElementSound(place: .importedStem, length: length)
    case .matchedSeparatedStem(let model): ElementSound(place: .separatedStem(model: model), length: length)
    }
  }

  /// A stem at `matchedDB`; the original sound stays as it is.
  var matched: ElementSound {
    switch place {
    case .media, .varied, .matchedImportedStem, .matchedSeparatedStem: self
    case .importedStem: ElementSound(place: .matchedImportedStem, length: length)
    case .separatedStem(let model): ElementSound(place: .matchedSeparatedStem(model: model), length: length)
    }
  }

  /// The mono sound at a rate.
  ///
  /// - Throws: `E-EXE-007` where the task lacks the file or stem, and what opening it throws.
  func open(_ element: Element, of task: UnitTask, rateHz: Int) throws -> any SampleSource {
    if let unmatched {
      let sound = try unmatched.open(element, of: task, rateHz: rateHz)
      let level = try Self.level(of: sound, unmatched.silentSeconds(element, of: task) ?? [])
      // Silence has no level to match.
      return VariedSound(sound, gainDB: level > SoundLevels.floor ? Self.matchedDB - level : 0, tempo: 1)
    }
    switch place {
    case .media(let stream):
      return try WaveformSource(
        path: task.source("media").path, audioStream: stream, rateHz: rateHz,
        sampleCount: length?.samples(atHz: rateHz))
    case .varied(let stream, let gainDb, let tempo):
      let media = ElementSound(place: .media(audioStream: stream), length: length)
      return VariedSound(try media.open(element, of: task, rateHz: rateHz), gainDB: gainDb, tempo: tempo)
    case .importedStem:
      return try WaveformSource(
        path: task.source("media").path, rateHz: rateHz, sampleCount: length?.samples(atHz: rateHz))
    case .separatedStem:
      let stem = try task.stem(.samples, element)
      let stored = try StemParameters(of: stem.description).length
      return try StemSource(
        stem.reference, stored: stored, rateHz: rateHz, sampleCount: (length ?? stored).samples(atHz: rateHz))
    case .matchedImportedStem, .matchedSeparatedStem: preconditionFailure("it is opened as the stem that it is made of")
    }
  }

  /// The level over the seconds of a sound that are not silent, dB re full scale; the sound is at its beginning again.
  private static func level(of sound: any SampleSource, _ silent: [Bool]) throws -> Double {
    let rate = Int(sound.rateHz)
    var (squares, count) = (0.0, 0)
    for (second, start) in stride(from: 0, to: sound.sampleCount, by: rate).enumerated()
    where second >= silent.count || !silent[second] {
      let values = try sound.samples(start..<min(sound.sampleCount, start + rate))
      for value in values { squares += Double(value) * Double(value) }
      count += values.count
    }
    try sound.rewind()
    return SoundLevels.decibels(squares / Double(max(1, count)))
  }

  /// Which seconds of the element are below -60 dBFS; nil for the original, whose silence is part of it.
  func silentSeconds(_ element: Element, of task: UnitTask) throws -> [Bool]? {
    if let unmatched { return try unmatched.silentSeconds(element, of: task) }
    switch place {
    case .media, .varied: return nil
    case .separatedStem:
      let levels = try ArrayReader.read(task.stem(.levels, element).reference)
      return levels.values.map { $0 < Float(SoundLevels.silence) }
    case .importedStem: return try stemLevels(of: task).map { $0 < SoundLevels.silence }
    case .matchedImportedStem, .matchedSeparatedStem:
      preconditionFailure("its silence is that of the stem that it is made of")
    }
  }

  /// The level of every second of an imported stem, dB re full scale.
  func stemLevels(of task: UnitTask) throws -> [Double] {
    let rate = 44_100
    let source = try StereoSource(
      path: task.source("media").path, rateHz: rate, sampleCount: length?.samples(atHz: rate))
    var levels = SoundLevels(rateHz: rate)
    for start in stride(from: 0, to: source.sampleCount, by: 10 * rate) {
      let piece = try source.samples(start..<min(source.sampleCount, start + 10 * rate))
      levels.add(piece.left, piece.right)
    }
    return levels.secondDecibels
  }
}

/// A variant of a stimulus' sound: how much louder, and how much faster.
package struct SoundVariant: Sendable, Hashable {
  package let gainDB: Double
  package let tempo: Double

  package init(gainDB: Double, tempo: Double) { (self.gainDB, self.tempo) = (gainDB, tempo) }

  /// The sound as it is.
  package static let plain = SoundVariant(gainDB: 0, tempo: 1)

  /// For names: `gain-6,tempo1.25`.
  var name: String {
    [("gain", gainDB, 0.0), ("tempo", tempo, 1)].filter { $0.1 != $0.2 }
      .map { $0.0 + JSONValue.number($0.1).canonical }.joined(separator: ",")
  }
}

/// The film of a stimulus on the clock of its sound.
struct FilmClock: Codable, Sendable, Equatable {
  /// Container time of stimulus second 0; nil where the film has no sound: the first picture's time.
  let audioStartS: Double?
  let durationS: Double
}

extension UnitTask {
  /// The two arrays of a stem.
  fileprivate enum StemPart {
    case samples, levels

    var kind: String {
      switch self {
      case .samples: "stem"
      case .levels: StemLevels.kind
      }
    }
  }

  /// An array of the stem of an element.
  fileprivate func stem(_ part: StemPart, _ element: Element) throws -> TaskArray {
    let found = arrays.first {
      $0.role == "stem" && $0.description.kind == part.kind && $0.description.element == element.rawValue
    }
    guard let found else {
      throw EvokeError(
        .inputMissing, label, reason: "the separation made no \(part.kind) of the \(element.rawValue)",
        remedy: "plan and run the study again")
    }
    return found
  }
}
