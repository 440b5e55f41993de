import CXML2
import Diagnostics

/// What is met in an XML text.
package enum XMLToken: Equatable, Sendable {
  case start(name: String, attributes: [String: String])
  case end(name: String)
  /// Characters with references replaced, blanks kept.
  case text(String)
}

/// The one owner of libxml2's `xmlTextReader` over bytes in memory: start and end of elements and the text between, one
/// after the other; memory holds the open elements.
///
/// Nothing outside the bytes is ever read: no network, no other file, no external type. A document that declares entities
/// of its own is refused before any is used, so that a small text cannot grow without end.
@safe package struct XMLReader: ~Copyable {
  private let path: String
  // On the heap, because libxml2 keeps their addresses.
  private let bytes: UnsafeMutablePointer<CChar>
  private let reader: xmlTextReaderPtr
  private let complaint = Complaint()
  private var pendingEnd: String?
  private var hasBegun = false

  /// What libxml2 says of the text first.
  private final class Complaint {
    var line = 0
    var reason: String?
  }

  /// - Throws: `xmlMalformed` for more bytes than libxml2 takes.
  package init(_ path: String, _ content: [UInt8]) throws {
    guard let count = Int32(exactly: content.count) else {
      throw EvokeError(.xmlMalformed, path, reason: "it has \(content.count) bytes", remedy: "split it")
    }
    self.path = path
    unsafe bytes = UnsafeMutablePointer<CChar>.allocate(capacity: max(1, content.count))
    for (place, byte) in content.enumerated() { unsafe bytes[place] = CChar(bitPattern: byte) }
    guard let reader = unsafe xmlReaderForMemory(bytes, count, nil, nil, cxml2_options()) else {
      preconditionFailure("out of memory")
    }
    unsafe self.reader = reader
    let context = unsafe Unmanaged.passUnretained(complaint).toOpaque()
    unsafe xmlTextReaderSetStructuredErrorHandler(reader, { unsafe XMLReader.note($0, $1) }, context)
  }

  deinit {
    unsafe xmlFreeTextReader(reader)
    unsafe bytes.deallocate()
  }

  /// Keeps the first fault; namespaces and other warnings are none.
  private static func note(_ context: UnsafeMutableRawPointer?, _ error: xmlErrorPtr?) {
    guard let context = unsafe context, let error = unsafe error?.pointee else { return }
    let complaint = unsafe Unmanaged<Complaint>.fromOpaque(context).takeUnretainedValue()
    let isEntity = unsafe [XML_ERR_UNDECLARED_ENTITY.rawValue, XML_WAR_UNDECLARED_ENTITY.rawValue]
      .contains(UInt32(bitPattern: error.code))
    guard complaint.reason == nil, unsafe error.level == XML_ERR_FATAL || isEntity else { return }
    complaint.line = unsafe Int(error.line)
    if isEntity, let name = unsafe error.str1 {
      complaint.reason = unsafe "&\(String(cString: name)); is no known entity"
    } else {
      let text = unsafe error.message.map { unsafe String(cString: $0) } ?? "it is not well-formed"
      complaint.reason = text.split(whereSeparator: \.isNewline).joined(separator: "; ")
    }
  }

  /// The next token, nil at the end.
  ///
  /// - Throws: `xmlMalformed`.
  package mutating func next() throws -> XMLToken? {
    if let name = pendingEnd {
      pendingEnd = nil
      return .end(name: name)
    }
    while unsafe xmlTextReaderRead(reader) == 1, complaint.reason == nil {
      let type = unsafe UInt32(bitPattern: xmlTextReaderNodeType(reader))
      switch type {
      case XML_READER_TYPE_ELEMENT.rawValue: return try start()
      case XML_READER_TYPE_END_ELEMENT.rawValue: return .end(name: name)
      case XML_READER_TYPE_TEXT.rawValue, XML_READER_TYPE_CDATA.rawValue, XML_READER_TYPE_WHITESPACE.rawValue,
        XML_READER_TYPE_SIGNIFICANT_WHITESPACE.rawValue:
        return .text(value)
      case XML_READER_TYPE_ENTITY_REFERENCE.rawValue: throw fault("&\(name); is no known entity")
      default: continue
      }
    }
    if complaint.reason != nil { throw fault("") }
    guard unsafe xmlTextReaderReadState(reader) == XML_TEXTREADER_MODE_EOF.rawValue, hasBegun else {
      throw fault("it is not well-formed")
    }
    return nil
  }

  private var name: String { unsafe cxml2_name(reader).map { unsafe String(cString: $0) } ?? "" }
  private var value: String { unsafe cxml2_value(reader).map { unsafe String(cString: $0) } ?? "" }

  private mutating func start() throws -> XMLToken {
    // Before anything of the root is looked at.
    if !hasBegun, unsafe cxml2_declares_entities(reader) == 1 {
      throw fault("it declares entities of its own, which are not read")
    }
    hasBegun = true
    let name = name
    if unsafe xmlTextReaderIsEmptyElement(reader) == 1 { pendingEnd = name }
    var attributes: [String: String] = [:]
    while unsafe xmlTextReaderMoveToNextAttribute(reader) == 1 { attributes[self.name] = value }
    _ = unsafe xmlTextReaderMoveToElement(reader)
    return .start(name: name, attributes: attributes)
  }

  private func fault(_ reason: String) -> EvokeError {
    let line = complaint.reason == nil ? Int(unsafe xmlTextReaderGetParserLineNumber(reader)) : complaint.line
    return EvokeError(
      .xmlMalformed, "\(path) line \(line)", reason: complaint.reason ?? reason, remedy: "export the file again")
  }
}
