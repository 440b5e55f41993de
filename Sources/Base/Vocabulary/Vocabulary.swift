/// A closed list of words of the study file. The raw value is the file's spelling; there is one enum for each list, which
/// grammar and science share and which has no behaviour of its own.
public protocol Word: RawRepresentable<String>, CaseIterable, Codable, Hashable, Sendable {}
