import Annotations
import Diagnostics
import Features
import Importing
import Testing

/// What series, stimuli and spaces are called: by templates, tables of names, cells and options.
@Suite struct SeriesNameTests {
  private func features(
    _ files: [String], _ known: KnownNames = KnownNames(), _ set: (inout FeatureOptions) -> Void = { _ in }
  ) -> ImportBatch {
    var options = FeatureOptions.unset
    set(&options)
    return importFeatures(files: files, options: options, common: common, known: known)
  }

  private func annotations(
    _ files: [String], _ known: KnownNames = KnownNames(), _ set: (inout AnnotationOptions) -> Void = { _ in }
  ) -> ImportBatch {
    var options = AnnotationOptions.unset
    set(&options)
    return importAnnotations(files: files, options: options, common: common, known: known)
  }

  // MARK: Templates

  @Test func aTemplateNamesStimuliAndWhatIsFixedInItTheSpace() throws {
    let scratch = try Scratch()
    for song in 1...3 { try scratch.write("env_song\(song).csv", "Sec,Env\n0,-34.\(song)\n1,-42\n2,-20\n") }
    let batch = features([scratch.path("env_{stimulus}.csv")])
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.features.map(\.stimulus) == ["song1", "song2", "song3"])
    #expect(Set(batch.features.map(\.space)) == ["env"] && batch.features[0].featureNames == ["Env"])
    let named = features([scratch.path("env_{stimulus}.csv")]) { $0.table.name = "loudness" }
    #expect(Set(named.features.map(\.space)) == ["loudness"])
    // Without any name the file gives none: the only column does.
    #expect(features([scratch.path("env_song1.csv")]).features.map(\.space) == ["Env"])
  }

  @Test func annotationsTakeStimulusSubjectSessionAndRunFromTheTemplate() throws {
    let scratch = try Scratch()
    for subject in ["s1", "s2"] {
      try scratch.write("\(subject)_film_r1.csv", "time,mood\n0,1\n1,\(subject == "s1" ? 2 : 3)\n")
    }
    let batch = annotations([scratch.path("{subject}_{stimulus}_{run}.csv")])
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.annotations.map(\.subject) == ["s1", "s2"])
    #expect(batch.annotations.allSatisfy { $0.stimulus == "film" && $0.run == "r1" && $0.name == "mood" })
    expectError(
      annotations([scratch.path("{subject}_{stimulus}_{run}.csv")]) { $0.subject = "x" }, .optionMalformed,
      naming: "{subject}", "--subject")
    expectError(
      features([scratch.path("{subject}_{stimulus}_{run}.csv")]), .optionMalformed, naming: "features have no subject")
  }

  @Test func tablesOfNamesRenameTemplatesColumnsAndFiles() throws {
    let scratch = try Scratch()
    let names = try scratch.write("names.csv", "code,name\n1,Ode\n2,Waltz\n")
    for song in 1...2 { try scratch.write("env_\(song).csv", "time,env\n0,1\n1,\(song)\n") }
    let long = try scratch.write("long.csv", "time,mood,song\n0,1,1\n1,2,1\n0,3,2\n1,4,2\n")
    try scratch.write("1.csv", "time,mood\n0,1\n1,2\n")
    let byTemplate = features([scratch.path("env_{stimulus}.csv")]) { $0.array.rename = ["stimulus=\(names)"] }
    #expect(byTemplate.features.map(\.stimulus) == ["Ode", "Waltz"])
    let byColumn = annotations([long]) {
      $0.table.stimulus = "song"
      $0.array.rename = ["stimulus=\(names)"]
    }
    #expect(byColumn.annotations.map(\.stimulus) == ["Ode", "Waltz"])
    #expect(byColumn.sources.map(\.path) == [long, names])
    #expect(
      annotations([scratch.path("1.csv")]) { $0.array.rename = ["stimulus=\(names)"] }.annotations[0].stimulus == "Ode")
    let unknown = try scratch.write("3.csv", "time,mood\n0,1\n1,2\n")
    expectError(
      annotations([unknown]) { $0.array.rename = ["stimulus=\(names)"] }, .renameIncomplete, naming: "stimulus 3")
  }

  @Test func severalColumnsWithoutANameAreRefused() throws {
    let scratch = try Scratch()
    let file = try scratch.write("clip.csv", "time,a,b\n0,1,2\n1,3,4\n")
    expectError(features([file]), .spaceUnnamed, naming: "2 columns", "--name")
    #expect(features([file]) { $0.table.name = "s" }.features.map(\.space) == ["s"])
  }

  // MARK: Stimuli by their files

  @Test func aFileNamesItsStimulus() throws {
    let scratch = try Scratch()
    for (cell, known, wanted) in [
      ("clip.mp4", ["clip"], "clip"), ("clip.mp4", [], "clip"), ("stimuli/clip.WAV", ["clip"], "clip"),
      ("C:\\stim\\clip.avi", [], "clip"), ("clip.mp4", ["clip.mp4", "clip"], "clip.mp4"), ("take.2", [], "take.2"),
      ("v1.mp3.flac", [], "v1.mp3"), ("mp4", [], "mp4"),
    ] {
      let file = try scratch.write("r.csv", "time,arousal,video\n0,0.1,\(cell)\n1,0.2,\(cell)\n")
      let names = KnownNames(withoutMedia: Set(known))
      let batch = annotations([file], names) { $0.table.stimulus = "video" }
      #expect(batch.annotations.map(\.stimulus) == [wanted], "\(cell)")
      let plain = try scratch.write("p.csv", "time,arousal\n0,0.1\n1,0.2\n")
      #expect(annotations([plain], names) { $0.table.stimulus = cell }.annotations.map(\.stimulus) == [wanted])
    }
    // Both spellings in one column are one series.
    let both = try scratch.write("b.csv", "time,arousal,video\n0,0.1,clip.mp4\n1,0.2,clip\n")
    #expect(annotations([both]) { $0.table.stimulus = "video" }.annotations.map(\.sampleCount) == [2])
  }

  // MARK: Near misses

  @Test func aNameThatIsAlmostKnownIsPointedOut() throws {
    let scratch = try Scratch()
    let file = try scratch.write("film.csv", "time,arousel\n0,1\n1,2\n")
    var known = KnownNames(withoutMedia: ["film"])
    known.annotations = ["arousal", "rater1"]
    known.spaces = ["arousal", "layer1"]
    known.datasets = ["heldd"]
    let batch = annotations([file], known)
    #expect(batch.found(.nameNear).map(\.object) == ["annotation arousel"])
    #expect(batch.found(.nameNear)[0].remedy.contains("did you mean arousal"))
    #expect(features([file], known).found(.nameNear).map(\.object) == ["feature space arousel"])
    var other = batch
    other.compareDataset(known)
    #expect(other.found(.nameNear).map(\.object).contains("dataset held"))
    // Numbers tell names apart.
    let numbered = try scratch.write("n.csv", "time,rater2\n0,1\n1,2\n")
    #expect(annotations([numbered], known).found(.nameNear).isEmpty)
  }

  // MARK: Time columns

  @Test(arguments: ["Sec", "Time", "seconds", "secs", "Time (s)", "frameTime", "time_sec"])
  func secondsHaveManyNames(name: String) throws {
    let scratch = try Scratch()
    let batch = annotations([try scratch.write("film.csv", "\(name),mood\n0,1\n0.5,2\n1,3\n")])
    #expect(batch.errors.isEmpty && batch.annotations.map(\.rateHz) == [2], "\(batch.errors)")
  }

  @Test(arguments: ["ms", "Time (ms)", "milliseconds"]) func millisecondsToo(name: String) throws {
    let scratch = try Scratch()
    let batch = annotations([try scratch.write("film.csv", "\(name),mood\n0,1\n500,2\n1000,3\n")])
    #expect(batch.errors.isEmpty && batch.annotations.map(\.rateHz) == [2], "\(batch.errors)")
  }

  @Test func aUsualNameGoesFirst() throws {
    let scratch = try Scratch()
    let batch = annotations([try scratch.write("film.csv", "time,sec\n0,1\n1,2\n")])
    #expect(batch.annotations.map(\.name) == ["sec"])
  }
}
