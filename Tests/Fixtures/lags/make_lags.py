"""Two songs of Vuoskoski et al. (2022) with the lagged correlations of their changes.

python3 make_lags.py FOLDER, where FOLDER holds env_songN.csv and RATING_songN.csv as published with the toolbox
github.com/seunggookim/lea (CC0 1.0). Ratings begin at second 1; raters begin at 0, which is the row of second 0 written here. What
lies beyond the end of the envelope (the last rating, repeated) has no part in r, NumPy's c(lag) = corr(x(t - lag), y(t)) over
all pairs of seconds up to there.
"""
import csv, os, sys
import numpy as np

here = os.path.dirname(os.path.abspath(__file__))
source = sys.argv[1]

def column(name):
    with open(os.path.join(source, name)) as file:
        return [(int(float(a)), b) for a, b in list(csv.reader(file))[1:]]

rows = []
for song in (3, 6):
    envelope = column(f"env_song{song}.csv")
    with open(f"{here}/env_song{song}.csv", "w") as file:
        file.write("time,envelope\n" + "".join(f"{t},{float(v):.8g}\n" for t, v in envelope))
    for rating in ("touched", "beauty"):
        given = [(0, "0")] + column(f"{rating}_song{song}.csv")
        kept = [(t, v) for t, v in given if t <= envelope[-1][0]]
        with open(f"{here}/{rating}_song{song}.csv", "w") as file:
            file.write(f"time,{rating}\n" + "".join(f"{t},{float(v):.8g}\n" for t, v in given))
        x, y = np.diff([float(v) for _, v in envelope]), np.diff([float(v) for _, v in kept])
        n = len(x)
        r = [np.corrcoef(x[: n - lag], y[lag:])[0, 1] for lag in range(6)]
        rows.append([song, rating] + [f"{v:.8f}" for v in r] + [f"{max(r):.8f}", int(np.argmax(r))])
with open(f"{here}/expected.csv", "w") as file:
    file.write("song,rating,r_lag0,r_lag1,r_lag2,r_lag3,r_lag4,r_lag5,max_r,lag\n")
    file.writelines(",".join(map(str, row)) + "\n" for row in rows)
