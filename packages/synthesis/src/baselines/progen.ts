import type { Encoder } from '@mixture-of-personas/encoder';
import { randomFor, sampleWithoutReplacement, takeRows } from '@mixture-of-personas/numeric';
import { cleanText, cutUnfinished } from '../prompts/clean-text.js';
import { BaselineError } from '../errors.js';
import type { SyntheticRow } from '../record.js';
import { wordsOf } from '../personas/words.js';
import { askPrompt } from '../text-source/ask.js';
import type { Baseline, BaselinePlan } from '../text-source/baseline.js';
import { influenceScores } from './influence.js';
import {
  askedOf,
  baselineWriter,
  classFacts,
  classPlan,
  demonstrationsFact,
  type ClassPlan,
} from '../text-source/class-plan.js';
import { defineSource, type TextSource } from '../text-source/source.js';

/** Share of the texts that the loss is taken on; the first of them. */
const VALIDATION_SHARE = 0.2;
/** λ of the classifier. */
const REGULARIZATION = 0.01;
/** Share of a shown text's words from which on a text counts as its copy and is redrawn. */
const COPIED = 0.9;

/** Thresholds and sizes of ProGen's feedback; `proGenSource` checks those that are settings. */
export interface ProGenOptions {
  /** Texts before the first feedback. Upstream's own 10,000 never fires at the paper's 5,000. @defaultValue 500 */
  readonly minRows?: number;
  /** Texts between two feedbacks. @defaultValue 500 */
  readonly every?: number;
  /** Most helpful texts of each class that can be shown. @defaultValue 50 */
  readonly pool?: number;
  /** Texts shown in a prompt. @defaultValue 8 */
  readonly demonstrations?: number;
  /** Share of the prompts that show any, [0, 1]. @defaultValue 0.5 */
  readonly feedbackShare?: number;
}

/** Input of ProGen: at least two classes, and the run's encoder. */
export interface ProGenInput extends ClassPlan {
  readonly encoder: Pick<Encoder, 'embed'>;
  readonly signal?: AbortSignal | undefined;
}

type Settings = Required<ProGenOptions>;

const DEFAULTS: Settings = { minRows: 500, every: 500, pool: 50, demonstrations: 8, feedbackShare: 0.5 };

/** The most helpful texts of each class. */
type Pool = ReadonlyMap<string, readonly SyntheticRow[]>;

/**
 * ProGen (arXiv 2210.12329): ZeroGen whose own most helpful texts come back as demonstrations. After `minRows` texts, and again after every
 * `every` more, a classifier is trained on the texts so far and each is scored by its influence on the loss of those set aside; from then on
 * half of the prompts show a few of the best of their class. The rows of a block share one pool. The classifier is a logistic regression on
 * the run's embeddings, not DistilBERT (docs/decisions/0064).
 * @throws BaselineError when there are fewer than two classes, or when a block lacks the rows that its feedback comes from
 */
export function proGen(input: ProGenInput, options: ProGenOptions = {}): Baseline {
  if (input.labels.length < 2)
    throw new BaselineError(
      `ProGen needs at least two classes, got ${input.labels.length}. Give records with labels, or a template with classes.`,
    );
  const settings: Settings = { ...DEFAULTS, ...options };
  let known: { readonly rows: number; readonly pool: Pool } = { rows: 0, pool: new Map() };
  return {
    async plan(rows, earlier) {
      const used = threshold(settings, rows[0] ?? 0);
      if (earlier.length < used)
        throw new BaselineError(
          `ProGen writes row ${rows[0] ?? 0} by feedback on the ${used} rows first written, and got ${earlier.length} of them. Give all earlier rows.`,
        );
      if (used !== known.rows) known = { rows: used, pool: await feedback(input, settings, earlier.slice(0, used)) };
      return rows.map((row) => planOf(input, settings, known.pool, row));
    },
  };
}

/** Texts that the feedback before row `row` is computed from; 0 before the first. */
function threshold({ minRows, every }: Settings, row: number): number {
  return row < minRows ? 0 : minRows + every * Math.floor((row - minRows) / every);
}

