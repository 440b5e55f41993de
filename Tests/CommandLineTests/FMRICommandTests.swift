import Foundation
import HDF5File
import LabelledArrays
import NIfTIFile
import Testing

/// fMRI from images to an image of results: three regions, of which one follows a sound, all of them motion and drift.
@Suite(.serialized) struct FMRICommandTests {
  private static let volumes = 160
  private static let subjects = ["01", "02", "03", "04"]
  private static let grid = ImageGrid(
    dims: [4, 3, 2], affine: [-3, 0, 0, 90, 0, 3, 0, -126, 0, 0, 4, -72, 0, 0, 0, 1])
  /// Labels of 24 voxels: 0 outside, 10 auditory, 20 motor, 30 other.
  private static let labels: [Double] = (0..<24).map { [0, 10, 20, 30, 10, 0, 20, 30][$0 % 8] }

  /// A sound of 320 s and what SPM's response makes of it in the middle of every scan of 2 s.
  private static let sound: [Double] = {
    var numbers = UniformNumbers(state: 362_436_069)
    var level = 0.0
    return (0..<320).map { _ in
      level = 0.7 * level + numbers.next()
      return level
    }
  }()
  private static let response: [Double] = {
    let kernel = (0..<320).map { step -> Double in
      let t = Double(step) / 10
      return pow(t, 5) * exp(-t) / 120 - pow(t, 15) * exp(-t) / 1_307_674_368_000 / 6
    }
    let sum = kernel.reduce(0, +)
    return (0..<volumes).map { scan in
      kernel.indices.reduce(0) { total, k in
        let step = 20 * scan + 10 - k
        return step < 0 ? total : total + kernel[k] / sum * sound[step / 10]
      }
    }
  }()

  /// Images, confounds, atlas and sound of one folder.
  private func files(_ program: Program) throws {
    var numbers = UniformNumbers(state: 88_172_645_463_325_252)
    for subject in Self.subjects {
      var motion = [Double](repeating: 0, count: 6)
      var table = "trans_x\ttrans_y\ttrans_z\trot_x\trot_y\trot_z\tframewise_displacement\n"
      var rows: [[Double]] = []
      for volume in 0..<Self.volumes {
        for i in 0..<6 { motion[i] += 0.05 * numbers.next() }
        rows.append(motion)
        let displacement = volume == 0 ? "n/a" : volume == 70 ? "0.9" : "0.1"
        table += motion.map { String(format: "%.6f", $0) }.joined(separator: "\t") + "\t\(displacement)\n"
      }
      try program.write(table, "sub-\(subject)_desc-confounds_timeseries.tsv")
      var format = NIfTIFormat()
      format.repetitionTimeS = 2
      try writeNIfTI(
        program.folder + "/sub-\(subject)_bold.nii.gz", grid: Self.grid, volumeCount: Self.volumes, format: format
      ) { volume in
        let jump = volume < 5 ? 300.0 : volume == 70 ? 200 : 0
        let nuisance = 30 * rows[volume][0] - 20 * rows[volume][4] + 0.2 * Double(volume) + jump
        return Self.labels.map { label in
          guard label > 0 else { return 0 }
          return 1_000 + label + nuisance + (label == 10 ? 8 * Self.response[volume] : 0) + 6 * numbers.next()
        }
      }
    }
    try writeNIfTI(program.folder + "/labels.nii.gz", grid: Self.grid) { _ in Self.labels }
    try program.write("index,region,hemisphere\n10,auditory,left\n20,motor,left\n30,other,right\n", "toy.csv")
    try program.write(
      "time,level\n" + Self.sound.enumerated().map { "\($0),\($1)\n" }.joined(), "sound.csv")
  }

  private static func study(_ name: String, _ preparation: String, hrf: String = ", hrf: spm") -> String {
    """
    study: \(name)
    kind: layer_sweep
    datasets: [toy]
    features: [{space: sound\(hrf)}]
    targets: [{response: bold}]
    preparation: {fmri: {\(preparation)}}
    encoding: {position: none, outer: {folds: 4}, inner: {folds: 4}}
    statistics: {null: phase, draws: 19}
    """
  }

