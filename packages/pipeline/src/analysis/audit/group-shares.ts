import { mentions, type GroupTerms } from './group-terms.js';

const Z = 1.959964; // two-sided 95 %

/** Share of texts that speak of a group, in the population and in the simulation, and the weight that the gate gives to it. */
export interface GroupShare {
  readonly group: string;
  /** Share of the population's records with one of the group's terms, 0 … 1. */
  readonly records: number;
  /** Share of the simulated texts. */
  readonly simulated: number;
  /** simulated − records with its 95 % interval (Newcombe 1998, method 10). */
  readonly difference: { readonly mean: number; readonly low: number; readonly high: number };
  /** Mean π of the personas whose description has one of the terms, added up, 0 … 1. */
  readonly personaMass: number;
  /** Share of the simulated texts whose exemplar has one of the terms. */
  readonly exemplarMass: number;
}

/** Texts in which shares are counted. */
export interface AuditedTexts {
  readonly records: readonly string[];
  /** Simulated texts, and the text of the exemplar each was written after (empty when there was none). */
  readonly simulated: readonly { readonly text: string; readonly exemplar: string }[];
  /** Description and mean π of each persona. */
  readonly personas: readonly { readonly persona: string; readonly share: number }[];
}

/** One row a group, in the order of the terms. */
export function groupShares({ groups }: GroupTerms, texts: AuditedTexts): GroupShare[] {
  const { records, simulated, personas } = texts;
  return Object.entries(groups).map(([group, terms]) => {
    const has = mentions(terms);
    const inRecords = records.filter(has).length;
    const inSimulated = simulated.filter(({ text }) => has(text)).length;
    return {
      group,
      records: inRecords / records.length,
      simulated: inSimulated / simulated.length,
      difference: differenceOfShares([inSimulated, simulated.length], [inRecords, records.length]),
      personaMass: personas.reduce((mass, { persona, share }) => mass + (has(persona) ? share : 0), 0),
      exemplarMass: simulated.filter(({ exemplar }) => has(exemplar)).length / simulated.length,
    };
  });
}

/** a/n − b/m with its 95 % interval, from the two Wilson intervals. */
export function differenceOfShares(
  [a, n]: readonly [number, number],
  [b, m]: readonly [number, number],
): GroupShare['difference'] {
  const [first, second] = [wilson(a, n), wilson(b, m)];
  const mean = a / n - b / m;
  return {
    mean,
    low: mean - Math.hypot(a / n - first.low, second.high - b / m),
    high: mean + Math.hypot(first.high - a / n, b / m - second.low),
  };
}

/** Wilson's 95 % interval of a share. */
function wilson(count: number, n: number): { low: number; high: number } {
  const p = count / n;
  const center = (p + Z ** 2 / (2 * n)) / (1 + Z ** 2 / n);
  const half = (Z * Math.sqrt((p * (1 - p)) / n + Z ** 2 / (4 * n * n))) / (1 + Z ** 2 / n);
  return { low: Math.max(0, center - half), high: Math.min(1, center + half) };
}
