/// The studies of published papers, one text each (see `PaperFile`).
public enum Papers {
  /// An embedded file with its name.
  public struct Paper: Sendable {
    public let name: String
    public let text: String
  }

  public static let all: [Paper] = Embedded.files
    .map { Paper(name: String($0.path.dropFirst("papers/".count).dropLast(".yaml".count)), text: $0.text) }
    .sorted { $0.name < $1.name }
}
