import Foundation
import Testing

/// A folder of BIDS derivatives holds the rows of views and the features behind them, and says what each number is.
@Suite(.serialized) struct FolderExportCommandTests {
  private static let made = Result { try Made() }

  /// Two stimuli, two studies and two raters whose names have the same letters and digits.
  private struct Made {
    let program: Program

    init() throws {
      program = try Program()
      try program.succeed(["init", "toy.evoke"])
      for (stimulus, step) in [("song-1", 7), ("song_1", 3)] {
        let features = (0..<90).map { second in
          "\(second),\(Double(second * step % 11) / 3),\(second == 4 ? "" : String(second * 5 % 13)),\(second % 17)\n"
        }
        let ratings = (0..<90).flatMap { second in
          [("Anna.b", 4), ("sub-anna-b", 6)].map { rater, more in
            "\(second),\(rater),\(second * (step + more) % 11 + second % 5)\n"
          }
        }
        try program.write("time_s,loud,bright,low\n" + features.joined(), "\(stimulus).csv")
        try program.write("time,rater,joy\n" + ratings.joined(), "\(stimulus)-joy.csv")
        let common = ["--dataset", "d", "--stimulus", stimulus]
        try program.succeed(
          ["import", "features", "\(stimulus).csv", "--space", "loud set=loud,bright,low", "--licence", "CC0-1.0"]
            + common)
        try program.succeed(["import", "annotations", "\(stimulus)-joy.csv", "--rater", "rater"] + common)
      }
      for study in ["s-1", "s_1"] {
        try program.write(
          """
          study: \(study)
          kind: layer_sweep
          datasets: [d]
          features: [{space: loud set}]
          targets: [{annotation: joy}, {annotation: joy, rater: each}]
          encoding: {delays_s: [0], outer: {folds: 2}, inner: {folds: 2}}
          statistics: {null: phase, draws: 19}
          """, "\(study).yaml")
        try program.succeed(["run", "\(study).yaml", "--allow-invalid"])
      }
    }
  }

  /// The program, once participants consented to a word.
  private func program(under word: String) throws -> Program {
    let program = try Self.made.get().program
    try program.succeed(["consent", "d", word, "--reason", "vote"])
    return program
  }

  private struct Folder {
    let path: String
    /// Files by their paths inside it.
    let files: Set<String>

    init(_ program: Program, _ name: String) throws {
      path = program.folder + "/" + name
      files = try program.files(in: name)
    }

    func text(_ file: String) throws -> String { try String(contentsOfFile: path + "/" + file, encoding: .utf8) }

    func json(_ file: String) throws -> [String: Any] {
      let data = Data(try text(file).utf8)
      return try #require(try JSONSerialization.jsonObject(with: data) as? [String: Any])
    }

    /// Cells of a table, its headers first.
    func cells(_ file: String) throws -> [[String]] { FolderExportCommandTests.cells(try text(file)) }
  }

  private static func cells(_ text: String) -> [[String]] {
    text.split(separator: "\n").map { $0.split(separator: "\t", omittingEmptySubsequences: false).map(String.init) }
  }

  /// Entities in the order of the standard, labels of letters and digits, a suffix, and the folder of the subject.
  private func requireNamed(_ file: String) throws {
    let places = file.split(separator: "/").map(String.init)
    let words = try #require(places.last).split(separator: "_").map(String.init)
    let suffix = try #require(words.last)
    #expect(suffix.wholeMatch(of: /[0-9A-Za-z]+\.(tsv|tsv\.gz|json)/) != nil, "\(file)")
    let entities = words.dropLast().map { $0.split(separator: "-", omittingEmptySubsequences: false).map(String.init) }
    for entity in entities {
      #expect(entity.count == 2 && entity.last?.wholeMatch(of: /[0-9A-Za-z]+/) != nil, "\(file)")
    }
    let keys = entities.map { $0[0] }
    #expect(["sub", "task", "desc"].filter(keys.contains) == keys && keys.contains("desc"), "\(file)")
    let folder = places.dropLast().joined(separator: "/")
    if keys.contains("sub") {
      #expect(folder == words[0], "\(file)")
    } else {
      #expect(["", "stimuli", "prov"].contains(folder), "\(file)")
    }
  }

