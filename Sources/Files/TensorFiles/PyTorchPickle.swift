import ByteSource
import Diagnostics

/// What a pickle of weights can hold. Containers are shared, as pickles refer to them while they are being filled.
enum PickleValue {
  case none
  case flag(Bool)
  case number(Int)
  case real(Double)
  case text(String)
  case bytes([UInt8])
  case tuple(PickleTuple)
  case list(PickleList)
  case dictionary(PickleDictionary)
  /// A name of the whitelist, to be applied by REDUCE; never anything that runs.
  case global(PyTorchGlobal)
  case storage(PyTorchStorage)
  case tensor(PyTorchTensor)
  /// The place where a tuple or the items of a container begin.
  case mark

  var intValue: Int? { if case .number(let value) = self { value } else { nil } }
  var textValue: String? { if case .text(let value) = self { value } else { nil } }
  var tupleValue: [PickleValue]? { if case .tuple(let value) = self { value.items } else { nil } }
}

/// Tuples hold what was there before them, so that how deep they are is known when they are made.
struct PickleTuple {
  let items: [PickleValue]
  let depth: Int

  init(_ items: [PickleValue]) {
    self.items = items
    depth = items.reduce(1) { deepest, item in
      if case .tuple(let inner) = item { max(deepest, inner.depth + 1) } else { deepest }
    }
  }
}

final class PickleList {
  var items: [PickleValue] = []
}

final class PickleDictionary {
  var items: [(key: PickleValue, value: PickleValue)] = []
}

/// Every name a weights file may refer to; all others are refused, so that nothing in a file can run.
enum PyTorchGlobal: Equatable {
  case orderedDictionary
  case tensor
  case parameter
  case size
  /// A storage class: its dtype as safetensors writes it, and bytes per number.
  case storage(dtype: String, width: Int)

  private static let storages: [String: (dtype: String, width: Int)] = [
    "FloatStorage": ("F32", 4), "HalfStorage": ("F16", 2), "BFloat16Storage": ("BF16", 2),
    "DoubleStorage": ("F64", 8), "LongStorage": ("I64", 8), "IntStorage": ("I32", 4), "ShortStorage": ("I16", 2),
    "CharStorage": ("I8", 1), "ByteStorage": ("U8", 1), "BoolStorage": ("BOOL", 1),
  ]

  init?(module: String, name: String) {
    switch (module, name) {
    case ("collections", "OrderedDict"): self = .orderedDictionary
    case ("torch._utils", "_rebuild_tensor_v2"): self = .tensor
    case ("torch._utils", "_rebuild_parameter"): self = .parameter
    case ("torch", "Size"): self = .size
    case ("torch", _):
      guard let kind = Self.storages[name] else { return nil }
      self = .storage(dtype: kind.dtype, width: kind.width)
    default: return nil
    }
  }
}

/// Numbers of one type that tensors are views of.
struct PyTorchStorage {
  let key: String
  let dtype: String
  let width: Int
  let count: Int
}

/// A view of a storage; element (i, j, ...) is number offset + i strides[0] + j strides[1] + ...
struct PyTorchTensor {
  let storage: PyTorchStorage
  let offset: Int
  let shape: [Int]
  let strides: [Int]
}

/// Reads pickles of the protocols 2 to 5 (PEP 307, 3154) that hold nothing but tensors, containers and plain values.
///
/// A pickle is a program for a stack machine that may call any function of Python. Only the instructions torch.save
/// writes for weights are known here, and only the names of `PyTorchGlobal`; everything else is refused by name.
struct PickleReader {
  private var input: ByteCursor
  private var path: String { input.source.path }
  private var stack: [PickleValue] = []
  private var memo: [Int: PickleValue] = [:]
  /// Containers that were made. One may hold another for a million levels, which no stack takes apart: `clear` does so one
  /// by one.
  private var lists: [PickleList] = []
  private var dictionaries: [PickleDictionary] = []
  private var valueCount = 0

  /// Values of one file, and tuples inside one another; those of the largest models are a tenth.
  private static let (mostValues, deepestTuple) = (1 << 22, 32)

  init(_ source: ByteSource) { input = ByteCursor(source) }

  /// Bytes read so far.
  var position: Int { input.position }

  private static let what = "a part of its pickle"

  /// The next pickle's value.
  ///
  /// Throws E-PTH-001 for a name outside the whitelist, E-PTH-002 for another instruction or a damaged pickle,
  /// E-WGT-003 where it ends early.
  mutating func next() throws -> PickleValue {
    stack = []
    memo = [:]
    while true {
      let code = try input.byte(Self.what)
      if code == UInt8(ascii: ".") { return try pop() }
      if try runConstant(code) { continue }
      if try runContainer(code) { continue }
      if try runReference(code) { continue }
      throw PyTorchFile.damaged(path, "its pickle has instruction 0x\(String(code, radix: 16)) at byte \(position - 1)")
    }
  }

