import { SettingError } from '@mixture-of-personas/numeric';
import type { PairRequest, PairScorer } from '../mixture/gate.js';
import { pairAt, type DesignBudget, type DesignRound } from './design.js';
import { askScorer, byPrompt, keyOf } from './score-cache.js';
import { emptyScoreTable, setCurve, type RecordScores, type ScoreTable } from './score-table.js';

/** Requests sent to the scorer at once, whole pairs at a time. */
const BATCH = 1024;
/** Part of the last round's estimate in the mean over rounds. */
const LAST = 0.8;

/** Inputs of scoring, apart from the rounds. */
export interface DesignScoring {
  readonly exemplars: number;
  readonly budget: DesignBudget;
  /** Rows of the population, one a share of the rounds. */
  readonly records: readonly number[];
  readonly score: PairScorer;
  readonly temperatureRange: readonly [number, number];
  readonly signal?: AbortSignal | undefined;
  readonly onScores?: (scored: number, total: number) => void;
}

/**
 * The table of all rounds so far. What `before` holds is not scored again; the rest reaches the scorer ordered by pair, so that a prompt's
 * prefix is computed once for all records that meet it.
 * @throws ShapeError when the scorer answers more or fewer curves than it was asked for
 */
export async function scoreRounds(
  rounds: readonly DesignRound[],
  scoring: DesignScoring,
  before?: ScoreTable,
): Promise<ScoreTable> {
  const table = emptyScoreTable(layoutOf(rounds, scoring), scoring.temperatureRange);
  const missing = takeOver(table, before);
  missing.sort((a, b) => byPrompt(a.request, b.request));
  let done = 0;
  while (done < missing.length) {
    scoring.signal?.throwIfAborted();
    const batch = missing.slice(done, endOfBatch(missing, done));
    const requests = batch.map(({ request }) => request);
    const curves = await askScorer(scoring.score, requests, scoring.signal);
    batch.forEach(({ entry, request }, i) => {
      if (!Number.isFinite(curves[i].logProbability(1))) {
        const { record, persona, exemplar } = request;
        const where = `record ${record} under persona ${persona} and exemplar ${exemplar}`;
        throw new SettingError('scorer', 'a log-probability', 'finite', `${curves[i].logProbability(1)} for ${where}`);
      }
      setCurve(table, entry, curves[i]);
    });
    done += batch.length;
    scoring.onScores?.(done, missing.length);
  }
  return table;
}

/** Copies the curves that an earlier table holds, and returns what is missing. */
function takeOver(table: ScoreTable, before?: ScoreTable): { entry: number; request: PairRequest }[] {
  const known = new Map<string, number>();
  const size = table.knots.length / Math.max(1, table.offsets[table.records.length]);
  before?.records.forEach(({ record, pairs }, i) =>
    pairs.forEach((s, m) => known.set(keyOf({ record, ...before.pairs[s] }), before.offsets[i] + m)),
  );
  const missing: { entry: number; request: PairRequest }[] = [];
  table.records.forEach(({ record, pairs }, i) =>
    pairs.forEach((s, m) => {
      const request = { record, ...table.pairs[s] };
      const entry = table.offsets[i] + m;
      const at = known.get(keyOf(request));
      if (at === undefined || before === undefined) missing.push({ entry, request });
      else table.knots.set(before.knots.subarray(at * size, (at + 1) * size), entry * size);
    }),
  );
  return missing;
}

/** The first request after a batch: requests of one pair stay together. */
function endOfBatch(requests: readonly { readonly request: PairRequest }[], from: number): number {
  const sameAsBefore = (i: number): boolean => {
    const [a, b] = [requests[i - 1].request, requests[i].request];
    return a.persona === b.persona && a.exemplar === b.exemplar;
  };
  let end = Math.min(requests.length, from + BATCH);
  while (end < requests.length && sameAsBefore(end)) end++;
  return end;
}

/** Pairs and records of the table: an entry that round r drew counts α_r/(ρ φ) + Σ_{later} α/ρ, α the rounds' parts in the mean of their estimates. */
function layoutOf(
  rounds: readonly DesignRound[],
  { exemplars, records, budget }: DesignScoring,
): Pick<ScoreTable, 'pairs' | 'records' | 'logCandidate'> {
  const candidateWeight = new Map<number, number>();
  for (const { candidates } of rounds) {
    for (const [s, logRho] of candidates) {
      candidateWeight.set(s, (candidateWeight.get(s) ?? 0) + Math.exp(-logRho) / rounds.length);
    }
  }
  const numbers = [...candidateWeight.keys()].sort((a, b) => a - b);
  const indexOf = new Map(numbers.map((s, index) => [s, index]));
  const logCandidate = Float64Array.from(numbers, (s) => -Math.log(candidateWeight.get(s)!));
  const complete = rounds.every(({ candidates }) => [...candidates.values()].every((value) => value === 0));
  const parts = partsOf(rounds.length);
  const scored = records.slice(0, budget.records).map((record, i): RecordScores => {
    const weight = new Map<number, number>();
    rounds.forEach(({ candidates, shares }, r) => {
      const later = parts.slice(r + 1).reduce((sum, part) => sum + part, 0);
      for (const [s, logPhi] of shares[i]) {
        weight.set(s, (parts[r] * Math.exp(-logPhi) + later) * Math.exp(-candidates.get(s)!));
      }
    });
    const mine = [...weight.keys()].sort((a, b) => a - b);
    const index = Int32Array.from(mine, (s) => indexOf.get(s)!);
    const logInclusion = Float64Array.from(mine, (s, m) => -Math.log(weight.get(s)!) - logCandidate[index[m]]);
    return { record, pairs: index, logInclusion };
  });
  return { pairs: numbers.map((s) => pairAt(s, exemplars)), records: scored, ...(complete ? {} : { logCandidate }) };
}

/** Parts of the rounds' estimates in their mean, of sum 1: most is the last one's, which knows most. */
function partsOf(rounds: number): number[] {
  return Array.from({ length: rounds }, (_, r) => {
    if (rounds === 1) return 1;
    return r === rounds - 1 ? LAST : (1 - LAST) / (rounds - 1);
  });
}
