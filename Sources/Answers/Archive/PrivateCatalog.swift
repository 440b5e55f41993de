import Warehouse

extension Warehouse {
  /// Reads a catalog in a folder of this process's own; nobody waits for one that an error leaves open.
  static func reading<T>(_ folder: String, _ body: (Warehouse) throws -> T) throws -> T {
    let warehouse = try open(folder, .reading)
    let result = try body(warehouse)
    try warehouse.close()
    return result
  }
}
