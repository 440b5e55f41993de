import Annotations
import BIDS
import Diagnostics
import EEG
import FMRI
import Foundation
import Importing
import LabelledArrays
import NIfTIFile
import RecordingImport
import Tables
import Testing

/// Whole folders laid out as public datasets are, filled with made data: every count and every value comes back.
@Suite(.serialized) struct FolderLayoutTests {
  // MARK: EEG, a recording per subject (eeg_cbm)

  @Test func aFolderOfEEGGivesBackItsCountsAndValues() throws {
    let folder = try BIDSFolder()
    let channels = (0..<9).map { "E\($0)" }
    let subjects = (1...6).map { "cbm00\($0)" }
    try folder.table("participants.tsv", [["participant_id", "age"]] + subjects.map { ["sub-\($0)", "n/a"] })
    try folder.text("README", "made")
    for (number, subject) in subjects.enumerated() {
      let stem = "sub-\(subject)/eeg/sub-\(subject)_task-protmap"
      try folder.waves("\(stem)_eeg.edf", channels: channels, rate: 40, seconds: 6 + number, subject: number + 1)
      try folder.text(
        "\(stem)_eeg.json",
        #"{"TaskName": "protmap", "SamplingFrequency": 40, "SoftwareFilters": "n/a", "SoftwareFilters": "n/a"}"#)
      try folder.table(
        "\(stem)_channels.tsv",
        [["name", "type", "units", "low_cutoff"]] + channels.map { [$0, $0 == "E8" ? "EOG" : "EEG", "microV", "50"] })
      try folder.table(
        "\(stem)_events.tsv",
        [["onset", "duration", "trial_type", "value", "sample"], ["0.025", "0", "discontinuity", "2", "1"]]
          + (0...number).map { ["\($0 + 1)", "0", "eyes open", "66", "\(40 * $0)"] })
      try folder.table("sub-\(subject)/sub-\(subject)_scans.tsv", [["filename", "acq_time"], ["x", "n/a"]])
    }
    let batch = importBIDS(
      folder: folder.root, options: .unset, readers: BIDSReaders(eeg: RecordingFormat.recogniser()), common: common)
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.recordings.map(\.subject) == subjects.map { "sub-\($0)" } && batch.participants.count == 6)
    for (number, record) in batch.recordings.enumerated() {
      let count = 40 * (6 + number)
      #expect(record.rateHz == 40 && record.sampleCount == count && record.units == "V" && record.run == "task-protmap")
      #expect(record.labels == Array(channels.dropLast()))
      #expect(record.events.map(\.onsetS) == [0.025] + (0...number).map { Double($0 + 1) })
      let values = try record.array.load().values
      #expect(values.count == count * 8)
      for sample in 0..<count {
        for channel in 0..<8 {
          let wanted = Double(Int(200 * wave(sample, channel, number + 1))) * 1e-7
          // Float32 of microvolts.
          #expect(abs(Double(values[sample * 8 + channel]) - wanted) < 1e-11)
        }
      }
    }
    let unread = batch.diagnostics.filter { $0.code == .bidsNotRead }.map(\.object)
    #expect(Set(unread) == Set(["README"] + subjects.map { "sub-\($0)/sub-\($0)_scans.tsv" }))
  }

  // MARK: Volumes with confounds (fMRIPrep)

  private static let dims = [6, 5, 4]

  /// Voxels of label 1 and 2 in the halves of the grid, 0 at its lower border.
  private static let labels: [Double] = (0..<120).map { place in
    place / 30 == 0 ? 0 : place % 6 < 3 ? 1 : 2
  }

  private static func voxel(_ volume: Int, _ place: Int, _ seed: Int) -> Double {
    (1_000 + 50 * Double(wave(volume, Int(labels[place]), seed)) + 10 * Double(wave(place, 3, volume))).rounded()
  }

