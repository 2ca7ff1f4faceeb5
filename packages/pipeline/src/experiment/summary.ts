import {
  compareOverSeeds,
  FEWEST_SEEDS,
  holm,
  METRICS,
  type Evaluation,
  type MetricName,
} from '@mixture-of-personas/metrics';
import { RESAMPLED } from '../artifacts/metrics.js';
import { conditionsOf, type MeasuredTexts } from './conditions.js';
import type { Definition } from './definition.js';
import { meanInterval, type MeanInterval } from './student.js';

const LEVEL = 0.05;

/** A finished cell: the figures of its texts. */
export interface CellFigures extends MeasuredTexts {
  readonly dataset: string;
  /** Values that a sweep gave it, such as `exemplars.count=6`. */
  readonly point?: string;
  readonly seed: number;
  /** Figures of the run's exemplars in place of its texts; absent where it has none. */
  readonly resampled?: Evaluation | undefined;
  /** Sentences that the run noted, such as personas that fell back to keywords. */
  readonly notes: readonly string[];
}

/** A cell that ended without figures. */
export interface FailedCell extends Pick<CellFigures, 'dataset' | 'method' | 'seed'> {
  /** The reason in a sentence, with what to do where that is known. */
  readonly problem: string;
}

/** The end of a cell. */
export type CellResult = CellFigures | FailedCell;

/** One number of the table. */
export interface Entry extends MeanInterval {
  readonly dataset: string;
  readonly method: string;
  readonly metric: MetricName;
  /** By seed, in the order of the seeds. */
  readonly values: readonly number[];
  readonly seeds: readonly number[];
  /** With one seed, the interval of that run. */
  readonly interval: readonly [number, number] | null;
  /** Figure that the paper prints in this place. */
  readonly paper: number | null;
  /** Beside the paper's figure, the mean without correction, as the paper computes its own; null where there is none. */
  readonly raw: number | null;
  /**
   * The best of its data set, and better than every other method: paired t tests over at least `FEWEST_SEEDS` seeds, two-sided, 5 %,
   * corrected for the number of columns (Holm).
   */
  readonly bold: boolean;
}

/** Comparison of another method with the reference: differences over the seeds they share. */
export interface Difference extends MeanInterval {
  readonly dataset: string;
  readonly method: string;
  readonly metric: MetricName;
  /** Seeds that both have. */
  readonly seeds: number;
  /** Two-sided p value of the paired t test, corrected for the number of tested differences in the table (Holm); null where there is no test. */
  readonly pValue: number | null;
  /** `better` or `worse` than the reference where `pValue` ≤ 0.05 over at least `FEWEST_SEEDS` seeds; `open` otherwise. */
  readonly verdict: 'better' | 'worse' | 'open';
}

/** Distance of real records from other real records, as many as were compared; mean over seeds. */
export interface Floor extends MeanInterval {
  readonly dataset: string;
  readonly metric: MetricName;
}

/** All numbers of an experiment. */
export interface Summary {
  readonly title: string;
  readonly datasets: readonly string[];
  readonly methods: readonly string[];
  readonly metrics: readonly MetricName[];
  /** Numbers of texts and records, encoder, and which prompts say labels, in sentences. */
  readonly conditions: string;
  /** Presets of MAUVE in the cells. */
  readonly mauve: readonly string[];
  readonly seeds: readonly number[];
  readonly entries: readonly Entry[];
  readonly floors: readonly Floor[];
  readonly reference: string | null;
  readonly differences: readonly Difference[];
  /** Each note with the number of cells that noted it. */
  readonly notes: readonly { readonly note: string; readonly cells: number }[];
  readonly failures: readonly FailedCell[];
}

/** Means over seeds, intervals, which entries are bold, and differences from the reference method. */
export function summaryOf(definition: Definition, results: readonly CellResult[]): Summary {
  const failures = results.filter((result): result is FailedCell => 'problem' in result);
  const made = results.filter((result): result is CellFigures => 'figures' in result);
  const datasets = unique(results.map(({ dataset }) => dataset));
  const { title } = definition;
  const metrics =
    definition.metrics ?? unique(made.flatMap(({ figures }) => Object.values(figures).map(({ name }) => name)));
  const reference = made.find(({ method }) => method === (definition.reference ?? 'MoP'))?.method ?? null;
  const cells = definition.resampled ? [...made, ...resampledCells(made, reference)] : made;
  const methods = unique([...results, ...cells].map(({ method }) => method));
  const columns = datasets.flatMap((dataset) =>
    metrics.map((metric) => columnOf(definition, cells, { dataset, metric, methods })),
  );
  const entries = withBest(columns);
  const raw = entries.flatMap((entry) => {
    const against = entries.find(
      ({ dataset, metric, method }) =>
        dataset === entry.dataset && metric === entry.metric && method === reference && method !== entry.method,
    );
    return against === undefined ? [] : [differenceOf(entry, against)];
  });
  const tested = raw.map(({ metric, differences }) => ({ differences, better: METRICS[metric].better }));
  const judged = compareOverSeeds(tested, LEVEL);
  const differences = raw.map(({ dataset, method, metric, mean, half, seeds: shared }, i): Difference => {
    const { adjusted, verdict } = judged[i]!;
    const pValue = Number.isNaN(adjusted) ? null : adjusted;
    return { dataset, method, metric, mean, half, seeds: shared, pValue, verdict };
  });
  const seeds = unique(results.map(({ seed }) => seed));
  const floors = datasets.flatMap((dataset) => metrics.flatMap((metric) => floorOf(cells, { dataset, metric })));
  const notes = unique(cells.flatMap((cell) => cell.notes)).map((note) => ({
    note,
    cells: cells.filter((cell) => cell.notes.includes(note)).length,
  }));
  const mauve = unique(cells.flatMap(({ figures }) => figures.mauve?.settings['preset'] ?? []).map(String));
  const conditions = conditionsOf(made);
  const found = { entries, floors, reference, differences, notes, failures };
  return { title, datasets, methods, metrics, conditions, mauve, seeds, ...found };
}