  /// Plain values.
  private mutating func runConstant(_ code: UInt8) throws -> Bool {
    switch code {
    case 0x80: try input.skip(1, Self.what)
    case 0x95: try input.skip(8, Self.what)
    case UInt8(ascii: "N"): try push(.none)
    case 0x88: try push(.flag(true))
    case 0x89: try push(.flag(false))
    case UInt8(ascii: "K"): try push(.number(try input.size(1, Self.what)))
    case UInt8(ascii: "M"): try push(.number(try input.size(2, Self.what)))
    case UInt8(ascii: "J"): try push(.number(Int(try input.integer(Int32.self, Self.what))))
    case 0x8a: try push(long(try input.bytes(try input.size(1, Self.what), Self.what)))
    case UInt8(ascii: "G"):
      try push(.real(Double(bitPattern: UInt64(bigEndian: try input.integer(UInt64.self, Self.what)))))
    case UInt8(ascii: "X"), UInt8(ascii: "T"): try pushText(lengthBytes: 4)
    case UInt8(ascii: "U"), 0x8c: try pushText(lengthBytes: 1)
    case 0x8d: try pushText(lengthBytes: 8)
    case UInt8(ascii: "C"): try push(.bytes(try input.bytes(try input.size(1, Self.what), Self.what)))
    case UInt8(ascii: "B"): try push(.bytes(try input.bytes(try input.size(4, Self.what), Self.what)))
    default: return false
    }
    return true
  }

  private mutating func push(_ value: PickleValue) throws {
    valueCount += 1
    guard valueCount <= Self.mostValues else { throw malformed("has more than \(Self.mostValues) values") }
    switch value {
    case .tuple(let tuple) where tuple.depth > Self.deepestTuple:
      throw malformed("has tuples nested more than \(Self.deepestTuple) deep")
    case .list(let list): lists.append(list)
    case .dictionary(let dictionary): dictionaries.append(dictionary)
    default: break
    }
    stack.append(value)
  }

  /// Empties every container, to be called when the values are no longer needed.
  mutating func clear() {
    for list in lists { list.items = [] }
    for dictionary in dictionaries { dictionary.items = [] }
    (stack, memo, lists, dictionaries) = ([], [:], [], [])
  }

  private mutating func pushText(lengthBytes: Int) throws {
    try push(.text(try input.text(try input.size(lengthBytes, Self.what), Self.what)))
  }

