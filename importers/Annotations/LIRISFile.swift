import DelimitedText
import Diagnostics
import Importing

/// Annotations of LIRIS-ACCEDE and of the MediaEval tasks on it, known by their header and file name.
///
/// `ACCEDEranking.txt`: one value per clip of 8 to 12 s. Continuous annotation of 30 films: a file per film and quality
/// with `Time Mean Std`. MediaEval: `NAME_Valence-Arousal.txt` with time, valence and arousal every second, and
/// `NAME_Fear.txt` with the start and end of every stretch of fear. Source: liris-accede.ec-lyon.fr, *Database*;
/// Dellandréa et al., MediaEval 2018.
enum LIRISFile {
  /// What a name says: the film and what is annotated.
  static func parts(_ path: String) -> (film: String, quality: String)? {
    let stem = SourceFile.stem(path)
    for ending in ["Valence-Arousal", "Arousal", "Valence", "Fear"] {
      for separator in ["_", "-"] where stem.lowercased().hasSuffix("\(separator)\(ending)".lowercased()) {
        let film = String(stem.dropLast(ending.count + 1))
        return film.isEmpty ? nil : (film, ending.lowercased())
      }
    }
    return nil
  }

  /// Options with the film as stimulus and the columns under the quality's name, where the user named neither.
  static func options(_ table: DelimitedTable, _ given: SeriesTableOptions) -> SeriesTableOptions {
    guard let (film, quality) = parts(table.path) else { return given }
    var options = given
    let names = table.header.map { $0.lowercased() }
    let isPair = quality == "valence-arousal" && names.contains("valence") && names.contains("arousal")
    let mean = names.firstIndex(of: "mean")
    guard isPair || (mean != nil && quality != "valence-arousal") else { return given }
    if given.stimulus == nil { options.stimulus = film }
    guard let mean, given.map.isEmpty, given.name == nil, !isPair, let time = names.firstIndex(of: "time") else {
      return options
    }
    var map = ["time=\(table.header[time])", "\(quality)=\(table.header[mean])"]
    if let spread = names.firstIndex(where: { ["std", "sd"].contains($0) }) {
      map.append("\(quality)_sd=\(table.header[spread])")
    }
    options.map = map
    return options
  }

  /// Whether it is the ranking of the clips.
  static func isRanking(_ table: DelimitedTable) -> Bool {
    table.column("name") != nil && values(table).count == 2
  }

  /// Annotation -> column of the ranking: values, or ranks where there are none.
  static func values(_ table: DelimitedTable) -> [(name: String, column: Int)] {
    ["valence", "arousal"].compactMap { quality in
      ["\(quality)Value", "\(quality)Rank"].lazy.compactMap(table.column).first.map { (quality, $0) }
    }
  }

  /// The stretches of fear; nil where the file is none of these.
  ///
  /// - Throws: `tierTimes`.
  static func fear(_ path: String, _ bytes: [UInt8]) throws -> (film: String, tier: IntervalTier)? {
    guard let (film, quality) = parts(path), quality == "fear",
      let text = String(validating: bytes, as: UTF8.self)
    else { return nil }
    var tier = IntervalTier(name: "fear", intervals: [])
    for (index, line) in text.writtenLines.enumerated() {
      let words = line.text.split { $0.isWhitespace || $0 == "," || $0 == ";" }.map(String.init)
      let numbers = words.compactMap(OptionText.number)
      // The first line may name the columns.
      if numbers.isEmpty, index == 0 { continue }
      guard words.count == 2, numbers.count == 2, numbers[0] >= 0, numbers[1] >= numbers[0] else {
        throw EvokeError(
          .tierTimes, "\(path) line \(line.number)", reason: "\(line.text) is no start and end in seconds",
          remedy: "correct the line")
      }
      tier.intervals.append(.init(startS: numbers[0], endS: numbers[1], text: "fear"))
    }
    return (film, tier)
  }
}
