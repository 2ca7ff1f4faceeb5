import type { RowProducts } from '../pairs/row-products.js';
import type { Precision } from '../pairs/tiles.js';

/** Settings of `mauveOfHistograms`. */
export interface FrontierOptions {
  /** c in exp(−c KL), > 0: 5 in the MAUVE package, 1 in the Mixture of Personas paper. @defaultValue 5 */
  readonly scaling?: number;
  /** Mixing weights between 1e-6 and 1 − 1e-6. @defaultValue 25 */
  readonly points?: number;
}

/** Settings of `mauve`. */
export interface MauveOptions extends FrontierOptions {
  /** Clusters k, at most n₁ + n₂; `auto` is max(2, round(min(n₁, n₂) / 10)). @defaultValue 'auto' */
  readonly buckets?: number | 'auto';
  /** Share of the variance that the principal components kept must hold, (0, 1]. @defaultValue 0.9 */
  readonly pcaShare?: number;
  /** k-means runs, each from other random rows; the one of lowest objective counts. @defaultValue 5 */
  readonly restarts?: number;
  /** Lloyd iterations a run at most; it ends before when no row changes cluster. @defaultValue 500 */
  readonly maxIterations?: number;
  /** Seed of the rows that k-means starts from. @defaultValue 0 */
  readonly seed?: number;
}

/** `paper`: 500 buckets, scaling 1 (Mixture of Personas); `library`: a tenth as many buckets as rows, scaling 5 (the MAUVE package). */
export type MauvePreset = 'paper' | 'library';

/** Buckets and scaling of each preset. Values under different presets are different scales: with scaling 1 they lie in [0.5, 1]. */
export const MAUVE_PRESETS: Readonly<Record<MauvePreset, MauveOptions>> = {
  paper: { buckets: 500, scaling: 1 },
  library: { buckets: 'auto', scaling: 5 },
};

/** Every setting of an evaluation, chosen. */
export interface Settings {
  /** Seed of everything random: k-means, resamples, splits. @defaultValue 0 */
  readonly seed: number;
  /** Scale embeddings to unit length first (Fréchet, KID, MMD, neighbors, energy, f1). @defaultValue false */
  readonly normalize: boolean;
  /** Bins on [−1, 1] of `cosine-kl`. @defaultValue 100 */
  readonly bins: number;
  /** Amount that `cosine-kl` adds to every bin's share. @defaultValue 1e-10 */
  readonly epsilon: number;
  /** Neighbors of `precision`, `recall`, `density`, `coverage` and `subgroup`. @defaultValue 5 */
  readonly neighbors: number;
  /** n of `distinct-n`. @defaultValue 2 */
  readonly ngram: number;
  /** A shared run of so many words counts as a leak. @defaultValue 8 */
  readonly leakWords: number;
  /** Groups of `subgroup` where there are no labels. @defaultValue 10 */
  readonly clusters: number;
  /** Precision of pairwise products; see {@link Precision}. @defaultValue 'auto' */
  readonly precision: Precision;
  /** Threads for cosines, neighbors and KID above 2,000 rows, where there are worker threads (Node). @defaultValue 1 */
  readonly threads: number;
  /** Products for `cosine-kl` by TensorFlow or another faster source; see {@link RowProducts}. @defaultValue none */
  readonly products: RowProducts | undefined;
  readonly mauve: MauveOptions & { readonly preset: MauvePreset | 'custom' };
}
