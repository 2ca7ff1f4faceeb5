"""Token ids that the `tokenizers` package gives for texts of many scripts, and vectors of some: what the TypeScript encoder is tested against."""
import json
import random

OWN = [
    "",
    " \n\t ",
    "The harbour's lights — all 1,204 of them — went out at 3:15 a.m.; nobody noticed until Tuesday.",
    "naïve café, Ångström, Übermäßig, piñata, Dvořák, İstanbul, Straße, ΟΔΥΣΣΕΥΣ, Ǆ, ﬁne print",
    "e\u0301le\u0300ve a\u0308\u0323b \u0301alone",
    "東京は晴れ、北京也一样。서울은 비",
    "Привет, мир! Ёлка и й",
    "مرحبا بالعالم، שָׁלוֹם",
    "हिन्दी में एक वाक्य। ภาษาไทย",
    "🙂🙃👩‍🚀 rockets 🇫🇷 done\ufe0f",
    "zero\u200bwidth no\u00a0break line\u2028break para\u2029graph nel\u0085here soft\u00adhyphen \ufeffbom nul\u0000nul bell\u0007 vt\x0bff\x0c del\x7f",
    "a+b=c; x≠y; 50% of $3.20 (≈ €2.90) @ #7 ^_^ `quoted` ~tilde~ {braces} |pipe| <b>tag</b> back\\slash",
    "“curly” ‘quotes’ «guillemets» …and—dashes–here ¿question? ¡yes! §4 ¶ †",
    "; greek question mark ` varia ≮ not less",
    "x" * 100 + " " + "y" * 101 + " " + "ü" * 101,
    "pneumonoultramicroscopicsilicovolcanoconiosis antidisestablishmentarianism's unhappinesses",
    "\ue000private \ufffdreplaced \u0378unassigned \U0001d54bdouble \U00020000ideograph",
    "MixedCASE camelCase snake_case kebab-case 3rd 21st x86_64 C++ C# .NET",
]
# Ranges whose categories have not changed for many Unicode versions, so that every Node agrees with the reference.
RANGES = [(0x20, 0x7E)] * 6 + [(0xA0, 0x17F), (0x180, 0x24F), (0x300, 0x36F), (0x370, 0x377), (0x386, 0x3FF), (0x400, 0x481), (0x5D0, 0x5EA),
          (0x1E00, 0x1EFF), (0x2010, 0x2027), (0x2030, 0x205E), (0x20A0, 0x20B0), (0x2100, 0x214F), (0x2190, 0x23F3), (0x3041, 0x3096), (0x4E00, 0x9FA5), (0xAC00, 0xD7A3), (0x1F600, 0x1F64F)]  # fmt: skip


def random_text(rng):
    """Runs of characters of one range each, with and without spaces between."""
    out = []
    for _ in range(rng.randint(1, 12)):
        low, high = rng.choice(RANGES)
        out.append("".join(chr(rng.randint(low, high)) for _ in range(rng.randint(1, 6))))
        out.append(rng.choice(["", " ", " ", "\n"]))
    return "".join(out)


def write_golden(tokenizer, target):
    """Writes a line {"madeBy"} and then a line {"text", "ids"} a case; id 0, the unknown word, is left out."""
    rng = random.Random(0)
    vocabulary = sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().get)
    spliced = ["".join(rng.choice(vocabulary[200:]).removeprefix("##") for _ in range(rng.randint(1, 4))) for _ in range(400)]
    texts = OWN + [random_text(rng) for _ in range(600)] + [" ".join(spliced[i : i + 8]) for i in range(0, 400, 8)]
    encoded = tokenizer.encode_batch(texts, add_special_tokens=False)
    cases = [{"text": t, "ids": [i for i in e.ids if i != 0]} for t, e in zip(texts, encoded)]
    about = "tools/embedded-encoder/golden.py, seed 0: the tokenizers package with embedded/vocabulary.txt; unknown words left out"
    with open(target, "w", encoding="utf-8", newline="\n") as file:
        for line in [{"madeBy": about}, *cases]:
            file.write(json.dumps(line, separators=(",", ":")) + "\n")


def write_golden_vectors(tokenizer, vectors, target):
    """The vectors, to six places, of some of this module's own texts, the empty one among them, and of all as one; `vectors` takes lists of ids."""
    texts = [*OWN[:4], *OWN[11:13], OWN[-1], " ".join(OWN)]
    encoded = tokenizer.encode_batch(texts, add_special_tokens=False)
    rows = vectors([[i for i in e.ids if i != 0] or [0] for e in encoded])
    about = "tools/embedded-encoder/golden.py: PyTorch, float32, with the table of 8 bits"
    cases = [{"text": text, "vector": [round(float(x), 6) for x in row]} for text, row in zip(texts, rows)]
    with open(target, "w", encoding="utf-8", newline="\n") as file:
        for line in [{"madeBy": about}, *cases]:
            file.write(json.dumps(line, separators=(",", ":")) + "\n")
