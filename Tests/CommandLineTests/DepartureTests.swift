import CommandLineTool
import Foundation
import Testing

/// Whatever writes outside a warehouse asks the consent of all that it is made of, and the strictest word decides.
@Suite struct DepartureTests {
  private enum Class: Int { case nothing, group, perSubject, raw }

  /// A command, and the class of what it writes.
  private struct Sample {
    let kind: Class
    let words: [String]

    init(_ kind: Class, _ words: String...) { (self.kind, self.words) = (kind, words) }
  }

  private static let words = ["none", "results-only", "controlled", "open"]

  /// A command of every verb that writes a file, on made-up rows.
  private static let samples: [Sample] = [
    Sample(.group, "query", "layer_sweep", "-o", "f.csv"),
    Sample(.perSubject, "query", "encoding_score", "--columns", "r", "-o", "f.csv"),
    Sample(.group, "query", "encoding_score", "--where", "study=sweep", "-o", "f.csv"),
    Sample(.group, "query", "contents", "-o", "f.csv"),
    Sample(.perSubject, "query", "lineage", "-o", "f.csv"),
    Sample(.group, "query", "layer_sweep", "--materialize", "t", "--dry-run"),
    Sample(.perSubject, "query", "encoding_score", "--materialize", "t", "--dry-run"),
    Sample(.perSubject, "sql", "SELECT subject, r FROM encoding_score", "-o", "f.csv"),
    Sample(.group, "sql", "SELECT layer_key, r FROM layer_sweep", "-o", "f.parquet"),
    // Whose the rows are, whatever they show of it.
    Sample(.perSubject, "sql", "SELECT r FROM encoding_score", "-o", "f.csv"),
    Sample(.perSubject, "sql", "SELECT hex(subject) FROM encoding_score", "-o", "f.csv"),
    Sample(.perSubject, "sql", "SELECT r FROM (SELECT r FROM encoding_score)", "-o", "f.csv"),
    Sample(.perSubject, "sql", "WITH x AS (SELECT * FROM encoding_score) SELECT r FROM x", "-o", "f.csv"),
    Sample(.perSubject, "sql", "SELECT group_concat(r) FROM encoding_score", "-o", "f.csv"),
    Sample(.perSubject, "sql", "SELECT avg(r) FROM encoding_score WHERE subject = 's1'", "-o", "f.csv"),
    Sample(.perSubject, "sql", "SELECT study, avg(r) FROM encoding_score GROUP BY study", "-o", "f.csv"),
    Sample(.perSubject, "sql", "SELECT value FROM score", "-o", "f.csv"),
    Sample(.perSubject, "sql", "SELECT 1 FROM dataset; SELECT r FROM encoding_score", "--format", "md", "-o", "f"),
    Sample(.group, "sql", "SELECT count(*), avg(value) FROM score", "-o", "f.csv"),
    Sample(.group, "sql", "SELECT count(*), avg(value) FROM score -- all of them", "-o", "f.csv"),
    Sample(.group, "sql", "SELECT r FROM encoding_score WHERE study = 'sweep'", "-o", "f.csv"),
    // A name in the label of a unit, as in `lld12 -> fear of held, s1`.
    Sample(.perSubject, "query", "unit_status", "--columns", "label", "-o", "f.csv"),
    // Frozen without the column that names the person.
    Sample(.perSubject, "query", "--materialized", "one", "-o", "f.csv"),
    Sample(.group, "query", "--materialized", "all", "-o", "f.csv"),
    Sample(.perSubject, "query", "cited", "--columns", "label,value", "-o", "f.csv"),
    Sample(.group, "plot", "layer_sweep", "-o", "f.svg"),
    Sample(.group, "plot", "layer_contrast", "-o", "f.svg"),
    Sample(.group, "plot", "architecture_comparison", "-o", "f.svg"),
    Sample(.group, "plot", "lag", "-o", "f.svg"),
    Sample(.group, "plot", "temporal_resolution", "-o", "f.svg"),
    Sample(.perSubject, "plot", "emotion_lag", "-o", "f.svg"),
    Sample(.group, "plot", "synchrony_consistency", "-o", "f.svg"),
    Sample(.group, "plot", "gradient_map", "-o", "f.svg"),
    Sample(.group, "plot", "controlled_synthesis", "-o", "f.svg"),
    Sample(.group, "plot", "features", "clip", "-o", "f.svg"),
    Sample(.group, "plot", "synchrony", "clip", "-o", "f.svg"),
    Sample(.perSubject, "plot", "regions", "encoding_score", "-o", "f.svg"),
    Sample(.perSubject, "plot", "recording", "-o", "f.svg"),
    Sample(.group, "export", "stems", "-o", "f"),
    Sample(.perSubject, "export", "nifti", "--view", "encoding_score", "--value", "r", "--atlas", "a", "-o", "f.nii"),
    Sample(.raw, "export", "array", "held/s1/eeg", "-o", "f.h5"),
    Sample(.raw, "export", "npy", "held/s1/eeg", "-o", "f.npy"),
    Sample(.raw, "export", "csv", "held/s1/eeg", "-o", "f.csv"),
    Sample(.group, "export", "csv", "held/clip/original/tiny/hs.0@1", "-o", "f.csv"),
    Sample(.raw, "export", "parquet", "held/s1/eeg", "-o", "f.parquet"),
    Sample(.group, "export", "methods", "--study", "sweep", "-o", "f.md"),
    Sample(.group, "export", "prov-json", "held/clip/original/tiny/hs.0@1", "-o", "f.json"),
    Sample(.group, "export", "bids", "f"),
    Sample(.group, "export", "bids", "f", "--view", "layer_sweep", "--study", "sweep"),
    Sample(.perSubject, "export", "bids", "f", "--view", "emotion_lag", "--study", "windows"),
    Sample(.perSubject, "cite", "show", "--tex", "f.tex"),
    Sample(.group, "simulate", "toy.yaml", "-o", "f"),
  ]
  /// Rows of one person whatever is done to them, and what README and docs print of groups.
  private static let statements: [Sample] =
    [
      "SELECT avg(f.r) FROM encoding_score e JOIN fold_score_detail f USING (unit_key) WHERE e.subject = 's1'",
      "SELECT avg(r) FROM (SELECT r FROM encoding_score WHERE subject = 's1')",
      "WITH x AS (SELECT r FROM encoding_score WHERE subject = 's1') SELECT avg(r) FROM x",
      "SELECT avg(value) FROM score WHERE fit_key = 'c/a'",
      "SELECT avg(CASE WHEN fit_key = 'c/a' THEN value END) FROM score",
      "SELECT s.value FROM layer_sweep e JOIN score s WHERE s.fit_key = 'c/a'",
      "SELECT r FROM (SELECT r, rater FROM encoding_score)",
      "SELECT max(CASE WHEN subject = 's1' THEN r END) AS x FROM encoding_score",
      "SELECT avg(r) FILTER (WHERE subject = 's1') AS x FROM encoding_score",
      "SELECT r AS x, count(*) AS n FROM encoding_score",
      "SELECT 0.5 AS \"r of s1\" FROM dataset",
      "SELECT value FROM paper_number", "SELECT value FROM cited", "SELECT cells FROM materialized_row",
      "SELECT r_sum FROM score_over_subjects", "SELECT r_max FROM score_over_subjects",
      "SELECT study, sum(r_sum) / sum(r_count) FROM score_over_subjects GROUP BY study",
    ].map { Sample(.perSubject, "sql", $0, "-o", "f.csv") }
    + [
      "SELECT region, layer_key, sum(r_sum) / sum(r_count) FROM score_over_subjects WHERE study = 'sweep' "
        + "GROUP BY region, layer_key",
      "SELECT layer_key, round(r, 3) AS r, is_peak, peak_share, valid FROM layer_sweep WHERE study = 'sweep' ORDER BY depth",
      "SELECT target, element, count(*) AS cells, sum(valid) AS valid, max(CASE WHEN valid THEN r END) AS largest_r "
        + "FROM encoding_score WHERE study = 'sweep' GROUP BY target, element",
      "SELECT * FROM encoding_score WHERE study = 'sweep'",
      "SELECT target, layer_key, r FROM encoding_score WHERE study = 'sweep' AND p_max <= 0.05",
      "SELECT family, q_bh FROM layer_sweep", "SELECT name, licence FROM dataset",
    ].map { Sample(.group, "sql", $0, "-o", "f.csv") }
    + [
      Sample(.perSubject, "query", "score_over_subjects", "--columns", "r_sum", "-o", "f.csv"),
      Sample(.group, "query", "score_over_subjects", "--where", "study=sweep", "-o", "f.csv"),
    ]
  private static let formats: [Sample] = ["csv", "tsv", "json", "ndjson", "md", "tex", "table", "parquet"].map {
    Sample(.perSubject, "query", "encoding_score", "--format", $0, "-o", "f")
  }
  /// The names of what a warehouse holds, which a study file is written in; the files of papers; the descriptions of its tables.
  private static let dataless: Set = ["new study", "new paper", "export datasette-metadata", "export reader"]