async function feedback(input: ProGenInput, settings: Settings, earlier: readonly SyntheticRow[]): Promise<Pool> {
  const { labels, encoder, signal } = input;
  const seen = new Set<string>();
  const rows = earlier.filter(({ text }) => text !== '' && !seen.has(text) && seen.add(text));
  const texts = rows.map(({ text }) => text);
  const embeddings = await encoder.embed(texts, { signal });
  const classOf = Int32Array.from(rows, ({ label }) => labels.indexOf(label ?? ''));
  const aside = Math.min(rows.length - 1, Math.max(1, Math.round(rows.length * VALIDATION_SHARE)));
  const range = (from: number, to: number): number[] => Array.from({ length: to - from }, (_, i) => from + i);
  const part = (from: number, to: number) => ({
    rows: takeRows(embeddings, range(from, to)),
    classOf: classOf.slice(from, to),
  });
  const training = { ...part(aside, rows.length), classes: labels.length };
  const scores = influenceScores(training, part(0, aside), REGULARIZATION);
  const ranked = range(aside, rows.length).sort((a, b) => scores[a - aside]! - scores[b - aside]! || a - b);
  return new Map(
    labels.map((label, c) => {
      const own = ranked.filter((i) => classOf[i] === c).slice(0, settings.pool);
      return [label, own.map((i) => rows[i] as SyntheticRow)];
    }),
  );
}

function planOf(input: ProGenInput, settings: Settings, pool: Pool, row: number): BaselinePlan {
  const { template, seed } = input;
  const { label, context } = askedOf(input, row);
  const random = randomFor(seed, 'progen', row);
  const candidates = random() < settings.feedbackShare ? (pool.get(label ?? '') ?? []) : [];
  const drawn = sampleWithoutReplacement(candidates.length, settings.demonstrations, random);
  const shown = Array.from(drawn, (i) => candidates[i] as SyntheticRow);
  const demonstrations = shown.map(({ id, text }) => ({ id, text }));
  const plan = { label, context, prompt: askPrompt(template, { label, context, demonstrations }) };
  if (shown.length === 0) return plan;
  const read: BaselinePlan['read'] = ({ text, finish }) => {
    const clean = cutUnfinished(cleanText(text, template.output), finish);
    return shown.some((demo) => sharedWords(demo.text, clean) >= COPIED) ? '' : clean;
  };
  return { ...plan, shown: shown.map(({ id }) => id), read };
}

/** Share of the different words of `shown` that `text` has too. */
function sharedWords(shown: string, text: string): number {
  const [words, have] = [new Set(wordsOf(shown)), new Set(wordsOf(text))];
  return words.size === 0 ? 0 : [...words].filter((word) => have.has(word)).length / words.size;
}

/** ZeroGen with its own most helpful texts as demonstrations. */
export const proGenSource: TextSource = defineSource({
  name: 'progen',
  title: 'ProGen',
  about:
    'The class; from `minRows` on, half of the prompts show the most helpful texts so far as earlier answers. Influence comes from a logistic regression, exactly.',
  paper: '2210.12329',
  needs: ['encoder', 'classes', 'earlier'],
  settings: {
    ...classFacts,
    ...demonstrationsFact,
    minRows: {
      kind: 'number',
      whole: true,
      least: 2,
      default: 500,
      about: 'Texts before the first feedback of `progen`.',
    },
    every: { kind: 'number', whole: true, least: 1, default: 500, about: 'Texts between two feedbacks of `progen`.' },
    feedbackShare: {
      kind: 'number',
      least: 0,
      most: 1,
      default: 0.5,
      about: 'Share of the prompts of `progen` that show feedback.',
    },
  },
  async make(
    context,
    { temperature, minRows, every, feedbackShare, demonstrations = DEFAULTS.demonstrations, ...settings },
  ) {
    const { encoder, signal } = context;
    const about = { ...(await classPlan(context, settings)), encoder, signal };
    return baselineWriter(context, proGen(about, { minRows, every, feedbackShare, demonstrations }), temperature);
  },
});
