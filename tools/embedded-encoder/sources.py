"""Texts the encoder is fitted on, beside the State of the Union addresses: WordNet 3.1, the CIA World Factbook of 2015 and Moby-Dick.

All come as npm packages of fixed version. Nothing of AG News, SST-2 or IMDB is read here: those are for evaluation alone.
"""
import glob
import json
import random
import re

from informal import runs

PARTS = ("noun", "verb", "adj", "adv")


def wordnet_synsets(folder):
    """Synsets as (key, lemmas, gloss without quotes, quoted examples, keys of parents and topics)."""
    synsets = {}
    for part in PARTS:
        for line in open(f"{folder}/dict/data.{part}", encoding="utf-8"):
            if line.startswith(" "):
                continue
            data, gloss = line.rstrip("\n").split(" | ", 1)
            fields = data.split(" ")
            count = int(fields[3], 16)
            lemmas = [re.sub(r"\(\w+\)$", "", lemma).replace("_", " ") for lemma in fields[4 : 4 + 2 * count : 2]]
            pointers = fields[5 + 2 * count :]
            groups = [pointers[i + 1] + pointers[i + 2] for i, p in enumerate(pointers) if p in ("@", "@i", ";c", ";r", "&")]
            examples = re.findall(r'"([^"]+)"', gloss)
            meaning = re.sub(r'[;:]?\s*"[^"]*"', "", gloss).strip(" ;")
            synsets[fields[0] + part[0]] = (lemmas, meaning, examples, groups)
    return synsets


def wordnet_examples(synsets, seed):
    """Every usage example of three words or more, in random order."""
    examples = sorted({e for _, _, found, _ in synsets.values() for e in found if len(e.split()) >= 3})
    random.Random(seed).shuffle(examples)
    return examples


def wordnet_entries(synsets, singles, groups, seed):
    """Texts `lemmas: meaning. Examples.` of `singles` synsets, then `groups` longer ones, of two to five synsets with a common parent or topic."""
    rng = random.Random(seed)

    def entry(key):
        lemmas, meaning, examples, _ = synsets[key]
        lead = rng.random()
        head = ", ".join(lemmas[:3]) + ": " if lead < 0.6 else "" if lead < 0.8 and examples else lemmas[0] + ". "
        return (head + meaning + "".join(f". {e}" for e in examples[:2])).strip()

    keys = sorted(synsets)
    texts = [entry(key) for key in rng.sample(keys, singles)]
    members = {}
    for key in keys:
        for group in synsets[key][3]:
            members.setdefault(group, []).append(key)
    large = [group for group in sorted(members) if len(members[group]) >= 3]
    for _ in range(groups):
        group = members[rng.choice(large)]
        texts.append(". ".join(entry(key) for key in rng.sample(group, min(len(group), rng.randint(2, 5)))))
    return texts


def factbook_texts(folder, fewest=12, most=60):
    """Every description of at least `fewest` words, cut at sentence and clause ends into texts of at most about `most`; exact repeats once."""
    found = []

    def walk(value):
        if isinstance(value, dict):
            for each in value.values():
                walk(each)
        elif isinstance(value, str) and len(value.split()) >= fewest:
            found.append(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", value)).strip())

    for path in sorted(glob.glob(f"{folder}/*/*.json")):
        walk(json.load(open(path, encoding="utf-8")))
    texts = []
    for text in dict.fromkeys(found):
        open_words = []
        for piece in re.split(r"(?<=[.;]) ", text):
            words = piece.split()
            if len(open_words) + len(words) > most and len(open_words) >= fewest:
                texts.append(" ".join(open_words))
                open_words = []
            open_words += words[:most]
        if len(open_words) >= fewest:
            texts.append(" ".join(open_words))
    return list(dict.fromkeys(texts))


def other_texts(wordnet, factbook, counts):
    """`counts` of each: usage examples, entries under 25 words, longer entries and Factbook texts."""
    synsets = wordnet_synsets(wordnet)
    entries = wordnet_entries(synsets, singles=40_000, groups=12_000, seed=0) + factbook_texts(factbook)
    random.Random(0).shuffle(entries)
    short = [text for text in entries if len(text.split()) < 25]
    long = [text for text in entries if len(text.split()) >= 25]
    return wordnet_examples(synsets, seed=1)[: counts[0]], short[: counts[1]], long[: counts[2]]


def novel_texts(folder, seed, fewest=5, most=110):
    """Every sentence of Moby-Dick and runs of two to five neighbors of a paragraph, exact repeats once, in random order."""
    raw = open(f"{folder}/data/data.txt", encoding="utf-8").read()
    paragraphs = [re.split(r"(?<=[.?!]) ", " ".join(block.split())) for block in re.split(r"\n\s*\n", raw)]
    rng = random.Random(seed)
    found = [sentence for sentences in paragraphs for sentence in sentences] + runs(paragraphs, rng, 2, 5)
    texts = [text for text in dict.fromkeys(found) if fewest <= len(text.split()) <= most]
    rng.shuffle(texts)
    return texts
