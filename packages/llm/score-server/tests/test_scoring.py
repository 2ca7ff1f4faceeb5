"""Scores of batches against plain arithmetic, and what happens when memory runs out."""

import contextlib
import io
import math
import unittest
from typing import Any
from unittest import mock

import torch
from tiny import VOCABULARY, models, plain, requests

from batches import Pair, plan
from curves import NODE_BETAS, fast_reduce, reduce_by_bins, reduce_logits
from scoring import NotFiniteError, Scorer, TooLargeError


def forgetful(scorer: Scorer, most: int) -> Any:
    """Lets the decoder run out of memory above so many tokens a pass."""
    real = scorer._decoder

    def limited(**options: Any) -> Any:
        if options["input_ids"].numel() > most:
            raise torch.OutOfMemoryError("no room")
        return real(**options)

    return mock.patch.object(scorer, "_decoder", limited)


class Scores(unittest.TestCase):
    """The records of every pair."""

    def test_are_those_of_one_pass_for_each_pair_whatever_the_batches(self) -> None:
        prompts, pairs = requests()
        for name, model in models().items():
            exact = torch.tensor([plain(model, prompts[pair.prompt], pair.completion) for pair in pairs], dtype=torch.float64)
            for budget in (1, 40, 10_000):
                with self.subTest(model=name, budget=budget):
                    scorer = Scorer(model, reduce_logits, budget)
                    found = scorer.score(prompts, pairs)
                    self.assertLess((found - exact).abs().max().item(), 2e-4)

    def test_cost_one_pass_over_each_prompt_and_never_more_rows_of_logits_than_a_chunk(self) -> None:
        model = models()["LlamaForCausalLM"]
        rows: list[int] = []

        def reduce(logits: torch.Tensor, tokens: torch.Tensor) -> torch.Tensor:
            rows.append(len(logits))
            return reduce_logits(logits, tokens)

        scorer = Scorer(model, reduce, 10_000)
        scorer._rows = 7
        seen: list[int] = []
        real = scorer._decoder
        with mock.patch.object(scorer, "_decoder", lambda **o: (seen.append(o["input_ids"].numel()), real(**o))[1]):
            scorer.score([list(range(30))], [Pair(0, (n, n + 1, n + 2)) for n in range(20)])
        self.assertEqual(seen, [30, 20 * 2])
        self.assertLessEqual(max(rows), 7)

    def test_are_the_same_from_sums_by_bins(self) -> None:
        torch.manual_seed(3)
        tokens = torch.arange(6)
        for scale in (0.0, 0.5, 3.0, 30.0):
            logits = scale * torch.randn(6, 20_000)
            logits[2, 100:200] = -math.inf
            below = logits.double() - logits.double().amax(-1, keepdim=True)
            sums = [torch.logsumexp(beta * below, -1) for beta in NODE_BETAS]
            exact = torch.stack([below.gather(-1, tokens[:, None])[:, 0], *sums], -1)
            self.assertLess((reduce_by_bins(logits, tokens) - exact).abs().max().item(), 1e-4)

    @unittest.skipUnless(torch.cuda.is_available(), "there is no CUDA device")
    def test_are_the_same_from_compiled_sums(self) -> None:
        device = torch.device("cuda")
        logits, tokens = torch.randn(9, VOCABULARY, device=device), torch.arange(9, device=device)
        found = fast_reduce(VOCABULARY, device, torch.float32)(logits, tokens)
        torch.testing.assert_close(found, reduce_logits(logits, tokens))

    def test_refuse_logits_that_are_no_numbers(self) -> None:
        model = models()["LlamaForCausalLM"]
        with torch.no_grad():
            model.get_input_embeddings().weight[3] = float("nan")
        with self.assertRaises(NotFiniteError):
            Scorer(model, reduce_logits, 100).score([[3, 4]], [Pair(0, (5,))])


class Memory(unittest.TestCase):
    """A budget that falls when memory runs out."""

    def test_shrinks_the_passes_says_so_and_changes_no_score(self) -> None:
        prompts, pairs = requests()
        scorer = Scorer(models()["LlamaForCausalLM"], reduce_logits, 10_000)
        whole = scorer.score(prompts, pairs)
        said = io.StringIO()
        with forgetful(scorer, 45), contextlib.redirect_stderr(said):
            found = scorer.score(prompts, pairs)
        self.assertLess((found - whole).abs().max().item(), 2e-4)
        self.assertLess(scorer.budget, 100)
        self.assertIn(f"Out of memory: passes now have at most {scorer.budget} tokens.", said.getvalue())

    def test_gives_up_on_a_pair_that_fails_alone(self) -> None:
        scorer = Scorer(models()["LlamaForCausalLM"], reduce_logits, 10_000)
        with forgetful(scorer, 10), contextlib.redirect_stderr(io.StringIO()), self.assertRaises(TooLargeError):
            scorer.score([list(range(20))], [Pair(0, (1, 2)), Pair(0, (3,))])


class Plans(unittest.TestCase):
    """Batches within a budget."""

    def test_hold_every_pair_once_and_no_more_tokens_than_the_budget(self) -> None:
        prompts, pairs = requests()
        lengths = [len(prompt) for prompt in prompts]
        batches = list(plan(range(len(pairs)), pairs, lengths, 40, True))
        self.assertEqual(sorted(index for batch in batches for run in batch.pairs for index in run), list(range(10)))
        for batch in batches:
            longest = max(lengths[prompt] for prompt in batch.prompts)
            self.assertTrue(len(batch.prompts) == 1 or len(batch.prompts) * longest <= 40)
            for run in batch.pairs:
                width = max(len(pairs[index].completion) for index in run) + (0 if batch.shared else longest)
                self.assertTrue(len(run) == 1 or len(run) * max(len(pairs[index].completion) for index in run) <= 40 or width <= 40)


if __name__ == "__main__":
    unittest.main()
