"""Informal texts: tweets, sentences of editorials and product reviews collected for VADER, and paragraphs of the SpamAssassin mail corpus.

The collection's fourth file, sentences of film reviews, is left unread: SST-2, which the encoder is evaluated on, comes from the same site.
"""
import email
import glob
import io
import random
import re
import tarfile
from pathlib import Path

COLLECTION = "additional_resources/hutto_ICWSM_2014.tar.gz"
MAIL_KINDS = ("easy-ham-1", "easy-ham-2", "hard-ham-1", "spam-1", "spam-2")
NOT_WORDS = re.compile(r"@anonymous|(https?://|www\.)\S+|<[^>]*>|\S+@\S+|\[\d+\]")


def documents(folder, name):
    """Sentences of `name` by document, each document in its order; short ones left out. A line is `document_sentence`, rating, text."""
    found = {}
    with tarfile.open(next(Path(folder).glob(f"*/{COLLECTION}"))) as archive:
        raw = archive.extractfile(f"hutto_ICWSM_2014/{name}_GroundTruth.txt").read()
    for line in io.StringIO(raw.decode("utf-8", "replace")):
        key, _, text = line.rstrip("\n").split("\t", 2)
        words = NOT_WORDS.sub(" ", text).split()
        if len(words) >= 3:
            place = [int(number) for number in key.split("_")]
            found.setdefault(place[0], []).append((place[-1], " ".join(words)))
    return [[text for _, text in sorted(found[key])] for key in sorted(found)]


def runs(documents, rng, least, most):
    """Each document cut into runs of `least` to `most` neighboring sentences; single sentences left out."""
    texts = []
    for sentences in documents:
        at = 0
        while at < len(sentences):
            size = rng.randint(least, most)
            if len(sentences[at : at + size]) > 1:
                texts.append(" ".join(sentences[at : at + size]))
            at += size
    return texts


def collected_texts(folder, seed):
    """Every sentence once, and runs of neighbors: two cuts of the reviews and editorials, one of the tweets in the order of the file."""
    rng = random.Random(seed)
    texts = []
    for name in ("amazonReviewSnippets", "nytEditorialSnippets"):
        found = documents(folder, name)
        texts += sorted({text for sentences in found for text in sentences}) + runs(found, rng, 2, 8) + runs(found, rng, 3, 9)
    tweets = [text for sentences in documents(folder, "tweets") for text in sentences]
    texts += sorted(set(tweets)) + runs([tweets], rng, 2, 4)
    rng.shuffle(texts)
    return texts


def plain_text(path):
    """The first plain-text part of a message, or nothing."""
    for part in email.message_from_bytes(Path(path).read_bytes()).walk():
        if part.get_content_type() == "text/plain":
            return (part.get_payload(decode=True) or b"").decode("latin-1")
    return ""


def paragraphs(text, fewest=6):
    """What its author wrote in running words: no quotations, signatures, listings, addresses."""
    lines = []
    for line in map(str.strip, text.split("\n")):
        if line.startswith(("--", "__")):
            break
        skipped = re.match(r"[>|:}]|\w{0,3}>|==|\*\*", line) or re.search(r"(wrote|writes|said):$", line)
        lines.append("" if skipped else line)
    for block in re.split(r"\n\s*\n", "\n".join(lines)):
        words = NOT_WORDS.sub(" ", block).split()
        text = " ".join(words)
        plain = sum(c.isalpha() or c in " ,.'" for c in text) > 0.93 * len(text) and sum(c.isupper() for c in text) < 0.12 * len(text)
        if len(words) >= fewest and text.isascii() and plain and max(map(len, words)) < 25:
            yield words


def mail_texts(folder, seed, most=100, fewest=6):
    """Paragraphs of at most `most` words, exact repeats once, in random order."""
    texts = {}
    for kind in MAIL_KINDS:
        for path in sorted(glob.glob(f"{folder}/data/{kind}/*.txt")):
            for words in paragraphs(plain_text(path), fewest):
                parts = (words[at : at + most] for at in range(0, len(words), most))
                texts.update((" ".join(part), None) for part in parts if len(part) >= fewest)
    found = list(texts)
    random.Random(seed).shuffle(found)
    return found


def sentences_of(texts, seed, fewest=5):
    """Every sentence of at least `fewest` words of the texts that hold more than one, exact repeats once, in random order."""
    found = {}
    for text in texts:
        parts = re.split(r"(?<=[.?!]) ", text)
        if len(parts) > 1:
            found.update((part, None) for part in parts if len(part.split()) >= fewest)
    found = list(found)
    random.Random(seed).shuffle(found)
    return found
