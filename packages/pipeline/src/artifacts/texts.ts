import type { Persona, PopulationRecord, SyntheticRow } from '@mixture-of-personas/synthesis';
import { z } from 'zod';
import { bytesArtifact, linesArtifact, matrixArtifact, type Artifact } from './artifact.js';

const persona: z.ZodType<Persona> = z.object({
  id: z.string(),
  persona: z.string(),
  source: z.enum(['llm', 'keywords', 'file', 'random']),
  size: z.number().exactOptional(),
  label: z.string().exactOptional(),
});

const record: z.ZodType<PopulationRecord> = z.object({
  id: z.string(),
  text: z.string(),
  label: z.string().exactOptional(),
  context: z.string().exactOptional(),
});

/** A simulated text, its keys in the one order that files have. */
export const syntheticRow = z.object({
  id: z.string(),
  text: z.string(),
  label: z.string().nullable(),
  context: z.string().nullable(),
  personaId: z.string(),
  exemplarId: z.string(),
  exemplarIds: z.array(z.string()).exactOptional(),
  personaProbability: z.number(),
  exemplarProbability: z.number(),
  temperature: z.number(),
  seed: z.number(),
  model: z.string(),
  gateModel: z.string().exactOptional(),
  promptLabel: z.enum(['never', 'always']).exactOptional(),
  promptHash: z.string(),
  flag: z.enum(['empty', 'length']).exactOptional(),
});

/** Embeddings of the records. */
export const EMBEDDINGS = matrixArtifact({
  name: 'embeddings.npy',
  stage: 'embed',
  holds: 'Embeddings of training, validation, held-out and golden records, then of contexts where the gate sees them',
});

/** The personas. */
export const PERSONAS = linesArtifact(
  { name: 'personas.jsonl', stage: 'personas', holds: 'Personas: id, description, source' },
  persona,
);

/** The exemplars. */
export const EXEMPLARS = linesArtifact(
  { name: 'exemplars.jsonl', stage: 'exemplars', holds: 'Training records that stand in prompts' },
  record,
);

/** Simulated texts, one per row with its provenance. */
export function textsArtifact(stage: string, name: string): Artifact<readonly SyntheticRow[]> {
  return linesArtifact({ name, stage, holds: 'Simulated texts with their provenance' }, syntheticRow);
}

/** The run's simulated texts. */
export const SYNTHETIC: Artifact<readonly SyntheticRow[]> = textsArtifact('simulate', 'synthetic.jsonl');

/** Texts that a fit by texts chose its weights by; no figure is of them. */
export const FIT_TEXTS: Artifact<readonly SyntheticRow[]> = linesArtifact(
  {
    name: 'fit-texts.jsonl',
    stage: 'fit',
    holds: 'With `gate.objective: texts`: the texts that weights were chosen by',
  },
  syntheticRow,
);

/** The same rows as Parquet. */
export const SYNTHETIC_PARQUET = bytesArtifact({
  name: 'synthetic.parquet',
  stage: 'simulate',
  holds: 'The same rows as Parquet (Snappy)',
});

/** Embeddings of the simulated texts. */
export const SYNTHETIC_EMBEDDINGS = matrixArtifact({
  name: 'synthetic-embeddings.npy',
  stage: 'evaluate',
  holds: 'Embeddings of the simulated texts that are not empty',
});
