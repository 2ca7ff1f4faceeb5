import { BaselineError } from '../errors.js';
import type { PopulationRecord } from '../record.js';
import {
  baselineWriter,
  classFacts,
  classPlan,
  demonstrationsFact,
  type ClassSettings,
} from '../text-source/class-plan.js';
import { likelihoodRatios, modelRatios, picle, promptContrast, type LikelihoodPair } from './picle.js';
import {
  defineSource,
  type SourceContext,
  type TextSource,
  type TextWriter,
  type ValuesOf,
} from '../text-source/source.js';

const FACTS = {
  ...classFacts,
  ...demonstrationsFact,
  sampling: {
    kind: 'number',
    least: 0,
    default: 0,
    about: 'T in nats: `picle` draws its texts by exp(ratio / T); 0 takes the best.',
  },
} as const;

/** Demonstrations by the likelihood ratio of a fine-tuned model and the run's own. */
export const picleSource: TextSource = defineSource({
  name: 'picle',
  title: 'PICLe',
  about:
    'The exemplars of largest log p_target − log p_reference as earlier answers. The target is a model fine-tuned on the population, or its scores in a file.',
  paper: '2405.02501',
  needs: ['exemplars', 'scores'],
  settings: {
    ...FACTS,
    scores: {
      kind: 'path',
      about: 'File of log-likelihoods for `picle`: jsonl with `id`, `logp_sft` and `logp_ref`, in nats.',
    },
    target: { kind: 'text', about: 'Fine-tuned language model for `picle`; `llm.model` is the reference.' },
  },
  make: (context, settings) => picleWriter(context, settings, (pool) => ratiosOf(context, settings, pool)),
});

/** Demonstrations by the likelihood ratio of two prompts under one model. */
export const piclePromptSource: TextSource = defineSource({
  name: 'picle-pc',
  title: 'PICLe-PC',
  about: 'As `picle`, with the two likelihoods by one model under two prompts.',
  needs: ['exemplars', 'scores'],
  settings: FACTS,
  make: (context, settings) => picleWriter(context, settings, (pool) => promptContrast(context, pool, context.signal)),
});

async function picleWriter(
  context: SourceContext,
  { temperature, demonstrations, sampling, ...settings }: ClassSettings & ValuesOf<typeof FACTS>,
  ratiosOfPool: (pool: readonly PopulationRecord[]) => Promise<Float64Array>,
): Promise<TextWriter> {
  const about = await classPlan(context, settings);
  const { exemplars: pool } = await context.exemplars();
  const input = { ...about, pool, ratios: await ratiosOfPool(pool) };
  return baselineWriter(context, picle(input, { demonstrations, sampling }), temperature);
}

async function ratiosOf(
  { model, signal, readFile, openModel }: SourceContext,
  { scores, target }: { readonly scores: string | undefined; readonly target: string | undefined },
  pool: readonly PopulationRecord[],
): Promise<Float64Array> {
  if (scores !== undefined) return likelihoodRatios(pool, scoresById(await readFile(scores), scores));
  if (target === undefined)
    throw new BaselineError('PICLe needs the scores of two models, and neither file nor model was given.', {
      remedy: 'Give method.scores or method.target, or use method.name picle-pc, which needs one model.',
    });
  const tuned = await openModel(target);
  try {
    return await modelRatios({ target: tuned, reference: model }, pool, signal);
  } finally {
    await tuned.close();
  }
}

function scoresById(text: string, path: string): Map<string, LikelihoodPair> {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  return new Map(
    lines.map((line, i) => {
      const scored = scoredText(line);
      if (scored !== undefined) return scored;
      throw new BaselineError(`${path} line ${i + 1} has no id, logp_sft and logp_ref.`, {
        remedy: 'Give one JSON object a line with these three keys.',
      });
    }),
  );
}

function scoredText(line: string): [string, LikelihoodPair] | undefined {
  let parsed: unknown;
  try {
    parsed = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  const { id, logp_sft: target, logp_ref: reference }: Partial<Record<string, unknown>> = { ...parsed };
  return typeof id === 'string' && typeof target === 'number' && typeof reference === 'number'
    ? [id, { target, reference }]
    : undefined;
}
