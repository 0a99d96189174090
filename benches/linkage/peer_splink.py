"""Splink 4 on one set, configured as its users would: a comparison library, term frequencies, a prior from deterministic rules.

usage: peer_splink.py SET TABLE.csv ID_COLUMN DATA_FOLDER OUT_FOLDER

Writes pairs.csv (l,r,weight,probability) and clusters-P.csv (id,cluster) for several cuts P, and prints one JSON line with its own times and
its peak memory. Times and memory are those of one whole run with one clustering; the clusterings at further cuts come after.
"""
import json
import logging
import os
import resource
import sys
import time
import unicodedata
import warnings

BEGUN = time.time()
import duckdb
import pandas as pd
import splink
import splink.comparison_level_library as level
import splink.comparison_library as compare
from splink import DuckDBAPI, Linker, SettingsCreator, block_on

logging.getLogger("splink").setLevel(logging.ERROR)
warnings.filterwarnings("ignore")
name, path, key, data, out = sys.argv[1:]
IMPORTED = time.time()


def common(column):
    """Term-frequency adjustment."""
    return dict(term_frequency_adjustments=True)


def febrl(frame, number):
    frame["full_name"] = (frame.given_name + "_" + frame.surname).where(frame.given_name.notna() & frame.surname.notna(), None)
    names = {"output_column_name": "name", "comparison_levels": [
        {"sql_condition": "(given_name_l IS NULL OR given_name_r IS NULL) AND (surname_l IS NULL OR surname_r IS NULL)",
         "label_for_charts": "missing", "is_null_level": True},
        level.ExactMatchLevel("full_name", term_frequency_adjustments=True), level.JaroWinklerLevel("full_name", 0.9),
        level.JaroWinklerLevel("full_name", 0.7), level.ColumnsReversedLevel("given_name", "surname"),
        level.ExactMatchLevel("given_name", term_frequency_adjustments=True),
        level.ExactMatchLevel("surname", term_frequency_adjustments=True), level.JaroWinklerLevel("given_name", 0.9),
        level.JaroWinklerLevel("surname", 0.9), level.ElseLevel()]}
    comparisons = [names, compare.DateOfBirthComparison("date_of_birth", input_is_string=True, datetime_format="%Y%m%d",
                                                        invalid_dates_as_null=True),
                   compare.DamerauLevenshteinAtThresholds("street_number", [1]).configure(**common("street_number")),
                   compare.DamerauLevenshteinAtThresholds("postcode", [1, 2]).configure(**common("postcode")),
                   compare.JaroWinklerAtThresholds("address_1", [0.9]).configure(**common("address_1")),
                   compare.JaroWinklerAtThresholds("suburb", [0.9]).configure(**common("suburb")), compare.ExactMatch("state")]
    rules = [block_on("given_name", "surname"), "l.given_name = r.surname AND l.surname = r.given_name", block_on("date_of_birth"),
             block_on("state", "address_1"), block_on("street_number", "address_1"), block_on("postcode")]
    sure = [block_on("given_name", "surname", "date_of_birth"), block_on("surname", "postcode", "street_number")]
    if number:
        comparisons.append(compare.DamerauLevenshteinAtThresholds("soc_sec_id", [1, 2]))
        rules.append(block_on("soc_sec_id"))
        sure = [block_on("soc_sec_id"), block_on("given_name", "surname", "date_of_birth")]
    return comparisons, rules, sure, 0.8, [block_on("date_of_birth"), block_on("postcode")]


def rldata(frame):
    frame["dob"] = frame.by + "-" + frame.bm.str.zfill(2) + "-" + frame.bd.str.zfill(2)
    comparisons = [compare.NameComparison("fname_c1").configure(**common("fname_c1")),
                   compare.NameComparison("lname_c1").configure(**common("lname_c1")),
                   compare.ExactMatch("by"), compare.ExactMatch("bm"), compare.ExactMatch("bd")]
    rules = [block_on("fname_c1", "lname_c1"), block_on("dob"), block_on("lname_c1", "by"), block_on("fname_c1", "by"),
             block_on("bm", "bd", "fname_c1"), block_on("bm", "bd", "lname_c1"), block_on("by", "bm")]
    sure = [block_on("fname_c1", "lname_c1", "by"), block_on("lname_c1", "dob"), block_on("fname_c1", "dob")]
    return comparisons, rules, sure, 0.8, [block_on("by", "bm"), block_on("fname_c1", "lname_c1")]


