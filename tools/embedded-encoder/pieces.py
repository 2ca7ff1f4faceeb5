"""The tokenizer: uncased WordPiece over the teacher's own pieces, less those that are not ASCII (6 % of the table, and no English text needs them)."""
import json
import re

import numpy as np
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

UNKNOWN = "[UNK]"


def teacher_pieces(folder):
    """ASCII pieces in the teacher's order, which is that of frequency; the first is `[UNK]`, the row of a text without a known piece."""
    vocabulary = json.load(open(f"{folder}/tokenizer.json", encoding="utf-8"))["model"]["vocab"]
    usable = [piece for piece in sorted(vocabulary, key=vocabulary.get) if piece.isascii() and not re.fullmatch(r"\[.+\]", piece)]
    return [UNKNOWN] + usable


def build(pieces):
    tokenizer = Tokenizer(models.WordPiece({p: i for i, p in enumerate(pieces)}, unk_token=UNKNOWN, max_input_chars_per_word=100))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return tokenizer


def encode(tokenizer, texts):
    """Piece ids of each text, unknown words left out; a text without any known piece is the one id 0."""
    encoded = tokenizer.encode_batch(texts, add_special_tokens=False)
    ids = [np.array([i for i in e.ids if i != 0], np.int64) for e in encoded]
    return [i if len(i) > 0 else np.zeros(1, np.int64) for i in ids]


def as_text(piece):
    """What the teacher is shown for a piece: nothing for `[UNK]`, so that its row is that of the empty text."""
    return "" if piece == UNKNOWN else piece.removeprefix("##")
