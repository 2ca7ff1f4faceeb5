import {
  randomFor,
  sampleWithoutReplacement,
  SettingError,
  type Matrix,
  type Random,
} from '@mixture-of-personas/numeric';
import type { Pair } from '../mixture/gate.js';

// P candidates of K·N pairs are drawn, pair s with probability ρ_s. In round r record i scores more of them: pair s, if no round before has it,
// with probability φ_ris. What the rounds before it know and what it draws give an unbiased estimate of Σ w p over all K·N pairs,
//   t_r = Σ_{s known before} w_s p_is / ρ_s + Σ_{s drawn in r} w_s p_is / (ρ_s φ_ris),
// however φ depends on the scores of the rounds before; so is any weighted mean of the t_r.

/** Settings of the pairs that are scored. */
export interface DesignOptions {
  /** P, candidate pairs: as many prompts. @defaultValue 256, or all K·N pairs where there are fewer */
  readonly pairs?: number;
  /** Pairs that each record is scored under. @defaultValue a quarter of the candidates, 16 at least */
  readonly perRecord?: number;
  /** Records that are scored; a random part of the training records where there are more. @defaultValue 1000 */
  readonly records?: number;
  /** Rounds, each after a fit to the ones before it: most of the later draws are the pairs expected to matter most to the record. @defaultValue 2 */
  readonly rounds?: number;
}

/** Sizes of a design: what a fit will cost. */
export interface DesignBudget {
  /** Candidate pairs: prompts whose prefix the model computes, once each and round. */
  readonly pairs: number;
  readonly perRecord: number;
  readonly records: number;
  readonly rounds: number;
  /** (record, pair) scores at most: records · perRecord. */
  readonly scores: number;
  /** Records that meet a candidate, on average. */
  readonly recordsPerPair: number;
}

/** Pairs that were drawn, with their budget. */
export interface Design extends DesignBudget {
  /** (record, pair) scores that were asked for. */
  readonly scored: number;
}

/**
 * Sizes of a design before anything is scored.
 * @param sizes numbers of training records, personas and exemplars
 * @throws SettingError when a size is no positive integer
 */
export function designBudget(
  sizes: { readonly records: number; readonly personas: number; readonly exemplars: number },
  options: DesignOptions = {},
): DesignBudget {
  const all = sizes.personas * sizes.exemplars;
  const pairs = Math.min(options.pairs ?? 256, all);
  const perRecord = Math.min(options.perRecord ?? Math.max(16, Math.ceil(pairs / 4)), pairs);
  const records = Math.min(options.records ?? 1000, sizes.records);
  const rounds = perRecord === all ? 1 : Math.min(options.rounds ?? 2, perRecord);
  for (const [name, value] of Object.entries({ pairs, perRecord, records, rounds })) {
    if (!Number.isInteger(value) || value < 1) throw new SettingError('design', name, 'a positive integer', value);
  }
  const scores = records * perRecord;
  return { pairs, perRecord, records, rounds, scores, recordsPerPair: scores / pairs };
}

/** Pairs drawn in one round. */
export interface DesignRound {
  /** Candidates with log ρ of each; log ρ = 0 where all pairs are candidates. */
  readonly candidates: ReadonlyMap<number, number>;
  /** For each record, its pairs with log φ. A pair (k, j) is the number k·N + j. */
  readonly shares: readonly ReadonlyMap<number, number>[];
}

/** Inputs from which a round is drawn. */
export interface RoundPlan {
  readonly personas: number;
  readonly exemplars: number;
  readonly budget: DesignBudget;
  /** Rounds before this one. */
  readonly earlier: readonly DesignRound[];
  /**
   * Expected share of each candidate, in the order of its number, in the likelihood of each record, up to a factor, records × P; absent in the
   * first round.
   */
  readonly shares?: Matrix<Float64Array>;
  readonly seed: number;
}

/**
 * One round of a balanced design. Candidates are the same in every round, spread evenly over personas and over exemplars. In the first round each
 * candidate is met by equally many records (±1); later a record's pairs, none of them known before, follow their expected shares, and in part
 * are uniform.
 */
