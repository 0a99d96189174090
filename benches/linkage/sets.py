"""The labelled sets: where each lies below the data folder, what its columns are, and who is who in it."""
import csv
import os
import re

FEBRL = dict(rec_id="unique_id", given_name="given_name", surname="surname", street_number="street_number", address_1="address",
             address_2="address", suburb="locality", postcode="postcode", state="region", date_of_birth="date_of_birth",
             soc_sec_id="identifier")
NO_NUMBER = {column: meaning for column, meaning in FEBRL.items() if column != "soc_sec_id"}
RLDATA = dict(row="unique_id", fname_c1="given_name", fname_c2="given_name", lname_c1="surname", lname_c2="surname", by="birth_year",
              bm="birth_month", bd="birth_day")
FAKE = dict(unique_id="unique_id", first_name="given_name", surname="surname", dob="date_of_birth", city="locality", email="email")
CHINESE = dict(unique_id="unique_id", name="full_name", gender="sex", dob="date_of_birth", phone="phone", county="locality",
               id_no="national_id", email="email")

SETS = {
    "febrl1": ("febrl/dataset1.csv", FEBRL, None),
    "febrl2": ("febrl/dataset2.csv", FEBRL, None),
    "febrl3": ("febrl/dataset3.csv", FEBRL, None),
    "febrl3_nossn": ("febrl/dataset3.csv", NO_NUMBER, None),
    "rldata500": ("RLdata/RLdata500.csv", RLDATA, "identity"),
    "rldata10000": ("RLdata/RLdata10000.csv", RLDATA, "identity"),
    "fake1000": ("splink_datasets/data/fake_1000.csv", FAKE, "cluster"),
    "cn_20k": ("cn_20k.csv", CHINESE, "cluster"),
}


def locate(name, data):
    """The file, the meanings of its columns and the column of the truth. A set that is not listed is a file of generated Chinese people."""
    if name in SETS:
        path, columns, truth = SETS[name]
        return os.path.join(data, path), columns, truth
    return os.path.abspath(name), CHINESE, "cluster"


def prepare(name, data, folder):
    """Writes the set as a CSV with the truth in the column `who`, and its schema. Gives both paths, the id column, and who is who."""
    path, columns, truth = locate(name, data)
    label = os.path.splitext(os.path.basename(name))[0]
    table, schema = os.path.join(folder, label + ".csv"), os.path.join(folder, label + ".toml")
    key = next(column for column, meaning in columns.items() if meaning == "unique_id")
    who = {}
    with open(path, encoding="utf-8-sig", newline="") as source, open(table, "w", encoding="utf-8", newline="") as sink:
        reader = csv.reader(source)
        header = [cell.strip() for cell in next(reader)]
        writer = csv.writer(sink, lineterminator="\n")
        writer.writerow([*header, "who"])
        at, of = header.index(key), header.index(truth) if truth else None
        for row in reader:
            cells = [cell.strip() for cell in row]
            # FEBRL: `rec-N-org` and `rec-N-dup-M` are one person.
            person = cells[of] if truth else re.match(r"rec-(\d+)-", cells[at]).group(1)
            who[cells[at]] = person
            writer.writerow([*cells, person])
    with open(schema, "w", encoding="utf-8") as sink:
        sink.write("[columns]\n" + "".join(f'{column} = "{meaning}"\n' for column, meaning in columns.items()))
    return table, schema, key, who
