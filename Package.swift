// swift-tools-version: 6.2
import PackageDescription

// Every target of ours: Swift 6 mode, strict memory safety, warnings are errors.
let house: [SwiftSetting] = [.strictMemorySafety(), .treatAllWarnings(as: .error)]

/// A folder that is one target: one noun of the field. `room` is the folder it stands in.
func noun(
  _ name: String, _ imports: [Target.Dependency] = [], in room: String = "", path: String? = nil,
  exclude: [String] = [], linker: [LinkerSetting] = [], plugins: [Target.PluginUsage] = []
) -> Target {
  .target(
    name: name, dependencies: imports, path: path ?? "\(room)/\(name)", exclude: exclude,
    swiftSettings: house, linkerSettings: linker, plugins: plugins)
}

func system(_ name: String, _ pkgConfig: String, _ apt: String) -> Target {
  .systemLibrary(name: name, path: "Sources/System/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func tests(_ name: String, _ imports: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(name: "\(name)Tests", dependencies: imports, path: "Tests/\(name)Tests", exclude: exclude)
}

// The rooms from the ground up. A target imports targets of rooms before its own, and of its own those named before it.

let systemRoom: [Target] = [
  system("COpenBLAS", "openblas", "libopenblas-pthread-dev"),
  system("CLAPACKE", "lapacke", "liblapacke-dev"),
  system("CFFTW", "fftw3 fftw3f", "libfftw3-dev"),
  system("CSoxr", "soxr", "libsoxr-dev"),
  system("CSndfile", "sndfile", "libsndfile1-dev"),
  system("CFFmpeg", "libavformat libavcodec libavutil libswscale", "libavformat-dev"),
  system("CHDF5", "hdf5-serial", "libhdf5-dev"),
  system("CDeflate", "libdeflate", "libdeflate-dev"),
  system("CCrypto", "libcrypto", "libssl-dev"),
  system("CZlib", "zlib", "zlib1g-dev"),
  system("CSQLite", "sqlite3", "libsqlite3-dev"),
  system("CXML2", "libxml-2.0", "libxml2-dev"),
  .systemLibrary(name: "CFileSystem", path: "Sources/System/CFileSystem"),
  // Without Loader, which belongs to the extension that other clients of SQLite load (see Makefile).
  .target(
    name: "CArraySQL", dependencies: ["CCrypto", "CDeflate", "CHDF5"], path: "Sources/System/CArraySQL",
    exclude: ["Loader"], cSettings: [.define("SQLITE_CORE")],
    linkerSettings: [.linkedLibrary("hdf5_serial_hl"), .linkedLibrary("m")]),
  .target(name: "CSandbox", path: "Sources/System/CSandbox"),
  .target(name: "CVectorMath", path: "Sources/System/CVectorMath", linkerSettings: [.linkedLibrary("m")]),
]

let baseRoom: [Target] = [
  noun("ContentIdentity", ["CCrypto"], in: "Sources/Base"),
  noun("Diagnostics", [], in: "Sources/Base"),
  noun("FileSystem", ["CFileSystem", "ContentIdentity", "Diagnostics"], in: "Sources/Base"),
  noun("LabelledArrays", [], in: "Sources/Base"),
  noun("Names", ["ContentIdentity", "Diagnostics"], in: "Sources/Base"),
  noun("Terminal", [], in: "Sources/Base"),
  noun("Vocabulary", [], in: "Sources/Base"),
]

let numbersRoom: [Target] = [
  noun("FourierTransform", ["CFFTW"], in: "Sources/Numbers", linker: [.linkedLibrary("fftw3f")]),
  noun(
    "LinearAlgebra", ["CLAPACKE", "COpenBLAS", "CVectorMath"], in: "Sources/Numbers", linker: [.linkedLibrary("m")]),
  noun("MotionEstimation", [], in: "Sources/Numbers"),
  noun("NeuralLayers", ["LinearAlgebra", "Vocabulary"], in: "Sources/Numbers"),
  noun("Resampling", ["CSoxr", "Diagnostics"], in: "Sources/Numbers"),
  noun("SignalProcessing", ["Vocabulary"], in: "Sources/Numbers"),
  noun("Statistics", ["Diagnostics", "FourierTransform", "LinearAlgebra", "Vocabulary"], in: "Sources/Numbers"),
  noun("Tensors", ["Diagnostics"], in: "Sources/Numbers"),
]

let filesRoom: [Target] = [
  noun("ArraySQL", ["CArraySQL"], in: "Sources/Files"),
  noun("ByteSource", ["Diagnostics", "FileSystem"], in: "Sources/Files"),
  noun("Compression", ["CZlib", "Diagnostics", "FileSystem"], in: "Sources/Files"),
  noun("Containers", ["ByteSource", "Diagnostics"], in: "Sources/Files"),
  noun("DelimitedText", ["Diagnostics"], in: "Sources/Files"),
  noun(
    "HDF5File",
    [
      "CDeflate", "CHDF5", "Diagnostics", "FileSystem",
    ], in: "Sources/Files", linker: [.linkedLibrary("hdf5_serial_hl")]),
  noun("MATLABFile", ["ByteSource", "Compression", "Diagnostics"], in: "Sources/Files"),
  noun("MediaDecoding", ["CSandbox", "Containers", "Diagnostics", "FileSystem"], in: "Sources/Files"),
  noun("ForeignHDF5", ["Diagnostics", "FileSystem", "HDF5File", "MediaDecoding"], in: "Sources/Files"),
  noun("SoundFiles", ["ByteSource", "CSndfile", "Containers", "Diagnostics", "MediaDecoding"], in: "Sources/Files"),
  noun(
    "MediaLibraries", ["CFFmpeg", "Diagnostics", "HDF5File", "MediaDecoding", "SoundFiles"], in: "Sources/Files"),
  noun("MediaSources", ["Diagnostics", "MediaDecoding", "Resampling", "SignalProcessing"], in: "Sources/Files"),
  noun(
    "NIfTIFile", ["ByteSource", "Compression", "Containers", "Diagnostics", "FileSystem", "LabelledArrays"],
    in: "Sources/Files"),
  noun("NumPyFile", ["ByteSource", "Diagnostics"], in: "Sources/Files"),
  noun(
    "FilterFiles",
    ["ByteSource", "DelimitedText", "Diagnostics", "ForeignHDF5", "HDF5File", "MATLABFile", "NumPyFile"],
    in: "Sources/Files"),
  noun("ParquetFile", [], in: "Sources/Files"),
  noun("PictureRendering", ["Diagnostics"], in: "Sources/Files"),
  noun("RecordingFiles", ["ByteSource", "Containers", "DelimitedText", "Diagnostics"], in: "Sources/Files"),
  noun("XMLFile", ["CXML2", "Diagnostics"], in: "Sources/Files"),
  noun("ZipArchive", ["ByteSource", "Compression", "Diagnostics"], in: "Sources/Files"),
  noun(
    "TensorFiles",
    [
      "ByteSource", "Compression", "ContentIdentity", "Diagnostics", "FileSystem", "ForeignHDF5", "HDF5File",
      "NumPyFile", "Tensors", "ZipArchive",
    ], in: "Sources/Files"),
]

let scienceRoom: [Target] = [
  noun("AudioFeatures", ["Diagnostics", "FourierTransform", "SignalProcessing", "Vocabulary"], in: "Sources/Science"),
  noun(
    "AudioModels",
    [
      "ContentIdentity", "Diagnostics", "FourierTransform", "LinearAlgebra", "NeuralLayers", "SignalProcessing",
      "Statistics", "Tensors", "Vocabulary",
    ], in: "Sources/Science"),
  noun(
    "Electrophysiology",
    [
      "Diagnostics", "FourierTransform", "LinearAlgebra", "SignalProcessing", "Statistics", "Vocabulary",
    ], in: "Sources/Science"),
  noun("EncodingModels", ["Diagnostics", "LinearAlgebra", "Statistics", "Vocabulary"], in: "Sources/Science"),
  noun("Haemodynamics", ["Diagnostics", "LabelledArrays", "LinearAlgebra", "Vocabulary"], in: "Sources/Science"),
  noun(
    "IntersubjectCorrelation",
    [
      "Diagnostics", "FourierTransform", "LinearAlgebra", "Statistics", "Vocabulary",
    ], in: "Sources/Science"),
  noun(
    "Simulation",
    [
      "Diagnostics", "FourierTransform", "LinearAlgebra", "Statistics",
    ], in: "Sources/Science"),
  noun(
    "SourceSeparation",
    [
      "ContentIdentity", "Diagnostics", "FourierTransform", "LinearAlgebra", "NeuralLayers", "SignalProcessing",
      "Tensors",
    ], in: "Sources/Science"),
  noun("VisualFeatures", ["MotionEstimation", "SignalProcessing"], in: "Sources/Science"),
]

let catalogRoom: [Target] = [
  noun(
    "Queries", path: "queries", exclude: ["views", "reports", "lookups", "changes", "checks"], plugins: ["EmbedSQL"]),
  noun("Schema", path: "schema", exclude: ["migrations"], plugins: ["EmbedSQL"]),
  noun("Papers", path: "docs", exclude: ["papers", "real-data.md"], plugins: ["EmbedSQL"]),
  noun("Showings", ["Diagnostics"], in: "Sources/Catalog"),
  noun(
    "StudyFiles",
    ["ContentIdentity", "Diagnostics", "Names", "Vocabulary", .product(name: "Yams", package: "Yams")],
    in: "Sources/Catalog"),
  noun(
    "Warehouse",
    [
      "ArraySQL", "ContentIdentity", "Diagnostics", "FileSystem", "HDF5File", "LabelledArrays", "Names", "Queries",
      "Schema",
      "Vocabulary", .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
    ], in: "Sources/Catalog", plugins: ["EmbedSQL"]),
  noun("Work", ["ContentIdentity", "Diagnostics", "FileSystem", "Vocabulary", "Warehouse"], in: "Sources/Catalog"),
  noun(
    "Execution",
    [
      "ContentIdentity", "Diagnostics", "FileSystem", "LabelledArrays", "LinearAlgebra", "Vocabulary", "Warehouse",
      "Work",
    ], in: "Sources/Catalog"),
]

let importersRoom: [Target] = [
  noun(
    "Importing",
    [
      "ContentIdentity", "DelimitedText", "Diagnostics", "FileSystem", "ForeignHDF5", "HDF5File", "LabelledArrays",
      "MATLABFile", "Names", "NumPyFile", "Showings", "SignalProcessing", "Vocabulary", "Warehouse",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ], in: "importers"),
  noun(
    "Annotations",
    [
      "DelimitedText", "Diagnostics", "Importing", "LabelledArrays", "XMLFile",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ], in: "importers"),
  noun(
    "Features",
    [
      "DelimitedText", "Diagnostics", "Importing", "LabelledArrays", "Showings", "Vocabulary", "Warehouse",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ], in: "importers"),
  noun(
    "Filters",
    [
      "AudioFeatures", "Diagnostics", "FilterFiles", "Importing",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ], in: "importers"),
  noun(
    "Leadfields",
    [
      "ByteSource", "ContentIdentity", "DelimitedText", "Diagnostics", "Electrophysiology", "FileSystem",
      "ForeignHDF5", "HDF5File", "Importing", "LabelledArrays", "LinearAlgebra", "NumPyFile", "Warehouse",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ], in: "importers"),
  noun(
    "Media",
    [
      "ContentIdentity", "Diagnostics", "FileSystem", "Importing", "MediaDecoding", "MediaSources", "Names",
      "Resampling",
      "SignalProcessing",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ], in: "importers"),
  noun(
    "RecordingImport",
    [
      "ContentIdentity", "DelimitedText", "Diagnostics", "Importing", "LabelledArrays", "Vocabulary", "Warehouse",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ], in: "importers"),
  noun(
    "BIDS",
    [
      "Compression", "ContentIdentity", "DelimitedText", "Diagnostics", "FileSystem", "Importing", "LabelledArrays",
      "RecordingImport", .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ], in: "importers"),
  noun(
    "EEG",
    [
      "Containers", "Diagnostics", "FileSystem", "ForeignHDF5", "HDF5File", "Importing", "MATLABFile", "RecordingFiles",
      "RecordingImport",
    ], in: "importers"),
  noun(
    "FMRI",
    [
      "ContentIdentity", "Diagnostics", "Haemodynamics", "Importing", "LabelledArrays", "NIfTIFile",
      "RecordingImport", "Warehouse", .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ], in: "importers"),
  noun(
    "Stems",
    [
      "Diagnostics", "Importing", "MediaDecoding", "MediaSources", "SignalProcessing", "Warehouse",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ], in: "importers"),
  noun(
    "Tables",
    [
      "ContentIdentity", "DelimitedText", "Diagnostics", "Haemodynamics", "Importing", "LabelledArrays", "NIfTIFile",
      "Names", "Vocabulary", "Warehouse", .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ], in: "importers"),
  noun(
    "Weights",
    [
      "AudioModels", "ContentIdentity", "Diagnostics", "FileSystem", "Importing", "SourceSeparation", "TensorFiles",
      "Tensors", "Warehouse", .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ], in: "importers"),
]

let studiesRoom: [Target] = [
  noun(
    "Recordings",
    [
      "ContentIdentity", "Diagnostics", "Electrophysiology", "FileSystem", "Haemodynamics", "LabelledArrays",
      "LinearAlgebra", "MediaSources", "Showings", "SignalProcessing", "Statistics", "StudyFiles", "Vocabulary",
      "Warehouse", "Work",
    ], in: "Sources/Studies"),
  noun(
    "FeatureSpaces",
    [
      "AudioFeatures", "AudioModels", "ContentIdentity", "Diagnostics", "FileSystem", "FilterFiles", "LabelledArrays",
      "LinearAlgebra", "MediaSources", "Recordings", "Resampling", "SignalProcessing", "SourceSeparation",
      "StudyFiles", "TensorFiles", "VisualFeatures", "Vocabulary", "Warehouse", "Work",
    ], in: "Sources/Studies"),
  noun(
    "Synchrony",
    [
      "ContentIdentity", "Diagnostics", "IntersubjectCorrelation", "LabelledArrays", "LinearAlgebra", "Recordings",
      "Showings", "Statistics", "StudyFiles", "Vocabulary", "Warehouse", "Work",
    ], in: "Sources/Studies"),
  noun(
    "Encoding",
    [
      "ContentIdentity", "Diagnostics", "EncodingModels", "Haemodynamics", "LabelledArrays", "LinearAlgebra",
      "Recordings", "Showings", "SignalProcessing", "Statistics", "StudyFiles", "Vocabulary", "Warehouse", "Work",
    ], in: "Sources/Studies"),
  noun(
    "Comparison",
    [
      "ContentIdentity", "Diagnostics", "Electrophysiology", "Encoding", "EncodingModels", "Haemodynamics",
      "IntersubjectCorrelation", "LabelledArrays",
      "LinearAlgebra", "Names", "Recordings", "Statistics", "StudyFiles", "Vocabulary", "Warehouse", "Work",
    ], in: "Sources/Studies"),
  noun(
    "Kinds",
    [
      "Comparison", "ContentIdentity", "Diagnostics", "Encoding", "FeatureSpaces", "Recordings", "StudyFiles",
      "Synchrony", "Vocabulary", "Warehouse", "Work",
    ], in: "Sources/Studies"),
  noun(
    "Simulations",
    [
      "AudioModels", "ContentIdentity", "Diagnostics", "FileSystem", "HDF5File", "LabelledArrays", "LinearAlgebra",
      "Resampling", "Simulation", "SoundFiles", "Statistics", "StudyFiles", "Vocabulary", "Warehouse",
    ], in: "Sources/Studies"),
]

let answersRoom: [Target] = [
  noun("Claims", ["DelimitedText", "Diagnostics", "FileSystem", "Warehouse"], in: "Sources/Answers"),
  noun("TypedTables", ["ContentIdentity", "Diagnostics", "ParquetFile", "Warehouse"], in: "Sources/Answers"),
  noun(
    "FrozenResults",
    ["ContentIdentity", "Diagnostics", "FileSystem", "Queries", "TypedTables", "Warehouse"], in: "Sources/Answers"),
  noun(
    "Citations", ["ContentIdentity", "Diagnostics", "FrozenResults", "TypedTables", "Warehouse"], in: "Sources/Answers"),
  noun(
    "Lineage", ["ContentIdentity", "Diagnostics", "FileSystem", "LabelledArrays", "Vocabulary", "Warehouse"],
    in: "Sources/Answers"),
  noun(
    "Upkeep",
    [
      "Citations", "Comparison",
      "ContentIdentity", "Diagnostics", "Execution", "FileSystem", "FrozenResults", "Importing", "LabelledArrays",
      "Leadfields", "Lineage", "Names", "Queries",
      "Schema", "Warehouse", "Work",
    ], in: "Sources/Answers"),
  noun("TableText", ["ContentIdentity", "Warehouse"], in: "Sources/Answers"),
  noun(
    "Archive",
    [
      "ByteSource", "Claims", "Compression", "ContentIdentity", "Diagnostics", "Execution", "FileSystem",
      "FrozenResults", "Lineage", "TableText", "Upkeep", "Vocabulary", "Warehouse", "ZipArchive",
    ], in: "Sources/Answers"),
  noun(
    "Figures",
    [
      "ContentIdentity", "Diagnostics", "LabelledArrays", "PictureRendering", "TableText", "Vocabulary", "Warehouse",
    ], in: "Sources/Answers"),
  noun(
    "Exports",
    [
      "Compression", "ContentIdentity", "Diagnostics", "FileSystem", "HDF5File", "LabelledArrays", "Lineage",
      "NumPyFile", "ParquetFile", "Queries", "TableText", "TypedTables", "Vocabulary", "Warehouse",
    ], in: "Sources/Answers"),
]

let toolRoom: [Target] = [
  noun(
    "CommandLineTool",
    [
      "Annotations", "Archive", "BIDS", "Citations", "Claims", "Comparison", "ContentIdentity", "Diagnostics", "EEG",
      "Electrophysiology",
      "Encoding",
      "EncodingModels", "Execution", "Exports", "FMRI", "FeatureSpaces", "Features", "Figures", "FileSystem",
      "Filters",
      "FourierTransform", "FrozenResults", "HDF5File", "Importing", "IntersubjectCorrelation", "Kinds",
      "LabelledArrays", "Leadfields",
      "Lineage", "LinearAlgebra", "Media", "MediaDecoding", "NIfTIFile", "Names", "Papers", "Queries",
      "RecordingImport", "Recordings",
      "Resampling", "Schema", "Simulations", "SoundFiles", "Stems", "StudyFiles",
      "TableText", "Tables", "TensorFiles", "Terminal", "TypedTables", "Upkeep", "Vocabulary", "Warehouse", "Weights",
      "Work",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ], in: "Sources/Tool"),
  .executableTarget(name: "evoke", dependencies: ["CommandLineTool"], path: "Sources/Tool/evoke", swiftSettings: house),
  .executableTarget(
    name: "evoke-decode", dependencies: ["MediaLibraries"], path: "Sources/Tool/evoke-decode", swiftSettings: house),
]

let buildRoom: [Target] = [
  .executableTarget(
    name: "embedsql", dependencies: ["CSQLite"], path: "Sources/Build/embedsql", swiftSettings: house),
  .plugin(name: "EmbedSQL", capability: .buildTool(), dependencies: ["embedsql"], path: "Sources/Build/EmbedSQL"),
]

let testTargets: [Target] = [
  .executableTarget(
    name: "ExecutionWorker",
    dependencies: ["ContentIdentity", "Diagnostics", "Execution", "LabelledArrays", "Warehouse", "Work"],
    path: "Tests/ExecutionWorker"),
  .executableTarget(
    name: "bench",
    dependencies: [
      "AudioFeatures", "AudioModels", "ContentIdentity", "Electrophysiology", "EncodingModels", "FileSystem",
      "ForeignHDF5", "HDF5File", "IntersubjectCorrelation", "LabelledArrays", "LinearAlgebra", "MediaDecoding",
      "MediaLibraries", "MediaSources", "NIfTIFile", "SignalProcessing", "SourceSeparation", "Statistics",
      "TensorFiles", "VisualFeatures", "Vocabulary", "Warehouse",
    ], path: "Tests/Benchmarks/Bench", swiftSettings: house),
  tests("Diagnostics", ["Diagnostics"]),
  tests("ContentIdentity", ["ContentIdentity"]),
  tests("FileSystem", ["Diagnostics", "FileSystem", "Names", "Terminal"]),
  tests("LinearAlgebra", ["LinearAlgebra"]),
  tests("Signal", ["FourierTransform", "Resampling", "SignalProcessing"]),
  tests(
    "Media",
    [
      "ByteSource", "Containers", "ContentIdentity", "Diagnostics", "ForeignHDF5", "HDF5File", "Importing", "Media",
      "MediaDecoding", "MediaLibraries", "MediaSources", "SignalProcessing",
    ]),
  tests("HDF5File", ["CHDF5", "Diagnostics", "HDF5File"]),
  tests("MATLABFile", ["Diagnostics", "MATLABFile"]),
  tests("RecordingFiles", ["Diagnostics", "HDF5File", "RecordingFiles"]),
  tests("ParquetFile", ["ParquetFile"], exclude: ["compare.py"]),
  tests("NIfTIFile", ["Diagnostics", "LabelledArrays", "NIfTIFile"]),
  tests("Haemodynamics", ["Diagnostics", "Haemodynamics", "LabelledArrays", "NIfTIFile", "Vocabulary"]),
  tests("Statistics", ["Electrophysiology", "LinearAlgebra", "Statistics", "Vocabulary"]),
  tests("Electrophysiology", ["Diagnostics", "Electrophysiology", "LinearAlgebra", "Vocabulary"]),
  tests(
    "EncodingModels",
    [
      "Diagnostics", "EncodingModels", "LinearAlgebra", "Statistics", "Vocabulary", "bench",
    ]),
  tests(
    "AudioModels",
    [
      "AudioModels", "ContentIdentity", "Diagnostics", "HDF5File", "Importing", "LinearAlgebra", "NeuralLayers",
      "SignalProcessing", "Statistics", "TensorFiles", "Tensors", "Vocabulary", "Weights",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ]),
  tests(
    "SourceSeparation",
    [
      "Diagnostics", "FourierTransform", "HDF5File", "Importing", "LinearAlgebra", "MediaDecoding", "MediaSources",
      "NeuralLayers", "SignalProcessing", "SoundFiles", "SourceSeparation", "Stems", "TensorFiles",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ]),
  tests(
    "AudioFeatures",
    [
      "AudioFeatures", "Diagnostics", "FilterFiles", "HDF5File", "MediaSources", "SignalProcessing", "Vocabulary",
    ]),
  tests(
    "VisualFeatures",
    [
      "HDF5File", "MediaDecoding", "MediaSources", "MotionEstimation", "SignalProcessing", "VisualFeatures",
    ]),
  tests(
    "IntersubjectCorrelation",
    [
      "Diagnostics", "Electrophysiology", "HDF5File", "IntersubjectCorrelation", "LinearAlgebra", "Statistics",
      "Vocabulary",
    ]),
  tests("Simulation", ["Diagnostics", "IntersubjectCorrelation", "LinearAlgebra", "Simulation", "Statistics"]),
  tests(
    "Warehouse",
    [
      "Citations", "Claims", "Compression", "ContentIdentity", "Diagnostics", "EncodingModels", "Figures",
      "FrozenResults",
      "FileSystem", "HDF5File",
      "LabelledArrays", "Lineage", "ParquetFile", "PictureRendering", "Queries", "Schema", "TableText",
      "TypedTables", "Upkeep", "Vocabulary", "Warehouse", "Work",
    ]),
  tests(
    "Importers",
    [
      "Annotations", "BIDS", "ContentIdentity", "Diagnostics", "EEG", "FMRI", "Features", "Filters", "HDF5File",
      "Importing", "LabelledArrays", "Leadfields", "NIfTIFile", "RecordingImport", "Tables", "Warehouse",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ]),
  tests("Work", ["ContentIdentity", "Warehouse", "Work"]),
  tests("StudyFiles", ["ContentIdentity", "Diagnostics", "Kinds", "Queries", "StudyFiles", "Vocabulary"]),
  tests(
    "Execution",
    [
      "ContentIdentity", "Diagnostics", "Execution", "ExecutionWorker", "LabelledArrays", "Warehouse", "Work",
    ]),
  tests(
    "CommandLine",
    [
      "Archive", "ByteSource", "CommandLineTool", "ContentIdentity", "Diagnostics", "Execution", "HDF5File",
      "Importing", "Kinds", "LabelledArrays", "Lineage", "NIfTIFile", "Papers", "StudyFiles", "Upkeep", "Warehouse",
      "Work", "ZipArchive", "bench",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ]),
  tests("Architecture", [], exclude: ["allowed.py", "allowed.tsv"]),
  tests("Showings", ["Diagnostics", "Showings"]),
  tests(
    "Studies",
    [
      "Comparison", "ContentIdentity", "Diagnostics", "Encoding", "EncodingModels", "Execution", "FeatureSpaces",
      "Kinds", "LabelledArrays", "LinearAlgebra", "Recordings", "Showings", "Statistics", "StudyFiles", "Vocabulary",
      "Warehouse", "Work",
    ]),
  tests("Build", ["embedsql"]),
  tests(
    "Reader",
    [
      "Annotations", "ByteSource", "Compression", "Containers", "ContentIdentity", "DelimitedText", "Diagnostics",
      "FileSystem", "FilterFiles", "Importing", "Kinds", "Leadfields", "MATLABFile", "NIfTIFile", "NumPyFile",
      "RecordingFiles", "StudyFiles", "TensorFiles", "XMLFile", "ZipArchive",
    ]),
]

let package = Package(
  name: "Evoke",
  products: [
    .executable(name: "evoke", targets: ["evoke"]), .executable(name: "evoke-decode", targets: ["evoke-decode"]),
  ],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: systemRoom + baseRoom + numbersRoom + filesRoom + scienceRoom + catalogRoom + importersRoom + studiesRoom
    + answersRoom + toolRoom + buildRoom + testTargets
)
