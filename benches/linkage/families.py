#!/usr/bin/env python3
"""Writes labelled sets of invented people who live in families, for measuring how well they are told apart.

usage: families.py FOLDER

Homes share a surname, an address and often a phone; children are at times twins or bear a parent's name; rows are copied with slips, moves,
names that changed places and values that are missing. For every set there is NAME.csv with the truth in the column `person`, and two
schemas for all of them: all.toml names every column, few.toml only names, sex, birth date and town, by which twins and namesakes can
hardly be told from one person. The same call writes the same bytes.
"""
import csv
import os
import random
import sys

BOYS = """James John Robert Michael William David Richard Joseph Thomas Charles Daniel Matthew Anthony Mark Steven Paul Andrew Joshua Kenneth
Kevin Brian George Edward Ronald Timothy Jason Jeffrey Ryan Jacob Gary Nicholas Eric Jonathan Stephen Larry Justin Scott Brandon Benjamin
Samuel Gregory Alexander Frank Patrick Raymond Jack Dennis Jerry Tyler Aaron Adam Nathan Henry Douglas Peter Kyle Noah Ethan Walter Keith
Roger Terry Sean Gerald Carl Harold Arthur Lawrence Jordan Jesse Bryan Bruce Gabriel Logan Albert Alan Wayne Ralph Eugene Philip
Louis""".split()
GIRLS = """Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Sarah Karen Lisa Nancy Betty Sandra Margaret Ashley Kimberly Emily Donna
Michelle Carol Amanda Melissa Deborah Stephanie Rebecca Sharon Laura Cynthia Dorothy Amy Kathleen Angela Shirley Emma Brenda Pamela Nicole
Anna Samantha Katherine Christine Debra Rachel Carolyn Janet Maria Olivia Heather Helen Catherine Diane Julie Victoria Joyce Lauren Kelly
Christina Ruth Joan Virginia Judith Evelyn Hannah Andrea Megan Cheryl Jacqueline Teresa Abigail Sophia Martha Gloria Janice Ann Judy
Charlotte Julia Grace Amber Alice Jean Denise Frances Natalie Beverly Diana Theresa Alexis Doris""".split()
SURNAMES = """Smith Johnson Williams Brown Jones Miller Davis Martin Wilson Anderson Taylor Moore Jackson Lee Thompson White Harris Clark Lewis
Robinson Walker Young Allen King Wright Scott Hill Green Adams Nelson Baker Hall Campbell Mitchell Carter Roberts""".split()
SYLLABLES = "ba ber dor fal gan hol ing kel lam mar nor ost pen quin ros sten tor und vel wer yor zan ard bel col".split()
TEXTS = ("given", "surname", "street", "number", "town", "postcode", "phone")
COLUMNS = dict(id="unique_id", given="given_name", surname="surname", sex="sex", born="date_of_birth", street="address", number="street_number",
               town="locality", postcode="postcode", phone="phone")
FEW = ("id", "given", "surname", "sex", "born", "town")

# Name: people, rows of one person, share of values with a slip, share of values missing, share of rows of somebody who moved.
SETS = {
    "third": (7_000, [1, 1, 2], 0.06, 0.03, 0.1),
    "rare": (10_000, [1] * 99 + [2], 0.06, 0.03, 0.1),
    "bad": (4_000, [1, 2, 3], 0.25, 0.08, 0.25),
    "many": (1_500, [1, 2, 3, 4, 5, 6, 8], 0.12, 0.08, 0.2),
    "missing": (5_000, [1, 1, 2], 0.08, 0.3, 0.1),
    "clean": (1_200, [3, 4, 5], 0.04, 0.02, 0.1),
    "small": (250, [4], 0.2, 0.12, 0.25),
}


def word(chance):
    return "".join(chance.choice(SYLLABLES) for _ in range(chance.choice([2, 2, 3]))).capitalize()


def often_first(chance, some):
    """One of them, the first ones far more often."""
    return some[int(len(some) * chance.random() ** 2.2)]


def slip(chance, text):
    if not text:
        return text
    at = chance.randrange(len(text))
    letter = chance.choice("abcdefghijklmnopqrstuvwxyz" if text[at].isalpha() else "0123456789")
    return chance.choice([
        text[:at] + text[at + 1:],
        text[:at] + letter + text[at:],
        text[:at] + letter + text[at + 1:],
        text[:at] + text[at + 1:at + 2] + text[at] + text[at + 2:],
    ])