  @Test func imagesGoThroughAtlasAndPreparationToAnImageOfScores() throws {
    let program = try Program()
    try files(program)
    try program.succeed(["init", "one.evoke"])
    try program.succeed(["import", "atlas", "toy.csv", "--image", "labels.nii.gz", "-C", "one.evoke"])
    try program.succeed([
      "import", "fmri", "sub-{subject}_bold.nii.gz", "--atlas", "toy", "--dataset", "toy", "--stimulus", "film",
      "--onset-s", "0", "--confounds", "sub-{subject}_desc-confounds_timeseries.tsv", "-C", "one.evoke",
    ])
    try program.succeed([
      "import", "features", "sound.csv", "--dataset", "toy", "--stimulus", "film", "--space", "sound=level", "-C",
      "one.evoke",
    ])
    let counts = try program.rows(
      "SELECT DISTINCT label, voxel_count, voxels_left_out FROM recording_channel ORDER BY position", in: "one.evoke")
    #expect(counts == [["auditory", "6", "0"], ["motor", "6", "0"], ["other", "6", "0"]])
    let whole = "confounds: [motion24, spikes], high_pass_s: 128, scale: psc, discard_volumes: 5"
    try program.write(Self.study("prepared", whole), "prepared.yaml")
    try program.write(Self.study("raw", "scale: none"), "raw.yaml")
    try program.succeed(["run", "prepared.yaml", "-C", "one.evoke"])
    try program.succeed(["run", "raw.yaml", "-C", "one.evoke"])
    try scores(program)
    try prepared(program)
    try exported(program)
    try refusals(program)
  }

  private func scores(_ program: Program) throws {
    let found = try program.rows(
      "SELECT study, region, r, delays_s, sample_count FROM encoding_score ORDER BY study, region", in: "one.evoke")
    try #require(found.count == 6)
    let r = found.compactMap { Double($0[2]) }
    // Smoothed by the response the sound has a deviation of about .5, of which drifts and 24 motion columns take a share:
    // 4 beside the noise 6 / sqrt(24) of four subjects' six voxels.
    #expect(r[0] > 0.8 && abs(r[1]) < 0.35 && abs(r[2]) < 0.35, "\(found)")
    #expect(r[3] < r[0], "motion and drift hide the response")
    #expect(found[0][3] == "[0]" && found[0][4] == "155" && found[3][4] == "160")
    let regions = try program.rows(
      "SELECT DISTINCT region, hemisphere FROM encoding_score ORDER BY region", in: "one.evoke")
    #expect(regions == [["auditory", "left"], ["motor", "left"], ["other", "right"]])
  }

  /// The prepared series begin at 10 s, are percent changes, and hold nothing of the confounds.
  private func prepared(_ program: Program) throws {
    let row = try #require(
      try program.rows(
        "SELECT file, path, units FROM array_catalog WHERE kind = 'recording' AND subject = '02' AND units = '%'",
        in: "one.evoke"
      ).first)
    let file = try HDF5File(reading: program.folder + "/one.evoke/" + row[0])
    let times = try file.doubles(row[1].split(separator: "/").dropLast().joined(separator: "/") + "/time_s")
    #expect(times.count == 155 && times[0] == 10 && times[154] == 318)
    let values = try file.floats(row[1])
    let text = try String(contentsOfFile: program.folder + "/sub-02_desc-confounds_timeseries.tsv", encoding: .utf8)
    let lines = text.split(separator: "\n").dropFirst(6).map { $0.split(separator: "\t").map { Double($0) ?? 0 } }
    for region in 0..<3 {
      let series = (0..<155).map { Double(values[$0 * 3 + region]) }
      #expect(abs(series.reduce(0, +)) / 155 < 1e-5)
      for column in 0..<6 { #expect(abs(correlation(series, lines.map { $0[column] })) < 1e-5) }
      // The displaced volume has a regressor of its own.
      #expect(abs(series[65]) < 1e-3)
    }
  }

