-- Imported filters of cochleograms, with the files they are read from.
SELECT b.name, b.source_sha256, f.path, b.variable, b.channel_count, b.frame_ms, b.time_constant_ms, b.factor, b.octave_shift
FROM filter_bank b JOIN source_file f ON f.sha256 = b.source_sha256
ORDER BY b.name
