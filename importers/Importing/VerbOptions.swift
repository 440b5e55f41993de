import ArgumentParser
import ContentIdentity
import Foundation

/// The options of an import verb, declared once: what the command line takes, what the importer reads, and what the
/// identity of the import is made of.
///
/// They are ArgumentParser's arguments themselves and no copy of them. A plain struct beside the command would need a
/// line per option that copies it and another that hashes it; a line forgotten is an option without effect, or a result
/// kept under another's key. Encoding the arguments gives the identity instead, so that what is declared is hashed.
/// An importer sees plain values; options not taken from a command line start as `unset`.
package protocol VerbOptions: ParsableArguments, Encodable, Sendable {}

extension VerbOptions {
  /// The options when none is given. Traps where one has to be.
  package static var unset: Self {
    do { return try parse([]) } catch { preconditionFailure("\(Self.self) has options without which it is nothing") }
  }

  /// Every option under its name in snake case, nil as null, groups of options as objects.
  package var identity: [String: JSONValue] {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    do {
      let text = String(decoding: try encoder.encode(self), as: UTF8.self)
      if case .object(let members) = try JSONValue(parsing: text) { return members }
      preconditionFailure("\(Self.self) does not encode as an object")
    } catch { preconditionFailure("\(Self.self) does not encode: \(error)") }
  }
}

/// Options of a verb that has none of its own.
package struct NoOptions: VerbOptions {
  package init() {}
}

// Arguments encode as their values.

extension Option: @retroactive Encodable where Value: Encodable {
  public func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }
}

extension Flag: @retroactive Encodable where Value: Encodable {
  public func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }
}

extension OptionGroup: @retroactive Encodable where Value: Encodable {
  public func encode(to encoder: any Encoder) throws { try wrappedValue.encode(to: encoder) }
}
