import type { Gate } from '@mixture-of-personas/gating';
import { takeRows } from '@mixture-of-personas/numeric';
import { simulate, textSource, type PairSource, type Persona, type SyntheticRow } from '@mixture-of-personas/synthesis';
import { spreadOf, UNIFORM, ZERO_SHOT, type HeldOutComparison } from '../analysis/held-out.js';
import type { Artifact } from '../artifacts/artifact.js';
import { SYNTHETIC, SYNTHETIC_PARQUET, textsArtifact } from '../artifacts/texts.js';
import { heldOutCaption, heldOutTable } from '../cards/tables.js';
import type { JobContext } from '../context/job-context.js';
import { drawsFromGate, type Stage } from '../context/stage.js';
import { promptSettings, textSettings } from '../context/text-settings.js';
import { gateInput } from '../config/gate-preset.js';
import type { BaselineName } from '../config/sections/mop-config.js';
import { rowsInBlocks, type BlockWork } from '../artifacts/partial-rows.js';
import { orderedRow, syntheticParquet } from '../artifacts/synthetic-files.js';
import type { RecordEmbeddings } from './embed-records.js';
import type { Fit } from './fit-stage.js';
import type { GatePopulation } from './gate-population.js';
import type { JobExemplars } from './pick-exemplars.js';

/** Results that texts are simulated from; a text source uses those of the stages that its runs have. */
export interface SourceParts {
  readonly embed: RecordEmbeddings;
  readonly personas: readonly Persona[];
  readonly exemplars: JobExemplars;
  readonly population: GatePopulation;
  readonly fit: Fit;
  readonly compare: HeldOutComparison | undefined;
}

/** Texts of the baselines; undefined where a run does not have one. */
export type BaselineTexts = Readonly<Record<`simulate-${BaselineName}`, readonly SyntheticRow[] | undefined>>;

/** Rows `from` … `to − 1`, given all before them where the source needs them. */
export type MakeRows = (from: number, to: number, earlier?: readonly SyntheticRow[]) => AsyncIterable<SyntheticRow>;

/** Writes the texts of a run: by the fitted gate, by a comparison method, by a baseline. */
export type TextSource = (job: JobContext, parts: SourceParts) => Promise<MakeRows> | MakeRows;

const INPUTS = ['embed', 'personas', 'exemplars', 'population', 'fit', 'compare'] as const;

/** The run's texts, from the source that its method names. */
export function simulateStage(source: TextSource): Stage<'simulate', SourceParts, readonly SyntheticRow[]> {
  return {
    name: 'simulate',
    does: 'Writes the texts of the method',
    part: 'simulate',
    inputs: INPUTS,
    artifacts: [SYNTHETIC, SYNTHETIC_PARQUET],
    scores: ({ config: { method } }) => method.name !== 'mop' && textSource(method.name).needs.includes('scores'),
    async make(job, parts) {
      const { compare } = parts;
      // The result shows it again at the end; texts still to be sampled are long enough to be read by.
      if (compare !== undefined && !job.folder.has('simulate'))
        job.reporter.table(heldOutTable(compare), heldOutCaption(compare));
      const rows = await simulatedRows(job, parts, { name: 'simulate', source });
      return { ...SYNTHETIC.file(rows), ...SYNTHETIC_PARQUET.file(syntheticParquet(rows)) };
    },
    load: ({ folder }) => folder.read(SYNTHETIC),
  };
}

/**
 * As many texts from a baseline: `uniform` at the temperatures of the fitted gate, `likelihood` from the gate that likelihood chose, others at the
 * temperature that the comparison fitted for them.
 */
