import Annotations
import Diagnostics
import Foundation
import Importing
import LabelledArrays
import Testing

private func run(
  _ files: [String], _ known: KnownNames = KnownNames(), _ set: (inout AnnotationOptions) -> Void = { _ in }
) -> ImportBatch {
  var options = AnnotationOptions.unset
  set(&options)
  return importAnnotations(files: files, options: options, common: common, known: known)
}

extension ImportBatch {
  fileprivate func values(_ name: String) throws -> [Float] {
    try #require(annotations.first { $0.name == name }, "\(annotations.map(\.name)) \(errors)").array.load().values
  }
}

private let eaf = """
  <?xml version="1.0" encoding="UTF-8"?>
  <!-- made for a test -->
  <ANNOTATION_DOCUMENT AUTHOR="A &amp; B" FORMAT="3.0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">
    <HEADER MEDIA_FILE="" TIME_UNITS="milliseconds">
      <MEDIA_DESCRIPTOR MEDIA_URL="file:///C:/films/my%20film.mp4" MIME_TYPE="video/mp4" TIME_ORIGIN="500"/>
    </HEADER>
    <TIME_ORDER>
      <TIME_SLOT TIME_SLOT_ID="ts1" TIME_VALUE="500"/>
      <TIME_SLOT TIME_SLOT_ID="ts2"/>
      <TIME_SLOT TIME_SLOT_ID="ts3" TIME_VALUE="2500"/>
      <TIME_SLOT TIME_SLOT_ID="ts4" TIME_VALUE="4500"/>
    </TIME_ORDER>
    <TIER LINGUISTIC_TYPE_REF="default" TIER_ID="mood">
      <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a1" TIME_SLOT_REF1="ts1" TIME_SLOT_REF2="ts2">
        <ANNOTATION_VALUE>calm</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
      <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a2" TIME_SLOT_REF1="ts2" TIME_SLOT_REF2="ts3">
        <ANNOTATION_VALUE><![CDATA[<tense>]]></ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
      <ANNOTATION><ALIGNABLE_ANNOTATION ANNOTATION_ID="a3" TIME_SLOT_REF1="ts3" TIME_SLOT_REF2="ts4">
        <ANNOTATION_VALUE>calm</ANNOTATION_VALUE></ALIGNABLE_ANNOTATION></ANNOTATION>
    </TIER>
    <TIER LINGUISTIC_TYPE_REF="parts" TIER_ID="intensity" PARENT_REF="mood">
      <ANNOTATION><REF_ANNOTATION ANNOTATION_ID="b1" ANNOTATION_REF="a3">
        <ANNOTATION_VALUE>2</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
      <ANNOTATION><REF_ANNOTATION ANNOTATION_ID="b2" ANNOTATION_REF="a3" PREVIOUS_ANNOTATION="b1">
        <ANNOTATION_VALUE>4</ANNOTATION_VALUE></REF_ANNOTATION></ANNOTATION>
    </TIER>
    <TIER LINGUISTIC_TYPE_REF="default" TIER_ID="empty"/>
    <LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="default" TIME_ALIGNABLE="true"/>
    <LINGUISTIC_TYPE LINGUISTIC_TYPE_ID="parts" CONSTRAINTS="Symbolic_Subdivision" TIME_ALIGNABLE="false"/>
  </ANNOTATION_DOCUMENT>
  """

