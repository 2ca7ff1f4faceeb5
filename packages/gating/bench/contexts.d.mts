/** A mean over records with its standard error, nats. */
interface Gain {
  readonly mean: number;
  readonly standardError: number;
}

/** How much a gate that sees the context is worth on records it never saw, by exact sums. */
export function judgeContexts(study: {
  readonly records: number;
  readonly seed: number;
  readonly informative: number;
  readonly settings?: object;
}): Promise<{
  readonly overMarginal: Gain;
  readonly overUniform: Gain;
  /** Cross-validated gain of the gate without input over equal weights. */
  readonly marginalOverUniform: number;
  /** Nats that pair and context share on the held-out contexts. */
  readonly information: number;
  readonly step: string;
}>;
