import { METRICS, type MetricName, type MetricValue } from '@mixture-of-personas/metrics';
import { ARROWS, figureName } from '../tables/figures-text.js';
import { tableColumns, type TableContent } from '../tables/table.js';
import type { Propensity } from '../analysis/propensity.js';
import {
  biasOf,
  FITTED,
  INITIAL,
  LIKELIHOOD,
  UNIFORM,
  type Estimate,
  type HeldOutComparison,
} from '../analysis/held-out.js';
import { FLOOR, RESAMPLED, RESAMPLED_SENTENCE, type EvaluatedTexts, type RunMetrics } from '../artifacts/metrics.js';

/** The held-out comparison, one row a mixture. */
export function heldOutTable({ rows }: HeldOutComparison): TableContent {
  return {
    columns: tableColumns('held-out', [
      'nats/record (s.e., bias)',
      'gain over equal weights',
      'gain over initial gate',
      'fitted gate − this row',
      'τ',
      'effective pairs',
    ]),
    rows: rows.map((row) => [
      row.name,
      `${row.logLikelihood.mean.toFixed(2).replace('-', '−')} ${errorText(row.logLikelihood, biasOf(rows, row.name))}`,
      row.againstUniform === null ? '' : gainText(row.againstUniform, biasOf(rows, row.name, UNIFORM)),
      row.againstInitial ? gainText(row.againstInitial, biasOf(rows, row.name, INITIAL)) : '',
      row.fittedAgainst === null ? '' : gainText(row.fittedAgainst, biasOf(rows, FITTED, row.name)),
      `${temperatureText(row.temperature)}${row.pinned === true ? ' *' : ''}`,
      row.effectivePairs === null ? '' : row.effectivePairs.toFixed(1),
    ]),
  };
}

/** The likelihood that is compared, in words. */
const LIKELIHOODS = {
  marginal: 'marginal likelihood, that of what is simulated (mean over the training inputs);',
  conditional: 'likelihood given the context of each record;',
} as const;

/** Meaning of the parentheses. */
const BIAS =
  'In parentheses: the standard error, of sampling alone, and the bias that drawing pairs leaves, estimated from half of them; with a bias of −0.10 the figure is about 0.10 too low.';

/** Caption of the held-out table. */
export function heldOutCaption(found: HeldOutComparison): string {
  const { records, pairsPerRecord, estimator, likelihood } = found;
  const fitted = found.rows.find(({ name }) => name === FITTED);
  const lines = [
    `${records} held-out records, ${pairsPerRecord} pairs per record: ${LIKELIHOODS[likelihood]} ${estimator}.`,
  ];
  if (found.rows.some(({ withHalfThePairs }) => withHalfThePairs !== null)) lines.push(BIAS);
  if (fitted === undefined)
    lines.push('The fit kept the gate it started from or equal weights, so there is no fitted gate.');
  if (fitted?.againstUniform) lines.push(gainSentence(fitted, found));
  if (fitted?.logLikelihood.standardError === null)
    lines.push('The held-out records share all draws, so standard errors are unknown (–).');
  return [...lines, ...reachLines(found), ...informationLines(found.propensity)].join('\n');
}

/** Gains of the fitted gate in words, with the most that any could have. */
function gainSentence(
  { againstUniform, againstInitial }: HeldOutComparison['rows'][number],
  { rows, ceiling }: HeldOutComparison,
): string {
  const over = [
    ...(againstInitial ? [`${changeText(againstInitial)} against the initial gate, which is what the fit adds`] : []),
    ...(againstUniform ? [`${changeText(againstUniform)} against equal weights`] : []),
  ];
  const aim = rows.some(({ name }) => name === LIKELIHOOD)
    ? ' It was fitted to make texts close, not to this likelihood, which is the aim of the likelihood gate.'
    : '';
  return `The fitted gate ${over.join('; it ')}. The most that any gate could gain over equal weights is the log of the number of pairs, ${ceiling.toFixed(2)} nats.${aim}`;
}

/** `gains 1.21 nats (3.4 standard errors)`. */
function changeText(change: Estimate): string {
  return `${change.mean < 0 ? 'loses' : 'gains'} ${Math.abs(change.mean).toFixed(2)} nats${verdict(change)}`;
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
  return Math.abs(mean) < 2 * standardError ? ` (${size}, no more than chance)` : ` (${size})`;
}

