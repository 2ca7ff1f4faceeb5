import { randomFor, rowOf, type Matrix } from '@mixture-of-personas/numeric';
import { meanOf } from '@mixture-of-personas/numeric/internal';
import { z } from 'zod';
import { GROUP_KINDS, type RecordGroups } from './record-groups.js';
import { list } from './schema.js';

/** Information of the group about the persona, against the value by chance alone. */
const information = z.object({
  /** I(persona; group) with p(k, g) = Σ_{i in g} π_ik / n, nats. */
  nats: z.number(),
  /** The same with the records' groups shuffled: mean and largest over `shuffles`. */
  shuffledMean: z.number(),
  shuffledMax: z.number(),
  shuffles: z.number(),
  /** Permutation p-value: (1 + shuffles that reach `nats`) / (1 + shuffles). */
  pValue: z.number(),
  /** min(H(persona), H(group)), which it cannot exceed. */
  ceiling: z.number(),
});

/** π by group: who speaks when. */
export const propensity = z.object({
  over: z.enum(GROUP_KINDS),
  ordered: z.boolean(),
  groups: list(
    z.object({
      name: z.string(),
      records: z.number(),
      /** Mean π_k over the group's records, K long; sums to 1. Empty without records. */
      personas: list(z.number()),
    }),
  ),
  /** Mutual information of persona and group; null with one group. */
  information: information.nullable(),
});

/** π by group, as `propensity` has it. */
export type Propensity = z.infer<typeof propensity>;

/** The records of one group. */
export type PropensityGroup = Propensity['groups'][number];

/** Enough for a p-value down to 0.005. */
const SHUFFLES = 199;

/**
 * Mean π of each group, and what group and persona say about each other.
 * @param personas π, one row per record of `groups`
 */
export function propensityOf(personas: Matrix, groups: RecordGroups, seed: number): Propensity {
  const { sums, sizes } = groupSums(personas, groups.of, groups.names.length);
  const described = groups.names.map((name, g): PropensityGroup => {
    const records = sizes[g]!;
    return { name, records, personas: records === 0 ? [] : Array.from(sums[g]!, (sum) => sum / records) };
  });
  const information = groups.names.length < 2 ? null : informationOf(personas, groups, seed);
  return { over: groups.over, ordered: groups.ordered, groups: described, information };
}

function informationOf(personas: Matrix, groups: RecordGroups, seed: number): z.infer<typeof information> {
  const count = groups.names.length;
  const { sums, sizes } = groupSums(personas, groups.of, count);
  const shuffled = Array.from({ length: SHUFFLES }, (_, i) =>
    mutualInformation(groupSums(personas, shuffledCopy(groups.of, randomFor(seed, 'shuffled-groups', i)), count).sums),
  );
  const total = Array.from({ length: personas.cols }, (_, k) => sums.reduce((sum, group) => sum + group[k]!, 0));
  const nats = mutualInformation(sums);
  return {
    nats,
    shuffledMean: meanOf(shuffled),
    shuffledMax: Math.max(...shuffled),
    shuffles: SHUFFLES,
    pValue: (1 + shuffled.filter((value) => value >= nats).length) / (1 + SHUFFLES),
    ceiling: Math.min(entropy(total), entropy(sizes)),
  };
}

function groupSums(
  personas: Matrix,
  of: Int32Array,
  count: number,
): { readonly sums: readonly Float64Array[]; readonly sizes: Float64Array } {
  const sums = Array.from({ length: count }, () => new Float64Array(personas.cols));
  const sizes = new Float64Array(count);
  for (let i = 0; i < personas.rows; i++) {
    const g = of[i]!;
    const sum = sums[g]!;
    const row = rowOf(personas, i);
    for (let k = 0; k < row.length; k++) sum[k]! += row[k]!;
    sizes[g]! += 1;
  }
  return { sums, sizes };
}

/** Σ p(k,g) log p(k,g) / (p(k) p(g)) of a joint given by unnormalized rows, nats. */
export function mutualInformation(joint: readonly ArrayLike<number>[]): number {
  const rows = joint.map((row) => Array.from(row));
  const columns = rows[0]?.map((_, k) => rows.reduce((sum, row) => sum + row[k]!, 0)) ?? [];
  // I = H(row) + H(column) − H(both), each of its own normalized counts.
  const sums = rows.map((row) => row.reduce((sum, value) => sum + value, 0));
  return Math.max(0, entropy(sums) + entropy(columns) - entropy(rows.flat()));
}

function entropy(weights: ArrayLike<number>): number {
  let total = 0;
  let sum = 0;
  for (let i = 0; i < weights.length; i++) {
    const weight = weights[i]!;
    total += weight;
    if (weight > 0) sum += weight * Math.log(weight);
  }
  return total > 0 ? Math.log(total) - sum / total : 0;
}

function shuffledCopy(values: Int32Array, random: () => number): Int32Array {
  const copy = values.slice();
  for (let i = copy.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1));
    [copy[i], copy[j]] = [copy[j]!, copy[i]!];
  }
  return copy;
}
