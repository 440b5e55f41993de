import ArgumentParser
import ContentIdentity

/// The options of an import verb, declared once: what the command line takes, what the importer reads, and what the
/// identity of the import is made of.
///
/// They are ArgumentParser's arguments themselves and no copy of them. A plain struct beside the command would need a
/// line per option that copies it and another that hashes it; a line forgotten is an option without effect, or a result
/// kept under another's key. Encoding the arguments gives the identity instead, so that what is declared is hashed.
/// An importer sees plain values; options not taken from a command line start as `unset`.
package protocol VerbOptions: ParsableArguments, Encodable, Sendable {
  /// Its options that imports were made before, under their names in snake case: at their default they are no part of the
  /// identity, so that what was imported then is the same import now.
  static var later: Set<String> { get }
}

extension VerbOptions {
  package static var later: Set<String> { [] }

  /// The options when none is given. Traps where one has to be.
  package static var unset: Self {
    do { return try parse([]) } catch { preconditionFailure("\(Self.self) has options without which it is nothing") }
  }

  /// Every option under its name in snake case, nil as null, groups of options as objects; of `later` ones those that
  /// were given.
  ///
  /// One way, since arguments are decoded from a command line and from nothing else.
  package var identity: [String: JSONValue] {
    do { return try members() } catch { preconditionFailure("\(Self.self) does not encode: \(error)") }
  }

  fileprivate func members() throws -> [String: JSONValue] {
    var members = try written()
    guard !Self.later.isEmpty else { return members }
    let defaults = try Self.unset.written()
    for name in Self.later {
      guard let value = defaults[name] else { preconditionFailure("\(Self.self) has no option \(name)") }
      if members[name] == value { members[name] = nil }
    }
    return members
  }

  private func written() throws -> [String: JSONValue] {
    if case .object(let members) = try StrictCoder.write(self) { return members }
    preconditionFailure("\(Self.self) does not encode as an object")
  }

  package func validate() throws { try refuseUnidentified() }

  /// Refuses what has no identity: `--onset-s nan` reads as a number.
  ///
  /// Types with a `validate` of their own call it there.
  package func refuseUnidentified() throws {
    do { _ = try StrictCoder.write(self) } catch let error as StrictCodingError {
      let name = error.place.split(separator: ".").last ?? "options"
      throw ValidationError(
        "Options take finite numbers below 2^53; that of the \(name.replacing("_", with: " ")) is none.")
    }
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
  public func encode(to encoder: any Encoder) throws {
    guard let options = wrappedValue as? any VerbOptions else { return try wrappedValue.encode(to: encoder) }
    try JSONValue.object(options.members()).encode(to: encoder)
  }
}
