-- The catalog. One comment per table (tier: what it holds), one per column; both are stored in schema_doc.

-- tier: documentation. One line for every table, view and column of this catalog.
CREATE TABLE schema_doc (
  object TEXT NOT NULL, -- table or view
  column_name TEXT NOT NULL DEFAULT '', -- column, or empty for the object itself
  tier TEXT NOT NULL, -- imported, computed, result, operations, documentation, view or result view
  description TEXT NOT NULL, -- one line
  type TEXT CHECK (type IN ('integer', 'real', 'text', 'blob')), -- of a view's column where SQLite knows none; NULL where it does
  exempt TEXT CHECK (exempt IN ('place', 'state')), -- why a column is left out of the hashes of rows: it moves with files, or follows the work; NULL where it is not
  PRIMARY KEY (object, column_name)
) STRICT;

-- tier: operations. The migrations this catalog has been through.
CREATE TABLE migration (
  name TEXT PRIMARY KEY, -- file name without ending
  sha256 TEXT NOT NULL, -- of the migration's text
  applied_at TEXT NOT NULL -- UTC, ISO 8601
) STRICT;

-- tier: operations. One thing that was done: an import, or the computation of a unit.
CREATE TABLE activity (
  activity_id INTEGER PRIMARY KEY, -- key
  kind TEXT NOT NULL, -- import, unit, simulation, check, edit, consent, withdrawal or materialization
  verb TEXT NOT NULL, -- command or step, for example import annotations
  activity_key TEXT NOT NULL UNIQUE, -- SHA-256 of sources, verb and options, or the unit key
  options TEXT NOT NULL, -- canonical JSON of everything that shaped the result
  dataset TEXT, -- dataset concerned
  state TEXT NOT NULL, -- done or forgotten
  environment_id INTEGER REFERENCES environment, -- where it was done
  started_at TEXT NOT NULL, -- UTC, ISO 8601
  rows_sha256 TEXT -- state: SHA-256 over the digests of its rows, NULL until they are written
) STRICT;
CREATE INDEX activity_unsealed ON activity (activity_id) WHERE rows_sha256 IS NULL;

-- tier: operations. The hashes of an activity's rows in one table, or of a table's rows that go with no activity: an edited row shows by them.
CREATE TABLE row_digest (
  row_digest_id INTEGER PRIMARY KEY, -- key
  activity_id INTEGER REFERENCES activity ON DELETE CASCADE, -- whose rows, NULL for rows that go with none
  object TEXT NOT NULL, -- table
  row_count INTEGER NOT NULL, -- rows
  sha256 TEXT NOT NULL, -- of the SHA-256 of the rows, sorted
  column_sums TEXT NOT NULL, -- JSON: of each column the sum of 64 bits of its values modulo 2^64, in hexadecimal
  row_hashes BLOB NOT NULL, -- the first 8 bytes of the SHA-256 of each row, sorted
  UNIQUE (activity_id, object)
) STRICT;

-- tier: operations. A hashed thing that activities use or make.
CREATE TABLE artifact (
  artifact_id INTEGER PRIMARY KEY, -- key
  kind TEXT NOT NULL, -- source, array, model, table or result
  name TEXT NOT NULL, -- path, array name, model name or unit
  sha256 TEXT NOT NULL, -- of the source bytes, the logical array or the canonical rows
  bytes INTEGER, -- size where it has one
  UNIQUE (kind, name, sha256)
) STRICT;

