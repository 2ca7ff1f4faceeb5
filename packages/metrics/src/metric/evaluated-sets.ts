import type { Matrix } from '@mixture-of-personas/numeric';

/** One side of a comparison. Give what there is; a metric that needs more says so. All parts have one entry per row. */
export interface EvaluatedSet {
  /** Its name in warnings and errors. @defaultValue `synthetic` and `golden`, by the place it stands in */
  readonly name?: string;
  readonly embeddings?: Matrix;
  readonly texts?: readonly string[];
  readonly labels?: readonly string[];
}

/** The two sides, and what else is known of them. */
export interface EvaluatedSets {
  readonly synthetic: EvaluatedSet;
  readonly golden: EvaluatedSet;
  /** Texts that stood in the prompts; `leak` needs them. */
  readonly exemplars?: EvaluatedSet;
  /** For each synthetic row, the row of the exemplar in its own prompt; −1 where there was none. */
  readonly exemplarOf?: ArrayLike<number>;
  /** Further real records, none of them in golden, such as the training set: floors are computed from them and golden. */
  readonly reference?: EvaluatedSet;
}

/** Names of both sides, for sentences. */
export function namesOf({ synthetic, golden }: EvaluatedSets): readonly [synthetic: string, golden: string] {
  return [synthetic.name ?? 'synthetic', golden.name ?? 'golden'];
}

/** Rows of a set; 0 for an empty one. */
export function rowsOfSet({ embeddings, texts, labels }: EvaluatedSet): number {
  return embeddings?.rows ?? texts?.length ?? labels?.length ?? 0;
}
