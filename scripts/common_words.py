#!/usr/bin/env python3
"""Writes data/common_words.txt: the commonest words of Hindi and English that are no place of the state.

    pip install wordfreq && scripts/common_words.py > data/common_words.txt

The ear never takes one of them for a slip of the finger or a misspelt name. Frequencies are those of
wordfreq 3 (Robyn Speer; encyclopaedias, subtitles, news, books, web; CC BY-SA 4.0).
"""
import csv
import pathlib
import unicodedata

import wordfreq

HINDI, ENGLISH = 4000, 2000
LIKE = str.maketrans({"ी": "ि", "ू": "ु", "ै": "े", "ौ": "ो", "ई": "इ", "ऊ": "उ", "ऐ": "ए", "औ": "ओ", "श": "स", "ष": "स", "ण": "न"})
GONE = "\u093c\u094d\u0901\u0902\u0903'"


def folded(word):
    decomposed = unicodedata.normalize("NFKD", word.lower())
    return "".join(letter for letter in decomposed if letter not in GONE).translate(LIKE)


data = pathlib.Path(__file__).parent.parent / "data"
places = set()
for table in ("districts", "assembly", "lok_sabha", "towns", "elsewhere"):
    for row in csv.DictReader(open(data / f"{table}.csv", encoding="utf-8")):
        for column, cell in row.items():
            if column.startswith(("name", "alt", "hq")):
                for name in cell.split("|"):
                    places.update(folded(part) for part in (name.replace(" ", ""), *name.replace("-", " ").split()))

print("# Made by scripts/common_words.py from wordfreq (CC BY-SA 4.0).")
for language, count in (("hi", HINDI), ("en", ENGLISH)):
    for word in wordfreq.top_n_list(language, count):
        if word.isascii() == (language == "en") and len(word) > 2 and not any(map(str.isdigit, word)) and folded(word) not in places:
            print(word)
