/// What a file is by its first bytes: for messages about one that was given to a reader of something else.
public struct FileKind: Sendable, Equatable {
  /// As messages call it: `a recording in EDF`.
  public let name: String
  /// What reads it, or what makes it readable.
  public let remedy: String

  /// Bytes by which all kinds are told.
  public static let headCount = 512

  /// nil where the bytes tell nothing.
  public init?(head: [UInt8]) {
    func begins(_ text: String, at offset: Int = 0) -> Bool { head.dropFirst(offset).starts(with: Array(text.utf8)) }
    for (marks, name, remedy) in Self.kinds where marks.contains(where: { begins($0.text, at: $0.offset) }) {
      (self.name, self.remedy) = (name, remedy)
      return
    }
    if head.starts(with: [0xff]), begins("BIOSEMI", at: 1) {
      (name, remedy) = ("a recording in BDF", "evoke import eeg reads it")
    } else if head.starts(with: [0x1f, 0x8b]) {
      (name, remedy) = ("compressed with gzip", "unpack it with gunzip; evoke import fmri reads .nii.gz as it is")
    } else if head.starts(with: [0x1a, 0x45, 0xdf, 0xa3]) {
      (name, remedy) = ("a film", "evoke import video reads it")
    } else if head.starts(with: [0xd0, 0xcf, 0x11, 0xe0]) {
      (name, remedy) = ("an older document of Office (.xls, .doc)", "save it as CSV UTF-8")
    } else if head.starts(with: [0x89]), begins("PNG", at: 1) || head.starts(with: [0xff, 0xd8, 0xff]) {
      (name, remedy) = ("a picture", "give the numbers behind it")
    } else {
      return nil
    }
  }

  private struct Mark {
    let text: String
    var offset = 0
  }

  private static let kinds: [([Mark], String, String)] = [
    ([Mark(text: "0       ")], "a recording in EDF", "evoke import eeg reads it"),
    (
      [Mark(text: "Brain Vision Data Exchange"), Mark(text: "BrainVision Data Exchange")],
      "a header or the markers of a BrainVision recording", "evoke import eeg reads the .vhdr"
    ),
    (
      ["n+1\0", "ni1\0"].map { Mark(text: $0, offset: 344) } + [Mark(text: "n+2\0", offset: 4)], "a NIfTI image",
      "evoke import fmri FILE --atlas NAME reads it"
    ),
    (
      ["OggS", "fLaC", "FORM", "ID3"].map { Mark(text: $0) } + [Mark(text: "WAVE", offset: 8)], "a sound file",
      "evoke import audio reads it"
    ),
    ([Mark(text: "ftyp", offset: 4)], "a film", "evoke import video reads it"),
    ([Mark(text: "PK\u{3}\u{4}")], "a ZIP archive (.npz, .xlsx ...)", "save arrays with np.save, tables as CSV UTF-8"),
    ([Mark(text: "%PDF")], "a PDF document", "give the numbers behind it"),
    ([Mark(text: "SQLite format 3")], "an SQLite database", "export the table that is meant as CSV UTF-8"),
  ]

  /// Text without control characters, which no format above is.
  public static func isText(_ head: [UInt8]) -> Bool {
    !head.isEmpty && head.allSatisfy { $0 >= 32 || (9...13).contains($0) }
  }
}
