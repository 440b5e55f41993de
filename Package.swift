// swift-tools-version: 6.2
import PackageDescription

// Every target of ours: Swift 6 mode, strict memory safety, warnings are errors.
let house: [SwiftSetting] = [.strictMemorySafety(), .treatAllWarnings(as: .error)]

/// A folder of `Sources` that is one target.
func noun(
  _ name: String, _ imports: [Target.Dependency] = [], path: String? = nil, exclude: [String] = [],
  linker: [LinkerSetting] = [], plugins: [Target.PluginUsage] = []
) -> Target {
  .target(
    name: name, dependencies: imports, path: path ?? "Sources/\(name)", exclude: exclude,
    swiftSettings: house, linkerSettings: linker, plugins: plugins)
}

func system(_ name: String, _ pkgConfig: String, _ apt: String) -> Target {
  .systemLibrary(name: name, path: "Sources/\(name)", pkgConfig: pkgConfig, providers: [.apt([apt])])
}

func tests(_ name: String, _ imports: [Target.Dependency], exclude: [String] = []) -> Target {
  .testTarget(name: "\(name)Tests", dependencies: imports, path: "Tests/\(name)Tests", exclude: exclude)
}

let floor0: [Target] = [
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
  .systemLibrary(name: "CFileSystem", path: "Sources/CFileSystem"),
  .target(
    name: "CVectorMath", path: "Sources/CVectorMath",
    linkerSettings: [.linkedLibrary("m")]),
]

let floor1: [Target] = [
  noun("Diagnostics"),
  noun("ContentIdentity", ["CCrypto", "Diagnostics"]),
  noun("FileSystem", ["CFileSystem", "ContentIdentity", "Diagnostics"]),
  noun("LabelledArrays", ["Diagnostics"]),
  noun("LinearAlgebra", ["COpenBLAS", "CLAPACKE", "CVectorMath", "Diagnostics"], linker: [.linkedLibrary("m")]),
  noun("FourierTransform", ["CFFTW", "Diagnostics"], linker: [.linkedLibrary("fftw3f")]),
  noun("Resampling", ["CSoxr", "Diagnostics"]),
  noun("MediaDecoding", ["CFFmpeg", "CSndfile", "Diagnostics"]),
  noun("MotionEstimation"),
  noun("HDF5File", ["CHDF5", "CDeflate", "Diagnostics"], linker: [.linkedLibrary("hdf5_serial_hl")]),
  noun("Compression", ["CZlib", "Diagnostics"]),
  noun("MATLABFile", ["Compression", "Diagnostics"]),
  noun("NIfTIFile", ["Compression", "Diagnostics"]),
  noun("RecordingFiles", ["Diagnostics"]),
  noun("Schema", path: "schema", exclude: ["migrations"], plugins: ["EmbedSQL"]),
  noun("Queries", path: "queries", exclude: ["views", "reports", "checks"], plugins: ["EmbedSQL"]),
]

let floor2: [Target] = [
  noun("SignalProcessing", ["FourierTransform", "LinearAlgebra", "Diagnostics"]),
  noun("Statistics", ["LinearAlgebra", "FourierTransform", "Diagnostics"]),
  noun("NeuralLayers", ["LinearAlgebra", "Diagnostics"]),
  noun("TensorFiles", ["HDF5File", "Compression", "ContentIdentity", "Diagnostics"]),
  noun(
    "Warehouse",
    [
      "ContentIdentity", "FileSystem", "LabelledArrays", "HDF5File", "Schema", "Queries", "Diagnostics",
      .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
    ]),
]

let floor3: [Target] = [
  noun(
    "AudioModels",
    [
      "NeuralLayers", "TensorFiles", "SignalProcessing", "FourierTransform", "LinearAlgebra", "ContentIdentity",
      "Diagnostics",
    ]),
  noun(
    "SourceSeparation",
    [
      "NeuralLayers", "TensorFiles", "SignalProcessing", "FourierTransform", "LinearAlgebra", "ContentIdentity",
      "Diagnostics",
    ]),
  noun(
    "AudioFeatures",
    ["SignalProcessing", "FourierTransform", "LinearAlgebra", "MATLABFile", "HDF5File", "Diagnostics"]),
  noun("VisualFeatures", ["MotionEstimation", "SignalProcessing", "LinearAlgebra", "Diagnostics"]),
  noun("MediaSources", ["MediaDecoding", "Resampling", "SignalProcessing", "Diagnostics"]),
  noun("Haemodynamics", ["NIfTIFile", "LinearAlgebra", "Diagnostics"]),
  noun(
    "IntersubjectCorrelation", ["Statistics", "SignalProcessing", "FourierTransform", "LinearAlgebra", "Diagnostics"]),
  noun("Electrophysiology", ["Statistics", "SignalProcessing", "FourierTransform", "LinearAlgebra", "Diagnostics"]),
  noun("EncodingModels", ["Statistics", "SignalProcessing", "LinearAlgebra", "Diagnostics"]),
  noun("Simulation", ["Statistics", "SignalProcessing", "FourierTransform", "LinearAlgebra", "Diagnostics"]),
  noun("Plans", ["Warehouse", "ContentIdentity", "Diagnostics", .product(name: "Yams", package: "Yams")]),
  noun(
    "Importing", ["Warehouse", "FileSystem", "HDF5File", "LabelledArrays", "ContentIdentity", "Diagnostics"],
    path: "importers/Importing"),
]

