import CHDF5
import Diagnostics

/// Where a path of a file leads.
enum HDF5Reach {
  case object
  case nothing
  /// It is not followed: into another file, whose bytes would not be hashed with this one, or where the machine gives
  /// nothing; the error that says so.
  case refused(EvokeError)
}

extension HDF5File {
  /// Links that may be followed for one path.
  private static let mostLinks = 64

  /// Follows a path link by link, because H5Lexists fails where a parent is missing, and because no link may be followed
  /// before it is known that it stays in this file.
  func reach(_ path: String) -> HDF5Reach {
    var budget = Self.mostLinks
    return reach(path, &budget)
  }

  private func reach(_ path: String, _ budget: inout Int) -> HDF5Reach {
    var walked = ""
    for part in path.split(separator: "/") {
      let group = walked
      walked += "/" + part
      var link = H5L_info_t()
      var status = unsafe H5Lexists(id, walked, chdf5_default())
      if status > 0 { status = unsafe H5Lget_info(id, walked, &link, chdf5_default()) < 0 ? -1 : 1 }
      guard status > 0 else { return nothing(status, walked) }
      switch link.type {
      case H5L_TYPE_HARD: break
      case H5L_TYPE_SOFT:
        budget -= 1
        guard budget > 0, let target = value(ofLink: walked, bytes: unsafe link.u.val_size) else { return .nothing }
        let text = HDF5Text.decode(target.prefix { $0 != 0 })
        let found = reach(text.hasPrefix("/") ? text : group + "/" + text, &budget)
        guard case .object = found else { return found }
      case H5L_TYPE_EXTERNAL:
        let target = value(ofLink: walked, bytes: unsafe link.u.val_size) ?? []
        // A byte of flags, then the file and the object in it.
        let parts = target.dropFirst().split(separator: 0).prefix(2).map { HDF5Text.decode($0) }
        return .refused(elsewhere(walked, "it is a link to \(parts.joined(separator: ", object "))"))
      default: return .nothing
      }
      let present = unsafe H5Oexists_by_name(id, walked, chdf5_default())
      guard present > 0 else { return nothing(present, walked) }
    }
    return .object
  }

  private func nothing(_ status: htri_t, _ path: String) -> HDF5Reach {
    do {
      try context.checkMachine(status, path)
      return .nothing
    } catch { return .refused(error) }
  }

  private func value(ofLink path: String, bytes: Int) -> [UInt8]? {
    guard (1...1 << 16).contains(bytes) else { return nil }
    var value = [UInt8](repeating: 0, count: bytes)
    return unsafe H5Lget_val(id, path, &value, bytes, chdf5_default()) >= 0 ? value : nil
  }

  /// Whether something stands at a path in this file.
  ///
  /// - Throws: `contentElsewhere`, `writeFailed`.
  func reaches(_ path: String) throws -> Bool {
    switch reach(path) {
    case .object: true
    case .nothing: false
    case .refused(let error): throw error
    }
  }

  /// Refuses a dataset whose numbers lie in other files.
  func refuseElsewhere(_ dataset: hid_t, _ path: String) throws {
    let creation = try context.own(H5Dget_create_plist(dataset), PropertyKind.self, path, "reading the layout")
    if H5Pget_layout(creation.id) == H5D_VIRTUAL { throw elsewhere(path, "it is a virtual dataset") }
    guard H5Pget_external_count(creation.id) > 0 else { return }
    var name = [CChar](repeating: 0, count: 4_096)
    let status = unsafe H5Pget_external(creation.id, 0, name.count - 1, &name, nil, nil)
    let file = status < 0 ? "" : " " + HDF5Text.decode(name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) })
    throw elsewhere(path, "its numbers are stored in the file\(file)")
  }

  private func elsewhere(_ path: String, _ reason: String) -> EvokeError {
    EvokeError(
      .contentElsewhere, context.object(path), reason: reason,
      remedy: "copy the values into one file, in h5py: new[NAME] = old[NAME][()]")
  }
}