  private func atlas(_ folder: BIDSFolder, _ grid: ImageGrid) throws -> RegionAtlas {
    try writeNIfTI(folder.path("../labels.nii.gz"), grid: grid) { _ in Self.labels }
    var options = AtlasOptions.unset
    options.image = folder.path("../labels.nii.gz")
    options.name = "toy"
    let table = try folder.scratch.write("toy.tsv", "index\tname\themisphere\n1\tA\tL\n2\tB\tR\n")
    let record = try #require(importAtlas(files: [table], options: options, common: common).atlases.first)
    let image = try #require(record.image)
    return try RegionAtlas(
      name: "toy", image: image.array.load(), grid: .object(image.grid), names: [1: "A", 2: "B"],
      array: UsedArray(name: "atlas/toy", sha256: "0", role: "atlas"))
  }

  @Test func aFolderOfDerivativesGivesBackRegionMeansAndConfounds() throws {
    let folder = try BIDSFolder()
    let affine: [Double] = [2, 0, 0, -6, 0, 2, 0, -5, 0, 0, 2, -4, 0, 0, 0, 1]
    let grid = ImageGrid(dims: Self.dims, affine: affine)
    let atlas = try atlas(folder, grid)
    var runs: [(subject: String, run: Int)] = []
    for subject in ["10", "100"] {
      for run in 1...3 {
        runs.append((subject, run))
        let stem = "sub-\(subject)/func/sub-\(subject)_task-balloon_run-\(run)"
        let image = "\(stem)_space-MNI152NLin2009cAsym_res-2_desc-preproc_bold"
        try folder.text("\(image).json", #"{"RepetitionTime": 2.0, "SkullStripped": false}"#)
        var format = NIfTIFormat()
        format.voxelType = .int16
        format.repetitionTimeS = 2
        try writeNIfTI(folder.path("\(image).nii.gz"), grid: grid, volumeCount: 12, format: format) { volume in
          (0..<120).map { Self.voxel(volume, $0, 10 * run + subject.count) }
        }
        let names = ["trans_x", "a_comp_cor_00", "a_comp_cor_01"]
        try folder.table(
          "\(stem)_desc-confounds_timeseries.tsv",
          [names] + (0..<12).map { row in (0..<3).map { row == 0 && $0 == 0 ? "n/a" : "\(wave(row, $0, run))" } })
        try folder.text(
          "\(stem)_desc-confounds_timeseries.json",
          #"{"a_comp_cor_00": {"Mask": "CSF", "Retained": true}, "a_comp_cor_01": {"Mask": "combined"}, "global": {}}"#)
        try folder.text("\(stem)_desc-MELODIC_mixing.tsv", "0\t1\n")
        try folder.text("\(stem)_space-fsaverage5_hemi-L_bold.func.gii", "<GIFTI/>")
        try folder.table(
          "\(stem)_events.tsv",
          [["onset", "duration", "trial_type", "stimulus", "cash"], ["4", "16", "film", "balloon\(run)", "0.5"]])
      }
    }
    let readers = BIDSReaders(
      eeg: RecordingFormat.recogniser(),
      bold: BIDSReaders.Bold(
        atlas: UsedArray(name: "atlas/toy", sha256: "0", role: "atlas"), identity: "toy",
        read: FMRIFormat.recogniser(atlas: atlas)))
    let batch = importBIDS(folder: folder.root, options: .unset, readers: readers, common: common)
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(batch.recordings.map(\.subject) == runs.map { "sub-\($0.subject)" })
    for (record, run) in zip(batch.recordings, runs) {
      #expect(record.run == "task-balloon_run-\(run.run)" && record.rateHz == 0.5 && record.labels == ["A", "B"])
      #expect(record.presentations.map(\.stimulus) == ["balloon\(run.run)"] && record.presentations[0].onsetS == 4)
      let values = try record.array.load().values
      for volume in 0..<12 {
        for label in 1...2 {
          let places = Self.labels.indices.filter { Self.labels[$0] == Double(label) }
          let mean =
            places.map { Self.voxel(volume, $0, 10 * run.run + run.subject.count) }.reduce(0, +) / Double(places.count)
          // Stored as float32.
          #expect(abs(Double(values[volume * 2 + label - 1]) - mean) < 1e-3)
        }
      }
      let confounds = try #require(record.confounds).load()
      #expect(confounds.axes[1].labels == ["trans_x", "a_comp_cor_00", "a_comp_cor_01"] && confounds.shape == [12, 3])
      #expect(confounds.values[0].isNaN && confounds.values[1] == wave(0, 1, run.run))
      #expect(
        (1..<12).allSatisfy { row in (0..<3).allSatisfy { confounds.values[row * 3 + $0] == wave(row, $0, run.run) } })
      #expect(record.confoundMasks == ["a_comp_cor_00": "CSF", "a_comp_cor_01": "combined"])
    }
    let unread = batch.diagnostics.filter { $0.code == .bidsNotRead }.map(\.object)
    #expect(unread.count == 12 && unread.allSatisfy { $0.contains("MELODIC") || $0.hasSuffix(".gii") }, "\(unread)")
    #expect(batch.found(.columnNotRead).map(\.reason).contains { $0.contains("cash") })
  }

  // MARK: A MATLAB file per subject or session, a variable per clip (SEED, SEED-VII)

  /// `[channel, time]` column-major: the first channel tells who, when and which.
  private func clip(_ subject: Int, _ session: Int, _ clip: Int, samples: Int) -> [Double] {
    (0..<samples).flatMap { t in
      (0..<3).map { 20 * Double(wave(t, $0, subject)) + Double(session) + Double(clip) / 8 }
    }
  }

  @Test func foldersOfClipsGiveBackEveryClipAndItsRatings() throws {
    let scratch = try Scratch()
    let dates = ["20131027", "20131030", "20131107"]
    for subject in 1...2 {
      for (session, date) in dates.enumerated() {
        try scratch.matlab(
          "\(subject)_\(date).mat",
          (1...15).map { ("djc_eeg\($0)", [3, 40 + $0], clip(subject, session, $0, samples: 40 + $0)) })
      }
      try scratch.matlab("eeg\(subject).mat", (1...80).map { ("\($0)", [3, 40], clip(subject, 0, $0, samples: 40)) })
      try scratch.matlab(
        "labels\(subject).mat",
        (1...80).map { c in ("\(c)", [1, 4], (0..<4).map { Double($0 * c % 9) / 10 + Double(subject) }) })
    }
    var options = RecordingOptions.unset
    options.onsetS = 0
    options.array.rateHz = 20
    func check(_ record: RecordingRecord, _ subject: Int, _ session: Int, _ number: Int, samples: Int) throws {
      let wanted = clip(subject, session, number, samples: samples)
      #expect(try record.array.load().values == wanted.map { Float(Double(Float($0)) * 1e-6) })
    }
    let seed = importEEG(files: [scratch.path("{subject}_{session}.mat")], options: options, common: common)
    #expect(seed.errors.isEmpty && seed.recordings.count == 2 * 3 * 15, "\(seed.errors)")
    for record in seed.recordings {
      let number = try #require(Int(record.presentations[0].stimulus))
      let session = try #require(dates.firstIndex(of: record.session ?? ""))
      try check(record, try #require(Int(record.subject)), session, number, samples: 40 + number)
      // A clip of three sessions was shown three times.
      #expect(record.presentations.map(\.repetition) == [session + 1])
    }
    options.array.data = "{stimulus}"
    let seven = importEEG(files: [scratch.path("eeg{subject}.mat")], options: options, common: common)
    #expect(seven.errors.isEmpty && seven.recordings.count == 2 * 80, "\(seven.errors)")
    #expect(Set(seven.recordings.map { "\($0.subject) \($0.presentations[0].stimulus)" }).count == 160)
    for record in seven.recordings {
      try check(
        record, try #require(Int(record.subject)), 0, try #require(Int(record.presentations[0].stimulus)), samples: 40)
      #expect(record.presentations.map(\.repetition) == [1])
    }
    var rating = AnnotationOptions.unset
    rating.array.data = "{stimulus}"
    rating.array.rateHz = 2
    rating.onsetS = 0
    rating.table.name = "intensity"
    let labels = importAnnotations(files: [scratch.path("labels{subject}.mat")], options: rating, common: common)
    #expect(labels.errors.isEmpty && labels.annotations.count == 160, "\(labels.errors)")
    for record in labels.annotations {
      let (subject, number) = (try #require(Int(record.subject ?? "")), try #require(Int(record.stimulus)))
      let array = try record.array.load()
      #expect(array.values == (0..<4).map { Float(Double($0 * number % 9) / 10 + Double(subject)) })
      #expect(array.axes[0].numbers == [0, 0.5, 1, 1.5])
    }
  }
}
