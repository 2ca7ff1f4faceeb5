import { meanOf } from '@mixture-of-personas/numeric/internal';
import type { LogLikelihoodCurve } from '@mixture-of-personas/gating';
import { z } from 'zod';
import { propensity } from './propensity.js';
import { list } from './schema.js';
import { speaker } from './speakers.js';
import { weightShiftSchema } from './weight-shift.js';

const estimate = z.object({
  mean: z.number(),
  /** Null where the records share all draws: the error is unknown. */
  standardError: z.number().nullable(),
});

/** Smallest, mean and largest τ. */
export const spread = z.object({ min: z.number(), mean: z.number(), max: z.number() });

const row = z.object({
  name: z.string(),
  /** log p̂(y) per record, at the mixture's own fitted temperatures. */
  logLikelihood: estimate,
  /** Minus the uniform mixture, the zero-shot prompt and the initial gate, paired over the same records; null for the row itself. */
  againstUniform: estimate.nullable(),
  againstZeroShot: estimate.nullable(),
  /** Absent in a folder of an earlier version. */
  againstInitial: estimate.nullable().exactOptional(),
  /** The fitted gate minus this one, paired likewise; null for the fitted gate itself. */
  fittedAgainst: estimate.nullable(),
  /** τ over personas, as fitted on training records. */
  temperature: spread,
  /** Of the P pairs, how many this mixture was in effect judged by; null for the zero-shot prompt, which has none. */
  effectivePairs: z.number().nullable(),
  /** The mean with half of the pairs: how far it rises with P is how far Jensen's inequality holds it down; null likewise. */
  withHalfThePairs: z.number().nullable(),
  /** Whether τ stands at an end of the temperatures that scores answer for: a better one may lie beyond, and the figure is too low. */
  pinned: z.literal(true).exactOptional(),
  /** Nats per record that the bounds of the figure lie apart at most; absent where scores are exact. */
  width: z.number().exactOptional(),
});

const contexts = z.object({
  over: z.string(),
  /** The fitted gate minus its own mean weights over the training contexts: what is learned about who speaks in which context. */
  all: estimate,
  groups: list(z.object({ name: z.string(), records: z.number(), overUniform: estimate, overNoContext: estimate })),
});

/** The held-out part of `metrics.json`. */
export const heldOutComparison = z.object({
  records: z.number(),
  pairsPerRecord: z.number(),
  curvesAskedFor: z.number(),
  /** `marginal`: the likelihood of what is simulated; `conditional`: given the record's own context. Only proper likelihoods are compared. */
  likelihood: z.enum(['marginal', 'conditional']),
  estimator: z.string(),
  rows: list(row),
  /** Temperatures that scores answer for, lowest and highest, where the figure of a row is pinned to an end of them. */
  range: z.tuple([z.number(), z.number()]).readonly().exactOptional(),
  /** log(K·N), nats: what a gate can gain over the uniform mixture at most, by putting all weight on a record's best pair. */
  ceiling: z.number(),
  /** π of the golden records, to none of which anything was fitted, by what they have in common, such as the decade: who speaks when. */
  propensity,
  /** The most probable persona of each of those groups. */
  speakers: list(speaker),
  /** Personas and exemplars that the fit gave more weight, or less; absent in a folder of an earlier version. */
  shift: weightShiftSchema.exactOptional(),
  /** Gain by context; absent where the gate sees no context, and where nothing was fitted. */
  contexts: contexts.exactOptional(),
});

/** A mean over held-out records with its standard error, clustered by the blocks of records that share draws; nats per record. */
export type Estimate = z.infer<typeof estimate>;

/** One row of the held-out comparison. */
export type HeldOutRow = z.infer<typeof row>;

/** Worth of the contexts to the fitted gate, on held-out records sorted by what their contexts have in common; nats per record. */
export type ContextGains = z.infer<typeof contexts>;

/** The held-out part of `metrics.json`. */
export type HeldOutComparison = z.infer<typeof heldOutComparison>;

/** Row of the prompt without persona and exemplar, which others are compared with. */
export const ZERO_SHOT = 'zero-shot prompt';
/** Row of the mixture in which every pair is equally likely, which others are compared with. */
export const UNIFORM = 'uniform mixture';
/** Row of the fitted gate's personas without exemplars. */
export const NO_EXEMPLAR = 'no-exemplar mixture';
/** Row of the gate before its fit. */
export const INITIAL = 'initial gate';
/** Row of the gate that was fitted; absent where the fit kept the start or equal weights. */
export const FITTED = 'fitted gate';
/** Row of the gate that likelihood chose, beside one that texts chose. */
export const LIKELIHOOD = 'likelihood gate';
/** Row of the fitted gate's mean weights over the training contexts, the same for every record. */
export const NO_CONTEXT = 'fitted gate, no context';
/** Name of the texts of a run whose fit changed nothing. */
export const NOT_FITTED = 'gate as it started';
/** Name of the texts of a run whose fit found nothing to gain. */
export const EQUAL = 'equal weights';

