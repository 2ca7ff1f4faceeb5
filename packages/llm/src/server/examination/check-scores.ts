import { meanOf } from '@mixture-of-personas/numeric/internal';
import { property } from '@mixture-of-personas/models';
import type { ScoreCurve, ScoreRequest } from '../../model/language-model.js';
import type { ModelCheck } from '../../model/model-description.js';
import { choiceOf, textOf } from '../asking/answer.js';
import type { AskedScore } from '../asking/asked-score.js';
import { boundedCurve, widestOf } from '../asking/bounded-curve.js';
import type { Position } from '../asking/position.js';
import type { ServerUnderTest } from './server-under-test.js';

/** Prompts whose continuations are neither certain nor hopeless, so that a shift of one token shows. */
const PROMPTS: readonly string[] = [
  'On the morning of the market, the fishermen',
  'The committee decided, after a long debate, that the',
];
/** Tokens written after each. */
const WRITTEN = 8;
/** Nats that two passes may differ by on average: 16-bit arithmetic in another batch. */
const TOLERANCE = 0.1;
/** Nats per token between bounds that tell nothing any more. */
const HOPELESS = 1;

/** Numbers of one text, one per token. */
type Numbers = readonly number[];

/** A text written after a prompt, as it is scored, and the log-probability of each of its tokens when it was written. */
type Written = { readonly asked: AskedScore; readonly logProbabilities: Numbers };

/**
 * Writes a few tokens greedily, scores them again as a prompt, twice, and compares. What the server's bounds are worth is judged by the pairs; without
 * any, what was written stands in.
 */
export async function checkScores(
  server: ServerUnderTest,
  { vocabulary, pairs }: { readonly vocabulary: number; readonly pairs: readonly ScoreRequest[] },
  signal: AbortSignal | undefined,
): Promise<ModelCheck[]> {
  const { client, found } = server;
  const before: Numbers[] = [];
  const scored: (readonly Position[])[] = [];
  const again: (readonly Position[])[] = [];
  for (const text of PROMPTS) {
    const written = await write(server, text);
    if (typeof written === 'string') return found('failed', written);
    before.push(written.logProbabilities);
    scored.push(await client.positions(written.asked, { signal }));
    again.push(await client.positions(written.asked, { signal })); // from a cache, where there is one
  }
  if (scored.some(({ length }, i) => length !== before[i]?.length))
    return found('warning', 'scores could not be compared: its words are cut otherwise when they are reread');
  const after = scored.map(own);
  const same = meanDifference(before, after, 0);
  if (same > TOLERANCE) {
    // What was written greedily was the most probable token: its number is the largest wherever its distribution ended up.
    const largest = scored.map((list) => list.map(({ token, others }) => Math.max(token, ...others)));
    return found('failed', whatIsWrong(before, [after, largest], same));
  }
  const moved = meanDifference(after, again.map(own), 0);
  if (moved > TOLERANCE) {
    const problem = `gives other scores for the same request (${moved.toFixed(2)} nats per token apart)`;
    return found('failed', `${problem}; start it with --no-enable-prefix-caching`);
  }
  const real: (readonly Position[])[] = [];
  for (const pair of pairs) real.push(await client.positions(client.askedScore(pair), { signal }));
  const fits = found('ok', `scores are those of its own tokens (within ${same.toFixed(3)} nats)`);
  return [...fits, ...widthFindings(server, vocabulary, real.length > 0 ? real : scored)];
}

/** Continues a prompt greedily; a sentence when the server's tokens are not those of the tokenizer here. */
async function write({ endpoint, parts, client, ask }: ServerUnderTest, prompt: string): Promise<Written | string> {
  const { model, local } = parts;
  const empty = client.askedScore({ prompt: { text: prompt }, completion: '', endOfTurn: false });
  const body = { model, prompt: empty.ids, max_tokens: WRITTEN, temperature: 0, logprobs: 1 };
  const question = { url: `${endpoint.url}/completions`, body: { ...body, return_tokens_as_token_ids: true } };
  const { choice } = choiceOf(await ask(question), model);
  const [values, names] = ['token_logprobs', 'tokens'].map((name) => property(property(choice, 'logprobs'), name));
  if (!Array.isArray(values) || !Array.isArray(names) || values.some((value) => typeof value !== 'number')) {
    return 'gives no log-probabilities of the tokens it writes, so its scores cannot be checked; serve the model with vLLM';
  }
  const logProbabilities = values as Numbers;
  const { text } = textOf(choice);
  const ids = names.map((token) => Number(/^token_id:(\d+)$/.exec(String(token))?.[1] ?? Number.NaN));
  if (!ids.every(Number.isInteger)) {
    const asked = client.askedScore({ prompt: { text: prompt }, completion: text, endOfTurn: false });
    return { asked, logProbabilities };
  }
  const spelled = local?.tokenizer.decode(ids) ?? '';
  if (spelled.trim() !== text.trim()) {
    return `its tokens spell ${JSON.stringify(text)} there and ${JSON.stringify(spelled)} by the tokenizer here; give the tokenizer of the model it serves`;
  }
  return { asked: { ...empty, ids: [...empty.ids, ...ids] }, logProbabilities };
}

