/** A text of the population, as loaders make it and everything after takes it. */
export interface PopulationRecord {
  /** Unique within its set; loaders make one from the file and line where the data has none. */
  readonly id: string;
  readonly text: string;
  readonly label?: string;
  /** Subject that the text answers to: a title, a restaurant, a year. */
  readonly context?: string;
}

/** A persona: a description in the second person that stands in the prompt. */
export interface Persona {
  readonly id: string;
  readonly persona: string;
  /** Origin of the description. */
  readonly source: 'llm' | 'keywords' | 'file' | 'random';
  /** Records of its cluster, when it was made from one. */
  readonly size?: number;
  /** Label most common in its cluster, when the records have labels. */
  readonly label?: string;
}

/** A simulated text with everything needed to say how it came about. Its keys are the columns of `synthetic.jsonl`. */
export interface SyntheticRow {
  readonly id: string;
  readonly text: string;
  readonly label: string | null;
  readonly context: string | null;
  /** Empty when there was no persona in the prompt (zero-shot). */
  readonly personaId: string;
  /** Id of the exemplar in the prompt; several joined with `+`; empty where there is none (zero-shot). */
  readonly exemplarId: string;
  /** Ids of the exemplars in the order of the prompt, where it shows more than one. */
  readonly exemplarIds?: readonly string[];
  /** π_k of the drawn persona. */
  readonly personaProbability: number;
  /** Ω_kj of the drawn exemplar, given the persona; of several, the probability of drawing them in their order. */
  readonly exemplarProbability: number;
  /** τ_k. */
  readonly temperature: number;
  /** Seed of the text's own draws: the run's, or one derived from it and the row when the first draws came out empty. */
  readonly seed: number;
  readonly model: string;
  /** The model that the gate was fitted with, where it is not `model`. */
  readonly gateModel?: string;
  /** Whether the prompt says a label: that of the training record, or the class that a baseline asks for. Absent in rows of version 0.1, whose prompts say every label that their template can. */
  readonly promptLabel?: 'never' | 'always';
  /** SHA-256 of the prompt as given to the model, hex; see `promptHash`. */
  readonly promptHash: string;
  /** `empty`: no draw gave a text. `length`: it met the token limit. Absent otherwise. */
  readonly flag?: 'empty' | 'length';
}