let importers: [Target] = [
  noun(
    "Media",
    ["Importing", "MediaSources", "MediaDecoding", "Resampling", "SignalProcessing", "ContentIdentity", "Diagnostics"],
    path: "importers/Media"),
  noun(
    "Annotations", ["Importing", "LabelledArrays", "ContentIdentity", "Diagnostics"], path: "importers/Annotations"),
  noun(
    "BIDS", ["Importing", "Compression", "LabelledArrays", "ContentIdentity", "Diagnostics"], path: "importers/BIDS"),
  noun(
    "Features", ["Importing", "HDF5File", "LabelledArrays", "ContentIdentity", "Diagnostics"],
    path: "importers/Features"),
  noun("EEG", ["Importing", "HDF5File", "MATLABFile", "RecordingFiles", "Diagnostics"], path: "importers/EEG"),
  noun(
    "FMRI",
    ["Importing", "Warehouse", "Haemodynamics", "NIfTIFile", "LabelledArrays", "ContentIdentity", "Diagnostics"],
    path: "importers/FMRI"),
  noun(
    "Weights", ["Importing", "AudioModels", "SourceSeparation", "TensorFiles", "ContentIdentity", "Diagnostics"],
    path: "importers/Weights"),
  noun(
    "Stems", ["Importing", "MediaSources", "MediaDecoding", "SignalProcessing", "ContentIdentity", "Diagnostics"],
    path: "importers/Stems"),
  noun("Filters", ["Importing", "AudioFeatures", "ContentIdentity", "Diagnostics"], path: "importers/Filters"),
  noun(
    "Leadfields",
    [
      "Importing", "ContentIdentity", "Electrophysiology", "HDF5File", "LabelledArrays", "LinearAlgebra", "Diagnostics",
    ],
    path: "importers/Leadfields"),
  noun(
    "Tables",
    ["Importing", "Haemodynamics", "NIfTIFile", "LabelledArrays", "ContentIdentity", "Diagnostics"],
    path: "importers/Tables"),
]

let floor4: [Target] = [
  noun(
    "Studies",
    [
      "Plans", "Warehouse", "AudioModels", "SourceSeparation", "AudioFeatures", "VisualFeatures", "MediaSources",
      "Resampling",
      "IntersubjectCorrelation", "Electrophysiology", "EncodingModels", "Simulation", "Statistics", "SignalProcessing",
      "MediaDecoding",
      "FileSystem",
      "HDF5File", "LinearAlgebra", "LabelledArrays", "ContentIdentity", "Diagnostics", "TensorFiles", "Haemodynamics",
    ]),
  noun(
    "Execution",
    ["Plans", "Warehouse", "FileSystem", "LinearAlgebra", "ContentIdentity", "LabelledArrays", "Diagnostics"]),
]

let floor5: [Target] = [
  noun(
    "Archive",
    [
      "Plans", "Warehouse", "Schema", "Queries", "FileSystem", "Execution", "ContentIdentity", "LabelledArrays",
      "Diagnostics",
    ]),
  noun("Reports", ["Warehouse", "Queries", "LabelledArrays", "ContentIdentity", "Diagnostics"]),
]

let floor6: [Target] = [
  noun(
    "CommandLineTool",
    [
      "Archive", "Reports", "Studies", "Electrophysiology", "FileSystem", "Execution", "Plans", "Warehouse",
      "Importing", "Media",
      "Annotations", "BIDS", "Filters",
      "Features", "EEG", "FMRI", "NIfTIFile", "Leadfields", "Weights", "Stems", "Tables", "Schema", "Queries",
      "ContentIdentity", "LabelledArrays",
      "LinearAlgebra", "HDF5File", "MediaDecoding", "FourierTransform", "Resampling", "Diagnostics",
      .product(name: "ArgumentParser", package: "swift-argument-parser"),
    ])
]

let floor7: [Target] = [
  .executableTarget(name: "evoke", dependencies: ["CommandLineTool"], path: "Sources/evoke", swiftSettings: house)
]

