import { meanOf } from '@mixture-of-personas/numeric/internal';
import { requireShare } from '../metric/checks.js';
import { standardDeviation } from '../metric/bootstrap.js';
import { holm } from './holm.js';
import { studentPValue } from './student.js';

/** Seeds below which no comparison is called better or worse. */
export const FEWEST_SEEDS = 5;

/** Differences of one comparison, own value less the reference's, one per seed. */
export interface SeedDifferences {
  readonly differences: ArrayLike<number>;
  /** `target` has no better side, so it stays open. */
  readonly better: 'lower' | 'higher' | 'target';
}

/** The outcome of one comparison among several. */
export interface SeedComparison {
  readonly mean: number;
  /** Of the mean; ∞ for a single seed, which says nothing of its spread (print –). */
  readonly standardError: number;
  /** Two-sided, by a paired t test; NaN below two seeds. */
  readonly pValue: number;
  /** The same, adjusted for all comparisons (Holm). */
  readonly adjusted: number;
  /** `better` or `worse` only from five seeds on and where `adjusted` ≤ α. */
  readonly verdict: 'better' | 'worse' | 'open';
}

/**
 * Compares methods with a reference over seeds. All comparisons that stand in one table belong in one call: the adjustment counts them.
 * @param comparisons at least one difference each
 * @param alpha probability of any false verdict. @defaultValue 0.05
 * @returns as many, in the same order
 * @throws SettingError for alpha
 */
export function compareOverSeeds(comparisons: readonly SeedDifferences[], alpha = 0.05): SeedComparison[] {
  requireShare('compareOverSeeds', 'alpha', alpha);
  const tested = comparisons.map(({ differences }) => {
    const n = differences.length;
    const mean = meanOf(differences);
    const standardError = n < 2 ? Infinity : standardDeviation(differences) / Math.sqrt(n);
    const pValue = n < 2 ? Number.NaN : mean === 0 ? 1 : studentPValue(mean / standardError, n - 1);
    return { mean, standardError, pValue };
  });
  // Comparisons of too few seeds are not tested, and so not counted.
  const adjusted = holm(tested.map(({ pValue }, i) => (isTested(comparisons[i]) ? pValue : Number.NaN)));
  return tested.map((each, i) => {
    const { better } = comparisons[i];
    const open = better === 'target' || !(adjusted[i] <= alpha);
    const gain = better === 'higher' ? each.mean > 0 : each.mean < 0;
    return { ...each, adjusted: adjusted[i], verdict: open ? 'open' : gain ? 'better' : 'worse' };
  });
}

const isTested = ({ differences, better }: SeedDifferences): boolean =>
  differences.length >= FEWEST_SEEDS && better !== 'target';
