import ContentIdentity

/// What an extraction delivered for one chunk, and what it needs to go on behind it.
public struct ExtractionRecord: Sendable {
  /// Rows of one layer from row `first`, rows x dimension numbers.
  public struct Rows: Sendable {
    public let layer: String
    public let first: Int
    public let values: [Float]

    public init(layer: String, first: Int, values: [Float]) {
      self.layer = layer
      self.first = first
      self.values = values
    }
  }

  /// Position of the chunk, from 0.
  public let chunk: Int
  /// In the order of delivery.
  public let rows: [Rows]
  /// Bins that are still open, exactly.
  public let state: JSONValue

  public init(chunk: Int, rows: [Rows], state: JSONValue) {
    self.chunk = chunk
    self.rows = rows
    self.state = state
  }
}

/// Keeps what an extraction has delivered, chunk by chunk, so that a later one with the same model, sound and settings
/// can go on behind the last chunk and deliver the same bits.
public protocol ExtractionJournal: AnyObject {
  /// Gives every kept record in order, from chunk 0 without a gap.
  func replay(_ body: (ExtractionRecord) throws -> Void) throws
  /// Keeps one more record; it is durable when this returns.
  func append(_ record: ExtractionRecord) throws
}

extension LayerCollector {
  /// Everything that changes, exactly: JSON numbers are written so that they are read as the same double.
  var state: JSONValue {
    var members: [String: JSONValue] = [
      "next": .int(nextFrame), "delivered": .int(delivered), "bin": .int(openBin), "frames": .int(frames),
      "weight": .number(weight),
    ]
    if frames > 0 {
      members["sums"] = .array(sums.map { .number($0) })
      members["squares"] = .array(squares.map { .number($0) })
      members["extreme"] = .array(extreme.map { .number(Double($0)) })
    }
    return .object(members)
  }

  /// Takes over a state that `state` gave; false where it is not one of this layer.
  mutating func restore(_ state: JSONValue) -> Bool {
    guard let next = state["next"]?.intValue, let delivered = state["delivered"]?.intValue,
      let bin = state["bin"]?.intValue, let frames = state["frames"]?.intValue,
      let weight = state["weight"]?.doubleValue
    else { return false }
    nextFrame = next
    self.delivered = delivered
    openBin = bin
    self.frames = frames
    self.weight = weight
    guard frames > 0 else { return true }
    func numbers(_ name: String) -> [Double] { (state[name]?.arrayValue ?? []).compactMap(\.doubleValue) }
    let (sums, squares, extreme) = (numbers("sums"), numbers("squares"), numbers("extreme").map { Float($0) })
    guard sums.count == self.sums.count, squares.count == self.squares.count, extreme.count == self.extreme.count
    else { return false }
    self.sums = sums
    self.squares = squares
    self.extreme = extreme
    return true
  }
}