/** Description of the printed figures, in words; stands under the table and in `metrics.json`. */
export const ESTIMATOR: string =
  'log-likelihood per held-out record in nats, each mixture at temperatures fitted on training records; mixtures by deterministic-mixture ' +
  'importance sampling over the same pairs for all; standard errors paired and clustered by the records that share draws';

/** Facts about one mixture before it is compared. */
export interface Judged extends Pick<HeldOutRow, 'name' | 'temperature' | 'effectivePairs' | 'withHalfThePairs'> {
  /** One entry a held-out record. */
  readonly logLikelihoods: ArrayLike<number>;
  /** Curves behind each held-out record's entry, whose bounds may lie apart. */
  readonly curves: readonly (readonly Pick<LogLikelihoodCurve, 'width'>[])[];
}

/** Share of a temperature that a search may end short of the end of its range. */
const END = 1e-3;

/** The flag of a row whose temperature stands at an end of the range that was searched. */
function pinnedBy(
  { min, max }: HeldOutRow['temperature'],
  [lowest, highest]: readonly [number, number] = [0, Infinity],
): Pick<HeldOutRow, 'pinned'> {
  return min < lowest * (1 + END) || max > highest * (1 - END) ? { pinned: true } : {};
}

/** The width of a row: the mean over records of what their curves' bounds lie apart at most, at any of its temperatures. */
function widthBy({ min, mean, max }: HeldOutRow['temperature'], records: Judged['curves']): Pick<HeldOutRow, 'width'> {
  const widths = records.map((curves) =>
    Math.max(0, ...curves.flatMap((curve) => [min, mean, max].map((temperature) => curve.width?.(temperature) ?? 0))),
  );
  const width = meanOf(widths);
  return width > 0 ? { width } : {};
}

/** Rows of the comparison: means, and paired differences against the uniform mixture, the zero-shot prompt and the initial gate, and from the fitted gate. */
export function heldOutRows(
  judged: readonly Judged[],
  { recordsPerDraw, range }: { recordsPerDraw: number; range?: readonly [number, number] | undefined },
): HeldOutRow[] {
  const of = (name: string): ArrayLike<number> | undefined => judged.find((one) => one.name === name)?.logLikelihoods;
  const against = ({ name, logLikelihoods }: Judged, reference: string): Estimate | null => {
    const other = of(reference);
    if (other === undefined || name === reference) return null;
    const differences = Array.from(logLikelihoods, (value, i) => value - other[i]!);
    return estimateOf(differences, recordsPerDraw);
  };
  const fitted = judged.find(({ name }) => name === FITTED);
  return judged.map((one) => {
    const { logLikelihoods, name, curves, ...facts } = one;
    return {
      name,
      logLikelihood: estimateOf(logLikelihoods, recordsPerDraw),
      againstUniform: against(one, UNIFORM),
      againstZeroShot: against(one, ZERO_SHOT),
      againstInitial: against(one, INITIAL),
      fittedAgainst: fitted === undefined ? null : against(fitted, name),
      ...facts,
      ...pinnedBy(facts.temperature, range),
      ...widthBy(facts.temperature, curves),
    };
  });
}

/**
 * Mean and cluster-robust standard error: √(C/(C−1) · Σ_c (Σ_{i∈c} (v_i − v̄))²) / n for C blocks of values whose records share draws.
 * @param values at least two blocks of them; with one block the error is unknown, null
 * @param places of the values among all that blocks were made of. @defaultValue 0, 1, …
 */
export function estimateOf(values: ArrayLike<number>, blockSize: number, places?: ArrayLike<number>): Estimate {
  const n = values.length;
  let mean = 0;
  for (let i = 0; i < n; i++) mean += values[i]! / n;
  const sums = new Map<number, number>();
  for (let i = 0; i < n; i++) {
    const block = Math.floor((places?.[i] ?? i) / blockSize);
    sums.set(block, (sums.get(block) ?? 0) + values[i]! - mean);
  }
  const blocks = sums.size;
  const squares = [...sums.values()].reduce((total, sum) => total + sum * sum, 0);
  return { mean, standardError: blocks < 2 ? null : Math.sqrt((blocks / (blocks - 1)) * squares) / n };
}

/**
 * Bias of a row's mean, or of its difference from another row, nats: what drawing pairs leaves, estimated as the mean with half of the pairs minus
 * the mean with all. 0 for two rows that need no pairs; undefined where there is no such row.
 */
export function biasOf(rows: readonly HeldOutRow[], name: string, minus?: string): number | undefined {
  const [one, other] = [name, minus].map((wanted) => rows.find((row) => row.name === wanted));
  if (one === undefined || (minus !== undefined && other === undefined)) return undefined;
  const own = (row: HeldOutRow | undefined): number =>
    row?.withHalfThePairs == null ? 0 : row.withHalfThePairs - row.logLikelihood.mean;
  return own(one) - own(other);
}

/** Smallest, mean and largest of the temperatures. */
export function spreadOf(temperatures: ArrayLike<number>): HeldOutRow['temperature'] {
  const values = Array.from(temperatures);
  return { min: Math.min(...values), mean: meanOf(values), max: Math.max(...values) };
}
