import type { MetricName, MetricValue } from '@mixture-of-personas/metrics';
import { figureName } from '../tables/figures-text.js';
import type { TableContent } from '../tables/table.js';
import type { Propensity } from '../analysis/propensity.js';
import { FITTED, type Estimate, type HeldOutComparison } from '../analysis/held-out.js';
import { RESAMPLED, RESAMPLED_SENTENCE, type EvaluatedTexts, type RunMetrics } from '../artifacts/metrics.js';

const right = (title: string): { title: string; align: 'right' } => ({ title, align: 'right' });

/** The held-out comparison, one row a mixture. */
export function heldOutTable({ rows }: HeldOutComparison): TableContent {
  return {
    columns: [
      { title: 'held-out' },
      right('nats/record (s.e.)'),
      right('gain over equal weights (s.e.)'),
      right('gain over initial gate (s.e.)'),
      right('gain of fitted gate (s.e.)'),
      right('τ'),
      right('effective pairs'),
      right('with half the pairs'),
    ],
    rows: rows.map((row) => [
      row.name,
      withError(row.logLikelihood),
      row.againstUniform === null ? '' : signed(row.againstUniform),
      row.againstInitial ? signed(row.againstInitial) : '',
      row.fittedAgainst === null ? '' : signed(row.fittedAgainst),
      `${temperatureText(row.temperature)}${row.pinned === true ? ' *' : ''}`,
      row.effectivePairs === null ? '' : row.effectivePairs.toFixed(1),
      row.withHalfThePairs === null ? '' : row.withHalfThePairs.toFixed(2),
    ]),
  };
}

/** The likelihood that is compared, in words. */
const LIKELIHOODS = {
  marginal: 'marginal likelihood, that of what is simulated (mean over the training inputs);',
  conditional: 'likelihood given the context of each record;',
} as const;

/** Caption of the held-out table. */
export function heldOutCaption({
  records,
  pairsPerRecord,
  estimator,
  likelihood,
  ...found
}: HeldOutComparison): string {
  const fitted = found.rows.find(({ name }) => name === FITTED);
  const gain = fitted?.againstUniform;
  const lines = [
    `${records} held-out records, ${pairsPerRecord} pairs per record: ${LIKELIHOODS[likelihood]} ${estimator}.`,
  ];
  if (fitted === undefined)
    lines.push('The fit kept the gate it started from or equal weights, so there is no fitted gate.');
  if (gain) {
    lines.push(
      `The most that any gate could gain over the uniform mixture is the log of the number of pairs, ${found.ceiling.toFixed(2)} nats; the fitted gate gains ${gain.mean.toFixed(2)}${verdict(gain)}.`,
    );
  }
  if (fitted?.logLikelihood.standardError === null) {
    lines.push('The held-out records share all draws, so standard errors are unknown (–).');
  }
  return [...lines, ...reachLines(found), ...informationLines(found.propensity)].join('\n');
}

/** Limits of scores that figures inherit: temperatures at an end of their range, and bounds instead of values. */
function reachLines({ rows, range }: Pick<HeldOutComparison, 'rows' | 'range'>): string[] {
  const lines: string[] = [];
  if (range !== undefined) {
    const [low, high] = range;
    const fixed = high - low < 1e-3;
    const where = fixed ? 'fixed at 1' : `at an end of the range that scores answer for, ${low} to ${high}`;
    const remedy =
      'a better one may lie beyond, so the figure may be too low and differences to it too large (llm.temperatures).';
    lines.push(`* The temperature is ${where}: ${remedy}`);
  }
  const width = Math.max(...rows.map((row) => row.width ?? 0));
  if (width > 0) {
    const known = `The server tells its most probable tokens alone: figures are the middle of bounds that lie up to ${width.toFixed(2)} nats per record apart`;
    lines.push(`${known} (llm.topLogProbabilities narrows them).`);
  }
  return lines;
}

/** Verdict on a gain: below two standard errors it is none. Nothing is said where the error is unknown. */
function verdict({ mean, standardError }: Estimate): string {
  if (standardError === null) return '';
  const size = `${(Math.abs(mean) / standardError).toFixed(1)} standard errors`;
  if (Math.abs(mean) < 2 * standardError) return `, ${size}, which is no difference`;
  return `, ${size}`;
}

/** Gains of the fitted gate by group of held-out records; undefined where it sees no context. */
export function contextGainsTable({ contexts }: HeldOutComparison): TableContent | undefined {
  if (contexts === undefined) return undefined;
  return {
    columns: [
      { title: contexts.over },
      right('held-out records'),
      right('gain over equal weights (s.e.)'),
      right('gain by the context (s.e.)'),
    ],
    rows: [
      ...contexts.groups.map(({ name, records, overUniform, overNoContext }) => [
        name,
        String(records),
        signed(overUniform),
        signed(overNoContext),
      ]),
    ],
  };
}

/** The most probable persona of each group of golden records; undefined when they are all in one group. */
export function speakersTable({ propensity, speakers }: HeldOutComparison): TableContent | undefined {
  if (propensity.information === null) return undefined;
  return {
    columns: [{ title: groupWord(propensity) }, { title: 'most probable persona' }, right('π')],
    rows: speakers.map(({ groups, personaId, persona, probability }) => [
      groups,
      `${personaId} ${persona.length > SHOWN ? `${persona.slice(0, SHOWN)}…` : persona}`,
      probability.toFixed(2),
    ]),
  };
}

