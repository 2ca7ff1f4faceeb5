import type { Gate } from '@mixture-of-personas/gating';
import { takeRows } from '@mixture-of-personas/numeric';
import { simulate, type PairSource, type Persona, type SyntheticRow } from '@mixture-of-personas/synthesis';
import { UNIFORM, ZERO_SHOT, type HeldOutComparison } from '../analysis/held-out.js';
import type { JobContext } from '../context/job-context.js';
import { decodeLines, encodeLines } from '../run-folder/json-lines.js';
import { rowsInBlocks } from '../run-folder/partial-rows.js';
import { stageResult } from '../context/stage.js';
import { orderedRow, syntheticParquet } from '../run-folder/synthetic-files.js';
import type { GatePopulation } from './gate-population.js';
import type { JobExemplars } from './pick-exemplars.js';
import type { JobRecords } from '../context/sample-records.js';

/** What texts are simulated from. */
export interface SimulationParts {
  readonly records: JobRecords;
  readonly personas: readonly Persona[];
  readonly exemplars: JobExemplars;
  readonly gating: GatePopulation;
  readonly gate: Gate;
  readonly heldOut: HeldOutComparison | undefined;
}

/** Simulated texts by what they came from. */
export interface SimulatedSets {
  readonly fitted: readonly SyntheticRow[];
  readonly baselines: Readonly<Partial<Record<'zero-shot' | 'uniform', readonly SyntheticRow[]>>>;
}

/** The stage `simulate`: `synthetic.jsonl` (and Parquet) from the fitted gate. */
export async function simulateStage(job: JobContext, parts: SimulationParts): Promise<readonly SyntheticRow[]> {
  const { gating, gate } = parts;
  const { population, training } = gating;
  const pairs: PairSource = {
    kind: 'gate',
    gate,
    input: job.config.gate.input,
    embeddings: {
      inputs: takeRows(population.records, training),
      personas: population.personas,
      exemplars: population.exemplars,
    },
    ...(job.config.gate.selfMask > 0 ? { ownExemplar: parts.exemplars.own.slice(0, training.length) } : {}),
  };
  return simulatedRows(job, parts, { name: 'simulate', file: 'synthetic.jsonl', parquet: 'synthetic.parquet', pairs });
}

/** The stages `simulate-…`: as many texts from each baseline, at the temperature that the comparison fitted for it. */
export async function simulateBaselines(job: JobContext, parts: SimulationParts): Promise<SimulatedSets['baselines']> {
  const sets: Partial<Record<'zero-shot' | 'uniform', readonly SyntheticRow[]>> = {};
  for (const kind of job.config.evaluate.baselines) {
    const pairs: PairSource = { kind, temperature: baselineTemperature(job, parts.heldOut, kind) };
    sets[kind] = await simulatedRows(job, parts, { name: `simulate-${kind}`, file: `baselines/${kind}.jsonl`, pairs });
  }
  return sets;
}

/** The temperature fitted on training records; without a comparison the one the gate starts from. */
function baselineTemperature(
  { config }: JobContext,
  heldOut: HeldOutComparison | undefined,
  kind: 'zero-shot' | 'uniform',
): number {
  const name = kind === 'uniform' ? UNIFORM : ZERO_SHOT;
  return heldOut?.rows.find((row) => row.name === name)?.temperature.mean ?? config.gate.temperature;
}

interface Output {
  readonly name: string;
  readonly file: string;
  readonly parquet?: string;
  readonly pairs: PairSource;
}

async function simulatedRows(
  job: JobContext,
  parts: SimulationParts,
  output: Output,
): Promise<readonly SyntheticRow[]> {
  const { name, file, parquet } = output;
  return stageResult(job.folder, {
    name,
    make: async () => {
      const rows = await rowsInBlocks(job.folder, blockWork(job, parts, output));
      return { [file]: encodeLines(rows), ...(parquet === undefined ? {} : { [parquet]: syntheticParquet(rows) }) };
    },
    load: async (read) => decodeLines(await read(file)) as SyntheticRow[],
  });
}

function blockWork(
  job: JobContext,
  parts: SimulationParts,
  { name, pairs }: Output,
): Parameters<typeof rowsInBlocks<SyntheticRow>>[1] {
  const { config, model, template, reporter, signal, gateModel } = job;
  const { count, maxTokens, topP, batchSize, mix } = config.simulate;
  const { role } = config.templates;
  const seed = config.simulate.seed ?? config.seed;
  const from = {
    model,
    template,
    personas: parts.personas,
    exemplars: parts.exemplars.exemplars,
    records: parts.records.training,
    pairs,
  };
  return {
    name: `${name}.jsonl`,
    total: count,
    blockSize: batchSize,
    onBlock: (done) => reporter.progress(name, done, count),
    make: async (first, end) => {
      const rows: SyntheticRow[] = [];
      const texts = { block: batchSize, seed, maxTokens, topP, role, signal };
      const options = { ...texts, count: end - first, from: first, mix: pairs.kind === 'zero-shot' ? 1 : mix };
      for await (const row of simulate(from, options))
        rows.push(orderedRow(gateModel === undefined ? row : { ...row, gateModel }));
      return rows;
    },
  };
}