  private func correlation(_ x: [Double], _ y: [Double]) -> Double {
    let n = Double(x.count)
    let (a, b) = (x.reduce(0, +) / n, y.reduce(0, +) / n)
    let xy = zip(x, y).reduce(0) { $0 + ($1.0 - a) * ($1.1 - b) }
    return xy / (x.reduce(0) { $0 + ($1 - a) * ($1 - a) } * y.reduce(0) { $0 + ($1 - b) * ($1 - b) }).squareRoot()
  }

  private func exported(_ program: Program) throws {
    let arguments = [
      "export", "nifti", "--view", "encoding_score", "--value", "r", "--atlas", "toy", "-C", "one.evoke", "-o",
    ]
    let two = try program.run(arguments + ["two.nii.gz"])
    #expect(two.status == 65 || two.status == 64, "\(two.error)")
    #expect(two.error.contains("study"), "two studies have every region: \(two.error)")
    let told = try program.succeed(arguments + ["r.nii.gz", "--where", "study=prepared"]).error
    let unfit = try program.rows(
      "SELECT count(*) FROM encoding_score WHERE study = 'prepared' AND valid = 0", in: "one.evoke")[0][0]
    // An image has no column for what is not to be reported.
    #expect(told.contains("\(unfit) of 3 regions are not to be reported") == (unfit != "0"), "\(unfit): \(told)")
    let image = try NIfTIFile(reading: program.folder + "/r.nii.gz")
    #expect(image.header.grid == Self.grid && image.header.description == "encoding_score.r study=prepared")
    let r = try program.rows("SELECT r FROM encoding_score WHERE study = 'prepared' ORDER BY region", in: "one.evoke")
      .compactMap { Double($0[0]) }
    let expected = [10.0: r[0], 20: r[1], 30: r[2]]
    for (label, value) in zip(Self.labels, try image.volume()) {
      // float32
      #expect(expected[label].map { abs(value - $0) < 1e-6 } ?? value.isNaN)
    }
    #expect(try program.run(arguments + ["r.nii.gz", "--where", "study=prepared"]).error.contains("E-FIL"))
    #expect(try program.run(arguments + ["x.nii.gz", "--where", "study=none"]).status != 0)
  }

  private func refusals(_ program: Program) throws {
    try program.write(Self.study("gsr", "confounds: [global_signal]"), "gsr.yaml")
    let missing = try program.run(["plan", "gsr.yaml", "-C", "one.evoke"])
    #expect(missing.status != 0 && missing.error.contains("E-BLD-013") && missing.error.contains("trans_x"))
    try program.write(Self.study("wrong", "atlas: schaefer"), "wrong.yaml")
    #expect(try program.run(["plan", "wrong.yaml", "-C", "one.evoke"]).error.contains("schaefer"))
    try program.write(
      Self.study("twice", "scale: psc").replacingOccurrences(
        of: "response: bold", with: "response: bold, delays_s: [2]"),
      "twice.yaml")
    #expect(try program.run(["plan", "twice.yaml", "-C", "one.evoke"]).error.contains("haemodynamic response"))
    try program.write(
      Self.study("delayed", "scale: psc", hrf: "").replacing(
        "response: bold", with: "response: bold, delays_s: \"2..8\""), "delayed.yaml")
    try program.succeed(["run", "delayed.yaml", "-C", "one.evoke"])
    let delays = try program.rows(
      "SELECT DISTINCT delays_s FROM encoding_score WHERE study = 'delayed'", in: "one.evoke")
    // 2 ... 8 s on a grid of 2 s.
    #expect(delays.first?.joined(separator: ",").contains("2,4,6,8") == true)
    // Recordings reduced by an atlas go with it, or it stays.
    let kept = try program.run(["forget", "atlas/toy", "-C", "one.evoke"])
    #expect(kept.status != 0 && kept.error.contains("1 imports made with it"), "\(kept.error)")
    try program.succeed(["forget", "atlas/toy", "--cascade", "-C", "one.evoke"])
    #expect(try program.rows("SELECT count(*) FROM recording", in: "one.evoke") == [["0"]])
    try program.succeed(["verify", "--level", "3", "-C", "one.evoke"])
  }
}
