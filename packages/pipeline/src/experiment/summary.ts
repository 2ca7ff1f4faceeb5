import { METRICS, type Evaluation, type MetricName } from '@mixture-of-personas/metrics';
import type { Definition } from './definition.js';
import { meanInterval, type MeanInterval } from './student.js';

/** A finished cell: the figures of its texts. */
export interface CellFigures {
  readonly dataset: string;
  readonly method: string;
  readonly seed: number;
  readonly figures: Evaluation;
}

/** One number of the table. */
export interface Entry extends MeanInterval {
  readonly dataset: string;
  readonly method: string;
  readonly metric: MetricName;
  /** By seed, in the order of the seeds. */
  readonly values: readonly number[];
  readonly seeds: readonly number[];
  /** With one seed, the bootstrap interval of that run. */
  readonly bootstrap: readonly [number, number] | null;
  /** What the paper prints in this place. */
  readonly paper: number | null;
  /** The best of its data set, and better than every other method by a paired t test over the seeds, two-sided, 5 %. */
  readonly bold: boolean;
}

/** How another method compares with the reference: differences over the seeds they share. */
export interface Difference extends MeanInterval {
  readonly dataset: string;
  readonly method: string;
  readonly metric: MetricName;
  /** `better` or `worse` than the reference where the interval leaves out zero; `open` otherwise, or with one seed. */
  readonly verdict: 'better' | 'worse' | 'open';
}

/** What golden records would get against golden records: a figure of two random halves, mean over seeds. */
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
  readonly seeds: readonly number[];
  readonly entries: readonly Entry[];
  readonly floors: readonly Floor[];
  readonly reference: string | null;
  readonly differences: readonly Difference[];
}

/** Means over seeds, intervals, which entries are bold, and differences from the reference method. */
export function summaryOf(definition: Definition, cells: readonly CellFigures[]): Summary {
  const datasets = unique(cells.map(({ dataset }) => dataset));
  const methods = unique(cells.map(({ method }) => method));
  const { metrics, title } = definition;
  const reference = methods.find((name) => name === (definition.reference ?? 'MoP')) ?? null;
  const entries = datasets.flatMap((dataset) =>
    metrics.flatMap((metric) => columnOf(definition, cells, { dataset, metric, methods })),
  );
  const differences = entries.flatMap((entry) => {
    const against = entries.find(
      ({ dataset, metric, method }) =>
        dataset === entry.dataset && metric === entry.metric && method === reference && method !== entry.method,
    );
    return against === undefined ? [] : [differenceOf(entry, against)];
  });
  const seeds = unique(cells.map(({ seed }) => seed));
  const floors = datasets.flatMap((dataset) => metrics.flatMap((metric) => floorOf(cells, { dataset, metric })));
  return { title, datasets, methods, metrics, seeds, entries, floors, reference, differences };
}

/** The entries of one data set and metric, the significantly best one bold. */
function columnOf(
  { paper }: Definition,
  cells: readonly CellFigures[],
  { dataset, metric, methods }: { dataset: string; metric: MetricName; methods: readonly string[] },
): Entry[] {
  const column = methods.flatMap((method): Entry[] => {
    const own = cells.filter(
      (cell) => cell.dataset === dataset && cell.method === method && cell.figures[metric] !== undefined,
    );
    if (own.length === 0) return [];
    const values = own.map(({ figures }) => figures[metric]?.value ?? Number.NaN);
    const bootstrap = own.length === 1 ? (own[0]?.figures[metric]?.interval ?? null) : null;
    const printed = paper[dataset]?.[method]?.[metric] ?? null;
    const seeds = own.map(({ seed }) => seed);
    const about = { dataset, method, metric, values, seeds, bootstrap, paper: printed, bold: false };
    return [{ ...about, ...meanInterval(values) }];
  });
  const { better } = METRICS[metric];
  if (better === 'target' || column.length < 2) return column;
  const sign = better === 'higher' ? 1 : -1;
  const best = column.reduce((a, b) => (sign * b.mean > sign * a.mean ? b : a));
  const wins = column.every((other) => other === best || differenceOf(other, best).verdict === 'worse');
  return column.map((entry) => ({ ...entry, bold: entry === best && wins }));
}

/** The floor of a data set and metric, from the first cell of each seed; golden records depend on the seed alone. */
function floorOf(cells: readonly CellFigures[], { dataset, metric }: Pick<Floor, 'dataset' | 'metric'>): Floor[] {
  const bySeed = new Map<number, number>();
  for (const { seed, figures, dataset: of } of cells) {
    const floor = figures[metric]?.floor ?? null;
    if (of === dataset && floor !== null && !bySeed.has(seed)) bySeed.set(seed, floor);
  }
  return bySeed.size === 0 ? [] : [{ dataset, metric, ...meanInterval([...bySeed.values()]) }];
}

/** `entry` against `reference`: mean difference over the seeds of both, with its interval. */
function differenceOf(entry: Entry, reference: Entry): Difference {
  const { dataset, method, metric } = entry;
  const differences = entry.values.flatMap((value, i) => {
    const at = reference.seeds.indexOf(entry.seeds[i] ?? Number.NaN);
    const other = reference.values[at];
    return other === undefined ? [] : [value - other];
  });
  const { mean, half } = meanInterval(differences.length === 0 ? [entry.mean - reference.mean] : differences);
  const { better } = METRICS[metric];
  const open = half === null || better === 'target' || !(Math.abs(mean) > half);
  const gain = better === 'higher' ? mean > 0 : mean < 0;
  return { dataset, method, metric, mean, half, verdict: open ? 'open' : gain ? 'better' : 'worse' };
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)];
}
