"""vis12 in NumPy, on pictures FFmpeg's own program decodes, and the clips the tests need
(cut from Big Buck Bunny, CC BY 3.0: see ../film/ATTRIBUTION.md; the drawn pictures are made here).

python3 make_visual_fixtures.py    (needs numpy, h5py, ffmpeg and ffprobe)
"""
import json
import os
import subprocess

import h5py
import numpy as np

MEDIA = "../media/"
os.chdir(os.path.dirname(os.path.abspath(__file__)))
F = "ffmpeg -v error -y -fflags +bitexact -flags:v +bitexact".split()


def run(*arguments):
    subprocess.run([*F, *arguments], check=True)


def probe(path):
    out = subprocess.run(
        ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries",
         "frame=best_effort_timestamp_time:stream=width,height,color_space", "-of", "json", path],
        check=True, capture_output=True).stdout
    data = json.loads(out)
    s = data["streams"][0]
    # Where the film declares no matrix: BT.709 for HD, BT.601 below.
    matrix = s.get("color_space", "unknown")
    matrix = matrix if matrix == "bt709" or s["height"] < 720 else "bt709"
    return s["width"], s["height"], "bt709" if matrix == "bt709" else "bt601", np.array([float(f["best_effort_timestamp_time"]) for f in data["frames"]])


def decode(path, width, height, matrix):
    raw = subprocess.run(
        [*F, "-noautorotate", "-i", path, "-map", "0:v:0", "-vsync", "passthrough", "-vf",
         f"scale={width}:{height}:flags=area+accurate_rnd:in_color_matrix={matrix}:in_range=tv", "-f", "rawvideo",
         "-pix_fmt", "rgb24", "-"], check=True, capture_output=True).stdout
    return np.frombuffer(raw, np.uint8).reshape(-1, height, width, 3)


