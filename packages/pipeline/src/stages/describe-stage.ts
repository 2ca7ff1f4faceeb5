import { takeRows, type Matrix } from '@mixture-of-personas/numeric';
import type { SyntheticRow } from '@mixture-of-personas/synthesis';
import { auditSample } from '../analysis/audit-sample.js';
import { embeddingMap } from '../analysis/embedding-map.js';
import { gateDiagnostics, type GateDiagnostics } from '../analysis/gate-diagnostics.js';
import { nearestGolden } from '../analysis/nearest-golden.js';
import type { ReportData } from '../analysis/report-data.js';
import { gateInput } from '../config/gate-preset.js';
import type { JobContext } from '../context/job-context.js';
import { REPORT_DATA } from '../artifacts/report-data.js';
import { drawsFromGate, type Stage } from '../context/stage.js';
import type { JobRecords } from '../context/sample-records.js';
import type { EvaluatedRun } from './evaluate-stage.js';
import { goldenPropensity, probabilitiesOf } from './golden-propensity.js';
import type { SourceParts } from './simulate-stage.js';

/** Inputs of the description: what the texts come from, and the texts. */
interface DescribedParts extends Omit<SourceParts, 'compare'> {
  readonly simulate: readonly SyntheticRow[];
  readonly evaluate: EvaluatedRun;
}

/** Collects all that the report shows and no other file has. */
export const describeStage: Stage<'describe', DescribedParts, void> = {
  name: 'describe',
  does: 'Collects what the report shows',
  part: 'evaluate',
  inputs: ['embed', 'personas', 'exemplars', 'population', 'fit', 'simulate', 'evaluate'],
  artifacts: [REPORT_DATA],
  when: drawsFromGate,
  make: (job, parts) => Promise.resolve(REPORT_DATA.file(reportData(job, parts))),
  load: () => Promise.resolve(),
};

function reportData({ config, records }: JobContext, parts: DescribedParts): ReportData {
  const { population, embed, simulate, evaluate } = parts;
  const { gate } = parts.fit;
  const { training, validation, heldOut, golden } = records;
  const { seed } = config;
  const probabilities = probabilitiesOf(gate, takeRows(population.records, population.training), population.personas);
  const written = simulate.map(({ text }) => text !== '');
  return {
    format: 1,
    counts: {
      training: training.length,
      validation: validation.length,
      heldOut: heldOut.length,
      golden: golden.length,
    },
    diagnostics: diagnosticsOf(parts, probabilities, gateInput(config)),
    propensity: goldenPropensity(population, { gate, golden, seed }),
    map: embeddingMap(evaluate.embeddings, embed.golden, seed),
    audit: auditOf(parts, records, seed),
    nearest: nearestGolden(written, evaluate.embeddings, { records: golden, embeddings: embed.golden }),
  };
}

function diagnosticsOf(
  { population, fit, personas, simulate }: DescribedParts,
  probabilities: Matrix,
  input: 'context' | 'record' | 'none',
): GateDiagnostics {
  const { encoded, training, records } = population;
  return gateDiagnostics({
    probabilities,
    temperatures: fit.gate.temperatures,
    ids: personas.map(({ id }) => id),
    rows: simulate,
    personas: { encoded: encoded.personas, seen: population.personas },
    inputs:
      input === 'none' ? null : { encoded: takeRows(encoded.inputs, training), seen: takeRows(records, training) },
  });
}

/** Held-out records where there are some, since nothing was fitted to them. */
function auditOf(
  { population, fit: { gate } }: DescribedParts,
  { training, validation, heldOut }: JobRecords,
  seed: number,
): ReportData['audit'] {
  const rows = population.heldOut.length > 0 ? population.heldOut : population.training;
  return {
    from: population.heldOut.length > 0 ? 'held-out' : 'training',
    records: auditSample({ gate, population, seed }, rows, [...training, ...validation, ...heldOut]),
  };
}
