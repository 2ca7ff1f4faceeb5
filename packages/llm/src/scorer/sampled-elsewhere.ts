import { ModelError } from '../model/errors.js';
import type { ScoreRequest } from '../model/language-model.js';
import type { DescribedModel, ModelCheck } from '../model/model-description.js';
import { curveData } from '../scoring/score-curve.js';
import type { ScorerModel } from './scorer-model.js';

/** Prompts whose continuations are neither certain nor hopeless. */
const PROMPTS: readonly string[] = ['The night train to the coast leaves', 'When the doctor read the letter, she'];
/** Tokens written after each. */
const WRITTEN = 16;
/** Nats per token that 16-bit arithmetic in another batch explains. */
const TOLERANCE = 0.1;

/**
 * A model that servers write with and scoring servers score: the same weights behind both.
 * @param writers opens the model of each writing server alone
 */
export function sampledElsewhere(
  writer: DescribedModel,
  scorer: ScorerModel,
  writers: () => Promise<readonly DescribedModel[]>,
): DescribedModel {
  return {
    id: writer.id,
    fingerprint: scorer.fingerprint,
    description: { ...scorer.description, model: writer.description.model },
    // Pairs or texts that keep both busy.
    inFlight: Math.max(scorer.inFlight, writer.inFlight ?? 0),
    get scoringPasses() {
      return scorer.scoringPasses;
    },
    measure: (request) => scorer.measure(request),
    score: (requests, options) => scorer.score(requests, options),
    generate: (requests, options) => writer.generate(requests, options),
    // Whether both are there and, for scoring, whether the one finds most probable what the other writes greedily.
    async check(purpose, signal) {
      const writing = (await writer.check?.('generate', signal)) ?? [];
      if (purpose === 'generate') return writing;
      const found = [...writing, ...(await scorer.check('score', signal))];
      if (found.some(({ status }) => status === 'failed')) return found;
      for (const each of await writers()) found.push(await compare(each, scorer, signal));
      return found;
    },
    async close() {
      await writer.close();
      await scorer.close();
    },
  };
}

async function compare(
  writer: DescribedModel,
  scorer: ScorerModel,
  signal: AbortSignal | undefined,
): Promise<ModelCheck> {
  const name = writer.id;
  try {
    const curves = await scorer.score(await greedyPairs(writer, signal), { signal });
    const tokens = curves.reduce((sum, curve) => sum + curve.tokens, 0);
    if (tokens === 0) return { name, status: 'warning', detail: 'wrote nothing that could be scored' };
    const below = curves.reduce((sum, curve) => sum - curveData(curve).gap, 0) / tokens;
    if (below <= TOLERANCE) {
      const detail = `writes what ${scorer.id} finds most probable (within ${below.toFixed(3)} nats per token)`;
      return { name, status: 'ok', detail };
    }
    const detail = `writes tokens greedily that lie ${below.toFixed(2)} nats per token below the most probable ones by ${scorer.id}: the two serve other weights, or the tokenizer here is not theirs; start both with one model`;
    return { name, status: 'failed', detail };
  } catch (error) {
    signal?.throwIfAborted();
    if (!(error instanceof ModelError)) throw error;
    return { name, status: 'warning', detail: `was not compared with ${scorer.id}: ${error.message}` };
  }
}

/** Texts that a model writes greedily, as pairs to score. */
async function greedyPairs(writer: DescribedModel, signal: AbortSignal | undefined): Promise<ScoreRequest[]> {
  const prompts = PROMPTS.map((text) => ({ text }));
  const asked = prompts.map((prompt, row) => ({ prompt, temperature: 0, maxTokens: WRITTEN, seed: 0, row }));
  const pairs: ScoreRequest[] = [];
  for await (const { index, text } of writer.generate(asked, { signal })) {
    pairs.push({ prompt: prompts[index] ?? { text: '' }, completion: text, endOfTurn: false });
  }
  return pairs;
}