  /// A whole number in two's complement; one too long for 64 bits (the mark of old files) as its bytes.
  private func long(_ bytes: [UInt8]) -> PickleValue {
    guard bytes.count <= 8 else { return .bytes(bytes) }
    let isNegative = bytes.last.map { $0 & 0x80 != 0 } == true
    return .number(bytes.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) })
  }

  /// Tuples, lists and dictionaries.
  private mutating func runContainer(_ code: UInt8) throws -> Bool {
    switch code {
    case UInt8(ascii: "("): try push(.mark)
    case UInt8(ascii: ")"): try push(.tuple(PickleTuple([])))
    case UInt8(ascii: "]"): try push(.list(PickleList()))
    case UInt8(ascii: "}"): try push(.dictionary(PickleDictionary()))
    case UInt8(ascii: "t"): try push(.tuple(PickleTuple(try popToMark())))
    case 0x85, 0x86, 0x87:
      var items: [PickleValue] = []
      for _ in 0..<(code - 0x84) { items.insert(try pop(), at: 0) }
      try push(.tuple(PickleTuple(items)))
    case UInt8(ascii: "a"):
      let item = try pop()
      try append([item])
    case UInt8(ascii: "e"):
      let items = try popToMark()
      try append(items)
    case UInt8(ascii: "s"):
      let value = try pop()
      let key = try pop()
      try set([key, value])
    case UInt8(ascii: "u"):
      let items = try popToMark()
      try set(items)
    default: return false
    }
    return true
  }

  private func append(_ items: [PickleValue]) throws {
    guard case .list(let list) = stack.last else { throw malformed("appends to something that is not a list") }
    list.items += items
  }

  private func set(_ items: [PickleValue]) throws {
    guard case .dictionary(let dictionary) = stack.last, items.count % 2 == 0 else {
      throw malformed("sets items of something that is not a dictionary")
    }
    for i in stride(from: 0, to: items.count, by: 2) { dictionary.items.append((items[i], items[i + 1])) }
  }

  /// The memo, names and what is made from them.
  private mutating func runReference(_ code: UInt8) throws -> Bool {
    switch code {
    case UInt8(ascii: "q"): memo[try input.size(1, Self.what)] = try top()
    case UInt8(ascii: "r"): memo[try input.size(4, Self.what)] = try top()
    case 0x94: memo[memo.count] = try top()
    case UInt8(ascii: "h"): try recall(try input.size(1, Self.what))
    case UInt8(ascii: "j"): try recall(try input.size(4, Self.what))
    case UInt8(ascii: "c"):
      let module = try line()
      let name = try line()
      try push(.global(try global(module, name)))
    case 0x93:
      guard let name = try pop().textValue, let module = try pop().textValue else {
        throw malformed("makes a name of something that is not a text")
      }
      try push(.global(try global(module, name)))
    case UInt8(ascii: "Q"):
      let id = try pop()
      try push(.storage(try storage(id)))
    case UInt8(ascii: "R"):
      guard let arguments = try pop().tupleValue, case .global(let global) = try pop() else {
        throw malformed("applies something that is not a name")
      }
      try push(try reduce(global, arguments))
    case UInt8(ascii: "b"):
      // The state of an ordered dictionary holds torch's `_metadata`, which weights do not need.
      _ = try pop()
      guard case .dictionary = try top() else { throw malformed("sets the state of something that has none") }
    default: return false
    }
    return true
  }

  private mutating func line() throws -> String { try input.text(until: UInt8(ascii: "\n"), Self.what) }

  private func global(_ module: String, _ name: String) throws -> PyTorchGlobal {
    guard let global = PyTorchGlobal(module: module, name: name) else {
      throw EvokeError(
        .pickleRefused, path, reason: "its pickle names \(module).\(name), which is not part of a tensor",
        remedy: "do not load this file in Python unless you trust its source; save the plain weights (state_dict) again"
      )
    }
    return global
  }

  /// A storage from its persistent id ("storage", class, key, device, count[, view]).
  private func storage(_ id: PickleValue) throws -> PyTorchStorage {
    guard let parts = id.tupleValue, parts.count >= 5, parts[0].textValue == "storage",
      case .global(.storage(let dtype, let width)) = parts[1], let key = parts[2].textValue,
      let count = parts[4].intValue, (0...Int.max / 16).contains(count)
    else { throw malformed("refers to something that is not a storage") }
    if parts.count > 5, case .none = parts[5] {
    } else if parts.count > 5 {
      throw malformed("has a storage that is a view of another, as only very old files have")
    }
    return PyTorchStorage(key: key, dtype: dtype, width: width, count: count)
  }

  private func reduce(_ global: PyTorchGlobal, _ arguments: [PickleValue]) throws -> PickleValue {
    switch global {
    case .orderedDictionary where arguments.isEmpty: return .dictionary(PickleDictionary())
    case .size where arguments.count == 1: return arguments[0]
    case .parameter where !arguments.isEmpty:
      guard case .tensor = arguments[0] else { throw malformed("has a parameter without tensor") }
      return arguments[0]
    case .tensor where arguments.count >= 4:
      guard case .storage(let storage) = arguments[0], let offset = arguments[1].intValue,
        let shape = sizes(arguments[2]), let strides = sizes(arguments[3]), shape.count == strides.count, offset >= 0
      else { throw malformed("has a tensor whose place is not given by whole numbers") }
      return .tensor(PyTorchTensor(storage: storage, offset: offset, shape: shape, strides: strides))
    default: throw malformed("applies a name to arguments it does not take")
    }
  }

  private func sizes(_ value: PickleValue) -> [Int]? {
    guard let parts = value.tupleValue else { return nil }
    let sizes = parts.compactMap(\.intValue)
    return sizes.count == parts.count && sizes.allSatisfy { $0 >= 0 } ? sizes : nil
  }

  private mutating func recall(_ index: Int) throws {
    guard let value = memo[index] else { throw malformed("recalls what it never kept") }
    try push(value)
  }

  private func top() throws -> PickleValue {
    guard let value = stack.last else { throw malformed("takes from an empty stack") }
    return value
  }

  private mutating func pop() throws -> PickleValue {
    guard let value = stack.popLast() else { throw malformed("takes from an empty stack") }
    return value
  }

  private mutating func popToMark() throws -> [PickleValue] {
    guard let mark = stack.lastIndex(where: { if case .mark = $0 { true } else { false } }) else {
      throw malformed("has items without a beginning")
    }
    defer { stack.removeSubrange(mark...) }
    return Array(stack[(mark + 1)...])
  }

  private func malformed(_ reason: String) -> EvokeError { PyTorchFile.damaged(path, "its pickle \(reason)") }
}
