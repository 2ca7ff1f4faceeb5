import type { Prompt } from '../../model/language-model.js';
import type { ModelCheck } from '../../model/model-description.js';
import { choiceOf, property, textOf } from '../asking/answer.js';
import { boundedCurve, widestOf, type BoundedCurve } from '../asking/bounded-curve.js';
import type { ServerUnderTest } from './server-under-test.js';
import type { Position } from '../asking/position.js';

/** Prompts whose continuations are neither certain nor hopeless, so that a shift of one token shows. */
const PROMPTS: readonly string[] = [
  'On the morning of the market, the fishermen',
  'The committee decided, after a long debate, that the',
];
/** Tokens written after each. */
const WRITTEN = 8;
/** Nats that the two passes may differ by on average: 16-bit arithmetic in another batch. */
const TOLERANCE = 0.1;

/** Text written after a prompt, and the log-probability of each of its tokens. */
interface Written {
  readonly prompt: Prompt;
  readonly text: string;
  /** Ids where the server told them. */
  readonly ids: readonly number[] | undefined;
  readonly logProbabilities: readonly number[];
}

/** Writes a few tokens greedily, scores them again as a prompt, and compares. */
export async function checkScores(
  server: ServerUnderTest,
  vocabulary: number,
  signal: AbortSignal | undefined,
): Promise<ModelCheck[]> {
  const name = server.endpoint.url;
  const pairs: { readonly written: Written; readonly scored: readonly Position[] }[] = [];
  for (const text of PROMPTS) {
    const written = await write(server, { text });
    if (typeof written === 'string') return [{ name, status: 'failed', detail: written }];
    const { prompt, text: completion } = written;
    const scored = await server.client.positions({ prompt, completion, endOfTurn: false }, { signal });
    if (scored.length !== written.logProbabilities.length) {
      return [
        {
          name,
          status: 'warning',
          detail: 'scores could not be compared: its words are cut otherwise when they are reread',
        },
      ];
    }
    pairs.push({ written, scored });
  }
  const before = pairs.map(({ written }) => written.logProbabilities);
  const after = pairs.map(({ scored }) => scored.map(({ token }) => token));
  const same = meanDifference(before, after, 0);
  if (same > TOLERANCE) {
    // What was written greedily was the most probable token: its number is the largest wherever its distribution ended up.
    const largest = pairs.map(({ scored }) => scored.map(({ token, others }) => Math.max(token, ...others)));
    return [{ name, status: 'failed', detail: whatIsWrong(before, [after, largest], same) }];
  }
  const detail = `scores are those of its own tokens (within ${same.toFixed(3)} nats)`;
  return [
    { name, status: 'ok', detail },
    ...topFindings(
      server,
      vocabulary,
      pairs.flatMap(({ scored }) => scored),
    ),
  ];
}

/** Continues a prompt greedily; a sentence when the server's tokens are not those of the tokenizer here. */
async function write(
  { endpoint, parts, ask }: ServerUnderTest,
  prompt: { readonly text: string },
): Promise<Written | string> {
  const { model, local } = parts;
  const body = { model, prompt: prompt.text, max_tokens: WRITTEN, temperature: 0, logprobs: 1 };
  const question = { url: `${endpoint.url}/completions`, body: { ...body, return_tokens_as_token_ids: true } };
  const { choice } = choiceOf(await ask(question), model);
  const logprobs = property(choice, 'logprobs');
  const values: unknown = property(logprobs, 'token_logprobs');
  if (!Array.isArray(values) || values.some((value) => typeof value !== 'number')) {
    return 'gives no log-probabilities of the tokens it writes, so its scores cannot be checked; serve the model with vLLM';
  }
  const { text } = textOf(choice);
  const names = property(logprobs, 'tokens') as readonly unknown[];
  const ids = names.map((token) => Number(/^token_id:(\d+)$/.exec(String(token))?.[1] ?? Number.NaN));
  const told = ids.every((id) => Number.isInteger(id));
  if (told && local !== undefined && local.tokenizer.decode(ids).trim() !== text.trim()) {
    return `its tokens spell ${JSON.stringify(text)} there and ${JSON.stringify(local.tokenizer.decode(ids))} by the tokenizer here; give the tokenizer of the model it serves`;
  }
  const count = told ? ids.filter((id) => !(local?.tokenizer.endTokens.has(id) ?? false)).length : values.length;
  return { prompt, text, ids: told ? ids : undefined, logProbabilities: (values as number[]).slice(0, count) };
}