  @Test func `every verb that writes a file is known`() {
    let writing = Remedy.commands.filter { !$0.options.isDisjoint(with: ["output", "tex", "bibtex", "python"]) }
    for command in writing where !Self.dataless.contains(command.words.joined(separator: " ")) {
      #expect(Self.samples.contains { $0.words.starts(with: command.words) }, "\(command.words)")
    }
  }

  static func madeUp() throws -> Program {
    let program = try Program()
    try program.succeed(["init", "a.evoke"])
    let rows = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .appendingPathComponent("Fixtures/warehouse/view_rows.sql").path
    try program.edit(".read '\(rows)'", in: "a.evoke")
    let columns =
      "array_id, artifact_id, activity_id, name, kind, dataset, subject, stimulus, dtype, shape, bytes, rate_hz, units, "
      + "parameters, file, path, logical_sha256, axes_sha256, file_sha256, file_stamp"
    func array(_ key: Int, by activity: Int, _ name: String, kind: String, subject: String = "NULL") -> String {
      """
      INSERT INTO artifact VALUES (\(key), 'array', '\(name)', '\(key)', 4); INSERT INTO generated VALUES (\(activity), \(key));
      INSERT INTO stored_array (\(columns)) VALUES (\(key), \(key), \(activity), '\(name)', '\(kind)', 'held', \(subject), 'clip',
        '<f4', '[1]', 4, 1.0, '1', '{}', 'arrays/aa/bb.h5', '\(key)/values', '\(key)', 'x', 'x', '1 1 1 1');
      """
    }
    try program.edit(
      array(70, by: 4, "held/s1/eeg", kind: "recording", subject: "'s1'")
        + array(71, by: 16, "held/clip/synchrony", kind: "synchrony")
        + array(72, by: 2, "held/clip/voice", kind: "stem")
        + array(73, by: 2, "held/clip/rest", kind: "stem")
        + "UPDATE stored_array SET element = 'voice' WHERE kind = 'stem';"
        + "UPDATE unit SET label = 'lld12 -> fear of held, s1' WHERE unit_key = 'u-control';"
        + cited + frozen + "INSERT INTO used VALUES (16, 70, 'recording');"
        + "INSERT INTO subject VALUES (7, 1, 's1') ON CONFLICT DO NOTHING;", in: "a.evoke")
    try program.write(
      "simulation: toy\ndataset: held\nstimuli: [clip]\nseed: 1\nannotations: {raters: 2, signal_share: 0.9, lag_s: 2, "
        + "targets: [{name: driven, set: tiny}]}\n", "toy.yaml")
    return program
  }

