import Diagnostics
import Importing
import Tables
import Testing

@Suite struct NamedTableTests {
  @Test func participantsKeepEveryColumnAndLoseOnlyWhatIsMissing() throws {
    let scratch = try Scratch()
    let file = try scratch.write("participants.tsv", "participant_id\tage\tsex\nsub-01\t31\tF\nsub-02\tn/a\tM\n")
    let batch = importParticipants(files: [file], common: common, known: KnownNames(subjects: ["sub-01", "sub-20"]))
    #expect(
      batch.participants == [
        ParticipantRecord(subject: "sub-01", columns: ["age": "31", "sex": "F"]),
        ParticipantRecord(subject: "sub-02", columns: ["sex": "M"]),
      ])
    #expect(batch.found(.subjectUnknown).map(\.remedy) == ["did you mean sub-01 or sub-20?"])
    let twice = try scratch.write("p.csv", "subject,age\na,1\na,2\n,3\n")
    let bad = importParticipants(files: [twice], common: common)
    expectError(bad, .rowTwice, naming: "line 3", "line 2")
    expectError(bad, .tableKeyMissing, naming: "line 4")
    expectError(
      importParticipants(files: [try scratch.write("q.csv", "age\n3\n")], common: common), .tableNoColumn,
      naming: "participant_id")
  }

  @Test func anAtlasHasRegionsHemispheresAndGroups() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      "dk.tsv", "region\themisphere\tnetwork\tlobe\nlh-insula\tlh\tsalience\tn/a\nrh-cuneus\tR\tvisual\toccipital\n")
    let batch = importAtlas(files: [file], options: AtlasOptions.unset, common: common)
    #expect(batch.errors.isEmpty && batch.atlases.map(\.name) == ["dk"])
    #expect(
      batch.atlases[0].regions == [
        .init(name: "lh-insula", hemisphere: "left", groups: ["network": "salience"]),
        .init(name: "rh-cuneus", hemisphere: "right", groups: ["network": "visual", "lobe": "occipital"]),
      ])
    var options = AtlasOptions.unset
    options.groups = "lobe"
    #expect(
      importAtlas(files: [file], options: options, common: common).atlases[0].regions[1].groups == ["lobe": "occipital"]
    )
    options.groups = "lobes"
    expectError(
      importAtlas(files: [file], options: options, common: common), .tableNoColumn, naming: "did you mean lobe?")
    let twice = try scratch.write("t.csv", "region\na\na\n")
    expectError(importAtlas(files: [twice], options: AtlasOptions.unset, common: common), .rowTwice, naming: "line 3")
  }

  @Test func exclusionsNameWhatTheyExcludeAndWhy() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      "motion.csv", "subject,stimulus,onset_s,offset_s,reason\nsub-01,,,,fell asleep\nsub-02,film,10,12.5,moved\n")
    let batch = importExclusions(files: [file], options: .unset, common: common)
    #expect(batch.errors.isEmpty && batch.exclusions.count == 2)
    #expect(
      batch.exclusions[1].list == "motion" && batch.exclusions[1].offsetS == 12.5
        && batch.exclusions[1].stimulus == "film")
    #expect(batch.exclusions[0].stimulus == nil && batch.exclusions[0].onsetS == nil)
    func check(_ text: String, _ code: ErrorCode, _ word: String) throws {
      let bad = importExclusions(files: [try scratch.write("x.csv", text)], options: .unset, common: common)
      expectError(bad, code, naming: word)
    }
    try check("subject,chanel,reason\na,Fz,noisy\n", .tableNoColumn, "did you mean channel?")
    try check("subject,reason\n,nothing named\n", .exclusionMalformed, "everything")
    try check("subject,reason\na,\n", .exclusionMalformed, "line 2")
    try check("subject\na\n", .tableNoColumn, "column reason")
    try check("subject,onset_s,offset_s,reason\na,5,2,x\n", .exclusionMalformed, "ends at 2.0 s")
    try check("subject,onset_s,offset_s,reason\na,5,,x\n", .exclusionMalformed, "go together")
    try check("subject,component,reason\na,ICA003,eyes\n", .exclusionMalformed, "ICA003")
    try check("subject,component,reason\na,-1,eyes\n", .exclusionMalformed, "-1")
    try check("subject,onset_s,offset_s,reason\na,five,6,x\n", .tableTextInNumbers, "column onset_s")
  }
}
