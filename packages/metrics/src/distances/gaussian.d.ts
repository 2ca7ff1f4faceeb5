import { type Matrix } from '@mixture-of-personas/numeric';
/** Settings of `frechetDistance`. */
export interface FrechetOptions {
  /** Scale rows to unit length first; the distance is then at most 4. Print it beside the number. @defaultValue false */
  readonly normalize?: boolean;
}
/**
 * Mean and covariance of a set, the covariance as a factor F with Σ = Fᵀ F: what `frechetDistance` needs of a set. Computed once, it
 * can be compared with many others.
 */
export interface Gaussian {
  /** d numbers. */
  readonly mean: Float64Array;
  /** r × d, r ≤ d or r ≤ n − 1. */
  readonly factor: Matrix<Float64Array>;
  /** tr Σ. */
  readonly trace: number;
}
/**
 * The Gaussian of a set: Σ = (X − μ)ᵀ (X − μ) / (n − 1). With n ≤ d the centered rows themselves are the factor; with more rows it is the
 * Cholesky factor of Σ. In float64, and centered before anything is squared; products of many float32 rows in float32 where that costs no digit
 * that counts (decision 0055).
 * @param set n × d, n ≥ 2
 * @param normalize scale rows to unit length first
 */
export declare function gaussianOf(set: Matrix, normalize?: boolean): Gaussian;
/**
 * The Gaussian of a resampled set: row i counts `counts[i]` times. Only rows drawn at least once are touched.
 * @param set n × d
 * @param counts n whole numbers with sum n
 */
export declare function resampledGaussian(set: Matrix, counts: Int32Array): Gaussian;
/**
 * The Gaussian given by its mean and covariance matrix.
 * @param covariance d × d, symmetric, positive semi-definite
 */
export declare function gaussianFrom(mean: ArrayLike<number>, covariance: Matrix<Float64Array>): Gaussian;
/** tr (Σ₁ Σ₂)^½ = ‖F₁ F₂ᵀ‖_*. */
export declare function overlapOf(a: Gaussian, b: Gaussian): number;
/** ‖μ₁ − μ₂‖² + tr Σ₁ + tr Σ₂ − 2 tr (Σ₁ Σ₂)^½, not below 0. */
export declare function gaussianDistance(a: Gaussian, b: Gaussian): number;
//# sourceMappingURL=gaussian.d.ts.map
