"""recordlinkage (Python Record Linkage Toolkit) on a FEBRL set: its comparisons and its unsupervised ECM classifier, as its documentation shows.

usage: peer_recordlinkage.py SET TABLE.csv ID_COLUMN DATA_FOLDER OUT_FOLDER
Writes pairs.csv like peer_splink.py (no clusters: the toolkit makes none) and prints one JSON line.
"""
import json
import math
import os
import resource
import sys
import time
import warnings

BEGUN = time.time()
import pandas as pd
import recordlinkage

warnings.filterwarnings("ignore")
name, path, key, _data, out = sys.argv[1:]
IMPORTED = time.time()
if not name.startswith("febrl"):
    sys.exit("only FEBRL sets are configured for recordlinkage")
number = "nossn" not in name
frame = pd.read_csv(path, dtype=str)
frame = frame.where(frame.notna(), None).set_index(key)
index = recordlinkage.Index()
blocks = [["given_name", "surname"], ["date_of_birth"], ["state", "address_1"], ["street_number", "address_1"], ["postcode"]]
for columns in blocks + ([["soc_sec_id"]] if number else []):
    index.block(columns)
index.block(left_on=["given_name", "surname"], right_on=["surname", "given_name"])
candidates = index.index(frame)
comparison = recordlinkage.Compare(n_jobs=os.cpu_count())
for column, method in [("given_name", "jarowinkler"), ("surname", "jarowinkler"), ("date_of_birth", "damerau_levenshtein"),
                       ("street_number", "damerau_levenshtein"), ("address_1", "jarowinkler"), ("suburb", "jarowinkler"),
                       ("postcode", "damerau_levenshtein")] + ([("soc_sec_id", "damerau_levenshtein")] if number else []):
    comparison.string(column, column, method=method, label=column)
comparison.exact("state", "state", label="state")
features = comparison.compute(candidates, frame)
classifier = recordlinkage.ECMClassifier(binarize=0.85, max_iter=200, atol=1e-5, use_col_names=True)
classifier.fit(features)
probability = classifier.prob(features)
with open(os.path.join(out, "pairs.csv"), "w", encoding="utf-8") as sink:
    sink.write("l,r,weight,probability\n")
    for (left, right), p in probability.items():
        if p >= 0.001:
            weight = math.log2(p / (1 - p)) if p < 1 else 60.0
            sink.write(f"{left},{right},{weight},{p}\n")
done = time.time()
print(json.dumps(dict(tool=f"recordlinkage {recordlinkage.__version__} ECM", wall=done - BEGUN, without_imports=done - IMPORTED,
                      memory_mb=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)))