let build: [Target] = [
  .executableTarget(name: "embedsql", path: "Sources/embedsql"),
  .plugin(name: "EmbedSQL", capability: .buildTool(), dependencies: ["embedsql"], path: "Sources/EmbedSQL"),
]

let testTargets: [Target] = [
  .executableTarget(
    name: "ExecutionWorker",
    dependencies: ["Execution", "Plans", "Warehouse", "ContentIdentity", "LabelledArrays", "Diagnostics"],
    path: "Tests/ExecutionWorker"),
  .executableTarget(
    name: "bench",
    dependencies: [
      "AudioModels", "AudioFeatures", "VisualFeatures", "SourceSeparation", "MediaSources", "EncodingModels",
      "IntersubjectCorrelation", "Electrophysiology", "HDF5File", "LinearAlgebra", "SignalProcessing", "Statistics",
      "FileSystem",
    ], path: "Tests/Benchmarks/Bench", swiftSettings: house),
  tests("Diagnostics", ["Diagnostics"]),
  tests("ContentIdentity", ["ContentIdentity"]),
  tests("FileSystem", ["FileSystem"]),
  tests("LinearAlgebra", ["LinearAlgebra"]),
  tests("Signal", ["FourierTransform", "Resampling", "SignalProcessing"]),
  tests(
    "Media",
    [
      "Media", "MediaSources", "ContentIdentity", "MediaDecoding", "Importing", "Resampling", "SignalProcessing",
      "Diagnostics",
    ]),
  tests("HDF5File", ["HDF5File", "Diagnostics"]),
  tests("MATLABFile", ["MATLABFile", "Diagnostics"]),
  tests("RecordingFiles", ["RecordingFiles", "HDF5File", "Diagnostics"]),
  tests("NIfTIFile", ["NIfTIFile", "Diagnostics"]),
  tests("Haemodynamics", ["Haemodynamics", "NIfTIFile", "Diagnostics"]),
  tests("Statistics", ["Statistics", "LinearAlgebra"]),
  tests("Electrophysiology", ["Electrophysiology", "LinearAlgebra", "Diagnostics"]),
  tests("EncodingModels", ["EncodingModels", "Statistics", "LinearAlgebra", "HDF5File"]),
  tests(
    "AudioModels",
    [
      "AudioModels", "NeuralLayers", "TensorFiles", "HDF5File", "Weights", "Importing", "LinearAlgebra",
      "SignalProcessing", "Statistics", "ContentIdentity", "Diagnostics",
    ]),
  tests(
    "SourceSeparation",
    [
      "SourceSeparation", "Stems", "Importing", "MediaDecoding", "MediaSources", "NeuralLayers", "TensorFiles",
      "SignalProcessing", "FourierTransform", "LinearAlgebra", "HDF5File", "Diagnostics",
    ]),
  tests("AudioFeatures", ["AudioFeatures", "MediaSources", "HDF5File", "SignalProcessing", "Diagnostics"]),
  tests(
    "VisualFeatures",
    ["VisualFeatures", "MotionEstimation", "MediaSources", "MediaDecoding", "SignalProcessing", "HDF5File"]),
  tests(
    "IntersubjectCorrelation",
    [
      "IntersubjectCorrelation", "Electrophysiology", "Statistics", "LinearAlgebra", "HDF5File", "Diagnostics",
    ]),
  tests("Simulation", ["Simulation", "Statistics", "IntersubjectCorrelation", "LinearAlgebra", "Diagnostics"]),
  tests(
    "Warehouse",
    [
      "Warehouse", "Archive", "Reports", "Plans", "HDF5File", "LabelledArrays", "ContentIdentity", "Schema", "Queries",
      "Diagnostics",
    ]),
  tests(
    "Importers",
    [
      "Annotations", "BIDS", "Features", "EEG", "FMRI", "Leadfields", "Tables", "Filters", "Importing", "HDF5File",
      "NIfTIFile",
      "LabelledArrays", "ContentIdentity", "Diagnostics",
    ]),
  tests("Plans", ["Plans", "Warehouse", "ContentIdentity", "Diagnostics"]),
  tests(
    "Execution",
    ["ExecutionWorker", "Execution", "Plans", "Warehouse", "ContentIdentity", "LabelledArrays", "Diagnostics"]),
  tests("CommandLine", ["Diagnostics", "ContentIdentity", "HDF5File", "LabelledArrays", "NIfTIFile"]),
  tests("Architecture", []),
]

let package = Package(
  name: "Evoke",
  products: [.executable(name: "evoke", targets: ["evoke"])],
  dependencies: [
    .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: floor0 + floor1 + floor2 + floor3 + importers + floor4 + floor5 + floor6 + floor7 + build + testTargets
)