  /// A number of one subject's row.
  private static let cited = """
    INSERT INTO activity (activity_id, kind, verb, activity_key, options, state, started_at) VALUES
      (91, 'materialization', 'cite add', 'm1', '{}', 'done', '2026-01-04T00:00:00Z');
    INSERT INTO materialization VALUES (1, 91, 'n', NULL, 'SELECT 1', '{}', 1, 'ab', '2026-01-04T00:00:00Z');
    INSERT INTO materialized_column VALUES (1, 0, 'r', 'real', NULL), (1, 1, 'subject', 'text', NULL);
    INSERT INTO materialized_row VALUES (1, 0, '[0.5,"s1"]');
    INSERT INTO paper_number VALUES (1, 'n', '0.5', 0.5, 'SELECT 1', 'ab');
    INSERT INTO citation VALUES (1, 1, 1, NULL);
    INSERT INTO cited_unit VALUES (1, 'u-control', 'x');
    """

  /// Rows of one subject, and of a group.
  private static let frozen = """
    INSERT INTO activity (activity_id, kind, verb, activity_key, options, state, started_at) VALUES
      (92, 'materialization', 'query', 'm2', '{}', 'done', '2026-01-04T00:00:00Z'),
      (93, 'materialization', 'query', 'm3', '{}', 'done', '2026-01-04T00:00:00Z');
    INSERT INTO materialization VALUES
      (2, 92, 'one', NULL, 'SELECT r FROM encoding_score WHERE subject = :who', '{"who":"s1"}', 1, 'ab', '2026-01-04T00:00:00Z'),
      (3, 93, 'all', NULL, 'SELECT r FROM encoding_score WHERE study = :s', '{"s":"sweep"}', 1, 'ab', '2026-01-04T00:00:00Z');
    INSERT INTO materialized_column VALUES (2, 0, 'r', 'real', NULL), (3, 0, 'r', 'real', NULL);
    INSERT INTO materialized_row VALUES (2, 0, '[0.5]'), (3, 0, '[0.25]');
    """