  /// The JSON file beside a table.
  private func sidecar(_ file: String) -> String { String(file.dropLast(".tsv".count)) + ".json" }

  /// What the standard asks of every file, whatever is in it.
  private func requireStandard(_ folder: Folder) throws {
    let own: Set = [
      "dataset_description.json", "README.md", ".bidsignore", "descriptions.tsv", "descriptions.json",
      "participants.tsv", "participants.json",
    ]
    for file in folder.files.subtracting(own) { try requireNamed(file) }
    // bids-validator 3 compares the names of folders without a slash.
    #expect(try folder.text(".bidsignore").split(separator: "\n").last == "prov")
    #expect(Set(folder.files.map { $0.lowercased() }).count == folder.files.count)
    for file in folder.files where file.hasSuffix(".tsv") {
      let about = try folder.json(sidecar(file))
      let cells = try folder.cells(file)
      let head = try #require(cells.first)
      #expect(cells.count > 1 && Set(head).count == head.count, "\(file)")
      for column in head {
        let told = (about[column] as? [String: Any])?["Description"] as? String
        #expect(told?.isEmpty == false, "\(file): \(column)")
      }
      for row in cells { #expect(row.count == head.count && !row.contains(""), "\(file)") }
    }
    let about = try folder.json("dataset_description.json")
    #expect(about["BIDSVersion"] as? String == "1.10.0" && about["DatasetType"] as? String == "derivative")
    let makers = about["GeneratedBy"] as? [[String: String]]
    #expect(makers == [["Name": "Evoke", "Version": "0.1.0"]] && (about["Name"] as? String)?.isEmpty == false)
    #expect(about["SourceDatasets"] as? [[String: String]] == [["Name": "d", "License": "CC0-1.0"]])
    #expect(about["License"] as? String == "CC0-1.0")
  }

  /// The rows of its tables by view and study, sorted.
  private func rows(_ folder: Folder, of people: Bool? = nil) throws -> [[String]: [[String]]] {
    var found: [[String]: [[String]]] = [:]
    for file in folder.files where file.hasSuffix(".tsv") && file.contains("desc-") {
      if let people, people != file.hasPrefix("sub-") { continue }
      let about = try folder.json(sidecar(file))
      let key = try ["EvokeView", "EvokeStudy"].map { try #require(about[$0] as? String) }
      found[key, default: []] += try folder.cells(file).dropFirst()
    }
    return found.mapValues { $0.sorted { $0.lexicographicallyPrecedes($1) } }
  }

  /// Those that the view itself has, with `n/a` where there is nothing.
  private func asked(_ program: Program, _ key: [String], _ conditions: [String] = []) throws -> [[String]] {
    let words = ["query", key[0], "--where", "study=\(key[1])", "--format", "tsv"] + conditions
    let cells = Self.cells(try program.succeed(words).output).dropFirst()
    return cells.map { $0.map { $0.isEmpty ? "n/a" : $0 } }.sorted { $0.lexicographicallyPrecedes($1) }
  }

  @Test func `every row of every view of results is there once, described and as it is asked for`() throws {
    let program = try program(under: "controlled")
    let ending = try program.succeed(["export", "bids", "whole"])
    #expect(ending.output == "whole\n" && !ending.error.contains("E-CNS-001"))
    let folder = try Folder(program, "whole")
    try requireStandard(folder)
    let found = try rows(folder)
    for study in ["s-1", "s_1"] {
      for view in ["encoding_score", "layer_sweep", "fold_score_detail", "group_score", "anova"] {
        #expect(try found[[view, study]] ?? [] == asked(program, [view, study]), "\(view)")
      }
      #expect(found[["encoding_score", study]]?.count == 3)
    }
    for (key, rows) in found { #expect(try rows == asked(program, key), "\(key)") }
    // Whose rows they are is said by the folder, and by nothing else.
    let people = try folder.cells("participants.tsv")
    #expect(people[0] == ["participant_id", "dataset", "name"])
    #expect(people.dropFirst() == [["sub-AnnaB1", "d", "Anna.b"], ["sub-annaB2", "d", "sub-anna-b"]])
    for file in folder.files where file.hasSuffix(".tsv") && file.contains("desc-") {
      let cells = try folder.cells(file)
      let raters = Set(cells.dropFirst().map { row in cells[0].firstIndex(of: "rater").map { row[$0] } })
      let person = people.first { file.hasPrefix($0[0] + "/") }.map { $0[2] }
      #expect(file.hasPrefix("sub-") == (person != nil) && raters.isSubset(of: [person ?? "n/a", nil]), "\(file)")
    }
    let score = try #require(folder.files.first { $0.hasSuffix("_encodingScore.json") && !$0.hasPrefix("sub-") })
    #expect(try folder.json(score)["EvokeConsent"] as? String == "controlled")
    #expect(try folder.json(score)["EvokeLicences"] as? [String] == ["CC0-1.0"])
    let folds = try #require(folder.files.first { $0.hasSuffix("_foldScoreDetail.json") })
    let units = try folder.json(folds).compactMapValues { ($0 as? [String: Any])?["Units"] as? String }
    #expect(units == units.filter { $0.key.hasSuffix("_s") && $0.value == "s" } && !units.isEmpty)
  }

  @Test func `labels never stand for two things, and the true names are told`() throws {
    let program = try program(under: "controlled")
    try program.succeed(["export", "bids", "named", "--features", "--view", "layer_sweep", "--title", "Two songs"])
    let folder = try Folder(program, "named")
    try requireStandard(folder)
    #expect(try folder.json("dataset_description.json")["Name"] as? String == "Two songs")
    #expect(Set(try rows(folder).keys) == [["layer_sweep", "s-1"], ["layer_sweep", "s_1"]])
    let told = try folder.cells("descriptions.tsv").dropFirst().map { Array($0.prefix(2)) }
    #expect(told.prefix(2) == [["desc-s11", "Results of study s-1"], ["desc-s12", "Results of study s_1"]])
    #expect(told.count == 3 && told[2][0] == "desc-loudSet" && told[2][1].contains("loud set, original"))
    for (label, stimulus) in [("song11", "song-1"), ("song12", "song_1")] {
      let stem = "stimuli/task-\(label)_desc-loudSet_stim"
      let about = try folder.json(stem + ".json")
      #expect(about["TaskName"] as? String == stimulus && about["SamplingFrequency"] as? Double == 1)
      #expect(about["StartTime"] as? Double == 0 && about["Columns"] as? [String] == ["loud", "bright", "low"])
      let array = try #require(about["EvokeArray"] as? [String: String])
      #expect(array["stimulus"] == stimulus && array["consent"] == "controlled")
      #expect(array["licences"] == "[\"CC0-1.0\"]" && array["logical_sha256"]?.count == 64)
      // Every number is that of the array.
      let file = "\(stem)-array.csv".replacing("stimuli/", with: "")
      try program.succeed(["export", "csv", try #require(array["name"]), "-o", file])
      let table = try String(contentsOfFile: program.folder + "/" + file, encoding: .utf8)
      let numbers = table.split(whereSeparator: \.isNewline).dropFirst().map { line in
        line.split(separator: ",", omittingEmptySubsequences: false).dropFirst().map { $0.isEmpty ? "n/a" : String($0) }
      }
      let unpacked = try program.run(["-dc", "\(folder.path)/\(stem).tsv.gz"], launch: "/usr/bin/gzip")
      #expect(unpacked.status == 0 && Self.cells(unpacked.output) == numbers)
      #expect(numbers.count == 90 && numbers[4][1] == "n/a")
    }
    for (label, study) in [("s11", "s-1"), ("s12", "s_1")] {
      try program.succeed(["export", "prov-json", "--study", study, "-o", "\(label).json"])
      let lineage = try String(contentsOfFile: "\(program.folder)/\(label).json", encoding: .utf8)
      #expect(try folder.text("prov/desc-\(label)_prov.json") == lineage && lineage.contains("wasGeneratedBy"))
    }
  }

  @Test func `rows of persons stay where consent lets only results leave, and are counted`() throws {
    let program = try program(under: "results-only")
    let ending = try program.succeed(["export", "bids", "group", "--features", "--study", "s-1"])
    let folder = try Folder(program, "group")
    try requireStandard(folder)
    #expect(!folder.files.contains { $0.contains("sub-") || $0.hasPrefix("participants") })
    for file in folder.files where !file.hasSuffix(".gz") {
      let text = try folder.text(file)
      #expect(!text.contains("Anna") && !text.contains("anna-b") && !text.contains(program.folder), "\(file)")
    }
    let found = try rows(folder)
    #expect(found[["encoding_score", "s-1"]]?.count == 1 && found.keys.allSatisfy { $0[1] == "s-1" })
    for (key, rows) in found {
      let head = try program.succeed(["query", key[0], "--limit", "0", "--format", "tsv"]).output
      let conditions = ["rater", "subject"].filter(Self.cells(head)[0].contains).flatMap { ["--where", "\($0)="] }
      #expect(try rows == asked(program, key, conditions), "\(key)")
    }
    #expect(ending.error.contains("2 rows of encoding_score") && ending.error.contains("E-CNS-001"))
    #expect(try folder.text("README.md").contains("2 rows of encoding_score"))
  }

  @Test func `what is refused leaves no folder`() throws {
    let program = try program(under: "none")
    func refused(_ words: [String], _ status: Int32, _ text: String) throws {
      let ending = try program.run(["export", "bids"] + words)
      #expect(ending.status == status && ending.error.contains(text), "\(words): \(ending.status) \(ending.error)")
      let left = try FileManager.default.contentsOfDirectory(atPath: program.folder)
      #expect(!left.contains { $0.hasPrefix("refused") }, "\(left)")
    }
    try refused(["refused"], 77, "dataset d is none")
    try program.succeed(["consent", "d", "results-only", "--reason", "vote"])
    try refused(["refused", "--study", "s-2"], 66, "s-1")
    try refused(["refused", "--view", "layer_sweeps"], 64, "layer_sweep")
    try refused(["refused", "--view", "stem_energy"], 64, "no view of this name has results of studies")
    try refused(["refused", "--view", "anova"], 66, "it has no row")
    try refused(["refused", "--view", "layer_sweep", "--view", "layer_sweep"], 64, "names each once")
    try refused(["toy.evoke/refused"], 73, "E-FIL-012")
    try program.write("there", "standing")
    try refused(["standing"], 73, "E-FIL-012")
    // A file of arrays that is gone is met behind the tables.
    let arrays = program.folder + "/toy.evoke/arrays"
    try FileManager.default.moveItem(atPath: arrays, toPath: program.folder + "/aside")
    defer { try? FileManager.default.moveItem(atPath: program.folder + "/aside", toPath: arrays) }
    try refused(["refused", "--features"], 1, "E-WH-006")
  }

  @Test func `a warehouse without studies has nothing to write`() throws {
    let program = try Program()
    try program.succeed(["init", "toy.evoke"])
    let ending = try program.run(["export", "bids", "out"])
    #expect(ending.status == 66 && ending.error.contains("evoke run STUDY.yaml"))
    #expect(!FileManager.default.fileExists(atPath: program.folder + "/out"))
  }
}