/** Gains of the fitted gate by group of held-out records; undefined where it sees no context. */
export function contextGainsTable({ contexts }: HeldOutComparison): TableContent | undefined {
  if (contexts === undefined) return undefined;
  return {
    columns: tableColumns(contexts.over, [
      'held-out records',
      'gain over equal weights (s.e.)',
      'gain by the context (s.e.)',
    ]),
    rows: contexts.groups.map(({ name, records, overUniform, overNoContext }) => [
      name,
      String(records),
      gainText(overUniform),
      gainText(overNoContext),
    ]),
  };
}

/** The most probable persona of each group of golden records; undefined when they are all in one group. */
export function speakersTable({ propensity, speakers }: HeldOutComparison): TableContent | undefined {
  if (propensity.information === null) return undefined;
  return {
    columns: tableColumns(groupWord(propensity), 'most probable persona', ['π']),
    rows: speakers.map(({ groups, personaId, persona, probability }) => [
      groups,
      `${personaId} ${persona.length > SHOWN ? `${persona.slice(0, SHOWN)}…` : persona}`,
      probability.toFixed(2),
    ]),
  };
}

/** Characters of a persona in a table. */
const SHOWN = 60;

/** Nats below which shares differ by rounding alone. */
const SHARED_NOTHING = 1e-9;

/** Mutual information of group and persona, in words; nothing when all records are in one group. */
function informationLines(propensity: Propensity): string[] {
  if (propensity.information === null) return [];
  const { nats, shuffledMean, pValue, ceiling } = propensity.information;
  const group = groupWord(propensity);
  if (nats < SHARED_NOTHING)
    return [`The gate gives every record the same weights, so persona and ${group} share nothing.`];
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

/** Figures of all simulated sets side by side, one row per metric, real records against real records last. */
export function figuresTable({ sets }: RunMetrics['evaluation']): TableContent {
  const names = [...new Set(sets.flatMap(({ figures }) => Object.keys(figures)))] as MetricName[];
  return {
    columns: tableColumns('metric', [...sets.map(({ name }) => name), FLOOR]),
    rows: names.flatMap((name) => [
      [
        `${labelOf(name, sets)} ${ARROWS[METRICS[name].better]}`,
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

/** Every warning once, after the metrics that it is about. */
export function warningLines(sets: readonly EvaluatedTexts[], titleOf: (metric: MetricName) => string): string[] {
  const about = new Map<string, Set<string>>();
  for (const { name, warnings } of sets.flatMap(({ figures }) => Object.values(figures)))
    for (const sentence of warnings) about.set(sentence, (about.get(sentence) ?? new Set()).add(titleOf(name)));
  return Array.from(about, ([sentence, titles]) => `${[...titles].join(', ')}: ${sentence}`);
}

/** Number of texts in each set, the encoder and what brackets and the last column mean. */
export function setsSentence({ encoder, golden, sets }: RunMetrics['evaluation']): string {
  const texts = new Set(sets.flatMap(({ figures }) => Object.values(figures).map(({ n: [rows] }) => rows)));
  const ends = [...new Set([Math.min(...texts), Math.max(...texts)])].join(' to ');
  return `${ends} texts a set against ${golden} golden records; embeddings by ${encoder}; in brackets: 95 % interval. Last column: real records against other real ones, golden and training records, at the same numbers or those in parentheses.`;
}

/** Caption of the figures: what they are of, and every warning once. */
export function figuresCaption(evaluation: RunMetrics['evaluation']): string {
  const { sets } = evaluation;
  const copies = sets.some(({ name }) => name === RESAMPLED) ? [RESAMPLED_SENTENCE] : [];
  const notes = warningLines(sets, (metric) => metric).map((line) => `Note: ${line}`);
  return [setsSentence(evaluation), ...copies, ...notes].join('\n');
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

/** A difference of two rows: `+1.21 (0.18, −0.06)`, its standard error and its bias; without the bias where it is not known. */
export function gainText(gain: Estimate, bias?: number): string {
  return `${signed(gain.mean)} ${errorText(gain, bias)}`;
}

function errorText({ standardError }: Estimate, bias: number | undefined): string {
  return `(${[standardError?.toFixed(2) ?? '–', bias === undefined ? [] : signed(bias)].flat().join(', ')})`;
}

function signed(value: number): string {
  const text = Math.abs(value).toFixed(2);
  if (Number(text) === 0) return text;
  return `${value > 0 ? '+' : '−'}${text}`;
}

function temperatureText({ min, mean, max }: { min: number; mean: number; max: number }): string {
  return max - min < 0.005 ? mean.toFixed(2) : `${mean.toFixed(2)} (${min.toFixed(2)}–${max.toFixed(2)})`;
}
