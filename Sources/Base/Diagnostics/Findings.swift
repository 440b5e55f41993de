/// The findings of one reading of files: all are counted, the first of each code are kept with their place.
package struct Findings: Sendable {
  /// How many findings of one code are listed one by one.
  package static let listedPerCode = 20
  /// How many errors of one file are kept with it.
  package static let listedPerFile = 3

  private var list: [Diagnostic] = []
  private var counts: [ErrorCode: Int] = [:]
  /// Of those that are not listed: how many say of their objects what the first of their code says.
  private var alike: [ErrorCode: Int] = [:]

  package init() {}

  /// The file that is being read: errors found meanwhile are its own.
  package var file: String?
  /// The first errors of each file that has some.
  package private(set) var faults: [String: [Diagnostic]] = [:]
  /// Errors of no single file.
  package private(set) var commonErrorCount = 0

  package private(set) var errorCount = 0
  package var hasErrors: Bool { errorCount > 0 }

  /// Adds a finding; the texts are made only if it will be listed.
  package mutating func add(
    _ severity: Diagnostic.Severity, _ code: ErrorCode, _ object: @autoclosure () -> String,
    reason: @autoclosure () -> String, remedy: @autoclosure () -> String
  ) {
    if severity == .error {
      errorCount += 1
      note(fault: Diagnostic(severity, code, object(), reason: reason(), remedy: remedy()))
    }
    counts[code, default: 0] += 1
    if counts[code, default: 0] <= Self.listedPerCode {
      list.append(Diagnostic(severity, code, object(), reason: reason(), remedy: remedy()))
    } else if severity != .error, let first = list.first(where: { $0.code == code }) {
      // Errors are told one by one, and of a damaged table there may be millions.
      let isAlike = first.saysAs(Diagnostic(severity, code, "", reason: reason(), remedy: remedy()))
      alike[code, default: 0] += isAlike ? 1 : 0
    }
  }

  /// Adds a finding; an error becomes a warning where an option accepts it.
  package mutating func add(_ finding: Diagnostic, acceptedBy option: String? = nil) {
    let accepting = finding.severity == .error ? option : nil
    add(
      accepting == nil ? finding.severity : .warning, finding.code, finding.object, reason: finding.reason,
      remedy: accepting.map { "accepted by \($0)" } ?? finding.remedy)
  }

  /// Adds one error that several files have, as a fault of each of them.
  ///
  /// - Parameter object: what has it, of that file; of all of them, as they are listed, where it is nil.
  package mutating func error(
    _ code: ErrorCode, in files: [String], _ object: (_ file: String?) -> String, reason: String, remedy: String
  ) {
    precondition(!files.isEmpty, "an error of no file")
    let listed = Diagnostic(.error, code, object(nil), reason: reason, remedy: remedy)
    let reading = file
    defer { file = reading }
    for file in files {
      self.file = file
      note(fault: Diagnostic(.error, code, object(file), reason: reason, remedy: remedy))
    }
    errorCount += 1
    counts[code, default: 0] += 1
    if counts[code, default: 0] <= Self.listedPerCode { list.append(listed) }
  }

  private mutating func note(fault: @autoclosure () -> Diagnostic) {
    guard let file else {
      commonErrorCount += 1
      return
    }
    if faults[file, default: []].count < Self.listedPerFile { faults[file, default: []].append(fault()) }
  }

  package mutating func error(
    _ code: ErrorCode, _ object: @autoclosure () -> String, reason: @autoclosure () -> String,
    remedy: @autoclosure () -> String
  ) { add(.error, code, object(), reason: reason(), remedy: remedy()) }

  package mutating func add(_ error: EvokeError) {
    self.error(error.code, error.object, reason: error.reason, remedy: error.remedy)
  }

  /// Runs `body`; an `EvokeError` becomes a finding and nil is returned.
  package mutating func collect<Value>(_ object: String, _ body: () throws -> Value) -> Value? {
    do { return try body() } catch let error as EvokeError { add(error) } catch {
      self.error(.fileUnreadable, object, reason: "\(error)", remedy: "check the file and its disk")
    }
    return nil
  }

  /// Every listed finding, and one line per code for those that were only counted.
  package var all: [Diagnostic] {
    list
      + counts.filter { $0.value > Self.listedPerCode }.sorted { $0.key.id < $1.key.id }.map { code, count in
        let severity = list.first { $0.code == code }?.severity ?? .error
        let unlisted = count - Self.listedPerCode
        return Diagnostic(
          severity, code, "\(unlisted) more", reason: "\(count) of this kind in all",
          remedy: "the first \(Self.listedPerCode) are listed above", unlisted: alike[code] == unlisted ? unlisted : nil
        )
      }
  }
}