function own(positions: readonly Position[]): number[] {
  return positions.map(({ token }) => token);
}

/** Mean |after(t + shift) − before(t)| over all positions that both have. */
function meanDifference(before: readonly Numbers[], after: readonly Numbers[], shift: number): number {
  const differences = before.flatMap((values, i) =>
    values.flatMap((value, t) => {
      const other = after[i]?.[t + shift];
      return other === undefined ? [] : [Math.abs(other - value)];
    }),
  );
  return differences.length === 0 ? Infinity : meanOf(differences);
}

function whatIsWrong(before: readonly Numbers[], seen: readonly (readonly Numbers[])[], same: number): string {
  const fit = 'do not fit with this server; fit with vLLM or an onnx model, and simulate with this one if you like';
  const shifted = Math.min(...seen.flatMap((after) => [1, -1].map((shift) => meanDifference(before, after, shift))));
  if (shifted < same / 3 && shifted < 3 * TOLERANCE) {
    return `gives prompt log-probabilities shifted by one token (${shifted.toFixed(2)} nats off when moved back, ${same.toFixed(2)} as they are), as llama-cpp-python does; ${fit}`;
  }
  return `scores its own words otherwise than it wrote them (${same.toFixed(2)} nats per token apart), so its prompt log-probabilities are not the model's; ${fit}`;
}

/** The temperature furthest from 1 towards an end of the range, to two digits, at which all bounds lie no further apart than is allowed, per token. */
function nearestWithin(curves: readonly ScoreCurve[], end: number, maxWidth: number): number {
  const steps = Math.floor(Math.abs(end - 1) * 100 + 1e-9);
  let furthest = 1;
  for (let step = 1; step <= steps; step++) {
    const temperature = Math.round(100 + Math.sign(end - 1) * step) / 100;
    if (curves.some((curve) => (curve.width?.(temperature) ?? 0) / curve.tokens > maxWidth)) break;
    furthest = temperature;
  }
  return furthest;
}

/** Number of log-probabilities a position has, and what that means for τ ≠ 1. */
function widthFindings(
  { parts, found }: ServerUnderTest,
  vocabulary: number,
  pairs: readonly (readonly Position[])[],
): ModelCheck[] {
  const { topLogProbabilities: asked, temperatures: range, maxWidth, fixed } = parts.settings;
  if (fixed) return found('ok', 'temperature fixed at 1');
  const got = Math.min(...pairs.flat().map(({ others }) => others.length + 1));
  const curves = pairs.map((positions) => boundedCurve(positions, { vocabulary, range }));
  const widths = curves.map(widestOf);
  const widest = Math.max(...widths);
  const detail = `gives ${got} of ${asked} log-probabilities a token: log p is known within ${widest.toFixed(3)} nats per token over temperatures ${range.join(' to ')}`;
  const wide = widths.filter((width) => width > maxWidth).length;
  if (wide === 0) return found(got < asked ? 'warning' : 'ok', detail);
  const [low, high] = range.map((end) => nearestWithin(curves, end, maxWidth));
  const closer = low === high ? '' : `set temperatures no wider than [${low}, ${high}], `;
  const advice =
    `${wide} of ${pairs.length} pairs are wider than maxWidth ${maxWidth}: they are repeated with more, and where that does not help the middle is taken and figures ` +
    `say how wide they are; ask for more (topLogProbabilities, and --max-logprobs at the server), ${closer}or set temperatures to [1], where log p is exact`;
  return found(widest > HOPELESS ? 'failed' : 'warning', `${detail}; ${advice}`);
}
