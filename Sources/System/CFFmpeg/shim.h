#pragma once
#include <libavformat/avformat.h>
#include <libavcodec/avcodec.h>
#include <libavutil/avutil.h>
#include <libavutil/channel_layout.h>
#include <libavutil/display.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
#include <errno.h>
// Macros that Swift does not import.
static inline int64_t cffmpeg_no_pts(void) { return AV_NOPTS_VALUE; }
static inline int cffmpeg_eof(void) { return AVERROR_EOF; }
static inline int cffmpeg_again(void) { return AVERROR(EAGAIN); }
static inline int cffmpeg_invalid(void) { return AVERROR_INVALIDDATA; }
static inline int cffmpeg_missing(void) { return AVERROR(ENOENT); }
static inline int64_t cffmpeg_time_base(void) { return AV_TIME_BASE; }
