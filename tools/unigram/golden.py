"""Writes a Unigram tokenizer with a precompiled character map, 1,000 multilingual strings and their reference ids. See README.md."""

import argparse, gzip, io, json, random, tempfile, unicodedata
from pathlib import Path

import sentencepiece
from sentencepiece import sentencepiece_model_pb2 as model_proto
from tokenizers import Regex, Tokenizer, normalizers, pre_tokenizers, processors
from tokenizers.models import Unigram

HERE = Path(__file__).parent
RANGES = [
    *[(0x61, 0x7A)] * 6, (0x41, 0x5A), (0x30, 0x39), (0x21, 0x2F), (0xC0, 0xFF), (0x100, 0x17F), (0x391, 0x3C9), (0x410, 0x44F),
    (0x5D0, 0x5EA), (0x627, 0x64A), (0xFEF5, 0xFEFC), (0x905, 0x939), (0xE01, 0xE2E), (0x3041, 0x3096), (0x30A1, 0x30FA),
    (0xFF71, 0xFF9D), (0xFF10, 0xFF5A), (0x4E00, 0x4E7F), (0xAC00, 0xAC7F), (0x1F600, 0x1F62F), (0x2150, 0x217F), (0x1D400, 0x1D433),
]
ODD = "\u00a0\u3000\u2009\t\n\u200b\u200d\u00ad\ufeff\u0007\u2028ßẞİıſﬁﬂ™℃½①㍿ﷺ～Åµς\ufe0f"
MARKS = "\u0301\u0308\u030a\u0327\u093c\u3099\u0e33"
FAMILY = "👩‍👩‍👧"


def strings(seed, count):
    """Strings of one to six words; a word takes its letters from one range."""
    draw = random.Random(seed)

    def word():
        low, high = draw.choice(RANGES)
        letters = [chr(draw.randint(low, high)) for _ in range(draw.randint(1, 6))]
        if draw.random() < 0.2:
            letters.insert(draw.randint(0, len(letters)), draw.choice(ODD))
        if draw.random() < 0.15:
            letters.insert(draw.randint(1, len(letters)), draw.choice(MARKS))
        return FAMILY if draw.random() < 0.01 else "".join(letters)

    return [draw.choice(["", "", "", " ", "  "]) + draw.choice([" ", " ", "  "]).join(word() for _ in range(draw.randint(1, 6))) for _ in range(count)]


def rules(texts):
    """What a map that applies NFKC, folds case, drops controls and turns every space into one says of the texts' characters."""
    found = set("".join(texts)) | set(MARKS)
    pairs = {a + m for a in found if not unicodedata.combining(a) for m in MARKS if len(unicodedata.normalize("NFC", a + m)) == 1}
    table = {}
    for source in sorted(found | pairs):
        if source in "\t\n\u2028\u200b\u200d\ufeff" or unicodedata.category(source[0]) == "Zs":
            target = " "
        elif unicodedata.category(source[0]) in ("Cc", "Cf"):
            target = ""
        else:
            target = unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", source).casefold())
        if target != source:
            table[source] = target
    hexes = lambda text: " ".join(f"{ord(c):X}" for c in text)
    return "".join(f"{hexes(source)}\t{hexes(target)}\n" for source, target in table.items())


def train(texts, rule, folder):
    (folder / "texts").write_text("\n".join(t.replace("\n", " ") for t in texts), encoding="utf8")
    (folder / "rules.tsv").write_text(rules(texts), encoding="utf8")
    chosen = {"normalization_rule_name": rule} if rule else {"normalization_rule_tsv": str(folder / "rules.tsv")}
    sentencepiece.SentencePieceTrainer.train(
        input=str(folder / "texts"), model_prefix=str(folder / "model"), model_type="unigram", vocab_size=1200, character_coverage=0.98,
        hard_vocab_limit=False, minloglevel=2, num_threads=1, bos_id=0, pad_id=1, eos_id=2, unk_id=3, **chosen)
    model = model_proto.ModelProto()
    model.ParseFromString((folder / "model.model").read_bytes())
    return model, sentencepiece.SentencePieceProcessor(model_file=str(folder / "model.model"))


def fast(model):
    """The conversion that transformers makes of such a model."""
    tokenizer = Tokenizer(Unigram([(p.piece, round(p.score, 4)) for p in model.pieces], unk_id=3))
    tokenizer.normalizer = normalizers.Sequence([
        normalizers.Precompiled(model.normalizer_spec.precompiled_charsmap),
        normalizers.Strip(left=False, right=True), normalizers.Replace(Regex(" {2,}"), "▁")])
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement="▁", prepend_scheme="always")
    tokenizer.post_processor = processors.TemplateProcessing(single="<s> $A </s>", special_tokens=[("<s>", 0), ("</s>", 2)])
    return tokenizer


parser = argparse.ArgumentParser()
parser.add_argument("--rule", default="", help="one of SentencePiece's own maps, such as nmt_nfkc_cf")
parser.add_argument("--out", type=Path, default=HERE / "../../packages/models/test/tokenizer/unigram.json.gz")
options = parser.parse_args()
texts = strings(17, 1000)
with tempfile.TemporaryDirectory() as folder:
    model, processor = train(texts, options.rule, Path(folder))
tokenizer = fast(model)
ids = [tokenizer.encode(text).ids for text in texts]
same = sum([0, *processor.encode(text), 2] == row for text, row in zip(texts, ids))
content = json.dumps({"tokenizer": json.loads(tokenizer.to_str()), "texts": texts, "ids": ids, "asSentencePiece": same}, separators=(",", ":"))
buffer = io.BytesIO()
with gzip.GzipFile(fileobj=buffer, mode="wb", mtime=0, compresslevel=9) as file:
    file.write(content.encode())
options.out.write_bytes(buffer.getvalue())
print(f"{len(model.pieces)} pieces, {len(content):,} characters, {len(buffer.getvalue()):,} bytes; {same} of {len(texts)} as sentencepiece")