export function drawRound({ personas, exemplars, budget, earlier, shares, seed }: RoundPlan): DesignRound {
  const all = personas * exemplars;
  const { pairs: count, rounds, perRecord } = budget;
  const chosen =
    count === all
      ? Array.from({ length: all }, (_, s) => s)
      : stratifiedPairs(personas, exemplars, count, randomFor(seed, 'design candidates', 0)).sort((a, b) => a - b);
  const round = earlier.length;
  const random = randomFor(seed, 'design', round);
  const m = Math.floor(((round + 1) * perRecord) / rounds) - Math.floor((round * perRecord) / rounds);
  return {
    candidates: new Map(chosen.map((s) => [s, Math.log(count / all)])),
    shares:
      shares === undefined
        ? balancedShares(chosen, m, budget.records, random)
        : Array.from({ length: budget.records }, (_, i) => {
            const left = chosen.flatMap((s, at) => (earlier.some((one) => one.shares[i].has(s)) ? [] : [at]));
            const weights = partlyUniform(left.map((at) => shares.data[i * shares.cols + at]));
            return new Map(
              Array.from(drawProportional(weights, m, random), ([l, logPhi]) => [chosen[left[l]], logPhi]),
            );
          }),
  };
}

/** Part of a later round's draws that are uniform, so that no pair is left out. */
const UNIFORM = 0.3;

function partlyUniform(weights: readonly number[]): Float64Array {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  return Float64Array.from(weights, (weight) => ((1 - UNIFORM) * weight) / total + UNIFORM / weights.length);
}

/** The pair of a number. */
export function pairAt(index: number, exemplars: number): Pair {
  return { persona: Math.floor(index / exemplars), exemplar: index % exemplars };
}

/** Pairs in which each persona stands equally often (±1), and each exemplar; every pair with the same probability, none twice. */
function stratifiedPairs(personas: number, exemplars: number, count: number, random: Random): number[] {
  const sequence = (size: number): number[] => {
    const out: number[] = [];
    while (out.length < count) out.push(...sampleWithoutReplacement(size, size, random));
    return out.slice(0, count);
  };
  const [ks, js] = [sequence(personas), sequence(exemplars)];
  const used = new Set<number>();
  for (let t = 0; t < count; t++) {
    // An exemplar that this persona has already changes places with that of any other draw, where both fit then.
    for (let tries = 0; used.has(ks[t] * exemplars + js[t]); tries++) {
      const u = Math.floor(random() * count);
      const [mine, other] = [ks[t] * exemplars + js[u], ks[u] * exemplars + js[t]];
      if (tries > 1000) js[t] = Math.floor(random() * exemplars);
      else if (!used.has(mine) && (u > t || !used.has(other))) {
        if (u < t) used.delete(ks[u] * exemplars + js[u]);
        if (u < t) used.add(other);
        [js[t], js[u]] = [js[u], js[t]];
      }
    }
    used.add(ks[t] * exemplars + js[t]);
  }
  return [...used];
}

/** m candidates for each record, none twice; over all records each candidate equally often (±1 a pass). */
function balancedShares(
  candidates: readonly number[],
  m: number,
  records: number,
  random: Random,
): Map<number, number>[] {
  const logInclusion = Math.log(m / candidates.length);
  let waiting: number[] = [];
  return Array.from({ length: records }, () => {
    const mine = new Map<number, number>();
    while (mine.size < m) {
      let at = waiting.findIndex((s) => !mine.has(s));
      if (at < 0) {
        const order = sampleWithoutReplacement(candidates.length, candidates.length, random);
        waiting = [...waiting, ...Array.from(order, (position) => candidates[position])];
        at = waiting.findIndex((s) => !mine.has(s));
      }
      mine.set(waiting[at], logInclusion);
      waiting.splice(at, 1);
    }
    return mine;
  });
}

/** `count` indices without repetition by systematic sampling, index s with probability min(1, c·weight_s) exactly; with the logs of those. */
function drawProportional(weights: Float64Array, count: number, random: Random): Map<number, number> {
  const inclusion = inclusionProbabilities(weights, count);
  const order = sampleWithoutReplacement(weights.length, weights.length, random);
  const drawn = new Map<number, number>();
  let [next, passed] = [random(), 0];
  for (const s of order) {
    passed += inclusion[s];
    if (passed > next) {
      drawn.set(s, Math.log(inclusion[s]));
      next += 1;
    }
  }
  return drawn;
}

/** min(1, c·weight) with c such that they sum to `count`. */
function inclusionProbabilities(weights: Float64Array, count: number): Float64Array {
  const certain = new Set<number>();
  for (;;) {
    const rest = weights.reduce((sum, weight, s) => sum + (certain.has(s) ? 0 : weight), 0);
    const c = (count - certain.size) / rest;
    const before = certain.size;
    weights.forEach((weight, s) => {
      if (!certain.has(s) && c * weight >= 1) certain.add(s);
    });
    if (certain.size === before) return weights.map((weight, s) => (certain.has(s) ? 1 : c * weight));
  }
}
