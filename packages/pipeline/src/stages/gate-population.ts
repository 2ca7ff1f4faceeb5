import {
  centeredUnitRows,
  centerOf,
  noContext,
  type Gate,
  type PairScorer,
  type Population,
} from '@mixture-of-personas/gating';
import { rowOf, takeRows, type Matrix } from '@mixture-of-personas/numeric';
import { pairScorer, type Persona } from '@mixture-of-personas/synthesis';
import { rowsFrom, stacked } from '../analysis/rows.js';
import type { JobContext } from '../context/job-context.js';
import { drawsFromGate, type Stage } from '../context/stage.js';
import type { RecordEmbeddings } from './embed-records.js';
import type { JobExemplars } from './pick-exemplars.js';
import { startingGate } from './starting-gate.js';

/**
 * Records that the gate is fitted to and judged on (training, validation and held-out records, one below the other), personas and exemplars: embeddings
 * minus their kind's center, unit rows.
 */
export interface GatePopulation extends Population {
  /** The same as the encoder gave them; what the records' rows stand for is `gate.input`'s affair. */
  readonly encoded: { readonly inputs: Matrix; readonly personas: Matrix };
  readonly training: Int32Array;
  readonly validation: Int32Array;
  readonly heldOut: Int32Array;
  /** Inputs of the gate for the golden records, to which nothing was fitted, in the same form: for π, which costs no score. */
  readonly golden: Matrix;
  /** Means that were subtracted, to be repeated for every embedding that meets the gate later; d long each. */
  readonly centers: {
    readonly inputs: Float64Array;
    readonly personas: Float64Array;
    readonly exemplars: Float64Array;
  };
  /** Scores by the language model (or its store), with the records numbered as the population's; says how far each call is. */
  scorer(this: void, onProgress: (done: number, total: number) => void): PairScorer;
  /** The gate before the fit. */
  initial(this: void): Promise<Gate>;
}

interface PopulationInputs {
  readonly embed: RecordEmbeddings;
  readonly personas: readonly Persona[];
  readonly exemplars: JobExemplars;
}

/** Lays out what the gate sees, in every life of a run: it costs K short texts. */
export const populationStage: Stage<'population', PopulationInputs, GatePopulation> = {
  name: 'population',
  does: 'Centers the embeddings of records, personas and exemplars',
  part: 'fit',
  inputs: ['embed', 'personas', 'exemplars'],
  artifacts: [],
  when: drawsFromGate,
  load: gatePopulation,
};

/** Lays out the rows and embeds the personas; costs K short texts. */
async function gatePopulation(job: JobContext, inputs: PopulationInputs): Promise<GatePopulation> {
  const { embed: embeddings, personas, exemplars } = inputs;
  const { training, validation, heldOut } = job.records;
  const rows = [...training, ...validation, ...heldOut];
  const descriptions = personas.map(({ persona }) => persona);
  const personaRows = await job.embed('personas', descriptions);
  const { gated: inputRows, golden } = gateInputs(job, embeddings);
  const exemplarRows = takeRows(embeddings.pool, exemplars.indices);
  // Records and exemplars are texts of one kind: both are seen from the pool's center, which without a pool is the training records'.
  const center = centerOf(embeddings.pool);
  const centers = {
    inputs: job.config.gate.input === 'context' ? centerApart(inputRows, center) : center,
    personas: centerApart(personaRows, center),
    exemplars: center,
  };
  const seen = (inputs: Matrix): Matrix =>
    job.config.gate.input === 'none' ? inputs : centeredUnitRows(inputs, centers.inputs);
  const population = {
    records: seen(inputRows),
    personas: centeredUnitRows(personaRows, centers.personas),
    exemplars: centeredUnitRows(exemplarRows, centers.exemplars),
    ownExemplar: exemplars.own,
  };
  return {
    ...population,
    encoded: { inputs: inputRows, personas: personaRows },
    training: range(0, training.length),
    validation: range(training.length, validation.length),
    heldOut: range(training.length + validation.length, heldOut.length),
    golden: seen(golden),
    centers,
    initial: () => startingGate(job.config, population),
    scorer: (onProgress) =>
      pairScorer({
        model: job.model,
        onProgress,
        template: job.template,
        role: job.config.templates.role,
        personas,
        exemplars: exemplars.exemplars,
        records: rows,
        label: job.config.prompt.label,
        perPrompt: job.config.exemplars.perPrompt,
        seed: job.config.seed,
        ownExemplar: exemplars.own,
      }),
  };
}

/** Inputs of the gate by `gate.input`, as the encoder gave it: of training, validation and held-out records one below the other, and of golden ones. */
function gateInputs({ config }: JobContext, embeddings: RecordEmbeddings): { gated: Matrix; golden: Matrix } {
  const { training, validation, heldOut, golden, contexts } = embeddings;
  const gated = training.rows + validation.rows + heldOut.rows;
  if (config.gate.input === 'none')
    return { gated: noContext(gated, training.cols), golden: noContext(golden.rows, training.cols) };
  if (contexts !== undefined)
    return { gated: rowsFrom(contexts, 0, gated), golden: rowsFrom(contexts, gated, golden.rows) };
  return { gated: stacked([training, validation, heldOut]), golden };
}

/**
 * The mean of texts of one kind: personas and contexts sit in cones of their own, and only apart from their own center do they differ. When
 * a row is its own center (one persona, or all alike), the records' center is used.
 */
function centerApart(matrix: Matrix, fallback: Float64Array): Float64Array {
  const center = centerOf(matrix);
  for (let i = 0; i < matrix.rows; i++) {
    const row = rowOf(matrix, i);
    const apart = row.some((value, j) => Math.abs(value - center[j]!) > 1e-6 * Math.abs(value));
    if (!apart) return fallback;
  }
  return center;
}

function range(from: number, count: number): Int32Array {
  return Int32Array.from({ length: count }, (_, i) => from + i);
}
