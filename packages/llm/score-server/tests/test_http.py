"""What the two endpoints answer, and what they refuse."""

import contextlib
import http.client
import io
import json
import struct
import tempfile
import threading
import unittest
from pathlib import Path
from typing import Any

from tiny import VOCABULARY, models, plain, requests

from curves import NODE_BETAS, RECORD, reduce_logits
from http_api import ScoreServer
from protocol import MOST_BYTES
from scoring import Scorer
from weights import Identity, identify

PRINT = "ab" * 32


class Endpoints(unittest.TestCase):
    """A server of a tiny model, with a key."""

    @classmethod
    def setUpClass(cls) -> None:
        cls.model = models()["LlamaForCausalLM"]
        identity = Identity(PRINT, ("config.json", "numbers in float32"), None)
        cls.server = ScoreServer(("127.0.0.1", 0), Scorer(cls.model, reduce_logits, 100), identity, "tiny", "sk-key")
        threading.Thread(target=cls.server.serve_forever, daemon=True).start()

    @classmethod
    def tearDownClass(cls) -> None:
        cls.server.shutdown()
        cls.server.server_close()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
        connection = http.client.HTTPConnection("127.0.0.1", self.server.server_address[1], timeout=60)
        given = {"authorization": "Bearer sk-key", "content-type": "application/json"}
        given |= {name.replace("_", "-"): value for name, value in headers.items()}
        sent = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        connection.request(method, path, sent, given)
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        return answer.status, content

    def test_about_says_what_is_served(self) -> None:
        status, content = self.ask("GET", "/about")
        about = json.loads(content)
        self.assertEqual(status, 200)
        self.assertEqual([about[key] for key in ("model", "fingerprint", "vocabulary", "window")], ["tiny", PRINT, VOCABULARY, 128])
        self.assertEqual(about["nodes"], NODE_BETAS)
        self.assertEqual(about["covers"], ["config.json", "numbers in float32"])

    def test_score_answers_packed_records_in_order(self) -> None:
        prompts, pairs = requests()
        body = {"fingerprint": PRINT, "prompts": prompts, "completions": [[pair.prompt, list(pair.completion)] for pair in pairs]}
        status, content = self.ask("POST", "/score", body)
        self.assertEqual((status, len(content)), (200, 8 * RECORD * len(pairs)))
        numbers = struct.unpack(f"<{RECORD * len(pairs)}d", content)
        for index, pair in enumerate(pairs):
            exact = plain(self.model, prompts[pair.prompt], pair.completion)
            for found, wanted in zip(numbers[index * RECORD :], exact, strict=False):
                self.assertAlmostEqual(found, wanted, delta=2e-4)

    def test_refuses_in_a_sentence(self) -> None:
        good = {"fingerprint": PRINT, "prompts": [[1, 2]], "completions": [[0, [3]]]}
        score: list[tuple[Any, int, str]] = [
            (b"{", 400, "not JSON"),
            (b"[" * 100_000, 400, "not JSON"),
            ([], 400, "keys"),
            ({**good, "more": 1}, 400, "no other"),
            ({**good, "fingerprint": "00"}, 409, "fingerprint"),
            ({**good, "prompts": "x"}, 400, "lists"),
            ({**good, "prompts": [[]]}, 400, "no tokens"),
            ({**good, "prompts": [[1, VOCABULARY]]}, 400, "Prompt 0 is not a list of token ids"),
            ({**good, "prompts": [[1, True]]}, 400, "token ids"),
            ({**good, "prompts": [[1, -1]]}, 400, "token ids"),
            ({**good, "completions": [[0]]}, 400, "Completion 0 is not a pair"),
            ({**good, "completions": [[1, [3]]]}, 400, "refers to no prompt"),
            ({**good, "completions": [[0, [1.5]]]}, 400, "token ids"),
            ({**good, "completions": [[0, [3] * 127]]}, 400, "take 129 tokens and the model 128"),
            ({**good, "completions": [[0, []]] * 65_537}, 413, "at most 65536"),
        ]
        for body, status, words in score:
            with self.subTest(words=words):
                found, content = self.ask("POST", "/score", body)
                sentence = json.loads(content)["error"]
                self.assertEqual(found, status)
                self.assertIn(words, sentence)
                self.assertTrue(sentence.endswith("."))
        self.assertEqual(self.ask("POST", "/score", good)[0], 200)

    def test_refuses_other_paths_methods_types_sizes_and_keys(self) -> None:
        for path in ("/", "/v1/models", "/score/", "/../etc/passwd"):
            self.assertEqual(self.ask("GET", path)[0], 404)
        self.assertEqual(self.ask("GET", "/score")[0], 405)
        self.assertEqual(self.ask("POST", "/about", b"{}")[0], 405)
        self.assertEqual(self.ask("DELETE", "/score")[0], 501)
        self.assertEqual(self.ask("POST", "/score", b"{}", content_type="text/plain")[0], 415)
        self.assertEqual(self.ask("POST", "/score", b"", content_length=str(MOST_BYTES + 1))[0], 413)
        self.assertEqual(self.ask("POST", "/score", b"", content_length="-1")[0], 400)
        self.assertEqual(self.ask("POST", "/score", b"", content_length="many")[0], 400)
        for key in ("", "Bearer sk-ke", "Bearer sk-key2", "sk-key", "Bearer schl\u00fcssel"):
            self.assertEqual(self.ask("GET", "/about", authorization=key)[0], 401)


class Identities(unittest.TestCase):
    """Hashes of a folder."""

    def test_cover_the_weights_the_config_and_the_dtype(self) -> None:
        with tempfile.TemporaryDirectory() as place, contextlib.redirect_stderr(io.StringIO()):
            folder = Path(place)
            with self.assertRaises(FileNotFoundError):
                identify(folder, "float32")
            (folder / "config.json").write_text("{}")
            (folder / "model.safetensors").write_bytes(b"weights")
            first = identify(folder, "float32")
            self.assertEqual(first, identify(folder, "float32"))
            self.assertEqual(first.covers, ("config.json", "model.safetensors", "numbers in float32"))
            prints = {first.fingerprint, identify(folder, "bfloat16").fingerprint}
            (folder / "model.safetensors").write_bytes(b"weightz")
            prints.add(identify(folder, "float32").fingerprint)
            (folder / "config.json").write_text("{ }")
            prints.add(identify(folder, "float32").fingerprint)
            self.assertEqual(len(prints), 4)


if __name__ == "__main__":
    unittest.main()