def blocks(now, before):
    """Exhaustive search of 16 x 16 blocks within +-8 px; the shortest of equals, then the first by rows."""
    h, w = now.shape
    now, before = now.astype(int), before.astype(int)
    order = sorted(((x * x + y * y, y, x) for y in range(-8, 9) for x in range(-8, 9)))
    vectors = []
    for r in range((h - 16) // 16):
        for c in range((w - 16) // 16):
            y0, x0 = r * 16 + 8, c * 16 + 8
            block = now[y0:y0 + 16, x0:x0 + 16]
            best = None
            for _, y, x in order:
                sad = np.abs(block - before[y0 - y:y0 - y + 16, x0 - x:x0 - x + 16]).sum()
                if best is None or sad < best[0]:
                    best = (sad, x, y)
                    if sad == 0:
                        break
            vectors.append(best[1:])
    return np.array(vectors, float)


def picture(rgb):
    r, g, b = (rgb[..., i].astype(float) for i in range(3))
    y = 0.2126 * r + 0.7152 * g + 0.0722 * b
    luma = np.round(y).astype(np.uint8)
    top, bottom = np.maximum(np.maximum(r, g), b), np.minimum(np.minimum(r, g), b)
    s = np.where(top > 0, (top - bottom) / np.maximum(top, 1), 0)
    hue = np.arctan2(np.sqrt(3) * (g - b), 2 * r - g - b)
    rg, yb = r - g, 0.5 * (r + g) - b
    k = luma.astype(int)
    gx = (k[:-2, 2:] + 2 * k[1:-1, 2:] + k[2:, 2:]) - (k[:-2, :-2] + 2 * k[1:-1, :-2] + k[2:, :-2])
    gy = (k[2:, :-2] + 2 * k[2:, 1:-1] + k[2:, 2:]) - (k[:-2, :-2] + 2 * k[:-2, 1:-1] + k[:-2, 2:])
    p = np.bincount(luma.ravel() // 4, minlength=64) / luma.size
    p = p[p > 0]
    cells = (rgb[..., 0] >> 5).astype(int) * 64 + (rgb[..., 1] >> 5) * 8 + (rgb[..., 2] >> 5)
    return dict(
        luma=luma, y=y, colours=np.bincount(cells.ravel(), minlength=512) / luma.size,
        row=[y.mean() / 255, y.std() / 255, np.nan, np.nan, np.nan, s.mean(),
             (s * np.cos(hue)).sum() / max(s.sum(), 1e-12), (s * np.sin(hue)).sum() / max(s.sum(), 1e-12),
             np.sqrt(rg.var() + yb.var()) + 0.3 * np.hypot(rg.mean(), yb.mean()),
             (np.hypot(gx, gy) > 0.1 * 4 * 255).mean() if min(luma.shape) > 2 else 0, -(p * np.log2(p)).sum(), np.nan])


def vis12(frames, times, seconds):
    """Every picture weighs as long as it is shown: until the next one, the last until the end."""
    out = np.full((seconds, 12), np.nan)
    cuts = np.zeros(seconds)
    rows = []
    before = None
    for rgb, t in zip(frames, times):
        now = picture(rgb)
        row = now["row"]
        if before is not None:
            row[2] = np.abs(now["luma"].astype(int) - before["luma"]).mean() / 255
            a, b = now["colours"], before["colours"]
            chi = 0.5 * ((a - b) ** 2 / np.where(a + b > 0, a + b, 1)).sum()
            if chi > 0.15:
                second = int(np.floor(t + 1e-9))
                if 0 <= second < seconds:
                    cuts[second] += 1
            else:
                v = blocks(now["luma"], before["luma"])
                length = np.hypot(v[:, 0], v[:, 1])
                row[3] = length.mean() / rgb.shape[1] / (t - before_t)
                if length.sum() > 0:
                    row[4] = np.hypot(*v.sum(0)) / length.sum()
        rows.append(row)
        before, before_t = now, t
    ends = np.append(times[1:], max(seconds, times[-1]))
    for second in range(seconds):
        shown = np.minimum(ends, second + 1) - np.maximum(times, second)
        here = np.flatnonzero(shown > 1e-9)
        if not len(here):
            continue
        for column in range(11):
            values = np.array([rows[i][column] for i in here], float)
            # A still changes in the second it appears in and not after.
            later = np.array([ends[i] - times[i] > 1 + 1e-6 and np.floor(times[i] + 1e-9) != second for i in here])
            if column in (2, 3):
                values[later] = 0
            elif column == 4:
                values[later] = np.nan
            known = ~np.isnan(values)
            if known.any():
                out[second, column] = np.average(values[known], weights=shown[here][known])
            elif column in (2, 3, 4):
                out[second, column] = 0
        out[second, 11] = cuts[second]
    return out


# A lying film that players turn upright, or over; one with wide pixels; an interlaced one. Big Buck Bunny (see ../film).
run("-ss", "1", "-i", "../film/bbb_120s_480p.mp4", "-map", "0:v:0", "-t", "1", "-vf", "scale=128:72", "-an", "-c:v", "libx264",
    "-crf", "30", "-pix_fmt", "yuv420p", "lying.mp4")
run("-i", "lying.mp4", "-c", "copy", "-metadata:s:v:0", "rotate=90", "upright.mp4")
run("-i", "lying.mp4", "-c", "copy", "-metadata:s:v:0", "rotate=180", "overhead.mp4")
run("-i", "lying.mp4", "-c:v", "libx264", "-crf", "30", "-vf", "setsar=2/1", "wide_pixels.mp4")
run("-i", "lying.mp4", "-c:v", "libx264", "-crf", "30", "-flags:v", "+ilme+ildct+bitexact", "-vf", "setfield=tff",
    "interlaced.mp4")
# The picture of ../media/film_index_first.mp4 without its sound.
run("-i", MEDIA + "film_index_first.mp4", "-an", "-c", "copy", "soundless.mp4")

rng = np.random.default_rng(2)
field = (rng.random((140, 200, 3)) * 255)
field = sum(np.roll(field, (i, j), (0, 1)) for i in range(3) for j in range(3)) / 9
times = np.array([-0.2, 0, 0.1, 0.3, 0.35, 0.9, 1.0, 1.5, 1.7, 2.6, 2.7, 2.9, 4.1])
frames = []
for i in range(len(times)):
    x, y = 3 * i, (7 * i) % 11
    f = field[y:y + 72, x:x + 96].copy()
    if i >= 5:
        f = 255 - f * [0.9, 0.4, 1.0]
    f[:, :40] *= 0.3 + 0.05 * i
    frames.append(np.clip(np.round(f), 0, 255).astype(np.uint8))
frames = np.array(frames)

with h5py.File("expected.h5", "w") as f:
    f.create_dataset("drawn/frames", data=frames, compression="gzip", shuffle=True)
    f["drawn/times"] = times
    f["drawn/vis12"] = vis12(frames, times, 5)
    for name, seconds, first in [("../media/variable_rate.mp4", 4, 0), ("../media/no_sound.mp4", 3, 0),
                                 ("../media/bbb_surround.mp4", 2, 0),
                                 ("interlaced.mp4", 1, 0), ("lying.mp4", 1, 0)]:
        w, h, matrix, t = probe(name)
        width = min(320, w)
        height = round(h * width / w)
        stem = os.path.splitext(os.path.basename(name))[0]
        pictures = decode(name, width, height, matrix)
        count = int(np.searchsorted(t, seconds)) + 1
        f[stem] = vis12(pictures[:count], t[:count], seconds)
    # As players show it: turned by FFmpeg's own program.
    for name in ["upright", "overhead"]:
        w, h, matrix, t = probe(name + ".mp4")
        shown = (h, w) if name == "upright" else (w, h)
        raw = subprocess.run([*F, "-i", name + ".mp4", "-map", "0:v:0", "-vsync", "passthrough", "-vf",
                              f"scale=flags=area+accurate_rnd:in_color_matrix={matrix}:in_range=tv", "-f", "rawvideo",
                              "-pix_fmt", "rgb24", "-"], check=True, capture_output=True).stdout
        players = np.frombuffer(raw, np.uint8).reshape(-1, shown[1], shown[0], 3)
        # FFmpeg turns before it converts colours, which mixes those of neighbours differently: turn after, as it does.
        pictures = decode(name + ".mp4", w, h, matrix)
        turned = [np.rot90(pictures, k, (1, 2)) for k in range(4)]
        pictures = min((p for p in turned if p.shape == players.shape),
                       key=lambda p: np.abs(p.astype(int) - players).mean())
        assert np.abs(pictures.astype(int) - players).mean() < 3
        f[name] = vis12(pictures, t, 1)