/** Mean |after(t + shift) − before(t)| over all positions that both have. */
function meanDifference(
  before: readonly (readonly number[])[],
  after: readonly (readonly number[])[],
  shift: number,
): number {
  let sum = 0;
  let count = 0;
  before.forEach((values, i) =>
    values.forEach((value, t) => {
      const other = after[i]?.[t + shift];
      if (other === undefined) return;
      sum += Math.abs(other - value);
      count += 1;
    }),
  );
  return count === 0 ? Infinity : sum / count;
}

function whatIsWrong(
  before: readonly (readonly number[])[],
  seen: readonly (readonly (readonly number[])[])[],
  same: number,
): string {
  const fit = 'do not fit with this server; fit with vLLM or an onnx model, and simulate with this one if you like';
  const shifted = Math.min(...seen.flatMap((after) => [1, -1].map((shift) => meanDifference(before, after, shift))));
  if (shifted < same / 3 && shifted < 3 * TOLERANCE) {
    return `gives prompt log-probabilities shifted by one token (${shifted.toFixed(2)} nats off when moved back, ${same.toFixed(2)} as they are), as llama-cpp-python does; ${fit}`;
  }
  return `scores its own words otherwise than it wrote them (${same.toFixed(2)} nats per token apart), so its prompt log-probabilities are not the model's; ${fit}`;
}

/** The temperature furthest from 1 towards an end of the range, to two digits, at which the bounds lie no further apart than is allowed, per token. */
function nearestWithin(curve: BoundedCurve, end: number, maxWidth: number): number {
  const steps = Math.floor(Math.abs(end - 1) * 100 + 1e-9);
  let furthest = 1;
  for (let step = 1; step <= steps; step++) {
    const temperature = Math.round(100 + Math.sign(end - 1) * step) / 100;
    if (curve.width(temperature) / curve.tokens > maxWidth) break;
    furthest = temperature;
  }
  return furthest;
}

/** Number of log-probabilities a position has, and what that means for τ ≠ 1. */
function topFindings(
  { endpoint: { url }, parts }: ServerUnderTest,
  vocabulary: number,
  positions: readonly Position[],
): ModelCheck[] {
  const { topLogProbabilities: asked, temperatures: range, maxWidth, fixed } = parts.settings;
  if (fixed) return [{ name: url, status: 'ok', detail: 'temperature fixed at 1' }];
  const got = Math.min(...positions.map(({ others }) => others.length + 1));
  const curve = boundedCurve(positions, { vocabulary, range });
  const width = widestOf(curve);
  const held = `log p is known within ${width.toFixed(3)} nats per token over temperatures ${range.join(' to ')}`;
  if (width > maxWidth) {
    const [low, high] = range.map((end) => nearestWithin(curve, end, maxWidth));
    const closer = low === high ? '' : `set temperatures no wider than [${low}, ${high}], `;
    const advice = `ask for more (topLogProbabilities, and --max-logprobs at the server), ${closer}or set temperatures to [1], where log p is exact`;
    return [
      {
        name: url,
        status: 'failed',
        detail: `gives ${got} of ${asked} log-probabilities a token: ${held}, more than ${maxWidth}; ${advice}`,
      },
    ];
  }
  const status = got < asked ? 'warning' : 'ok';
  return [{ name: url, status, detail: `gives ${got} of ${asked} log-probabilities a token: ${held}` }];
}