export function baselineStage<Kind extends BaselineName>(
  kind: Kind,
): Stage<`simulate-${Kind}`, SourceParts, readonly SyntheticRow[]> {
  const name = `simulate-${kind}` as const;
  const texts: Artifact<readonly SyntheticRow[]> = textsArtifact(name, `baselines/${kind}.jsonl`);
  const source: TextSource = (job, parts) => {
    // Where a gate was fitted, its temperatures: the weights are all that differs.
    const { temperature: asked } = job.config.simulate;
    if (kind === 'likelihood') return gateRows(job, parts, parts.fit.likelihood ?? parts.fit.gate);
    const byTexts = job.config.gate.objective === 'texts';
    const { temperatures } = parts.fit.gate;
    if (kind === 'uniform' && (job.gateModel !== undefined || byTexts || parts.fit.fitted))
      return pairRows(job, parts, { kind, temperature: asked === 'fitted' ? temperatures : asked });
    const row = parts.compare?.rows.find((each) => each.name === (kind === 'uniform' ? UNIFORM : ZERO_SHOT));
    const usual = byTexts ? spreadOf(temperatures).mean : job.config.gate.temperature;
    const temperature = asked === 'fitted' ? (row?.temperature.mean ?? usual) : asked;
    return pairRows(job, parts, { kind, temperature });
  };
  return {
    name,
    does: `Writes the texts of the baseline \`${kind}\``,
    part: 'evaluate',
    inputs: INPUTS,
    artifacts: [texts],
    when: (plan) => drawsFromGate(plan) && plan.config.evaluate.baselines.includes(kind),
    make: async (job, parts) => texts.file(await simulatedRows(job, parts, { name, source })),
    load: ({ folder }) => folder.read(texts),
  };
}

/** Texts of pairs that the fitted gate draws. */
export const gateSource: TextSource = (job, parts) => gateRows(job, parts, parts.fit.gate);

function gateRows(job: JobContext, parts: SourceParts, gate: Gate): MakeRows {
  const { population, exemplars } = parts;
  const { training } = population;
  const { temperature } = job.config.simulate;
  const temperatures = temperature === 'fitted' ? gate.temperatures : gate.temperatures.map(() => temperature);
  return pairRows(job, parts, {
    kind: 'gate',
    gate: { ...gate, temperatures },
    input: gateInput(job.config),
    embeddings: {
      inputs: takeRows(population.records, training),
      personas: population.personas,
      exemplars: population.exemplars,
    },
    ...(job.config.gate.selfMask > 0 ? { ownExemplar: exemplars.own.slice(0, training.length) } : {}),
  });
}

/** Texts of personas and exemplars, drawn as `pairs` says. */
function pairRows(
  { config, model, template, records, signal }: JobContext,
  { personas, exemplars }: Pick<SourceParts, 'personas' | 'exemplars'>,
  pairs: PairSource,
): MakeRows {
  const from = { model, template, personas, exemplars: exemplars.exemplars, records: records.training, pairs };
  const shown = pairs.kind === 'zero-shot' ? { mix: 1, perPrompt: 1 } : {};
  const options = { ...promptSettings(config), ...textSettings(config), ...shown, signal };
  return (first, end) => simulate(from, { ...options, from: first, count: end - first });
}

/**
 * The rows of a source, continued where an earlier process stopped. With `atLeast` it stops after the block that has as many rows, and keeps them for
 * the stage.
 */
export async function simulatedRows(
  job: JobContext,
  parts: SourceParts,
  { name, source, atLeast }: { readonly name: string; readonly source: TextSource; readonly atLeast?: number },
): Promise<readonly SyntheticRow[]> {
  const make = await source(job, parts);
  const { simulate, method } = job.config;
  const { count, batchSize } = simulate;
  const inOrder = name === 'simulate' && method.name !== 'mop' && textSource(method.name).needs.includes('earlier');
  const work: BlockWork<SyntheticRow> = {
    artifact: textsArtifact(name, `${name}.jsonl`),
    total: count,
    blockSize: batchSize,
    together: inOrder ? 1 : Math.ceil((2 * (job.model.inFlight ?? 0) + 1) / batchSize),
    ...(atLeast === undefined ? {} : { atLeast }),
    onBlock: (done) => job.reporter.progress(name, done, count),
    make: async (from, to, earlier) => {
      const rows: SyntheticRow[] = [];
      for await (const row of make(from, to, inOrder ? earlier : undefined))
        rows.push(orderedRow(job.gateModel === undefined ? row : { ...row, gateModel: job.gateModel }));
      return rows;
    },
  };
  return rowsInBlocks(job.folder, work);
}
