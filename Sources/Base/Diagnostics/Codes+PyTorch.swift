extension ErrorCode {
  static let pyTorch: [ErrorCode] = [.pickleRefused, .pickleBad, .recordCorrupt, .recordCompressed]

  public static let pickleRefused = ErrorCode(
    "E-PTH-001", "a pickle names something that is not a tensor",
    "Files of torch.save are pickles, which can run any code when Python loads them. Evoke runs none of it and reads only OrderedDict, tensors, parameters and storages; the message names what else the file asks for. A file from a stranger that names os.system or the like is an attack; a training checkpoint names classes of its program: save its state_dict alone."
  )
  public static let pickleBad = ErrorCode(
    "E-PTH-002", "not a weights file of PyTorch",
    "A file of torch.save is a ZIP file with data.pkl and one record per storage, or (before PyTorch 1.6) a stream of pickles followed by the storages."
  )
  public static let recordCorrupt = ErrorCode(
    "E-PTH-003", "a record's check sum differs",
    "The record's bytes were changed after the file was written (a damaged download or disk). Fetch the file again.")
  public static let recordCompressed = ErrorCode(
    "E-PTH-004", "a record is compressed or encrypted",
    "torch.save stores its records as they are; another program packed this file. Save it again with torch.save.")
}
