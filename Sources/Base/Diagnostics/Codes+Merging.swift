extension ErrorCode {
  static let merging: [ErrorCode] = [.mergeCollision, .mergeSchema, .mergeSelf, .withdrawnComesBack]

  public static let mergeCollision = ErrorCode(
    "E-MRG-001", "one name for two things in two warehouses",
    """
    A name stands for other bytes in the other warehouse, so that one of the two would be lost. Studies and frozen results \
    take another name by --rename OLD=NEW; arrays, models, atlases and stimuli are imported again under another --name or \
    --dataset in one of the warehouses. Nothing was brought.
    """)
  public static let mergeSchema = ErrorCode(
    "E-MRG-002", "the other warehouse has another schema", exit: .configuration,
    "Both warehouses must have been written by this version: evoke init OTHER brings an older one up to date.")
  public static let mergeSelf = ErrorCode(
    "E-MRG-003", "a warehouse is merged with itself", exit: .usage,
    "merge takes the folder of another warehouse; the one that receives is named by -C.")
  public static let withdrawnComesBack = ErrorCode(
    "E-MRG-004", "a person who withdrew would come back", exit: .notPermitted,
    """
    Of who withdrew a warehouse keeps a hash of the time, dataset and name, no name: a merge asks it about everybody in the \
    other warehouse. Whoever takes part again is imported here first. Nothing was brought.
    """)
}
