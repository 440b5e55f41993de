extension ErrorCode {
  static let media: [ErrorCode] = [
    mediaMissing, mediaUnknownFormat, mediaIndexMissing, mediaNoAudio, mediaNoSuchStream, mediaNoDecoder,
    mediaLengthDiffers, mediaDamaged, mediaFormatChanges, mediaNotFinite, mediaDecodingFailed, mediaEmpty,
    mediaNoPicture, mediaSilent, mediaTooShort, mediaDuplicate, resamplingFailed,
    mediaLayoutUnknown, mediaChannelsCancel, mediaClipped, mediaOffset, mediaMostlySilent, mediaOtherSound,
    mediaBytesBehind, mediaLengthUndeclared, mediaJoined, mediaDecoderMissing, mediaDecoderBroke,
  ]

  public static let mediaMissing = ErrorCode(
    "E-MED-001", "media file cannot be opened", exit: .missingInput,
    "The path does not exist, is a folder or may not be read. Check the spelling and the permissions.")
  public static let mediaUnknownFormat = ErrorCode(
    "E-MED-002", "not a film or sound file",
    """
    The content is not in a film or sound format that libsndfile or FFmpeg knows, whatever the name ends in. A text file
    or a web page saved under a media name is the usual cause: look at its first bytes.
    """)
  public static let mediaIndexMissing = ErrorCode(
    "E-MED-003", "MP4 file without its index",
    """
    The file begins like an MP4 or MOV but its index (the moov box) is missing. It is written last, so the copy, download
    or recording ended early. Fetch the file again; nothing of it can be used.
    """)
  public static let mediaNoAudio = ErrorCode(
    "E-MED-004", "no audio stream",
    """
    The file has no sound. As a film it can be imported (`import video`) and gives visual features only; features of
    sound need a stream of it.
    """)
  public static let mediaNoSuchStream = ErrorCode(
    "E-MED-005", "no such audio stream",
    "`--audio-stream` names the index of a stream in the file, as listed by the message; it must be one with sound.")
  public static let mediaNoDecoder = ErrorCode(
    "E-MED-006", "no decoder for a stream", exit: .unavailable,
    "This FFmpeg was built without the stream's codec. Convert the file, or install an FFmpeg with that codec.")
  public static let mediaLengthDiffers = ErrorCode(
    "E-MED-007", "decoded length differs from the declared one",
    """
    The container declares a length that the decoded sound misses by more than 0.1 s: a file cut short (an incomplete
    download plays, but ends early) or a wrong header, or a second film was joined to the first (`cat a.mp4 b.mp4`), of
    which most players show the first alone. Features would end early or drift. Fetch the file again, or accept it with
    `--allow-short`, which records both lengths.
    """)
  public static let mediaDamaged = ErrorCode(
    "E-MED-008", "damaged sound or picture",
    """
    Packets could not be decoded or are missing. Missing sound is replaced by silence so that time does not shift; more
    than 0.1 s of it is refused. Fetch the file again, or accept it with `--allow-short`.
    """)
  public static let mediaFormatChanges = ErrorCode(
    "E-MED-009", "sound format changes inside the file",
    "The sampling rate or the number of channels changes midway. Convert the file to one format first.")
  public static let mediaNotFinite = ErrorCode(
    "E-MED-010", "sound with values that are not numbers",
    "A floating-point sound file holds NaN or infinity. Repair or rewrite it; no value can be guessed.")
  public static let mediaDecodingFailed = ErrorCode(
    "E-MED-011", "decoding failed",
    "The library that decodes the file gave up; the message carries its reason.")
  public static let mediaEmpty = ErrorCode(
    "E-MED-012", "empty media file", "The file has no bytes, or no sample or frame could be decoded from it.")
  public static let mediaNoPicture = ErrorCode(
    "E-MED-013", "no picture", "The file has no video stream (a cover image does not count): visual features need one.")
  public static let mediaSilent = ErrorCode(
    "E-MED-014", "digital silence",
    "Every sample of every channel of the chosen audio stream is zero: is it the right stream?")
  public static let mediaTooShort = ErrorCode(
    "E-MED-015", "shorter than one analysis bin",
    "Less than half a second of sound: the analysis grid of one second has no bin for it.")
  public static let mediaDuplicate = ErrorCode(
    "E-MED-016", "two files for one stimulus",
    "Two files of one import have the same stimulus name or the same sound. Name them apart with `--name`, or drop one."
  )
  public static let resamplingFailed = ErrorCode(
    "E-MED-017", "resampling failed", "libsoxr refused the rates; the message carries its reason.")
  public static let mediaLayoutUnknown = ErrorCode(
    "E-MED-018", "sound with an unknown arrangement of channels",
    "Separation takes left and right: mono is doubled, 5.1 and 7.1 are mixed down; of other numbers of channels it is not known which is which. Convert the file to stereo first."
  )
  public static let mediaChannelsCancel = ErrorCode(
    "E-MED-021", "channels that cancel",
    """
    Features are taken from the mean of the channels, which loses 3 dB more here than channels that have nothing in common
    would lose (two of these lose 3 dB): one channel is the other's negative
    (a wrong cable, a broken export), or nearly. What is left is not what listeners heard. `evoke query sound_passport`
    shows the correlation of the channels and the loss of every sound.
    """)
  public static let mediaClipped = ErrorCode(
    "E-MED-022", "sound that is clipped",
    """
    More than one sample in a thousand stands at full scale: the sound was recorded or mixed too loud, and its spectrum
    holds what was never played.
    """)
  public static let mediaOffset = ErrorCode(
    "E-MED-023", "sound with an offset",
    "The mean of a channel is more than a hundredth of full scale away from 0, which adds to levels and low bands.")
  public static let mediaMostlySilent = ErrorCode(
    "E-MED-024", "sound that is silent for most of its length",
    "More than half of its seconds are below -60 dB re full scale: is it the right stream, and at the right level?")
  public static let mediaOtherSound = ErrorCode(
    "E-MED-025", "further audio streams",
    """
    The file holds several audio streams, as films in several languages do. One is taken: the one flagged default, or
    `--audio-stream`. The view `sound_passport` lists the others.
    """)
  public static let mediaBytesBehind = ErrorCode(
    "E-MED-026", "bytes behind the end of a film or sound",
    """
    The container ends, and further bytes follow that belong to no film or sound: tags of other programs, what a copy or a
    recorder left. Nothing of the sound is missing.
    """)
  public static let mediaLengthUndeclared = ErrorCode(
    "E-MED-027", "a sound that declares no length",
    """
    Streams (MPEG-TS, AAC, MP3 without a head, live Matroska) may say nowhere how long they are. What is there is read to
    its end: a cut between two of their parts leaves no trace.
    """)
  public static let mediaJoined = ErrorCode(
    "E-MED-028", "sounds that follow each other in one file",
    "An Ogg file may hold several sounds of one kind, one after another. They are one stimulus, with their common length."
  )
  public static let mediaDecoderMissing = ErrorCode(
    "E-MED-030", "the program that decodes cannot be started", exit: .unavailable,
    """
    Sound and film are decoded by a program of their own, `evoke-decode`, which stands in the folder of `evoke`. It is not
    there or cannot be run. Install both together.
    """)
  public static let mediaDecoderBroke = ErrorCode(
    "E-MED-031", "decoding broke down",
    """
    FFmpeg or libsndfile crashed on this file, hung for 20 seconds or asked for more memory than it may have. They run in a
    process of their own that can write nothing, so nothing else is affected, and a new one takes its place. The file
    is damaged or was made to do this: write it again from its source.
    """)
}