-- tier: operations. What an activity read.
CREATE TABLE used (
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- who
  artifact_id INTEGER NOT NULL REFERENCES artifact, -- what
  role TEXT NOT NULL, -- as what: source, features, targets, weights, draws ...
  PRIMARY KEY (activity_id, artifact_id, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX used_artifact ON used (artifact_id);

-- tier: operations. What an activity made.
CREATE TABLE generated (
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- who
  artifact_id INTEGER NOT NULL REFERENCES artifact, -- what
  PRIMARY KEY (activity_id, artifact_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX generated_artifact ON generated (artifact_id);

-- tier: operations. The machine, libraries and settings something was computed with.
CREATE TABLE environment (
  environment_id INTEGER PRIMARY KEY, -- key
  hostname_hash TEXT NOT NULL, -- first 12 hex digits of the SHA-256 of the host name
  cpu_model TEXT NOT NULL, -- processor
  blas_kernel TEXT NOT NULL, -- kernel OpenBLAS chose
  threads INTEGER NOT NULL, -- BLAS threads in each worker
  evoke_version TEXT NOT NULL, -- program version
  library_versions TEXT NOT NULL, -- JSON: library -> version
  UNIQUE (hostname_hash, cpu_model, blas_kernel, threads, evoke_version, library_versions)
) STRICT;

-- tier: operations. Findings of imports.
CREATE TABLE diagnostic (
  diagnostic_id INTEGER PRIMARY KEY, -- key
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- the import
  severity TEXT NOT NULL, -- warning or note; an error keeps an import out
  code TEXT NOT NULL, -- stable code
  object TEXT NOT NULL, -- the thing concerned
  reason TEXT NOT NULL, -- why
  remedy TEXT NOT NULL -- what to do
) STRICT;
CREATE INDEX diagnostic_activity ON diagnostic (activity_id);

-- tier: operations. A file that an import set aside for its faults, beside others that it stored.
CREATE TABLE set_aside (
  set_aside_id INTEGER PRIMARY KEY, -- key
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- the import
  path TEXT NOT NULL, -- the file
  code TEXT NOT NULL, -- stable code of the fault
  object TEXT NOT NULL, -- the thing concerned
  reason TEXT NOT NULL, -- why
  remedy TEXT NOT NULL -- what to do
) STRICT;
CREATE INDEX set_aside_activity ON set_aside (activity_id);

-- tier: operations. The command line of an import, by which it can be made again.
CREATE TABLE import_command (
  activity_id INTEGER PRIMARY KEY REFERENCES activity ON DELETE CASCADE, -- the import
  folder TEXT NOT NULL, -- place: where it was given
  words TEXT NOT NULL -- place: JSON array: what followed evoke, without the warehouse
) STRICT;

-- tier: imported. A file that was read, by its content.
CREATE TABLE source_file (
  source_file_id INTEGER PRIMARY KEY, -- key
  artifact_id INTEGER NOT NULL REFERENCES artifact, -- its artifact
  sha256 TEXT NOT NULL UNIQUE, -- of its bytes
  path TEXT NOT NULL, -- place: where it was last known to be
  bytes INTEGER NOT NULL, -- size
  licence TEXT, -- as declared at import
  consent TEXT -- open, controlled, results-only or none; NULL: nothing was said, which is results-only
) STRICT;

-- tier: imported. A set of recordings, annotations and stimuli that belong together.
CREATE TABLE dataset (
  dataset_id INTEGER PRIMARY KEY, -- key
  name TEXT NOT NULL UNIQUE, -- name
  licence TEXT, -- licence of its data
  consent TEXT -- open, controlled, results-only or none; NULL: nothing was said, which is results-only
) STRICT;

-- tier: imported. A named set of subjects and stimuli; every dataset is a cohort of its own name.
CREATE TABLE cohort (
  cohort_id INTEGER PRIMARY KEY, -- key
  name TEXT NOT NULL UNIQUE, -- name
  dataset_id INTEGER REFERENCES dataset ON DELETE CASCADE, -- set for the cohort that is a whole dataset
  subject_sql TEXT, -- the query that chose the subjects
  stimulus_sql TEXT -- the query that chose the stimuli
) STRICT;

-- tier: imported. Members of cohorts that are not whole datasets.
CREATE TABLE cohort_member (
  cohort_member_id INTEGER PRIMARY KEY, -- key
  cohort_id INTEGER NOT NULL REFERENCES cohort ON DELETE CASCADE, -- the cohort
  subject_id INTEGER REFERENCES subject ON DELETE CASCADE, -- a subject, or NULL
  stimulus_id INTEGER REFERENCES stimulus ON DELETE CASCADE, -- a stimulus, or NULL
  UNIQUE (cohort_id, subject_id, stimulus_id)
) STRICT;

-- tier: imported. A participant.
CREATE TABLE subject (
  subject_id INTEGER PRIMARY KEY, -- key
  dataset_id INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE, -- dataset
  name TEXT NOT NULL, -- pseudonym
  UNIQUE (dataset_id, name)
) STRICT;

-- tier: imported. Columns of a participants table.
CREATE TABLE subject_attribute (
  subject_id INTEGER NOT NULL REFERENCES subject ON DELETE CASCADE, -- subject
  name TEXT NOT NULL, -- column
  value TEXT, -- value as given
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- the import
  PRIMARY KEY (subject_id, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX subject_attribute_activity ON subject_attribute (activity_id);

-- tier: imported. A visit of a subject.
CREATE TABLE session (
  session_id INTEGER PRIMARY KEY, -- key
  subject_id INTEGER NOT NULL REFERENCES subject ON DELETE CASCADE, -- subject
  name TEXT NOT NULL, -- name
  UNIQUE (subject_id, name)
) STRICT;

-- tier: imported. An uninterrupted stretch of acquisition, or a part of a stimulus shown in one.
CREATE TABLE acquisition_run (
  acquisition_run_id INTEGER PRIMARY KEY, -- key
  dataset_id INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE, -- dataset
  name TEXT NOT NULL, -- name
  UNIQUE (dataset_id, name)
) STRICT;

-- tier: imported. A film, a piece of music, a story; may stand without media.
CREATE TABLE stimulus (
  stimulus_id INTEGER PRIMARY KEY, -- key
  dataset_id INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE, -- dataset
  activity_id INTEGER REFERENCES activity ON DELETE SET NULL, -- the import that brought its media
  source_file_id INTEGER REFERENCES source_file, -- media file
  name TEXT NOT NULL, -- name
  duration_s REAL, -- decoded sound, else picture, else the longest series on it
  genre TEXT, -- as declared
  language TEXT, -- as declared
  culture TEXT, -- as declared
  audio_start_offset_s REAL, -- container clock at the first decoded sound sample
  UNIQUE (dataset_id, name)
) STRICT;

-- tier: imported. An elementary stream of a media file.
CREATE TABLE stream (
  stimulus_id INTEGER NOT NULL REFERENCES stimulus ON DELETE CASCADE, -- stimulus
  position INTEGER NOT NULL, -- index in the container
  kind TEXT NOT NULL, -- video, audio, subtitle or other
  codec TEXT NOT NULL, -- codec
  language TEXT, -- as tagged
  rate_hz REAL, -- sampling rate of sound
  channels INTEGER, -- sound channels
  width INTEGER, -- pixels
  height INTEGER, -- pixels
  frames_per_second REAL, -- nominal
  start_s REAL, -- start time in the container
  duration_s REAL, -- declared duration
  priming_samples INTEGER, -- encoder delay skipped
  is_chosen INTEGER NOT NULL, -- 1 when used
  PRIMARY KEY (stimulus_id, position)
) STRICT, WITHOUT ROWID;

-- tier: imported. A sound of a stimulus: the original, the voice or the soundtrack.
CREATE TABLE element (
  element_id INTEGER PRIMARY KEY, -- key
  stimulus_id INTEGER NOT NULL REFERENCES stimulus ON DELETE CASCADE, -- stimulus
  name TEXT NOT NULL CHECK (name IN ('original', 'voice', 'soundtrack')), -- which
  rms_dbfs REAL, -- root mean square, dB re full scale
  energy_share REAL, -- share of voice plus soundtrack energy
  silent_fraction REAL, -- share of seconds below -60 dBFS
  sample_count INTEGER, -- native samples
  audio_sha256 TEXT, -- of the 16 kHz mono float32 samples
  UNIQUE (stimulus_id, name)
) STRICT;

-- tier: imported. What an imported sound is before anything is mixed or resampled; the view sound_passport shows it.
CREATE TABLE sound (
  sound_id INTEGER PRIMARY KEY, -- key
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- the import
  stimulus_id INTEGER NOT NULL REFERENCES stimulus ON DELETE CASCADE, -- stimulus
  element TEXT NOT NULL CHECK (element IN ('original', 'voice', 'soundtrack')), -- which
  channels INTEGER NOT NULL, -- channels of the file
  channel_correlation REAL, -- of the first two channels; NULL for mono or a constant channel
  mono_loss_db REAL NOT NULL, -- level of the channels less that of their mean
  clipped_share REAL NOT NULL, -- share of samples at full scale
  dc REAL NOT NULL, -- mean of the channel whose mean is farthest from 0, full scale 1
  silent_share REAL NOT NULL, -- share of seconds below -60 dBFS
  first_sound_s REAL, -- start of the first hundredth of a second at -60 dBFS or more; NULL for silence
  last_sound_s REAL, -- end of the last such hundredth; NULL for silence
  stereo_dbfs REAL NOT NULL, -- root mean square over two channels, dB re full scale, at least -100
  remarkable TEXT NOT NULL, -- space-separated flags, empty for a sound without reproach
  UNIQUE (stimulus_id, element)
) STRICT;
CREATE INDEX sound_activity ON sound (activity_id);

-- tier: imported. A separated sound of a stimulus that was made elsewhere.
CREATE TABLE stem_file (
  stem_file_id INTEGER PRIMARY KEY, -- key
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- the import
  stimulus_id INTEGER NOT NULL REFERENCES stimulus ON DELETE CASCADE, -- stimulus
  source_file_id INTEGER NOT NULL REFERENCES source_file, -- the sound file
  element TEXT NOT NULL CHECK (element IN ('voice', 'soundtrack')), -- which
  rate_hz REAL NOT NULL, -- samples per second
  sample_count INTEGER NOT NULL, -- samples per channel
  mean_square REAL NOT NULL, -- over samples and two channels
  rms_dbfs REAL NOT NULL, -- root mean square, dB re full scale, at least -100
  silent_fraction REAL NOT NULL, -- share of seconds below -60 dBFS
  residual_db REAL, -- original minus both stems below 10 kHz, dB re the original; NULL while a stem is missing
  UNIQUE (stimulus_id, element)
) STRICT;
CREATE INDEX stem_file_activity ON stem_file (activity_id);

-- tier: imported. One subject's measured signal.
CREATE TABLE recording (
  recording_id INTEGER PRIMARY KEY, -- key
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- the import
  dataset_id INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE, -- dataset
  subject_id INTEGER NOT NULL REFERENCES subject ON DELETE CASCADE, -- subject
  session_id INTEGER REFERENCES session, -- session
  acquisition_run_id INTEGER REFERENCES acquisition_run, -- run
  modality TEXT NOT NULL, -- eeg or fmri
  name TEXT NOT NULL, -- signal name, what {response: NAME} means
  rate_hz REAL NOT NULL, -- samples per second
  units TEXT NOT NULL, -- of the values
  space_axis TEXT NOT NULL, -- channel or region
  sample_count INTEGER NOT NULL, -- samples
  missing_count INTEGER NOT NULL, -- NaN values
  content_sha256 TEXT NOT NULL, -- of the float32 values
  array_id INTEGER NOT NULL REFERENCES stored_array -- the stored series
) STRICT;
CREATE INDEX recording_activity ON recording (activity_id);

-- tier: imported. A channel or region of a recording.
CREATE TABLE recording_channel (
  recording_id INTEGER NOT NULL REFERENCES recording ON DELETE CASCADE, -- recording
  position INTEGER NOT NULL, -- column
  label TEXT NOT NULL, -- name
  is_bad INTEGER NOT NULL, -- 1: excluded and counted by every statistic
  voxel_count INTEGER, -- voxels averaged, NULL where it was no image
  voxels_left_out INTEGER, -- voxels of the region that are constant or not finite, NULL where it was no image
  PRIMARY KEY (recording_id, position)
) STRICT, WITHOUT ROWID;

-- tier: imported. Nuisance regressors of a recording, one row per volume.
CREATE TABLE confound_series (
  recording_id INTEGER PRIMARY KEY REFERENCES recording ON DELETE CASCADE, -- recording
  array_id INTEGER NOT NULL REFERENCES stored_array -- the stored series, time x feature
) STRICT;

-- tier: imported. A marker in a recording.
CREATE TABLE event (
  event_id INTEGER PRIMARY KEY, -- key
  recording_id INTEGER NOT NULL REFERENCES recording ON DELETE CASCADE, -- recording
  onset_s REAL NOT NULL, -- recording time
  duration_s REAL, -- length
  name TEXT NOT NULL -- code or type
) STRICT;
CREATE INDEX event_recording ON event (recording_id);

-- tier: imported. One showing of a stimulus during a recording.
CREATE TABLE presentation (
  presentation_id INTEGER PRIMARY KEY, -- key
  recording_id INTEGER NOT NULL REFERENCES recording ON DELETE CASCADE, -- recording
  stimulus_id INTEGER NOT NULL REFERENCES stimulus ON DELETE CASCADE, -- stimulus
  repetition INTEGER NOT NULL, -- 1 for the first showing of these seconds
  onset_s REAL NOT NULL, -- recording time of stimulus_start_s
  stimulus_start_s REAL NOT NULL, -- stimulus time at onset_s
  duration_s REAL, -- length, NULL: to the end
  onset_source TEXT NOT NULL CHECK (onset_source IN ('cut', 'event', 'option', 'assumed')), -- how the onset is known
  UNIQUE (recording_id, stimulus_id, repetition, stimulus_start_s)
) STRICT;

-- tier: imported. A person who rated.
CREATE TABLE rater (
  rater_id INTEGER PRIMARY KEY, -- key
  dataset_id INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE, -- dataset
  name TEXT NOT NULL, -- name
  UNIQUE (dataset_id, name)
) STRICT;

-- tier: imported. An annotation of a stimulus over time.
CREATE TABLE annotation_series (
  annotation_series_id INTEGER PRIMARY KEY, -- key
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- the import
  dataset_id INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE, -- dataset
  stimulus_id INTEGER NOT NULL REFERENCES stimulus ON DELETE CASCADE, -- stimulus
  rater_id INTEGER REFERENCES rater, -- rater
  subject_id INTEGER REFERENCES subject, -- subject who rated
  session_id INTEGER REFERENCES session, -- session
  acquisition_run_id INTEGER REFERENCES acquisition_run, -- run
  name TEXT NOT NULL, -- what was rated
  kind TEXT NOT NULL, -- rating or bad_segment
  scale_low REAL NOT NULL, -- lower end
  scale_high REAL NOT NULL, -- upper end
  scale_is_observed INTEGER NOT NULL, -- 1: no scale was declared
  sample_count INTEGER NOT NULL, -- samples
  first_s REAL NOT NULL, -- first time stamp
  last_s REAL NOT NULL, -- last time stamp
  rate_hz REAL, -- samples per second, NULL when irregular
  missing_count INTEGER NOT NULL, -- missing values
  array_id INTEGER NOT NULL REFERENCES stored_array -- the stored series
) STRICT;
CREATE INDEX annotation_series_activity ON annotation_series (activity_id);

-- tier: imported. What analyses leave out, and why; NULL matches everything.
CREATE TABLE exclusion (
  exclusion_id INTEGER PRIMARY KEY, -- key
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- the import
  dataset_id INTEGER NOT NULL REFERENCES dataset ON DELETE CASCADE, -- dataset
  list TEXT NOT NULL, -- name of the list
  subject TEXT, -- subject
  session TEXT, -- session
  run TEXT, -- run
  stimulus TEXT, -- stimulus
  channel TEXT, -- channel or region
  component TEXT, -- ICA component
  onset_s REAL, -- from, seconds of the stimulus or recording
  offset_s REAL, -- until, seconds of the stimulus or recording
  reason TEXT NOT NULL -- why
) STRICT;
CREATE INDEX exclusion_activity ON exclusion (activity_id);

-- tier: imported. Pretrained weights.
CREATE TABLE model (
  model_id INTEGER PRIMARY KEY, -- key
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- the import
  artifact_id INTEGER NOT NULL REFERENCES artifact, -- its artifact
  name TEXT NOT NULL UNIQUE, -- name
  architecture TEXT NOT NULL, -- kind within its family: wav2vec2, openl3 ..., wavlm
  configuration TEXT NOT NULL, -- canonical JSON of its configuration files
  weights_sha256 TEXT NOT NULL, -- over all tensors
  folder TEXT NOT NULL, -- place: folder or file the weights are read from
  parameter_count INTEGER NOT NULL -- numbers in all tensors
) STRICT;
CREATE INDEX model_activity ON model (activity_id);

-- tier: imported. A tensor of a model.
CREATE TABLE tensor (
  model_id INTEGER NOT NULL REFERENCES model ON DELETE CASCADE, -- model
  name TEXT NOT NULL, -- name in the file
  dtype TEXT NOT NULL, -- type in the file
  shape TEXT NOT NULL, -- JSON array
  sha256 TEXT NOT NULL, -- of its bytes
  PRIMARY KEY (model_id, name)
) STRICT, WITHOUT ROWID;

-- tier: imported. A layer of a model whose output is a feature space.
CREATE TABLE layer (
  model_id INTEGER NOT NULL REFERENCES model ON DELETE CASCADE, -- model
  layer_key TEXT NOT NULL, -- conv.0 ... proj, hs.0 ... last
  depth INTEGER NOT NULL, -- rank along the network
  rel_depth REAL NOT NULL, -- depth / largest depth
  dimension INTEGER NOT NULL, -- features
  rate_hz REAL NOT NULL, -- native frames per second
  context_s REAL, -- seconds of sound that a frame draws on, NULL: all of its chunk
  PRIMARY KEY (model_id, layer_key)
) STRICT, WITHOUT ROWID;

-- tier: imported. Filters of a cochleogram, with the parameters they are used with; the coefficients stay in the file.
CREATE TABLE filter_bank (
  filter_bank_id INTEGER PRIMARY KEY, -- key
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- the import
  name TEXT NOT NULL UNIQUE, -- name, as in coch-env:NAME
  source_sha256 TEXT NOT NULL, -- of the file they are read from
  variable TEXT NOT NULL, -- variable or dataset in the file, empty where it has none
  channel_count INTEGER NOT NULL, -- channels, one fewer than filters
  smallest_order INTEGER NOT NULL, -- of the filters
  largest_order INTEGER NOT NULL, -- of the filters
  largest_pole_radius REAL NOT NULL, -- below 1: stable
  frame_ms REAL NOT NULL, -- length of a frame
  time_constant_ms REAL NOT NULL, -- of the leaky integration, 0: means of frames
  factor REAL NOT NULL, -- hair cells: -2 linear, -1 half-wave, 0 sign, positive a sigmoid
  octave_shift INTEGER NOT NULL -- shift of all filters
) STRICT;
CREATE INDEX filter_bank_activity ON filter_bank (activity_id);

-- tier: imported. A set of regions.
CREATE TABLE atlas (
  atlas_id INTEGER PRIMARY KEY, -- key
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- the import
  name TEXT NOT NULL UNIQUE, -- name
  array_id INTEGER REFERENCES stored_array -- label of every labelled voxel, NULL without an image
) STRICT;
CREATE INDEX atlas_activity ON atlas (activity_id);

-- tier: imported. A region of an atlas.
CREATE TABLE region (
  region_id INTEGER PRIMARY KEY, -- key
  atlas_id INTEGER NOT NULL REFERENCES atlas ON DELETE CASCADE, -- atlas
  name TEXT NOT NULL, -- name
  hemisphere TEXT, -- left, right or NULL
  code INTEGER, -- its label in the atlas' image, NULL where the table gives none
  UNIQUE (atlas_id, name)
) STRICT;

-- tier: imported. Membership of regions in networks, lobes and other groups.
CREATE TABLE region_group (
  region_id INTEGER NOT NULL REFERENCES region ON DELETE CASCADE, -- region
  grouping TEXT NOT NULL, -- column of the atlas table
  name TEXT NOT NULL, -- group
  PRIMARY KEY (region_id, grouping)
) STRICT, WITHOUT ROWID;

-- tier: imported. A forward model.
CREATE TABLE leadfield (
  leadfield_id INTEGER PRIMARY KEY, -- key
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- the import
  name TEXT NOT NULL UNIQUE, -- name
  format TEXT NOT NULL, -- hdf5, nyhead, table, numpy or sphere
  direction_count INTEGER NOT NULL, -- 1: along the normals, 3: x, y and z
  channel_count INTEGER NOT NULL, -- sensors
  source_count INTEGER NOT NULL, -- sources
  atlas TEXT, -- the set its regions belong to
  dropped_channels TEXT NOT NULL, -- JSON array: sensors left out for values that are no numbers
  array_id INTEGER NOT NULL REFERENCES stored_array -- sensors x sources
) STRICT;
CREATE INDEX leadfield_activity ON leadfield (activity_id);

-- tier: imported. A region of a forward model's sources.
CREATE TABLE leadfield_region (
  leadfield_id INTEGER NOT NULL REFERENCES leadfield ON DELETE CASCADE, -- forward model
  position INTEGER NOT NULL, -- index in the array of regions
  region TEXT NOT NULL, -- name
  hemisphere TEXT, -- left, right or NULL
  source_count INTEGER NOT NULL, -- sources in it
  x_m REAL, -- mean position, to the right
  y_m REAL, -- mean position, to the front
  z_m REAL, -- mean position, up
  PRIMARY KEY (leadfield_id, position)
) STRICT, WITHOUT ROWID;

-- tier: computed. A stored array: one dataset of one HDF5 file.
CREATE TABLE stored_array (
  array_id INTEGER PRIMARY KEY, -- key
  artifact_id INTEGER NOT NULL REFERENCES artifact, -- its artifact
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- what made it
  name TEXT NOT NULL UNIQUE, -- state: path-like, stable; that of its artifact, with its maker after it once another array has taken the name
  kind TEXT NOT NULL, -- feature, synchrony, recording, annotation, prediction, null ...
  dataset TEXT, -- dataset
  cohort TEXT, -- cohort
  subject TEXT, -- subject
  session TEXT, -- session
  run TEXT, -- acquisition run
  repetition INTEGER, -- showing
  rater TEXT, -- rater
  stimulus TEXT, -- stimulus
  element TEXT, -- original, voice, soundtrack
  feature_set TEXT, -- set, space or model name
  model TEXT, -- model
  layer_key TEXT, -- layer
  dtype TEXT NOT NULL, -- <f4
  shape TEXT NOT NULL, -- JSON array
  bytes INTEGER NOT NULL, -- uncompressed
  rate_hz REAL, -- along time
  units TEXT NOT NULL, -- of the values
  parameters TEXT NOT NULL, -- JSON, as in the study file
  file TEXT NOT NULL, -- place: relative to the warehouse, named by the hashes of its arrays
  path TEXT NOT NULL, -- dataset inside the file
  logical_sha256 TEXT NOT NULL, -- of axes and values
  axes_sha256 TEXT NOT NULL, -- of the axes, with which the hash of axes and values begins
  file_sha256 TEXT NOT NULL, -- place: of the bytes of the file, as written last
  file_stamp TEXT NOT NULL -- place: size, time and inode of the file when its bytes were hashed last
) STRICT;
CREATE INDEX stored_array_activity ON stored_array (activity_id);
CREATE INDEX stored_array_lookup ON stored_array (kind, dataset, stimulus);
CREATE INDEX stored_array_file ON stored_array (file);

-- tier: operations. What an import says of an array beside its values, by which a later one knows that it says the same.
CREATE TABLE import_statement (
  array_id INTEGER PRIMARY KEY REFERENCES stored_array ON DELETE CASCADE, -- array
  sha256 TEXT NOT NULL -- of names, clock, events and showings
) STRICT;

-- tier: computed. An axis of an array.
CREATE TABLE array_axis (
  array_id INTEGER NOT NULL REFERENCES stored_array ON DELETE CASCADE, -- array
  position INTEGER NOT NULL, -- 0 is the slowest
  name TEXT NOT NULL, -- time, region, feature ...
  length INTEGER NOT NULL, -- count
  units TEXT NOT NULL, -- of its numbers, label for names
  first REAL, -- first number
  step REAL, -- spacing where constant
  labels TEXT, -- JSON array of names
  PRIMARY KEY (array_id, position)
) STRICT, WITHOUT ROWID;

-- tier: computed. A feature space: a descriptor set, an imported space or one layer of a model.
CREATE TABLE feature_space (
  feature_space_id INTEGER PRIMARY KEY, -- key
  name TEXT NOT NULL, -- set, space or model name
  model TEXT, -- model
  layer_key TEXT NOT NULL DEFAULT '', -- layer, empty where there is none
  depth INTEGER, -- rank along the network
  rel_depth REAL, -- depth / largest depth
  dimension INTEGER NOT NULL, -- features
  UNIQUE (name, layer_key)
) STRICT;

-- tier: computed. A named feature of a space.
CREATE TABLE feature (
  feature_space_id INTEGER NOT NULL REFERENCES feature_space ON DELETE CASCADE, -- space
  position INTEGER NOT NULL, -- column
  name TEXT NOT NULL, -- name
  PRIMARY KEY (feature_space_id, position)
) STRICT, WITHOUT ROWID;

-- tier: computed. Intersubject correlation of one region of one stimulus.
CREATE TABLE synchrony (
  synchrony_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  dataset TEXT NOT NULL, -- dataset
  cohort TEXT NOT NULL, -- cohort
  stimulus TEXT NOT NULL, -- stimulus
  region TEXT NOT NULL, -- region or channel
  signal TEXT NOT NULL, -- source, envelope, de, fd
  band TEXT NOT NULL, -- broad or a band
  method TEXT NOT NULL, -- pairwise, leave_one_out
  window_s REAL NOT NULL, -- window
  step_s REAL NOT NULL, -- step
  anchor TEXT NOT NULL, -- start, centre, end
  parameters TEXT NOT NULL, -- JSON, as in the study file
  subject_count INTEGER NOT NULL, -- subjects
  presentation_count INTEGER NOT NULL, -- showings behind them
  dropped_count INTEGER NOT NULL, -- subject-windows dropped: constant or missing
  mean_isc REAL, -- over windows
  sd_isc REAL, -- over windows
  static_isc REAL, -- whole stimulus
  low REAL, -- interval of static_isc
  high REAL CHECK (low IS NULL OR (low <= static_isc + 1e-9 AND static_isc <= high + 1e-9)), -- interval of static_isc
  interval_kind TEXT, -- how
  tail TEXT, -- greater
  null_kind TEXT, -- null of static_isc
  null_draws INTEGER, -- draws
  null_mean REAL, -- mean
  null_p95 REAL, -- 95th percentile
  p REAL, -- (k+1)/(draws+1)
  p_floor REAL, -- smallest reachable
  q_bh REAL, -- Benjamini-Hochberg over the regions
  p_max REAL, -- maximum statistic over the regions
  family TEXT, -- family of q_bh and p_max
  noise_ceiling REAL, -- of the group synchrony
  reliability_subjects REAL, -- of halves, stepped up to all subjects
  reliability_pairs REAL, -- of halves, stepped up to all pairs
  cross_validated_isc REAL, -- components fitted on other data
  generalises_to TEXT, -- what the interval speaks of
  mean_isc_null_mean REAL, -- mean of the draws of mean_isc
  mean_isc_null_p95 REAL, -- their 95th percentile
  mean_isc_p REAL, -- (k+1)/(draws+1) of mean_isc
  mean_isc_q_bh REAL, -- Benjamini-Hochberg over the regions
  mean_isc_p_max REAL, -- maximum statistic over the regions
  high_pass_s REAL, -- longest period kept of the recordings; NULL: as imported or prepared
  flags TEXT NOT NULL, -- space-separated
  valid INTEGER NOT NULL -- 0: not to be reported
) STRICT;
CREATE INDEX synchrony_unit ON synchrony (unit_key);

-- tier: result. Synchrony of two cohorts compared.
CREATE TABLE synchrony_contrast (
  synchrony_contrast_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  dataset_a TEXT NOT NULL, -- dataset of the first cohort
  dataset_b TEXT NOT NULL, -- dataset of the second
  cohort_a TEXT NOT NULL, -- first cohort
  cohort_b TEXT NOT NULL, -- second cohort
  signal TEXT NOT NULL, -- source, envelope, de, fd
  band TEXT NOT NULL, -- broad or a band
  method TEXT NOT NULL, -- pairwise, leave_one_out
  parameters TEXT NOT NULL, -- JSON, as in the study file
  region TEXT NOT NULL, -- region or channel
  quantity TEXT NOT NULL, -- static_isc: a within the first, b within the second; between_isc: a within both, b between
  r_a REAL, -- a as a correlation
  r_b REAL, -- b as a correlation
  difference REAL, -- a minus b in Fisher z
  low REAL, -- interval of the difference
  high REAL CHECK (low IS NULL OR (low <= difference + 1e-9 AND difference <= high + 1e-9)), -- interval of the difference
  interval_kind TEXT, -- how
  tail TEXT NOT NULL, -- two-sided
  unit TEXT NOT NULL, -- what varies: subject or stimulus
  paired INTEGER NOT NULL, -- 1: on the same stimuli
  test TEXT, -- permuted_cohorts, welch
  null_draws INTEGER, -- draws
  p REAL, -- of the test
  p_floor REAL, -- smallest reachable
  q_bh REAL, -- Benjamini-Hochberg over the regions
  p_max REAL, -- maximum statistic over the regions
  family TEXT, -- family of q_bh and p_max
  n_a INTEGER NOT NULL, -- subjects of the first cohort
  n_b INTEGER NOT NULL, -- subjects of the second
  stimulus_count INTEGER NOT NULL, -- stimuli behind it
  comparable INTEGER NOT NULL, -- 0: no difference
  reason TEXT, -- why there is no difference or no p
  flags TEXT NOT NULL, -- space-separated
  valid INTEGER NOT NULL -- 0: not to be reported
) STRICT;
CREATE INDEX synchrony_contrast_unit ON synchrony_contrast (unit_key);

-- tier: computed. A sound separated from a stimulus' original.
CREATE TABLE stem (
  stem_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  dataset TEXT NOT NULL, -- dataset
  stimulus TEXT NOT NULL, -- stimulus
  element TEXT NOT NULL CHECK (element IN ('voice', 'soundtrack')), -- which
  separation TEXT NOT NULL, -- model that separated
  rate_hz REAL NOT NULL, -- samples per second
  sample_count INTEGER NOT NULL, -- samples per channel
  mean_square REAL NOT NULL, -- over samples and two channels
  rms_dbfs REAL NOT NULL, -- root mean square, dB re full scale, at least -100
  energy_share REAL, -- share of the energy of voice plus soundtrack, NULL where both are silent
  silent_fraction REAL NOT NULL, -- share of seconds below -60 dBFS
  array TEXT NOT NULL, -- name of the stored samples
  channel_correlation REAL, -- of its two channels; NULL where one is constant
  mono_loss_db REAL NOT NULL, -- level of the channels less that of their mean
  clipped_share REAL NOT NULL, -- share of samples at full scale
  dc REAL NOT NULL, -- mean of the channel whose mean is farthest from 0, full scale 1
  first_sound_s REAL, -- start of the first hundredth of a second at -60 dBFS or more; NULL for silence
  last_sound_s REAL, -- end of the last such hundredth; NULL for silence
  remarkable TEXT NOT NULL -- space-separated flags, empty for a sound without reproach
) STRICT;
CREATE INDEX stem_unit ON stem (unit_key);

-- tier: result. How a recording of EEG was prepared.
CREATE TABLE recording_preparation (
  recording_preparation_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  dataset TEXT NOT NULL, -- dataset
  subject TEXT NOT NULL, -- subject
  session TEXT, -- session
  run TEXT, -- run
  recording TEXT NOT NULL, -- name of the array that was prepared
  array TEXT NOT NULL, -- name of the prepared array
  parameters TEXT NOT NULL, -- JSON, preparation.eeg with every default
  rate_hz REAL NOT NULL, -- samples per second before
  prepared_rate_hz REAL NOT NULL, -- samples per second after
  resampling TEXT NOT NULL CHECK (resampling IN ('none', 'decimated', 'fourier')), -- how the rate was changed
  notch_taps INTEGER NOT NULL, -- length of the notch filter, 0: none
  band_taps INTEGER NOT NULL, -- length of the band-pass, 0: none
  channel_count INTEGER NOT NULL, -- EEG channels
  bad_count INTEGER NOT NULL, -- bad ones
  interpolated_count INTEGER NOT NULL, -- bad ones that were interpolated
  removed_component_count INTEGER NOT NULL, -- independent components removed
  components_converged INTEGER, -- 1: the search for components converged, NULL: there was none
  rank INTEGER NOT NULL, -- channels - interpolated - removed components - reference
  numerical_rank INTEGER NOT NULL, -- eigenvalues of the prepared covariance that are not zero
  missing_share REAL NOT NULL -- share of samples missing in the channels that are kept
) STRICT;
CREATE INDEX recording_preparation_unit ON recording_preparation (unit_key);

-- tier: result. What was found and done to a channel of a recording.
CREATE TABLE channel_quality (
  channel_quality_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  dataset TEXT NOT NULL, -- dataset
  subject TEXT NOT NULL, -- subject
  session TEXT, -- session
  run TEXT, -- run
  recording TEXT NOT NULL, -- name of the array that was prepared
  position INTEGER NOT NULL, -- column in the recording
  channel TEXT NOT NULL, -- label
  type TEXT NOT NULL, -- eeg, eog, ecg, emg, other
  has_position INTEGER NOT NULL, -- 1: its name has a 10-05 position
  is_bad INTEGER NOT NULL, -- 1: not used as it is
  reasons TEXT NOT NULL, -- imported, named, missing, flat, variance, correlation
  is_interpolated INTEGER NOT NULL, -- 1: replaced by splines of the good channels
  sd_v REAL, -- standard deviation within the band, in the unit of the recording
  deviation_z REAL, -- robust z over channels of the log variance
  noise_z REAL, -- robust z over channels of the log power above the band relative to that within
  correlation REAL, -- median over seconds of the 98th percentile of |r| with the other channels
  disagreeing_share REAL, -- share of seconds in which that is below 0.4
  flat_s INTEGER, -- longest flat stretch
  missing_share REAL -- share of samples that are missing
) STRICT;
CREATE INDEX channel_quality_unit ON channel_quality (unit_key);

-- tier: result. An independent component of a recording.
CREATE TABLE component_quality (
  component_quality_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  dataset TEXT NOT NULL, -- dataset
  subject TEXT NOT NULL, -- subject
  session TEXT, -- session
  run TEXT, -- run
  recording TEXT NOT NULL, -- name of the array that was prepared
  component INTEGER NOT NULL, -- from 0, by variance
  is_removed INTEGER NOT NULL, -- 1: removed
  reasons TEXT NOT NULL, -- eog, kurtosis, focal, muscle, imported
  variance_share REAL NOT NULL, -- of the channels' variance
  eog_r REAL, -- correlation with the channel that shows the eyes most
  eog_z REAL, -- its z over components
  kurtosis REAL NOT NULL, -- excess kurtosis of the time course
  focality REAL NOT NULL, -- share of the squared weights in one channel
  peak_channel TEXT NOT NULL, -- that channel
  slope REAL -- of log power over log frequency from 7 Hz on
) STRICT;
CREATE INDEX component_quality_unit ON component_quality (unit_key);

-- tier: computed. Source-localised region series of a recording.
CREATE TABLE source_estimate (
  source_estimate_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  dataset TEXT NOT NULL, -- dataset
  subject TEXT NOT NULL, -- subject
  recording TEXT NOT NULL, -- array that was localised
  leadfield TEXT NOT NULL, -- forward model
  atlas TEXT NOT NULL, -- set of the regions
  inverse TEXT NOT NULL, -- mne, dspm, sloreta or eloreta
  label TEXT NOT NULL, -- how a region's sources became one series: mean_flip, mean or pca_flip
  noise TEXT NOT NULL, -- ad_hoc or baseline
  noise_shrinkage REAL, -- Ledoit-Wolf share of a baseline's covariance
  rank INTEGER NOT NULL, -- independent channels the inverse used
  channel_count INTEGER NOT NULL, -- channels used
  channels_left_out TEXT NOT NULL, -- JSON array: channels of the recording without a sensor in the forward model, or bad
  sensors_unused INTEGER NOT NULL, -- sensors of the forward model without a channel
  region_count INTEGER NOT NULL, -- regions
  missing_count INTEGER NOT NULL, -- samples without a value, because a channel had none
  array TEXT NOT NULL -- name of the region series
) STRICT;
CREATE INDEX source_estimate_unit ON source_estimate (unit_key);

-- tier: computed. What localisation with a set of channels can tell apart, region by region.
CREATE TABLE region_resolution (
  region_resolution_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  leadfield TEXT NOT NULL, -- forward model
  atlas TEXT NOT NULL, -- set of the regions
  inverse TEXT NOT NULL, -- mne, dspm, sloreta or eloreta
  snr REAL NOT NULL, -- assumed amplitude ratio of signal to noise
  orientation TEXT NOT NULL, -- fixed, loose or free
  label TEXT NOT NULL, -- how a region's sources became one series
  channel_count INTEGER NOT NULL, -- channels used
  rank INTEGER NOT NULL, -- independent channels
  region TEXT NOT NULL, -- region
  source_count INTEGER NOT NULL, -- sources in the region
  own_share REAL, -- share of the region's power that is its own when all regions are active alike
  leaks_most_from TEXT, -- region that brings most of the rest
  leak_share REAL, -- its share of the power
  region_hit_share REAL, -- share of the region's sources, active alone, for which its own series is the largest
  source_hit_share REAL, -- share of the region's sources, active alone, whose largest estimate lies in the region
  point_spread_error_mm REAL, -- mean distance from a source to its largest estimate
  cross_talk_error_mm REAL, -- mean distance from a source to the one its estimate is most sensitive to
  kernel TEXT NOT NULL, -- name of the array regions x channels
  leakage TEXT NOT NULL, -- name of the array regions x regions
  flags TEXT NOT NULL, -- space-separated warnings
  valid INTEGER NOT NULL CHECK (valid IN (0, 1)) -- 0: not to be reported
) STRICT;
CREATE INDEX region_resolution_unit ON region_resolution (unit_key);

-- tier: result. A study file.
CREATE TABLE study (
  study_id INTEGER PRIMARY KEY, -- key
  name TEXT NOT NULL, -- its name
  kind TEXT NOT NULL, -- layer_sweep, covariate_control, isc_report ...
  sha256 TEXT NOT NULL, -- of the canonical definition
  definition TEXT NOT NULL, -- canonical JSON of the study file
  UNIQUE (name, sha256)
) STRICT;

-- tier: result. A study expanded over what was in the warehouse.
CREATE TABLE run (
  run_id TEXT PRIMARY KEY, -- first 12 hex digits of the SHA-256 of the expanded plan
  study_id INTEGER NOT NULL REFERENCES study, -- study
  plan_sha256 TEXT NOT NULL, -- of the expanded plan
  seed INTEGER NOT NULL, -- study seed
  generator TEXT NOT NULL, -- random number generator
  purpose TEXT NOT NULL CHECK (purpose IN ('results', 'calibration')), -- what it computes
  is_current INTEGER NOT NULL, -- state: 1 for the newest expansion of the study's name for this purpose
  planned_at TEXT NOT NULL, -- UTC, ISO 8601
  root_sha256 TEXT -- state: root over the results of its units, NULL while one is missing
) STRICT;

-- tier: result. The units of a run.
CREATE TABLE run_unit (
  run_id TEXT NOT NULL REFERENCES run ON DELETE CASCADE, -- run
  position INTEGER NOT NULL, -- order in the plan
  unit_key TEXT NOT NULL REFERENCES unit, -- unit
  PRIMARY KEY (run_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX run_unit_unit ON run_unit (unit_key);

-- tier: operations. A computation step and its version.
CREATE TABLE step (
  name TEXT NOT NULL, -- step
  version INTEGER NOT NULL, -- raised when its results change
  description TEXT NOT NULL, -- what it computes
  PRIMARY KEY (name, version)
) STRICT, WITHOUT ROWID;

-- tier: operations. One piece of work: step, version, parameters and input hashes.
CREATE TABLE unit (
  unit_key TEXT PRIMARY KEY, -- SHA-256 of step, version, parameters and inputs
  step TEXT NOT NULL, -- step
  version INTEGER NOT NULL, -- of the step
  parameters TEXT NOT NULL, -- canonical JSON
  inputs TEXT NOT NULL, -- JSON array of input hashes
  label TEXT NOT NULL, -- what it is about
  state TEXT NOT NULL CHECK (state IN ('planned', 'done', 'failed', 'not_applicable')), -- where it stands
  reason TEXT NOT NULL DEFAULT '', -- why it is to run, or why not
  message TEXT NOT NULL DEFAULT '', -- last error
  result_sha256 TEXT -- of its rows and arrays
) STRICT;

-- tier: operations. One try at a unit.
CREATE TABLE attempt (
  attempt_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES unit ON DELETE CASCADE, -- unit
  run_id TEXT, -- run that asked for it
  execution INTEGER NOT NULL, -- how often that run had been started
  environment_id INTEGER REFERENCES environment, -- where
  started_at TEXT NOT NULL, -- UTC, ISO 8601
  state TEXT NOT NULL, -- done or failed
  code TEXT NOT NULL DEFAULT '', -- error code
  message TEXT NOT NULL DEFAULT '', -- error text
  seconds REAL, -- wall clock
  peak_bytes INTEGER, -- resident peak of the worker
  inputs_sha256 TEXT -- of the hashes of all that it read, NULL where it failed before it read anything
) STRICT;
CREATE INDEX attempt_unit ON attempt (unit_key);

-- tier: operations. One start of a run.
CREATE TABLE execution (
  run_id TEXT NOT NULL REFERENCES run ON DELETE CASCADE, -- run
  execution INTEGER NOT NULL, -- 1 for the first
  environment_id INTEGER NOT NULL REFERENCES environment, -- where
  workers INTEGER NOT NULL, -- processes
  started_at TEXT NOT NULL, -- UTC, ISO 8601
  PRIMARY KEY (run_id, execution)
) STRICT, WITHOUT ROWID;

-- tier: operations. The same unit, computed again with other bits.
CREATE TABLE divergence (
  divergence_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES unit, -- unit
  array TEXT NOT NULL, -- array name
  first_sha256 TEXT NOT NULL, -- stored
  second_sha256 TEXT NOT NULL, -- recomputed
  max_abs_difference REAL, -- largest absolute difference
  max_rel_difference REAL, -- largest relative difference
  environment_first INTEGER REFERENCES environment, -- of the stored one
  environment_second INTEGER REFERENCES environment -- of the recomputed one
) STRICT;

-- tier: operations. What every source said about the time of a series, and which of them counted.
CREATE TABLE clock_ledger (
  clock_ledger_id INTEGER PRIMARY KEY, -- key
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- the import
  dataset TEXT NOT NULL, -- dataset
  stimulus TEXT, -- stimulus, NULL for a recording as a whole
  subject TEXT, -- subject
  series TEXT NOT NULL, -- recording, annotation or feature series; media for the streams of a film
  source TEXT NOT NULL, -- header, json, option, stamps, events, container or assumed
  object TEXT NOT NULL, -- the file or option that says it
  statement TEXT NOT NULL, -- what it is about: rate, repetition time, onset of film
  value REAL NOT NULL, -- what it says
  unit TEXT NOT NULL, -- of the value: s, Hz
  verdict TEXT NOT NULL CHECK (verdict IN ('used', 'overruled')), -- whether it counted
  overruled_by TEXT, -- source that counted instead, NULL where used
  finding TEXT -- code of what is said against it, NULL where nothing is
) STRICT;
CREATE INDEX clock_ledger_activity ON clock_ledger (activity_id);

-- tier: operations. How a series lies on its stimulus' clock.
CREATE TABLE alignment (
  alignment_id INTEGER PRIMARY KEY, -- key
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- the import
  dataset TEXT NOT NULL, -- dataset
  stimulus TEXT NOT NULL, -- stimulus
  subject TEXT, -- subject
  series TEXT NOT NULL, -- which series
  declared_rate_hz REAL, -- as declared
  implied_rate_hz REAL, -- from time stamps or lengths
  offset_s REAL, -- series time of stimulus second 0
  onset_source TEXT NOT NULL, -- cut, event, option, assumed or stamps
  drift_ppm REAL, -- implied against declared
  verdict TEXT NOT NULL, -- of the import: ok, assumed, short, irregular or rate
  array_id INTEGER REFERENCES stored_array ON DELETE CASCADE, -- the series, NULL for sound
  repetition INTEGER -- showing of the stimulus in a recording
) STRICT;
CREATE INDEX alignment_activity ON alignment (activity_id);

-- tier: result. What evoke check alignment found of a series.
CREATE TABLE alignment_check (
  alignment_id INTEGER PRIMARY KEY REFERENCES alignment ON DELETE CASCADE, -- the series on its clock
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- the check
  best_lag_s REAL, -- lag of the largest cross-correlation
  reference TEXT, -- what the series was compared with
  correlation REAL, -- at the best lag
  p REAL, -- share of other lags that reach it
  drift_ppm REAL, -- from lags along the series
  verdict TEXT NOT NULL -- ok, assumed, short, irregular, rate, drift, lag or suspicious
) STRICT;
CREATE INDEX alignment_check_activity ON alignment_check (activity_id);

-- tier: result. One fitted model: one feature space on one target cell.
CREATE TABLE fit (
  fit_key TEXT PRIMARY KEY, -- unit key, covariate mode and column
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  dataset TEXT NOT NULL, -- dataset
  cohort TEXT NOT NULL, -- cohort
  subject TEXT, -- subject, NULL for a group target
  session TEXT, -- session
  rater TEXT, -- rater
  feature_set TEXT NOT NULL, -- set, space or model name; of a joint model the sets, with their layers
  model TEXT, -- model
  layer_key TEXT, -- layer
  depth INTEGER, -- rank along the network
  rel_depth REAL, -- depth / largest depth
  element TEXT NOT NULL, -- original, voice, soundtrack
  covariate_mode TEXT NOT NULL, -- none, audio_only, visual_only, joint, zeroed_shared, zeroed_banded
  target_kind TEXT NOT NULL, -- annotation, synchrony, response
  target TEXT NOT NULL, -- annotation, signal or response name
  target_parameters TEXT NOT NULL, -- JSON, as in the study file
  region TEXT, -- region or channel
  hemisphere TEXT, -- of the region
  region_group TEXT, -- of the region
  delays_s TEXT NOT NULL, -- JSON array of seconds: the features' delays, or the centres of their raised cosines
  delay_shape TEXT NOT NULL, -- single or raised_cosine
  stimulus_count INTEGER NOT NULL, -- stimuli
  subject_count INTEGER, -- subjects behind the target
  dropped_count INTEGER NOT NULL, -- rows left out
  sample_count INTEGER NOT NULL, -- rows
  effective_n REAL, -- Bartlett, NULL where target or prediction do not vary
  partial_count INTEGER NOT NULL, -- rows of the target that are means over some of the raters or subjects
  thin_count INTEGER NOT NULL, -- rows of the target that are missing as too few raters or subjects are there
  prediction_array TEXT, -- array of out-of-fold predictions, by the name its artifact has
  prediction_column INTEGER, -- its column
  other_sets TEXT, -- sets it was fitted together with, for the shares of a joint model
  mismatch_reason TEXT -- why features of other stimuli were not tried, NULL where they were
) STRICT;
CREATE INDEX fit_unit ON fit (unit_key);

-- tier: result. Score of one outer fold.
CREATE TABLE fold_score (
  fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- fit
  fold INTEGER NOT NULL, -- outer fold
  test_stimuli TEXT NOT NULL, -- JSON array of names
  train_count INTEGER NOT NULL, -- rows
  test_count INTEGER NOT NULL, -- rows
  lambda REAL, -- chosen penalty
  lambda_at_edge INTEGER, -- 1: at the end of the grid
  r REAL, -- correlation
  inner_r REAL, -- Fisher mean over inner folds on the training rows, which chooses layers
  r2 REAL, -- against the training mean
  r2_test REAL, -- against the test mean
  prediction_sd REAL, -- standard deviation of the prediction
  training_rows_sha256 TEXT, -- of the set of rows the transforms were fitted on
  effective_n REAL, -- of the target's test rows, n / (1 + 2 sum of squared autocorrelations), NULL where it does not vary
  is_counted INTEGER NOT NULL, -- 1: counts in the means over folds
  gap_s REAL, -- purged on both sides of the test rows
  PRIMARY KEY (fit_key, fold)
) STRICT, WITHOUT ROWID;

-- tier: result. Score of a fit over its folds.
CREATE TABLE score (
  fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- fit
  quantity TEXT NOT NULL, -- r, unique_r2, r_plain (nothing taken out), r_position (position alone), r_prewhitened ...
  value REAL, -- r: Fisher-z mean of folds
  low REAL, -- interval
  high REAL, -- interval
  interval_kind TEXT, -- unit and method; none below four units
  generalises_to TEXT, -- what the interval speaks of, NULL without one
  tail TEXT NOT NULL, -- greater or two-sided
  r2 REAL, -- fold mean, against the training mean
  r_pooled REAL, -- of concatenated predictions
  lambda_median REAL, -- over folds
  lambda_at_edge INTEGER, -- folds at the end of the grid
  noise_ceiling REAL, -- of the target
  r_normalised REAL, -- r / noise ceiling
  r2_normalised REAL, -- r2 / squared noise ceiling
  folds_counted INTEGER NOT NULL, -- folds it is the mean of
  folds_total INTEGER NOT NULL, -- folds the target is cut into
  stimuli_counted INTEGER NOT NULL, -- stimuli that the counted folds test
  flags TEXT NOT NULL, -- space-separated
  valid INTEGER NOT NULL, -- 0: not to be reported
  CHECK (low IS NULL OR (low <= value AND value <= high)),
  PRIMARY KEY (fit_key, quantity)
) STRICT, WITHOUT ROWID;

-- tier: result. Null distribution of a score.
CREATE TABLE null_summary (
  fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- fit
  quantity TEXT NOT NULL, -- r, unique_r2, r_mismatch (features of other stimuli) or r_prewhitened
  null_kind TEXT NOT NULL, -- phase, phase_residual, mismatch, ...
  null_draws INTEGER NOT NULL, -- draws
  null_mean REAL, -- mean
  null_sd REAL, -- standard deviation
  null_p95 REAL, -- 95th percentile
  p REAL, -- (k+1)/(draws+1)
  p_floor REAL, -- smallest reachable
  tail TEXT NOT NULL, -- greater or two-sided
  array TEXT, -- array of draws, by the name its artifact has
  column_index INTEGER, -- its column
  PRIMARY KEY (fit_key, quantity)
) STRICT, WITHOUT ROWID;

-- tier: result. Score over subjects.
CREATE TABLE group_test (
  group_test_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- a member fit, which carries the keys
  quantity TEXT NOT NULL, -- r, unique_r2, max_lag_r, future_minus_past
  subject_count INTEGER NOT NULL, -- subjects
  stimulus_count INTEGER NOT NULL, -- stimuli
  mean REAL, -- Fisher-z mean for r
  low REAL, -- interval
  high REAL, -- interval
  interval_kind TEXT, -- how
  tail TEXT NOT NULL, -- greater or two-sided
  test TEXT NOT NULL, -- group_phase, t, sign_flip
  statistic REAL, -- of the test
  df1 REAL, -- degrees of freedom
  df2 REAL, -- degrees of freedom
  null_kind TEXT, -- null
  null_draws INTEGER, -- draws
  null_mean REAL, -- mean
  null_p95 REAL, -- 95th percentile
  p REAL, -- (k+1)/(draws+1), or the p of the parametric test
  p_floor REAL, -- smallest reachable
  q_bh REAL, -- Benjamini-Hochberg over the family
  p_max REAL, -- maximum statistic over the family
  family TEXT, -- family
  p_cluster REAL, -- cluster
  cluster INTEGER, -- cluster number
  generalises_to TEXT NOT NULL, -- what the p speaks of
  reason TEXT, -- why there is no p over the family
  folds_counted INTEGER NOT NULL, -- smallest number of folds behind a subject's score
  folds_total INTEGER NOT NULL, -- folds the target is cut into
  stimuli_counted INTEGER NOT NULL, -- smallest number of stimuli behind a subject's score
  flags TEXT NOT NULL, -- space-separated, of any subject; shared_course where more carry it than by chance
  valid INTEGER NOT NULL, -- 0: not to be reported
  CHECK (low IS NULL OR (low <= mean AND mean <= high))
) STRICT;
CREATE INDEX group_test_unit ON group_test (unit_key);

-- tier: result. A difference between scores.
CREATE TABLE contrast (
  contrast_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- a member fit, which carries the keys
  name TEXT NOT NULL, -- contrast
  subject_count INTEGER, -- subjects whose differences are averaged, NULL for one target
  r_a REAL, -- Fisher mean over the folds of a
  r_b REAL, -- Fisher mean over the folds of b
  difference REAL, -- a minus b in Fisher z, the mean over folds (over subjects, of them)
  low REAL, -- interval
  high REAL, -- interval
  interval_kind TEXT, -- how
  tail TEXT NOT NULL, -- two-sided
  unit TEXT NOT NULL, -- fold, stimulus or subject
  unit_count INTEGER NOT NULL, -- how many
  test TEXT NOT NULL, -- test
  null_kind TEXT, -- null
  null_draws INTEGER, -- draws
  null_mean REAL, -- mean
  null_p95 REAL, -- 95th percentile
  p REAL, -- (k+1)/(draws+1), or the p of the parametric test
  p_floor REAL, -- smallest reachable
  q_bh REAL, -- over cells
  p_max REAL, -- over cells
  family TEXT, -- family
  generalises_to TEXT, -- what p and interval speak of, NULL without them
  reason TEXT, -- why there is no p
  folds_counted INTEGER NOT NULL, -- folds that count in every model of both sides
  folds_total INTEGER NOT NULL, -- folds the target is cut into
  stimuli_counted INTEGER NOT NULL, -- stimuli that the counted folds test
  flags TEXT NOT NULL, -- space-separated, of any fit of both sides
  valid INTEGER NOT NULL, -- 0: not to be reported
  CHECK (low IS NULL OR (low <= difference AND difference <= high))
) STRICT;
CREATE INDEX contrast_unit ON contrast (unit_key);

-- tier: result. Features less a trivial model of the same target, one-sided; it says that they beat this twin and no more.
CREATE TABLE twin_contrast (
  twin_contrast_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- the comparing unit
  fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- fit of the features, which carries the keys
  twin TEXT NOT NULL, -- position, spectrum or permuted
  twin_fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- fit of the twin; of position that of the features, which holds its r
  subject_count INTEGER, -- subjects whose differences are averaged, NULL for one target
  r REAL, -- Fisher mean over the folds of the features
  r_twin REAL, -- Fisher mean over the folds of the twin
  difference REAL, -- r minus r_twin in Fisher z, the mean over folds or stimuli (over subjects, of them)
  low REAL, -- 90 % interval: above 0 exactly where p is below .05
  high REAL, -- 90 % interval
  interval_kind TEXT NOT NULL, -- how
  generalises_to TEXT, -- what p and interval speak of, NULL without them
  p REAL, -- corrected t, one-sided: greater; NULL below four folds or stimuli
  folds_counted INTEGER NOT NULL, -- folds that count in both
  folds_total INTEGER NOT NULL, -- folds the target is cut into
  stimuli_counted INTEGER NOT NULL, -- stimuli that the counted folds test
  flags TEXT NOT NULL, -- space-separated, of any fit of both
  valid INTEGER NOT NULL, -- 0: not to be reported
  CHECK (low IS NULL OR (low <= difference AND difference <= high))
) STRICT;
CREATE INDEX twin_contrast_unit ON twin_contrast (unit_key);

-- tier: result. Voice less soundtrack, of the same features and target.
CREATE TABLE element_contrast (
  element_contrast_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- the comparing unit
  fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- fit of the voice, which carries the keys
  soundtrack_fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- fit of the soundtrack
  original_fit_key TEXT REFERENCES fit ON DELETE CASCADE, -- fit of the original, NULL where the study has none
  subject_count INTEGER, -- subjects whose differences are averaged, NULL for one target
  r_original REAL, -- Fisher mean over the folds that count in all three
  r_voice REAL, -- Fisher mean over the folds that count in voice and soundtrack
  r_soundtrack REAL, -- Fisher mean over the same folds
  r_voice_active REAL, -- Fisher mean of folds over the rows in which both elements sound
  r_soundtrack_active REAL, -- the same of the soundtrack
  difference REAL, -- voice minus soundtrack in Fisher z, the mean over folds (over subjects, of them)
  low REAL, -- interval
  high REAL, -- interval
  interval_kind TEXT NOT NULL, -- how
  tail TEXT NOT NULL, -- two-sided
  unit TEXT NOT NULL, -- fold, stimulus or subject
  unit_count INTEGER NOT NULL, -- how many
  test TEXT NOT NULL, -- corrected_t or t
  p REAL, -- of the test, NULL below four folds or stimuli
  q_bh REAL, -- over cells
  family TEXT, -- family
  generalises_to TEXT, -- what p and interval speak of, NULL without them
  reason TEXT, -- why there is no p
  difference_active REAL, -- voice minus soundtrack over the rows in which both sound
  low_active REAL, -- 95 % interval
  high_active REAL, -- 95 % interval
  p_active REAL, -- corrected t, two-sided
  active_folds_counted INTEGER, -- folds with an effective n of 10 in those rows, NULL where levels are not known
  voice_energy_share REAL, -- energy of the voice over that of both, over the stimuli
  silent_fraction_voice REAL, -- share of seconds below -60 dBFS
  silent_fraction_soundtrack REAL, -- share of seconds below -60 dBFS
  folds_counted INTEGER NOT NULL, -- folds that count in voice and soundtrack
  folds_total INTEGER NOT NULL, -- folds the target is cut into
  stimuli_counted INTEGER NOT NULL, -- stimuli that the counted folds test
  flags TEXT NOT NULL, -- space-separated, of any fit of both
  valid INTEGER NOT NULL, -- 0: not to be reported
  CHECK (low IS NULL OR (low <= difference AND difference <= high)),
  CHECK (low_active IS NULL OR (low_active <= difference_active AND difference_active <= high_active))
) STRICT;
CREATE INDEX element_contrast_unit ON element_contrast (unit_key);

-- tier: result. Layers of one model in a part of its depth, as one score.
CREATE TABLE depth_bin (
  depth_bin_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- the comparing unit
  fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- fit of the part's first layer, which carries the keys
  contrast_fit_key TEXT REFERENCES fit ON DELETE CASCADE, -- fit that carries the keys of the model's middle less its end in contrast, NULL without one
  subject_count INTEGER, -- subjects whose folds are averaged, NULL for one target
  bin_low REAL NOT NULL, -- relative depth at which the part begins
  bin_high REAL NOT NULL, -- relative depth at which it ends; only the last part holds its own end
  layer_count INTEGER NOT NULL, -- layers in it
  r REAL, -- Fisher mean over layers, then folds
  low REAL, -- interval
  high REAL, -- interval
  interval_kind TEXT NOT NULL, -- how
  generalises_to TEXT, -- what the interval speaks of, NULL without one
  folds_counted INTEGER NOT NULL, -- folds that count in every layer of every model of the target
  folds_total INTEGER NOT NULL, -- folds the target is cut into
  stimuli_counted INTEGER NOT NULL, -- stimuli that the counted folds test
  flags TEXT NOT NULL, -- space-separated, of any layer of the part
  valid INTEGER NOT NULL, -- 0: not to be reported
  CHECK (low IS NULL OR (low <= r AND r <= high))
) STRICT;
CREATE INDEX depth_bin_unit ON depth_bin (unit_key);

-- tier: result. Where a layer stands in its sweep.
CREATE TABLE sweep_layer (
  fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- fit
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- the comparing unit
  is_peak INTEGER NOT NULL, -- 1: largest r of its sweep
  peak_share REAL, -- share of outer folds whose inner folds choose it
  PRIMARY KEY (fit_key, unit_key)
) STRICT, WITHOUT ROWID;
CREATE INDEX sweep_layer_unit ON sweep_layer (unit_key);

-- tier: result. Correlation at a lag.
CREATE TABLE lag_score (
  lag_score_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  fit_key TEXT REFERENCES fit ON DELETE CASCADE, -- fit
  lag_s REAL NOT NULL, -- delay of the features in seconds
  r REAL, -- score with that delay alone
  n INTEGER, -- rows, the same at every delay
  folds_counted INTEGER NOT NULL, -- folds it is the mean of, the same at every delay
  folds_total INTEGER NOT NULL, -- folds the target is cut into
  stimuli_counted INTEGER NOT NULL, -- stimuli that the counted folds test
  null_kind TEXT, -- how null draws were made
  null_draws INTEGER, -- draws, the same ones at every delay
  p REAL, -- of the delay alone, (k+1)/(draws+1)
  p_max REAL, -- maximum statistic over all delays of the target
  flags TEXT NOT NULL, -- space-separated
  valid INTEGER NOT NULL -- 0: not to be reported
) STRICT;
CREATE INDEX lag_score_unit ON lag_score (unit_key);

-- tier: result. One feature against one rating of one stimulus over lags: the largest correlation and its null.
CREATE TABLE lag_curve (
  curve_key TEXT PRIMARY KEY, -- unit key and stimulus
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  dataset TEXT NOT NULL, -- dataset
  cohort TEXT NOT NULL, -- cohort
  subject TEXT, -- subject who rated, NULL for a mean over raters
  rater TEXT, -- rater, NULL for a mean over raters
  stimulus TEXT NOT NULL, -- stimulus
  run TEXT, -- acquisition run, NULL where ratings are of none
  rating TEXT NOT NULL, -- annotation
  feature_set TEXT NOT NULL, -- set, space, model or annotation
  model TEXT, -- model
  layer_key TEXT, -- layer
  element TEXT NOT NULL, -- original, voice, soundtrack
  transform TEXT NOT NULL, -- of the feature: none, changes or JSON, as in the study file
  rating_transform TEXT NOT NULL, -- of the rating
  max_r REAL, -- largest correlation over lags
  lag_at_max_s REAL, -- its lag
  z REAL, -- Fisher z of it
  null_kind TEXT, -- phase: the feature's phases are drawn, NULL without draws
  null_draws INTEGER, -- draws
  null_mean REAL, -- mean over draws of the largest Fisher z over lags
  null_sd REAL, -- standard deviation of the same
  z_standardised REAL, -- (z - null_mean) / null_sd
  p REAL, -- (k+1)/(draws+1), k draws whose largest correlation reaches max_r
  p_floor REAL, -- smallest reachable
  flags TEXT NOT NULL, -- space-separated
  valid INTEGER NOT NULL -- 0: not to be reported
) STRICT;
CREATE INDEX lag_curve_unit ON lag_curve (unit_key);

-- tier: result. A correlation at one lag.
CREATE TABLE lag_point (
  curve_key TEXT NOT NULL REFERENCES lag_curve ON DELETE CASCADE, -- curve
  lag_s REAL NOT NULL, -- seconds by which the rating follows the feature
  r REAL, -- correlation, NULL where one of the series does not vary
  n INTEGER NOT NULL, -- pairs of rows
  PRIMARY KEY (curve_key, lag_s)
) STRICT, WITHOUT ROWID;

-- tier: result. An effect of a repeated-measures analysis of variance of the largest lagged correlations.
CREATE TABLE anova_effect (
  anova_effect_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  dataset TEXT NOT NULL, -- dataset
  cohort TEXT NOT NULL, -- cohort
  quantity TEXT NOT NULL, -- max_z, or z_standardised: the same over the spread of its null
  response TEXT NOT NULL, -- rating, or all ratings
  effect TEXT NOT NULL, -- feature_set, rating or feature_set:rating
  level_count INTEGER NOT NULL, -- cells that are compared
  levels TEXT NOT NULL, -- JSON array of their names
  unit TEXT NOT NULL, -- subject, or stimulus where ratings are nobody's alone
  unit_count INTEGER NOT NULL, -- those with every level
  stimuli_counted INTEGER NOT NULL, -- stimuli behind them
  ss_effect REAL, -- sum of squares of the effect
  ss_error REAL, -- sum of squares of its error
  f REAL, -- statistic
  df1 REAL, -- degrees of freedom, uncorrected
  df2 REAL, -- degrees of freedom of the error, uncorrected
  epsilon_gg REAL, -- Greenhouse and Geisser
  epsilon_hf REAL, -- Huynh and Feldt, at most 1
  p_uncorrected REAL, -- of F
  p_gg REAL, -- with degrees of freedom times epsilon_gg
  p_hf REAL, -- with degrees of freedom times epsilon_hf
  null_kind TEXT, -- group_phase: draws common to all units, NULL without draws
  null_draws INTEGER, -- draws
  p REAL, -- (k+1)/(draws+1), k draws whose F reaches f
  p_floor REAL, -- smallest reachable
  partial_eta2 REAL, -- ss_effect / (ss_effect + ss_error)
  generalises_to TEXT, -- what p speaks of, NULL without it
  reason TEXT, -- why there is no F
  flags TEXT NOT NULL, -- space-separated, of any correlation behind it
  valid INTEGER NOT NULL -- 0: not to be reported
) STRICT;
CREATE INDEX anova_effect_unit ON anova_effect (unit_key);

-- tier: result. Cells whose p values are corrected together.
CREATE TABLE family (
  family_key TEXT PRIMARY KEY, -- unit key and name
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit that derived it
  name TEXT NOT NULL, -- pooled dimensions and what is constant
  quantity TEXT NOT NULL, -- r or unique_r2
  member_count INTEGER NOT NULL, -- cells
  null_draws INTEGER, -- common draws
  smallest_q REAL, -- smallest reachable q
  correction TEXT NOT NULL -- JSON array: max, bh
) STRICT;
CREATE INDEX family_unit ON family (unit_key);

-- tier: result. A cell in a family.
CREATE TABLE family_member (
  family_key TEXT NOT NULL REFERENCES family ON DELETE CASCADE, -- family
  fit_key TEXT NOT NULL REFERENCES fit ON DELETE CASCADE, -- cell
  quantity TEXT NOT NULL, -- r or unique_r2
  q_bh REAL, -- Benjamini-Hochberg
  p_max REAL, -- studentised maximum statistic
  reason TEXT, -- why NULL
  PRIMARY KEY (family_key, fit_key, quantity)
) STRICT, WITHOUT ROWID;
CREATE INDEX family_member_fit ON family_member (fit_key);

-- tier: result. A study's own checks.
CREATE TABLE "check" (
  check_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  fit_key TEXT REFERENCES fit ON DELETE CASCADE, -- a member fit, which carries the keys, NULL where it is of no fit
  name TEXT NOT NULL, -- check
  expected TEXT NOT NULL, -- expectation
  observed TEXT NOT NULL, -- what was found
  pass INTEGER NOT NULL -- 1 or 0
) STRICT;
CREATE INDEX check_unit ON "check" (unit_key);

-- tier: result. An executable sentence of a publication.
CREATE TABLE claim (
  claim_id INTEGER PRIMARY KEY, -- key
  name TEXT NOT NULL UNIQUE, -- claim
  statement TEXT NOT NULL, -- the sentence
  sql TEXT NOT NULL -- returns no row when it holds
) STRICT;

-- tier: result. A number printed in a publication.
CREATE TABLE paper_number (
  paper_number_id INTEGER PRIMARY KEY, -- key
  label TEXT NOT NULL UNIQUE, -- label in the document
  text TEXT NOT NULL, -- as printed
  value REAL, -- as stored
  query TEXT NOT NULL, -- the SQL it came from
  sha256 TEXT NOT NULL -- of the row
) STRICT;

-- tier: result. How often a study's own tests reject where nothing, or a known score, is planted in its targets.
CREATE TABLE calibration_rate (
  calibration_rate_id INTEGER PRIMARY KEY, -- key
  unit_key TEXT NOT NULL REFERENCES activity (activity_key) ON DELETE CASCADE, -- unit
  scope TEXT NOT NULL CHECK (scope IN ('cell', 'family')), -- one cell, or all cells that are corrected together
  fit_unit TEXT, -- unit in which the study itself makes the fit, NULL for a family of several
  fit_key TEXT, -- the study's own fit, NULL for a family
  dataset TEXT NOT NULL, -- dataset
  cohort TEXT NOT NULL, -- cohort
  subject TEXT, -- subject, NULL for a group target or several
  session TEXT, -- session
  rater TEXT, -- rater, NULL for several
  feature_set TEXT, -- set, space or model name, NULL for a family of several
  model TEXT, -- model
  layer_key TEXT, -- layer
  depth INTEGER, -- rank along the network
  rel_depth REAL, -- depth / largest depth
  element TEXT, -- original, voice, soundtrack
  covariate_mode TEXT, -- none, audio_only, zeroed_banded, or the set of a joint model
  target_kind TEXT NOT NULL, -- annotation, synchrony, response
  target TEXT, -- annotation, signal or response name, NULL for a family of several
  target_parameters TEXT, -- JSON, as in the study file
  region TEXT, -- region or channel
  hemisphere TEXT, -- of the region
  region_group TEXT, -- of the region
  quantity TEXT NOT NULL, -- r or unique_r2; of synchrony static_isc or mean_isc
  scenario TEXT NOT NULL CHECK (scenario IN ('planted_nothing', 'planted_r')), -- what is planted
  planted_r REAL NOT NULL, -- expected score of the true model of the features, or correlation of two subjects, 0 for nothing
  null_kind TEXT NOT NULL, -- the study's null
  null_draws INTEGER NOT NULL, -- draws of each run
  level REAL NOT NULL, -- a test rejects where p is at most this
  cell_count INTEGER NOT NULL, -- cells it is of
  runs INTEGER NOT NULL, -- runs
  scored_share REAL NOT NULL, -- share of tests that have a score
  rejected INTEGER NOT NULL, -- tests whose p rejects, over runs and cells
  rate REAL, -- mean over runs of the share of tests whose p rejects
  se REAL, -- standard error of rate, clustered by run
  low REAL, -- interval of rate (Wilson)
  high REAL, -- interval of rate (Wilson)
  rejected_max INTEGER, -- runs in which p_max rejects (in a family, any cell), NULL where the study does not correct by it
  rate_max REAL, -- share of these runs
  se_max REAL, -- standard error of rate_max
  low_max REAL, -- interval of rate_max
  high_max REAL, -- interval of rate_max
  valid_share REAL NOT NULL, -- share of tests whose row may be reported
  rejected_valid INTEGER NOT NULL, -- tests whose p rejects and whose row may be reported
  rate_valid REAL, -- share of them among tests whose row may be reported
  mean_score REAL, -- Fisher mean over runs for r, else mean
  course_share REAL, -- share of the target's variance planted as a course of all stimuli, NULL with one stimulus
  family TEXT NOT NULL, -- cells corrected together
  selection TEXT NOT NULL, -- which of the study's fits are calibrated
  seed INTEGER NOT NULL, -- of the study
  stimulus TEXT, -- stimulus of synchrony, NULL for fits
  CHECK (low IS NULL OR (low <= rate AND rate <= high)),
  CHECK (low_max IS NULL OR (low_max <= rate_max AND rate_max <= high_max))
) STRICT;
CREATE INDEX calibration_rate_unit ON calibration_rate (unit_key);
CREATE INDEX calibration_rate_fit ON calibration_rate (fit_key);

-- tier: computed. The result of a query, frozen under a label; the view materialized shows it.
CREATE TABLE materialization (
  materialization_id INTEGER PRIMARY KEY, -- key
  activity_id INTEGER NOT NULL REFERENCES activity ON DELETE CASCADE, -- what froze it
  label TEXT NOT NULL UNIQUE, -- label
  view TEXT, -- published view or report that was asked, NULL for a statement of the user's own
  sql TEXT NOT NULL, -- the statement
  parameters TEXT NOT NULL, -- JSON: values of the statement's parameters
  row_count INTEGER NOT NULL, -- rows
  sha256 TEXT NOT NULL, -- of a line of JSON that names columns and types, and the rows' cells, sorted, a line each
  made_at TEXT NOT NULL -- UTC, ISO 8601
) STRICT;
CREATE INDEX materialization_activity ON materialization (activity_id);

-- tier: computed. A column of a frozen result.
CREATE TABLE materialized_column (
  materialization_id INTEGER NOT NULL REFERENCES materialization ON DELETE CASCADE, -- result
  position INTEGER NOT NULL, -- place, from 0
  name TEXT NOT NULL, -- name
  type TEXT NOT NULL CHECK (type IN ('integer', 'real', 'text', 'blob')), -- of its values
  description TEXT, -- what the view says of it, NULL where it says nothing
  PRIMARY KEY (materialization_id, position)
) STRICT, WITHOUT ROWID;

-- tier: computed. A row of a frozen result.
CREATE TABLE materialized_row (
  materialization_id INTEGER NOT NULL REFERENCES materialization ON DELETE CASCADE, -- result
  position INTEGER NOT NULL, -- place, from 0
  cells TEXT NOT NULL, -- JSON array of its values; bytes in hexadecimal, numbers that are not finite as text
  PRIMARY KEY (materialization_id, position)
) STRICT, WITHOUT ROWID;

-- tier: computed. A table that a frozen result was read from.
CREATE TABLE materialized_table (
  materialization_id INTEGER NOT NULL REFERENCES materialization ON DELETE CASCADE, -- result
  object TEXT NOT NULL, -- table
  is_written INTEGER NOT NULL, -- state: 1: it was written to since the result was frozen or last found equal
  PRIMARY KEY (materialization_id, object)
) STRICT, WITHOUT ROWID;
CREATE INDEX materialized_table_object ON materialized_table (object);

-- tier: computed. A view that a frozen result was read through.
CREATE TABLE materialized_view (
  materialization_id INTEGER NOT NULL REFERENCES materialization ON DELETE CASCADE, -- result
  object TEXT NOT NULL, -- view
  sql TEXT NOT NULL, -- its statement then
  is_changed INTEGER NOT NULL, -- state: 1: this catalog's view has another statement now
  PRIMARY KEY (materialization_id, object)
) STRICT, WITHOUT ROWID;