def fake(frame):
    comparisons = [compare.NameComparison("first_name").configure(**common("first_name")),
                   compare.NameComparison("surname").configure(**common("surname")),
                   compare.DateOfBirthComparison("dob", input_is_string=True), compare.ExactMatch("city").configure(**common("city")),
                   compare.EmailComparison("email")]
    rules = [block_on("first_name"), block_on("surname"), block_on("dob"), block_on("email"), block_on("city", "substr(dob,1,4)")]
    sure = [block_on("first_name", "surname", "dob"), block_on("email")]
    return comparisons, rules, sure, 0.7, [block_on("first_name", "surname"), block_on("dob")]


def chinese(frame):
    """With a column of toneless pinyin and its sorted letters, as someone who knows Chinese names would add."""
    def toneless(text):
        kept = (c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c) or c == "\u0308")
        return "".join(kept).replace("u\u0308", "v")
    sounds, simple = {}, {}
    with open(os.path.join(data, "chinese/pinyin-data/kMandarin_8105.txt"), encoding="utf-8") as lines:
        for line in (line for line in lines if line.startswith("U+")):
            code, readings = line.split(":", 1)
            sounds[chr(int(code[2:], 16))] = toneless(readings.split("#")[0].strip().split(",")[0])
    with open(os.path.join(data, "chinese/opencc/data/dictionary/TSCharacters.txt"), encoding="utf-8") as lines:
        simple = {line.split("\t")[0]: line.split("\t")[1].split()[0] for line in lines if "\t" in line}
    frame["name"] = ["".join(simple.get(c, c) for c in text) for text in frame.name]
    frame["py"] = ["".join(sounds.get(c, c) for c in text) for text in frame.name]
    frame["pykey"] = ["".join(sorted(text)) for text in frame.py]
    names = {"output_column_name": "name", "comparison_levels": [
        level.NullLevel("name"), level.ExactMatchLevel("name", term_frequency_adjustments=True),
        level.ExactMatchLevel("py", term_frequency_adjustments=True), level.ExactMatchLevel("pykey"), level.JaroWinklerLevel("py", 0.92),
        level.LevenshteinLevel("name", 1), level.ElseLevel()]}
    comparisons = [names, compare.DateOfBirthComparison("dob", input_is_string=True), compare.DamerauLevenshteinAtThresholds("phone", [1]),
                   compare.LevenshteinAtThresholds("email", [1]), compare.ExactMatch("county").configure(**common("county")),
                   compare.DamerauLevenshteinAtThresholds("id_no", [1]), compare.ExactMatch("gender")]
    rules = [block_on("pykey", "substr(dob,1,4)"), block_on("phone"), block_on("email"), block_on("id_no"), block_on("dob", "county"),
             block_on("pykey", "county"), block_on("dob", "substr(py,1,2)")]
    sure = [block_on("phone", "pykey"), block_on("id_no"), block_on("name", "dob", "county"), block_on("email")]
    return comparisons, rules, sure, 0.7, [block_on("pykey", "dob"), block_on("phone")]


frame = pd.read_csv(path, dtype=str)
frame = frame.where(frame.notna(), None)
if name.startswith("febrl"):
    settings = febrl(frame, "nossn" not in name)
elif name.startswith("rldata"):
    settings = rldata(frame)
elif name == "fake1000":
    settings = fake(frame)
else:
    settings = chinese(frame)
comparisons, rules, sure, recall, blocks = settings
connection = duckdb.connect()
connection.execute(f"SET threads={os.cpu_count()}; SET enable_progress_bar=false")
linker = Linker(frame, SettingsCreator(unique_id_column_name=key, link_type="dedupe_only", comparisons=comparisons,
                                       blocking_rules_to_generate_predictions=rules), db_api=DuckDBAPI(connection=connection))
linker.training.estimate_probability_two_random_records_match(sure, recall=recall)
linker.training.estimate_u_using_random_sampling(max_pairs=1e6, seed=2)
for block in blocks:
    linker.training.estimate_parameters_using_expectation_maximisation(block, estimate_without_term_frequencies=True)
pairs = linker.inference.predict(threshold_match_probability=0.001)


def cluster(cut):
    found = linker.clustering.cluster_pairwise_predictions_at_threshold(pairs, threshold_match_probability=cut).as_pandas_dataframe()
    found[[key, "cluster_id"]].rename(columns={key: "id", "cluster_id": "cluster"}).to_csv(os.path.join(out, f"clusters-{cut}.csv"), index=False)


cluster(0.5)
connection.execute(f"COPY (SELECT {key}_l l, {key}_r r, match_weight weight, match_probability probability FROM {pairs.physical_name}) "
                   f"TO '{os.path.join(out, 'pairs.csv')}' (HEADER)")
done = time.time()
memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
for cut in (0.9, 0.99, 0.999):
    cluster(cut)
print(json.dumps(dict(tool=f"Splink {splink.__version__}", wall=done - BEGUN, without_imports=done - IMPORTED, memory_mb=memory)))
