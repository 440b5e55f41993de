import Diagnostics
import Foundation
import Importing
import Media
import Testing

/// What stimuli are called that come from several folders.
@Suite struct MediaNameTests {
  /// Files in folders, as paths, of one or several stems.
  private func inFolders(
    _ names: [String], _ body: (_ folder: String, _ paths: [String]) throws -> Void
  ) throws {
    let folder = NSTemporaryDirectory() + "evoke-names-\(UUID().uuidString)"
    defer { try? FileManager.default.removeItem(atPath: folder) }
    for (index, name) in names.enumerated() {
      let path = folder + "/" + name
      try FileManager.default.createDirectory(
        atPath: (path as NSString).deletingLastPathComponent, withIntermediateDirectories: true)
      let sound = SoundFiles.wav(SoundFiles.tone(1, gains: [0.1 + 0.05 * Double(index)]))
      try Data(sound).write(to: URL(fileURLWithPath: path))
    }
    try body(folder, names.map { folder + "/" + $0 })
  }

  private func importing(_ files: [String], name: String? = nil) -> ImportBatch {
    var options = MediaOptions.unset
    options.name = name
    return importMedia(files: files, kind: .audio, options: options, common: CommonOptions(dataset: "d"))
  }

  private func names(_ batch: ImportBatch) -> [String] { batch.records(of: StimulusRecord.self).map(\.name) }

  @Test func filesOfOneStemAreToldApartAsTheMessageSays() throws {
    try inFolders(["joy/1.wav", "fear/1.wav", "joy/2.wav", "fear/2.wav"]) { folder, paths in
      let batch = importing(paths)
      let found = batch.diagnostics.filter { $0.code == .mediaDuplicate }
      #expect(found.map(\.object) == ["1", "2"] && found.allSatisfy { $0.severity == .error })
      var all: [String] = []
      for finding in found {
        #expect(paths.filter { finding.reason.contains($0) }.count == 2)
        let quoted = finding.remedy.matches(of: /'([^']*)'/).map { String($0.1) }
        #expect(quoted.count == 2, "\(finding.remedy)")
        let followed = importing([quoted[0]], name: quoted[1])
        #expect(!followed.hasErrors, "\(followed.diagnostics)")
        all += names(followed)
      }
      #expect(all.sorted() == ["fear_1", "fear_2", "joy_1", "joy_2"])
      #expect(names(importing([folder + "/joy/{stimulus}.wav"], name: "joy_{stimulus}")) == ["joy_1", "joy_2"])
      #expect(names(importing([folder + "/{stimulus}/2.wav"])) == ["fear", "joy"])
      #expect(names(importing([folder + "/joy/*.wav"])) == ["1", "2"])
    }
  }

  /// A template that would bring other files, or tell nothing, is not offered.
  @Test(arguments: [
    ["joy/1.wav", "joy/1.aiff"], ["a/x/1.wav", "b/y/1.wav"], ["joy/1.wav", "deep/er/1.wav"],
    ["joy/1.wav", "fear/1.wav"],
  ])
  func whatNoFolderTellsIsImportedAlone(_ files: [String]) throws {
    try inFolders(files + ["calm/1.wav"]) { folder, paths in
      let batch = importing(paths.filter { !$0.contains("calm") })
      let found = batch.diagnostics.filter { $0.code == .mediaDuplicate && $0.severity == .error }
      #expect(found.count == 1)
      #expect(found.allSatisfy { !$0.remedy.contains("{stimulus}") && $0.remedy.contains("--name") })
    }
  }

  @Test func namesThatNoTemplateFillsAreRefused() throws {
    try inFolders(["joy/1.wav", "fear/1.wav"]) { folder, paths in
      for (files, name) in [
        ([paths[0]], "{stimulus}_1"), ([folder + "/{subject}/1.wav"], nil), ([folder + "/{stimulus}/1.wav"], "{run}"),
      ] { #expect(importing(files, name: name).hasErrors, "\(files) \(String(describing: name))") }
      #expect(importing([folder + "/{stimulus}/9.wav"]).diagnostics.map(\.code) == [.templateNoMatch])
      let twice = importing([folder + "/{stimulus}/1.wav"], name: "same")
      #expect(twice.diagnostics.contains { $0.code == .mediaDuplicate && $0.remedy.contains("single file") })
    }
  }
}
