#!/usr/bin/env python3
"""Every flight that left New York in 2013, day by day; all it has learnt is in this process's memory and nowhere else.

Fits departure delay on wind, visibility and hour by recursive least squares, and keeps running statistics per airport
and hour. No file is written and nothing is saved: if the process dies, everything is gone.
"""

import hashlib
import os
import sys
import time

import numpy as np
import pandas as pd

DATA = os.environ.get("DATA", "/usr/local/share/datasets/nycflights13")
PACE = float(os.environ.get("SECONDS_PER_DAY", "0.1"))
KEYS = ["year", "month", "day", "hour", "origin"]


def load() -> pd.DataFrame:
    flights = pd.read_csv(f"{DATA}/flights.csv").dropna(subset=["dep_delay"])
    weather = pd.read_csv(f"{DATA}/weather.csv").drop_duplicates(KEYS)
    joined = flights.merge(weather[KEYS + ["wind_speed", "visib"]], on=KEYS, how="inner")
    return joined.dropna(subset=["wind_speed", "visib"]).sort_values(["month", "day", "sched_dep_time", "flight"])


def main() -> None:
    table = load()
    weights, covariance = np.zeros(4), np.eye(4) * 1e3
    seen, delays = 0, {}
    for (month, day), today in table.groupby(["month", "day"]):
        for hour, origin, wind, visibility, delay in today[["hour", "origin", "wind_speed", "visib", "dep_delay"]].itertuples(index=False):
            x = np.array([1.0, wind / 10, visibility / 10, hour / 24])
            gain = covariance @ x / (1 + x @ covariance @ x)
            weights = weights + gain * (delay - x @ weights)
            covariance = covariance - np.outer(gain, x @ covariance)
            count, total = delays.get((origin, hour), (0, 0.0))
            delays[origin, hour] = (count + 1, total + delay)
        seen += len(today)
        if day % 5 == 0 or (month, day) == (12, 31):
            (origin, hour), (count, total) = max(delays.items(), key=lambda item: item[1][1] / item[1][0])
            print(f"2013-{month:02}-{day:02}  {seen:>7,} flights  worst so far: {origin} at {hour:02}h, {total / count:5.1f} min late", flush=True)
        time.sleep(PACE)
    learnt = " ".join(f"{w:.9f}" for w in weights)
    digest = hashlib.sha256(f"{seen} {learnt} {sorted(delays.items())}".encode()).hexdigest()
    print(f"RESULT {seen} flights, model [{learnt}], {digest}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