@Suite(.serialized) struct AnnotationFormatTests {
  /// Annotations lie at 1-2, 2-3 and 3-5 s once the medium's origin is added and the open slot is put in the middle.
  @Test func tiersOfELANBecomeSeries() throws {
    let scratch = try Scratch()
    let file = try scratch.write("session.eaf", eaf)
    let batch = run([file], KnownNames(withoutMedia: ["my film"]))
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(Set(batch.annotations.map(\.name)) == ["mood.calm", "mood.<tense>", "intensity"])
    #expect(batch.annotations.allSatisfy { $0.stimulus == "my film" && $0.rateHz == 1 })
    #expect(try batch.values("mood.calm") == [0, 1, 0, 1, 1])
    #expect(try batch.values("mood.<tense>") == [0, 0, 1, 0, 0])
    let intensity = try batch.values("intensity")
    #expect(intensity.prefix(3).allSatisfy(\.isNaN) && intensity.suffix(2) == [2, 4])
    #expect(!batch.found(.slotsInterpolated).isEmpty && batch.found(.tierEmpty).count == 1)
    let mapped = run([file]) {
      $0.table.map = ["tension=mood"]; $0.rateHz = 2; $0.table.stimulus = "film"
    }
    #expect(try mapped.values("tension.calm") == [0, 0, 1, 1, 0, 0, 1, 1, 1, 1])
    expectError(run([file]) { $0.table.map = ["x=moods"] }, .tierUnknown, naming: "did you mean mood")
    let bad = run([file]) {
      $0.kind = "bad_segment"; $0.table.map = ["gone=intensity"]
    }
    let series = try #require(bad.annotations.first)
    let array = try series.array.load()
    #expect(series.kind == "bad_segment" && array.values == [0, 1, 0] && array.axis("time")?.numbers == [0, 3, 5])
  }

  @Test(arguments: [
    ("</TIME_ORDER>", "", ErrorCode.xmlMalformed, "line"),
    ("ts4\" TIME_VALUE=\"4500", "ts9\" TIME_VALUE=\"1", .tierTimes, "a3"),
    ("ANNOTATION_REF=\"a3\"", "ANNOTATION_REF=\"a9\"", .tierTimes, "a9"), ("&amp;", "&nbsp;", .xmlMalformed, "&nbsp;"),
    ("milliseconds", "PAL-frames", .tierFile, "PAL-frames"), ("TIME_VALUE=\"500\"", "", .tierTimes, "ts1"),
    // Not a slot without a time, which would be put between its neighbours, and no origin of 0.
    ("TIME_VALUE=\"2500\"", "TIME_VALUE=\"2,500\"", .tierTimes, "2,500"),
    ("TIME_ORIGIN=\"500\"", "TIME_ORIGIN=\"0.5 s\"", .tierTimes, "0.5 s"),
    ("ANNOTATION_ID=\"b2\"", "ANNOTATION_ID=\"\"", .tierFile, "ANNOTATION_ID"),
    ("TIME_SLOT_REF2=\"ts4\"", "", .tierFile, "TIME_SLOT_REF2"),
  ]) func brokenFilesAreNamed(_ found: String, _ with: String, _ code: ErrorCode, _ word: String) throws {
    let scratch = try Scratch()
    expectError(
      run([try scratch.write("a.eaf", eaf.replacingOccurrences(of: found, with: with))]), code, naming: word)
  }

  @Test func exportsOfELANAreReadWithAndWithoutHeader() throws {
    let scratch = try Scratch()
    let named = try scratch.write(
      "a.txt",
      "Tier\tBegin Time - hh:mm:ss.ms\tBegin Time - ss.msec\tEnd Time - ss.msec\tAnnotation\r\n"
        + "mood\t00:00:01.000\t1.000\t2.500\tcalm\r\nmood\t00:00:03.000\t3.000\t4.000\tcalm\r\n")
    #expect(try run([named]).values("mood") == [0, 1, 0.5, 1])
    let plain = try scratch.write(
      "b.txt", "mood\t\t00:00:01.000\t1.0\t00:00:02.500\t2.5\t00:00:01.500\t1.5\tcalm\n")
    #expect(try run([plain]).values("mood") == [0, 1, 0.5])
  }

