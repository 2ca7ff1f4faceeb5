import { METRICS, type MetricName } from '@mixture-of-personas/metrics';
import { powerFor } from './table-numbers.js';
import type { Difference, Entry, Floor, Summary } from './summary.js';

/** Names of metrics in headings, where they have shorter ones. */
export const SHORT: Readonly<Partial<Record<MetricName, string>>> = {
  frechet: 'FID',
  mauve: 'MAUVE',
  'cosine-kl': 'KL cosine',
  kid: 'KID',
  f1: 'F1',
};

/** A column of an experiment's tables: a metric within a data set, with its figures as they are printed. */
export interface PrintedColumn {
  readonly dataset: string;
  readonly metric: MetricName;
  /** `AG News KID`; without the data set where there is one alone. */
  readonly name: string;
  /** Its figures are printed times ten to this. */
  readonly power: number;
  readonly better: 'lower' | 'higher' | 'target';
  /** By method. */
  readonly entries: ReadonlyMap<string, Entry>;
  readonly floor: Floor | undefined;
  /** From the reference method, by method. */
  readonly differences: ReadonlyMap<string, Difference>;
}

/** The columns in their order; a column of small figures, such as kernel distances, is multiplied by a power of ten. */
export function columnsOf({ datasets, metrics, mauve, entries, floors, differences }: Summary): PrintedColumn[] {
  return datasets.flatMap((dataset) =>
    metrics.map((metric) => {
      const own = <T extends { readonly dataset: string; readonly metric: MetricName }>(all: readonly T[]): T[] =>
        all.filter((one) => one.dataset === dataset && one.metric === metric);
      const power = powerFor(own(entries).map(({ mean }) => mean));
      const times = 10 ** power;
      const byMethod = <T extends { readonly method: string }>(all: readonly T[]): Map<string, T> =>
        new Map(all.map((one) => [one.method, one]));
      const preset = metric === 'mauve' && mauve.length > 0 ? ` (${mauve.join(', ')})` : '';
      const short = `${SHORT[metric] ?? metric}${preset}`;
      return {
        dataset,
        metric,
        name: datasets.length < 2 ? short : `${dataset} ${short}`,
        power,
        better: METRICS[metric].better,
        entries: byMethod(own(entries).map((entry) => printedEntry(entry, times))),
        floor: own(floors).map((floor) => scaled(floor, times))[0],
        differences: byMethod(own(differences).map((difference) => scaled(difference, times))),
      };
    }),
  );
}

function printedEntry(entry: Entry, times: number): Entry {
  const { interval, paper, raw } = entry;
  return {
    ...scaled(entry, times),
    interval: interval === null ? null : [interval[0] * times, interval[1] * times],
    paper: paper === null ? null : paper * times,
    raw: raw === null ? null : raw * times,
  };
}

function scaled<T extends { readonly mean: number; readonly half: number | null }>(value: T, times: number): T {
  return { ...value, mean: value.mean * times, half: value.half === null ? null : value.half * times };
}