  @Test func `what a class exceeds stays in the warehouse`() throws {
    let program = try Self.madeUp()
    let samples = Self.samples + Self.statements + Self.formats
    for (level, word) in Self.words.enumerated() {
      try program.edit(
        "UPDATE dataset SET consent = '\(word)'; UPDATE source_file SET consent = 'open';", in: "a.evoke")
      // Just enough, and one word too strict.
      for (number, sample) in samples.enumerated() where [level, level + 1].contains(sample.kind.rawValue) {
        var words = sample.words
        let output = words.firstIndex { ["-o", "--tex", "bids"].contains($0) }.map { $0 + 1 }
        if let output { words[output] = "\(number)-\(level)" + words[output] }
        let ending = try program.run(words)
        let isRefused = sample.kind.rawValue > level
        #expect((ending.status == 77) == isRefused, "\(word): \(words): \(ending.status) \(ending.error)")
        guard isRefused else { continue }
        #expect(ending.error.contains("E-CNS-001") && ending.error.contains("dataset held is \(word)"))
        if let output { #expect(!FileManager.default.fileExists(atPath: "\(program.folder)/\(words[output])")) }
      }
    }
  }

  /// A file that a unit read through two others, and printing, which is free.
  @Test func `the strictest ancestor decides, and the way from it is told`() throws {
    let program = try Self.madeUp()
    try program.edit("UPDATE dataset SET consent = 'open'; UPDATE source_file SET consent = 'none';", in: "a.evoke")
    let scores = ["query", "encoding_score", "--where", "layer_key=hs.0", "--where", "study=sweep"]
    let ending = try program.run(scores + ["-o", "f.csv"])
    #expect(ending.status == 77 && ending.error.contains("file /data/clip.wav is none, which lets nothing leave"))
    #expect(
      ending.error.contains(
        "unit u-fit0 <- array held/clip/original/tiny/hs.0@1 <- features u-feature <- source /data/"))
    #expect(ending.error.contains("evoke consent held results-only --reason TEXT"))
    try program.succeed(scores)
    try program.edit("UPDATE source_file SET consent = 'controlled', licence = 'CC0-1.0';", in: "a.evoke")
    try program.succeed(scores + ["-o", "f.parquet"])
    let file = try Data(contentsOf: URL(fileURLWithPath: program.folder + "/f.parquet"))
    for words in ["evoke.consent", "controlled", "evoke.licences", "CC0-1.0"] {
      #expect(file.range(of: Data(words.utf8)) != nil, "\(words)")
    }
  }
}