/**
 * One cell of resampled exemplars a data set and seed: those of the reference, else of the first method that has some. In a sweep that changes them, or
 * what they are compared with, one for each of its points.
 */
function resampledCells(cells: readonly CellFigures[], reference: string | null): CellFigures[] {
  const found = new Map<string, CellFigures>();
  for (const { dataset, seed, point = '', method, resampled } of cells) {
    const key = JSON.stringify([dataset, seed, point]);
    if (resampled !== undefined && (!found.has(key) || method === reference))
      found.set(key, { dataset, seed, point, method: `${RESAMPLED} ${point}`.trim(), figures: resampled, notes: [] });
  }
  const all = [...found.values()];
  const firstOf = (cell: CellFigures): CellFigures =>
    all.find(({ dataset, seed }) => dataset === cell.dataset && seed === cell.seed) ?? cell;
  const valuesOf = ({ figures }: CellFigures): string =>
    JSON.stringify(Object.values(figures).map(({ value }) => value));
  const alike = all.every((cell) => valuesOf(cell) === valuesOf(firstOf(cell)));
  return alike ? all.filter((cell) => cell === firstOf(cell)).map((cell) => ({ ...cell, method: RESAMPLED })) : all;
}

/** Whether a row is of the exemplars themselves, which no model wrote. */
export function isResampled(method: string): boolean {
  return method === RESAMPLED || method.startsWith(`${RESAMPLED} `);
}

/** The entries of one data set and metric. */
function columnOf(
  { paper }: Definition,
  cells: readonly CellFigures[],
  { dataset, metric, methods }: { dataset: string; metric: MetricName; methods: readonly string[] },
): Entry[] {
  return methods.flatMap((method): Entry[] => {
    const own = cells.filter(
      (cell) => cell.dataset === dataset && cell.method === method && cell.figures[metric] !== undefined,
    );
    if (own.length === 0) return [];
    const values = own.map(({ figures }) => figures[metric]?.value ?? Number.NaN);
    const interval = own.length === 1 ? (own[0]?.figures[metric]?.interval ?? null) : null;
    const alike = own.every(({ figures }) => metric !== 'mauve' || figures.mauve?.settings['preset'] === 'paper');
    const printed = alike ? (paper[dataset]?.[method]?.[metric] ?? null) : null;
    const uncorrected = own.flatMap(({ figures }) => figures[metric]?.parts['raw'] ?? []);
    const raw = printed === null || uncorrected.length < own.length ? null : meanInterval(uncorrected).mean;
    const seeds = own.map(({ seed }) => seed);
    const about = { dataset, method, metric, values, seeds, interval, paper: printed, raw, bold: false };
    return [{ ...about, ...meanInterval(values) }];
  });
}

/** The entries of all columns, the significantly best one of a column bold. */
function withBest(columns: readonly (readonly Entry[])[]): Entry[] {
  const rivals = columns.map((all) => {
    // Texts that no model wrote are no rival: they would win most distances.
    const column = all.filter(({ method }) => !isResampled(method));
    const [first] = column;
    if (first === undefined || column.length < 2 || METRICS[first.metric].better === 'target') return undefined;
    const sign = METRICS[first.metric].better === 'higher' ? 1 : -1;
    const best = column.reduce((a, b) => (sign * b.mean > sign * a.mean ? b : a));
    const others = column.filter((entry) => entry !== best).map((entry) => differenceOf(entry, best));
    const enough = others.every(({ seeds }) => seeds >= FEWEST_SEEDS);
    // Best only where it beats every rival, so the weakest of its tests counts.
    const tests = compareOverSeeds(others.map(({ differences }) => ({ differences, better: 'lower' })));
    return { best, pValue: enough ? Math.max(...tests.map(({ pValue }) => pValue)) : 1 };
  });
  const adjusted = holm(rivals.map((rival) => rival?.pValue ?? 1));
  return columns.flatMap((column, i) =>
    column.map((entry) => ({ ...entry, bold: entry === rivals[i]?.best && (adjusted[i] ?? 1) <= LEVEL })),
  );
}

/** The floor of a data set and metric, from the first cell of each seed; real records depend on the seed alone. */
function floorOf(cells: readonly CellFigures[], { dataset, metric }: Pick<Floor, 'dataset' | 'metric'>): Floor[] {
  const bySeed = new Map<number, number>();
  for (const { seed, figures, dataset: of } of cells) {
    const floor = figures[metric]?.floor ?? null;
    if (of === dataset && floor !== null && !bySeed.has(seed)) bySeed.set(seed, floor);
  }
  return bySeed.size === 0 ? [] : [{ dataset, metric, ...meanInterval([...bySeed.values()]) }];
}

/** A difference before it is tested among all others of its table. */
type RawDifference = Omit<Difference, 'verdict' | 'pValue'> & { readonly differences: readonly number[] };

/** `entry` against `reference`: differences over the seeds of both, and their mean with its interval. */
function differenceOf(entry: Entry, reference: Entry): RawDifference {
  const { dataset, method, metric } = entry;
  const differences = entry.values.flatMap((value, i) => {
    const at = reference.seeds.indexOf(entry.seeds[i] ?? Number.NaN);
    const other = reference.values[at];
    return other === undefined ? [] : [value - other];
  });
  const { mean, half } = meanInterval(differences.length === 0 ? [entry.mean - reference.mean] : differences);
  return { dataset, method, metric, mean, half, seeds: differences.length, differences };
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
