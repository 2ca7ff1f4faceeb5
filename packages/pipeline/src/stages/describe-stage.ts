import { personaProbabilities, project, type Gate } from '@mixture-of-personas/gating';
import { takeRows } from '@mixture-of-personas/numeric';
import { auditSample } from '../analysis/audit-sample.js';
import { embeddingMap } from '../analysis/embedding-map.js';
import { gateDiagnostics, type GateDiagnostics } from '../analysis/gate-diagnostics.js';
import { nearestGolden } from '../analysis/nearest-golden.js';
import type { AuditSample, ReportData } from '../analysis/report-data.js';
import type { JobContext } from '../context/job-context.js';
import { stageResult } from '../context/stage.js';
import type { RecordEmbeddings } from './embed-records.js';
import type { EvaluatedRun } from './evaluate-stage.js';
import { goldenPropensity } from './golden-propensity.js';
import type { SimulatedSets, SimulationParts } from './simulate-stage.js';

/** File of the report's data. */
export const REPORT_DATA = 'report.json';

/** What a run is described from. */
export interface DescribedParts {
  readonly parts: SimulationParts;
  readonly embeddings: RecordEmbeddings;
  readonly simulated: SimulatedSets;
  readonly evaluated: EvaluatedRun;
}

/** The stage `describe`: `report.json`, all that the report shows and no other file has. */
export async function describeStage(job: JobContext, described: DescribedParts): Promise<void> {
  await stageResult(job.folder, {
    name: 'describe',
    make: () => Promise.resolve({ [REPORT_DATA]: `${JSON.stringify(reportData(job, described))}\n` }),
    load: () => Promise.resolve(),
  });
}

function reportData({ config }: JobContext, { parts, embeddings, simulated, evaluated }: DescribedParts): ReportData {
  const { records, gating, gate } = parts;
  const { training, validation, heldOut, golden } = records;
  const { seed } = config;
  const { records: inputs, personas } = gating.population;
  const probabilities = personaProbabilities(
    project(gate.inputWeights, takeRows(inputs, gating.training), gate.inputBias),
    project(gate.personaWeights, personas, gate.personaBias),
  );
  const written = simulated.fitted.map(({ text }) => text !== '');
  return {
    format: 1,
    counts: {
      training: training.length,
      validation: validation.length,
      heldOut: heldOut.length,
      golden: golden.length,
    },
    diagnostics: diagnosticsOf(parts, probabilities, {
      rows: simulated.fitted,
      input: config.gate.input,
    }),
    propensity: goldenPropensity(gating, { gate, golden, seed }),
    map: embeddingMap(evaluated.embeddings, embeddings.golden, seed),
    audit: auditOf(parts, gate, seed),
    nearest: nearestGolden(written, evaluated.embeddings, { records: golden, embeddings: embeddings.golden }),
  };
}

function diagnosticsOf(
  { gating, gate, personas }: SimulationParts,
  probabilities: ReturnType<typeof personaProbabilities>,
  { rows, input }: { rows: SimulatedSets['fitted']; input: 'context' | 'record' | 'none' },
): GateDiagnostics {
  const { population, encoded, training } = gating;
  return gateDiagnostics({
    probabilities,
    temperatures: gate.temperatures,
    ids: personas.map(({ id }) => id),
    rows,
    personas: { encoded: encoded.personas, seen: population.personas },
    inputs:
      input === 'none'
        ? null
        : { encoded: takeRows(encoded.inputs, training), seen: takeRows(population.records, training) },
  });
}

/** Held-out records where there are some, since nothing was fitted to them. */
function auditOf({ records, gating }: SimulationParts, gate: Gate, seed: number): AuditSample {
  const { training, validation, heldOut } = records;
  const rows = gating.heldOut.length > 0 ? gating.heldOut : gating.training;
  return {
    from: gating.heldOut.length > 0 ? 'held-out' : 'training',
    records: auditSample({ gate, population: gating.population, seed }, rows, [...training, ...validation, ...heldOut]),
  };
}