/** Characters of a persona in a table. */
const SHOWN = 60;

/** Mutual information of group and persona, in words; nothing when all records are in one group. */
function informationLines(propensity: Propensity): string[] {
  if (propensity.information === null) return [];
  const { nats, shuffledMean, pValue, ceiling } = propensity.information;
  const group = groupWord(propensity);
  const records = propensity.groups.reduce((sum, each) => sum + each.records, 0);
  return [
    `Over the ${records} golden records, persona and ${group} share ${nats.toFixed(3)} nats (at most ${ceiling.toFixed(2)}), with ${group}s shuffled ${shuffledMean.toFixed(3)}: ` +
      `permutation p = ${Number(pValue.toPrecision(2))}.`,
  ];
}

function groupWord({ over, groups }: Propensity): string {
  if (over !== 'year') return over;
  return groups[0]?.name.endsWith('0s') === true ? 'decade' : 'period';
}

/** Figures of all simulated sets side by side, one row per metric, the golden-against-golden floor last. */
export function figuresTable({ sets }: RunMetrics['evaluation']): TableContent {
  const names = [...new Set(sets.flatMap(({ figures }) => Object.keys(figures)))] as MetricName[];
  return {
    columns: [{ title: 'metric' }, ...sets.map(({ name }) => right(name)), right('golden − golden')],
    rows: names.flatMap((name) => [
      [
        labelOf(name, sets),
        ...sets.map(({ figures }) => figureText(figures[name])),
        floorText(sets[0]?.figures[name], numberText),
      ],
      ...(name === 'leak' ? ownCopies(sets, numberText) : []),
    ]),
  };
}

function labelOf(name: MetricName, sets: readonly EvaluatedTexts[]): string {
  const figure = sets.map(({ figures }) => figures[name]).find((each) => each !== undefined);
  return figure === undefined ? name : figureName(figure);
}

/** The floor of a figure; where there is none, the same at the sizes that real records allow, with these sizes. */
export function floorText(figure: MetricValue | undefined, text: (value: number) => string): string {
  const { floor, split } = figure ?? {};
  if (typeof floor === 'number') return text(floor);
  return split ? `${text(split.value)} (at ${split.n.join(' against ')})` : '';
}

/** Rows under `leak`: the share of texts that copy the exemplar in their own prompt, and of golden texts dealt the same exemplars. */
export function ownCopies(sets: readonly EvaluatedTexts[], text: (value: number) => string): string[][] {
  const parts = sets.map(({ figures }) => figures.leak?.parts);
  const known = parts.find((each) => each?.['own'] !== undefined);
  if (known === undefined) return [];
  const cell = (value: number | undefined): string => (value === undefined ? '–' : text(value));
  return [['leak of its own exemplar', ...parts.map((each) => cell(each?.['own'])), cell(known['goldenOwn'])]];
}

/** Warnings of the figures of some texts, with the metric of each; the texts are called by their name. */
export function warningsOf({
  name,
  figures,
}: EvaluatedTexts): { readonly metric: MetricName; readonly sentence: string }[] {
  return Object.values(figures).flatMap(({ name: metric, warnings }) =>
    warnings.map((sentence) => ({ metric, sentence: sentence.replace('rows of synthetic', `rows of ${name}`) })),
  );
}

/** Caption of the figures: the number of texts, and every warning once. */
export function figuresCaption({ encoder, golden, sets }: RunMetrics['evaluation']): string {
  const warnings = new Set(sets.flatMap((set) => warningsOf(set).map(({ sentence }) => sentence)));
  const texts = Object.values(sets[0]?.figures ?? {})[0]?.n[0] ?? 0;
  const head = `${texts} texts a set against ${golden} golden records; embeddings by ${encoder}; [95 % bootstrap interval].`;
  const copies = sets.some(({ name }) => name === RESAMPLED) ? [RESAMPLED_SENTENCE] : [];
  return [head, ...copies, ...Array.from(warnings, (sentence) => `Note: ${sentence}`)].join('\n');
}

function figureText(figure: MetricValue | undefined): string {
  if (figure === undefined) return '';
  const { value, interval } = figure;
  return interval === null
    ? numberText(value)
    : `${numberText(value)} [${numberText(interval[0])}, ${numberText(interval[1])}]`;
}

function numberText(value: number | null | undefined): string {
  return value === null || value === undefined ? '' : Number(value.toPrecision(4)).toString();
}

function withError({ mean, standardError }: Estimate): string {
  return `${mean.toFixed(2)} (${standardError?.toFixed(2) ?? '–'})`;
}

function signed({ mean, standardError }: Estimate): string {
  return `${mean >= 0 ? '+' : '−'}${Math.abs(mean).toFixed(2)} (${standardError?.toFixed(2) ?? '–'})`;
}

function temperatureText({ min, mean, max }: { min: number; mean: number; max: number }): string {
  return max - min < 0.005 ? mean.toFixed(2) : `${mean.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
}
