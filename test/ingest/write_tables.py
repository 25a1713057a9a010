"""Tables as pandas writes them, for the reader of CSV and Parquet. Takes the folder."""
import decimal
import json
import sys

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.parquet

folder = sys.argv[1]
frame = pd.DataFrame({"a": np.arange(12) % 5 + 0.5, "b": np.arange(12) % 3 + 0.25, "y": np.repeat([0, 1], 6)})
shuffled = frame.sample(frac=1, random_state=1)


def both(data, name, **options):
    data.to_csv(f"{folder}/{name}.csv", **options)
    data.to_parquet(f"{folder}/{name}.parquet")


both(frame, "plain", index=False)
both(shuffled, "shuffled")
both(shuffled.rename_axis("key"), "named")
both(frame[["y", "b", "a"]], "test-other-order", index=False)
both(frame.rename(columns={"b": "c"}), "test-other-names", index=False)
both(frame.assign(y=[9.5, 10.25, 100.5, 20.75, 3.5, 7] * 2), "prices", index=False)
both(frame.assign(flag=np.arange(12) % 2 == 0), "flags", index=False)
both(frame.assign(y=np.arange(12) % 2 == 0), "flag-labels", index=False)

# Whole numbers with a missing value, which pandas stores as floats, and the same without that row.
both(frame.assign(y=[None, *range(1, 12)]), "hole", index=False)
both(frame.assign(y=[None, *range(1, 12)]).dropna(), "floats", index=False)

frame.assign(y=pd.array([1, 2, 4] * 4, "Int64")).to_parquet(f"{folder}/nullable.parquet")
frame.assign(y=pd.Categorical(["bee", "ant"] * 6)).to_parquet(f"{folder}/category.parquet")
frame.assign(when=pd.date_range("2026-01-01", periods=12)).to_parquet(f"{folder}/dates.parquet")
frame.assign(price=[decimal.Decimal("1.50")] * 12).to_parquet(f"{folder}/decimals.parquet")
frame.assign(none=None).to_parquet(f"{folder}/nulls.parquet")
frame.assign(more=[{"p": 1}] * 12).to_parquet(f"{folder}/structs.parquet")
frame.assign(more=[[1.5, 2.5]] * 12).to_parquet(f"{folder}/lists.parquet")
frame.assign(more=[[1.0]] * 5 + [[1.0, 2.0]] * 7).to_parquet(f"{folder}/ragged.parquet")
frame.assign(y=[[0, 1], [1, 0]] * 6).to_parquet(f"{folder}/hot.parquet")
frame.assign(id=np.arange(12) + 2**53).to_parquet(f"{folder}/ids.parquet")

features = {"y": {"names": ["cat", "dog", "eel"], "_type": "ClassLabel"}}
table = pyarrow.Table.from_pandas(frame, preserve_index=False)
named = table.replace_schema_metadata({"huggingface": json.dumps({"info": {"features": features}})})
pyarrow.parquet.write_table(named, f"{folder}/class-labels.parquet")
pyarrow.parquet.write_table(table.slice(0, 0), f"{folder}/no-rows.parquet")
many = pd.DataFrame(np.tile(np.arange(8.0), (150_000, 1)), columns=list("abcdefgh")).assign(y=np.arange(150_000) % 2)
many.to_parquet(f"{folder}/many.parquet")
