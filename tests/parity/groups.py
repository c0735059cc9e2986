"""Answers questions about groups of the demo's flights with pandas: JSON lines in, a JSON line out for each."""

import json
import sys

import pandas as pd

BUCKETS = {"DAY": "D", "WEEK": "W-SUN", "MONTH": "M", "QUARTER": "Q", "YEAR": "Y", "HOUR": "h"}
PARTS = {
    "YEAR": lambda d: d.dt.year,
    "QUARTER": lambda d: d.dt.quarter,
    "MONTH": lambda d: d.dt.month,
    "WEEK": lambda d: d.dt.isocalendar().week,
    "DAY": lambda d: d.dt.day,
    "DAY_OF_WEEK": lambda d: d.dt.day_of_week + 1,
    "DAY_OF_YEAR": lambda d: d.dt.day_of_year,
    "HOUR": lambda d: d.dt.hour,
}


def measure(rows, fn, field, q):
    values = rows[field] if field else None
    match fn:
        case "COUNT":
            return len(rows)
        case "COUNT_DISTINCT":
            return values.nunique()
        case "SUM":
            return values.sum()
        case "AVG":
            return values.mean()
        case "MIN":
            return values.min()
        case "MAX":
            return values.max()
        case "STDDEV":
            return values.std()
        case "STDDEV_POP":
            return values.std(ddof=0)
        case "VARIANCE":
            return values.var()
        case "VARIANCE_POP":
            return values.var(ddof=0)
        case "QUANTILE":
            return values.quantile(q)
    raise ValueError(fn)


def key(flights, by):
    values = flights[by["path"]]
    if "bucket" in by:
        return values.dt.to_period(BUCKETS[by["bucket"]]).dt.start_time
    if "part" in by:
        return PARTS[by["part"]](values)
    if "width" in by:
        origin = by.get("origin", 0)
        return ((values - origin) // by["width"]) * by["width"] + origin
    return values


def plain(value):
    if pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp):
        return value.isoformat()
    return value.item() if hasattr(value, "item") else value


def answer(flights, question):
    rows = flights
    for field, least in question["where"].items():
        rows = rows[rows[field] > least]
    keys = [key(rows, by).rename(str(i)) for i, by in enumerate(question["by"])]
    groups = []
    for name, some in rows.groupby(keys, dropna=False, sort=False):
        of = []
        for each in question["measures"]:
            narrowed = some if each["above"] is None else some[some["delay"] > each["above"]]
            of.append(plain(measure(narrowed, each["fn"], each["field"], each["q"])))
        groups.append([[plain(v) for v in name], of])
    return groups


def main(airports_csv, flights_json):
    # "NA" is no missing value, and a code of digits is a text.
    airports = pd.read_csv(airports_csv, dtype={"iata": str}, keep_default_na=False, na_values=[""])
    flights = pd.DataFrame(json.load(open(flights_json, encoding="utf-8")))
    flights["date"] = pd.to_datetime(flights["date"], format="mixed")
    for end in ("origin", "destination"):
        far = airports.rename(columns=lambda c, end=end: f"{end}_airport__{c}")
        flights = flights.merge(far, how="left", left_on=end, right_on=f"{end}_airport__iata")
    for line in sys.stdin:
        print(json.dumps(answer(flights, json.loads(line))))


main(*sys.argv[1:])