  /// A pause every fourth word, quotes inside a text doubled.
  @Test(arguments: ["long", "short", "utf16"]) func wordsOfATextGridBecomeTheirRate(_ form: String) throws {
    let scratch = try Scratch()
    let kinds = ["the", "cat", "\"sat\"", "sp"]
    let words = (0..<40).map { (i: Int) -> String in i % 4 == 3 ? kinds[3] : kinds[i % 4] + String(i) }
    let rows = words.enumerated().map {
      (Double($0) * 0.5, Double($0 + 1) * 0.5, $1.replacingOccurrences(of: "\"", with: "\"\""))
    }
    var text = "File type = \"ooTextFile\"\nObject class = \"TextGrid\"\n\n"
    if form == "short" {
      text += "0\n20\n<exists>\n1\n\"IntervalTier\"\n\"word\"\n0\n20\n40\n"
      text += rows.map { "\($0.0)\n\($0.1)\n\"\($0.2)\"\n" }.joined()
    } else {
      text +=
        "xmin = 0\nxmax = 20\ntiers? <exists>\nsize = 1\nitem []:\n    item [1]:\n        class = \"IntervalTier\"\n"
      text +=
        "        name = \"word\"\n        xmin = 0\n        xmax = 20\n        intervals: size = 40\n"
      text += rows.enumerated().map {
        "        intervals [\($0 + 1)]:\n            xmin = \($1.0)\n            xmax = \($1.1)\n            text = \"\($1.2)\"\n"
      }.joined()
    }
    let bytes: [UInt8] =
      form == "utf16" ? [0xff, 0xfe] + text.utf16.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] } : Array(text.utf8)
    let batch = run([try scratch.write("story.TextGrid", bytes: bytes)])
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(try batch.values("word.rate") == (0..<20).map { $0 % 2 == 0 ? 2 : 1 })
    #expect(try batch.values("word.active") == (0..<20).map { $0 % 2 == 0 ? 1 : 0.5 })
    expectError(run([try scratch.write("cut.TextGrid", bytes: Array(bytes.prefix(bytes.count - 40)))]), .tierFile)
  }

  @Test func filesOfLIRISAreKnownByHeaderAndName() throws {
    let scratch = try Scratch()
    let continuous = try scratch.write(
      "After_The_Rain_Arousal.txt", "Time Mean Std\n0 0.1 0.01\n1 0.2 0.02\n2 0.3 0.02\n")
    let task = try scratch.write(
      "MEDIAEVAL18_00_Valence-Arousal.txt", "Time\tValence\tArousal\n" + (0..<8).map { "\($0)\t-0.5\t0.25\n" }.joined())
    let fear = try scratch.write("MEDIAEVAL18_00_Fear.txt", "1 3\n5 6\n")
    let none = try scratch.write("MEDIAEVAL18_01_Fear.txt", "")
    let films = KnownNames(durations: ["MEDIAEVAL18_00": 7.5, "MEDIAEVAL18_01": 4])
    let batch = run([continuous, task, fear, none], films)
    #expect(batch.errors.isEmpty, "\(batch.errors)")
    #expect(
      batch.annotations.map { "\($0.stimulus)/\($0.name)" } == [
        "After_The_Rain/arousal", "After_The_Rain/arousal_sd", "MEDIAEVAL18_00/Valence", "MEDIAEVAL18_00/Arousal",
        "MEDIAEVAL18_00/fear", "MEDIAEVAL18_01/fear",
      ])
    #expect(try batch.values("arousal") == [0.1, 0.2, 0.3])
    #expect(try batch.values("fear") == [0, 1, 1, 0, 0, 1, 0, 0])
    #expect(try batch.annotations[5].array.load().values == [0, 0, 0, 0])
    expectError(run([try scratch.write("x_Fear.txt", "4 2\n")]), .tierTimes, naming: "line 1")
  }

  @Test func rankingsOfClipsAreTheirValues() throws {
    let scratch = try Scratch()
    let file = try scratch.write(
      "ACCEDEranking.txt",
      "id\tname\tvalenceRank\tarousalRank\tvalenceValue\tarousalValue\n"
        + "0\tACCEDE00000.mp4\t10\t20\t2.5\t1.5\n1\tACCEDE00001.mp4\t11\t21\t3.5\t1.25\n")
    let all = run([file])
    #expect(all.annotations.count == 4 && all.annotations.allSatisfy { $0.sampleCount == 1 && $0.rateHz == nil })
    let some = run([file], KnownNames(durations: ["ACCEDE00001": 3.2]))
    #expect(some.annotations.map(\.stimulus) == ["ACCEDE00001", "ACCEDE00001"])
    #expect(try some.values("valence") == [3.5, 3.5, 3.5, 3.5] && some.annotations[0].rateHz == 1)
    #expect(!some.found(.clipsUnknown).isEmpty)
  }
}