def slipped_date(chance, date):
    year, month, day = date
    kind = chance.randrange(3)
    if kind == 0 and day <= 12:
        return year, day, month
    if kind == 1:
        return year, month, chance.randrange(1, 29)
    return year + chance.choice([-10, -1, 1, 10]), month, day


def phone(chance):
    return f"0{chance.randrange(10 ** 8, 10 ** 9)}"


class Town:
    """What people are made of."""

    def __init__(self, chance, people):
        self.surnames = SURNAMES + [word(chance) for _ in range(max(50, people // 12))]
        self.streets = [f"{word(chance)} {chance.choice(['Street', 'Road', 'Lane', 'Avenue'])}" for _ in range(max(30, people // 25))]
        self.towns = [(word(chance), str(chance.randrange(1000, 9999))) for _ in range(30)]

    def address(self, chance):
        town, postcode = often_first(chance, self.towns)
        return dict(street=chance.choice(self.streets), number=str(chance.randrange(1, 200)), town=town, postcode=postcode)


def home(chance, town):
    """The people of one home: one or two grown-ups and their children."""
    shared = dict(surname=often_first(chance, town.surnames), **town.address(chance))
    line, born = phone(chance), chance.randrange(1930, 1985)
    out = []
    for n in range(chance.choice([1, 1, 2, 2, 3, 4, 5])):
        sex = chance.choice("mf") if n != 1 else {"m": "f", "f": "m"}[out[0]["sex"]]
        year = born + (chance.randrange(-5, 6) if n < 2 else chance.randrange(20, 35))
        date = (year, chance.randrange(1, 13), chance.randrange(1, 29))
        if n > 2 and chance.random() < 0.12:
            date = out[-1]["born"]
        given = often_first(chance, BOYS if sex == "m" else GIRLS)
        if n >= 2 and chance.random() < 0.06:
            parent = chance.choice(out[:2])
            given, sex = parent["given"], parent["sex"]
        own = line if chance.random() < 0.7 else phone(chance)
        out.append(dict(shared, given=given, sex=sex, born=date, phone=own))
    return out


def row(chance, town, person, several, slips, missing, moved):
    out = dict(person)
    if several and chance.random() < moved:
        out.update(town.address(chance))
    if several and out["sex"] == "f" and chance.random() < 0.05:
        out["surname"] = often_first(chance, town.surnames)
    if several and chance.random() < 0.03:
        out["given"], out["surname"] = out["surname"], out["given"]
    for column in TEXTS:
        if chance.random() < slips:
            out[column] = slip(chance, out[column])
    if chance.random() < slips:
        out["born"] = slipped_date(chance, out["born"])
    if chance.random() < slips * 0.4:
        out["sex"] = {"m": "f", "f": "m"}[out["sex"]]
    out["born"] = "{:04}-{:02}-{:02}".format(*out["born"])
    for column in (*TEXTS, "born", "sex"):
        if chance.random() < missing:
            out[column] = ""
    return out


def write(folder, name, people, copies, slips, missing, moved):
    chance = random.Random(name)
    town = Town(chance, people)
    persons = []
    while len(persons) < people:
        persons += home(chance, town)
    rows = []
    for who, person in enumerate(persons[:people]):
        times = chance.choice(copies)
        rows += [dict(row(chance, town, person, times > 1, slips, missing, moved), person=who) for _ in range(times)]
    chance.shuffle(rows)
    with open(os.path.join(folder, name + ".csv"), "w", encoding="utf-8", newline="") as sink:
        writer = csv.DictWriter(sink, [*COLUMNS, "person"], lineterminator="\n")
        writer.writeheader()
        for n, values in enumerate(rows):
            writer.writerow(dict(values, id=n))


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    os.makedirs(sys.argv[1], exist_ok=True)
    for name, columns in (("all", COLUMNS), ("few", FEW)):
        with open(os.path.join(sys.argv[1], name + ".toml"), "w", encoding="utf-8") as sink:
            sink.write("[columns]\n" + "".join(f'{column} = "{COLUMNS[column]}"\n' for column in columns))
    for name, shape in SETS.items():
        write(sys.argv[1], name, *shape)


main()
