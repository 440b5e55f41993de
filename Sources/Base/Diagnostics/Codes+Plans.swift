extension ErrorCode {
  static let plans: [ErrorCode] = [
    .studySyntax, .studyUnknownKey, .studyMissingKey, .studyWrongType, .studyValue, .studyDuplicateKey, .studyKindKey,
    .studyContradiction, .studyNotComputed, .studyProblems, .draftLacks,
  ]

  public static let studySyntax = ErrorCode(
    "E-STU-001", "the study file is not YAML", exit: .configuration,
    "A study file is one YAML mapping. The message gives line and column of the first place that cannot be read.")
  public static let studyUnknownKey = ErrorCode(
    "E-STU-002", "unknown key in the study file", exit: .configuration,
    "Every key is checked, so that a typing error cannot silently fall back to a default. The message names the nearest known key and, where the key exists elsewhere, its place; `evoke explain KIND` lists all."
  )
  public static let studyMissingKey = ErrorCode(
    "E-STU-003", "a required key is missing", exit: .configuration,
    "Required are study, kind, datasets, targets, and for encoding studies features and encoding (`encoding: {}` takes all defaults); some mappings have required keys of their own."
  )
  public static let studyWrongType = ErrorCode(
    "E-STU-004", "a key holds another type of value", exit: .configuration,
    "A number where a list is wanted, a mapping where a word is wanted, a quoted number. The message says what is allowed."
  )
  public static let studyValue = ErrorCode(
    "E-STU-005", "a value is not allowed", exit: .configuration,
    "The value lies outside what the key takes: a word not in its list, a number out of range, an empty or repeating list. The message says what is allowed."
  )
  public static let studyDuplicateKey = ErrorCode(
    "E-STU-006", "a key stands twice", exit: .configuration,
    "YAML readers differ in which of two equal keys they keep; Evoke keeps neither and asks.")
  public static let studyKindKey = ErrorCode(
    "E-STU-007", "the key does not apply to this kind of study", exit: .configuration,
    "The key is known, but a study of this kind has no use for it, so that its value would be silently ignored. `evoke explain KIND` lists the keys of a kind."
  )
  public static let studyContradiction = ErrorCode(
    "E-STU-008", "keys of the study contradict each other", exit: .configuration,
    "Each value is allowed by itself, but not together with another one. The message names both.")
  public static let studyNotComputed = ErrorCode(
    "E-STU-009", "not computed by this version", exit: .configuration,
    "The study file is valid, but this version of Evoke does not compute what it asks for. Nothing was planned.")
  public static let studyProblems = ErrorCode(
    "E-STU-010", "the study file has several problems", exit: .configuration,
    "All problems of the file are listed at once, each with its own code, place and remedy.")
  public static let draftLacks = ErrorCode(
    "E-STU-011", "the warehouse lacks what the study needs", exit: .missingInput,
    "`evoke new study KIND` names what is there; of a part that the kind cannot do without there is nothing yet.")
}
