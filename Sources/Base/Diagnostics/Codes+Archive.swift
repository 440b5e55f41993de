extension ErrorCode {
  static let archive: [ErrorCode] = [
    .notAnArchive, .studyIncomplete, .mayNotLeave, .placeInArchive, .archiveReadOnly, .personInArchive,
  ]

  public static let notAnArchive = ErrorCode(
    "E-ARC-001", "not an archive",
    "The file is no ZIP file that `evoke archive create` wrote, or it was cut off. Fetch it again.")
  public static let studyIncomplete = ErrorCode(
    "E-ARC-002", "a study is not complete", exit: .missingInput,
    "An archive holds studies whose units are all done. `evoke run STUDY` computes what is missing; `evoke query "
      + "unit_status` says what failed.")
  public static let mayNotLeave = ErrorCode(
    "E-ARC-003", "consent keeps it in the warehouse", exit: .notPermitted,
    "What descends from data whose consent is `none` is not published, not even as a result. `evoke consent DATASET` tells "
      + "what holds.")
  public static let placeInArchive = ErrorCode(
    "E-ARC-004", "the archive would name a folder of this machine",
    "An archive holds no absolute path, as it could name people. Import what names the folder again by a relative path."
  )
  public static let archiveReadOnly = ErrorCode(
    "E-ARC-005", "an archive is only read", exit: .notPermitted,
    "`-C FILE` asks an archive in place. `evoke archive extract FILE DIR` makes a warehouse of it that can be written.")
  public static let personInArchive = ErrorCode(
    "E-ARC-006", "the archive would name a person whom consent keeps back", exit: .notPermitted,
    "Names of people whose rows stay in the warehouse are replaced in the catalog, and in all that is made of it. A claim, a "
      + "title, a reason or the name of a study is written by people: write it without the name.")
}
