import { personaProbabilities, project } from '@mixture-of-personas/gating';
import { takeRows } from '@mixture-of-personas/numeric';
import type { SyntheticRow } from '@mixture-of-personas/synthesis';
import { auditSample } from '../analysis/audit-sample.js';
import { embeddingMap } from '../analysis/embedding-map.js';
import { gateDiagnostics, type GateDiagnostics } from '../analysis/gate-diagnostics.js';
import { nearestGolden } from '../analysis/nearest-golden.js';
import type { AuditSample, ReportData } from '../analysis/report-data.js';
import type { JobContext } from '../context/job-context.js';
import { REPORT_DATA } from '../artifacts/report-data.js';
import { drawsFromGate, type Stage } from '../context/stage.js';
import type { JobRecords } from '../context/sample-records.js';
import type { EvaluatedRun } from './evaluate-stage.js';
import { goldenPropensity } from './golden-propensity.js';
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
  const { population: gating, fit: gate, embed: embeddings, simulate: rows, evaluate: evaluated } = parts;
  const { training, validation, heldOut, golden } = records;
  const { seed } = config;
  const { records: inputs, personas } = gating.population;
  const probabilities = personaProbabilities(
    project(gate.inputWeights, takeRows(inputs, gating.training), gate.inputBias),
    project(gate.personaWeights, personas, gate.personaBias),
  );
  const written = rows.map(({ text }) => text !== '');
  return {
    format: 1,
    counts: {
      training: training.length,
      validation: validation.length,
      heldOut: heldOut.length,
      golden: golden.length,
    },
    diagnostics: diagnosticsOf(parts, probabilities, config.gate.input),
    propensity: goldenPropensity(gating, { gate, golden, seed }),
    map: embeddingMap(evaluated.embeddings, embeddings.golden, seed),
    audit: auditOf(parts, records, seed),
    nearest: nearestGolden(written, evaluated.embeddings, { records: golden, embeddings: embeddings.golden }),
  };
}

function diagnosticsOf(
  { population: gating, fit: gate, personas, simulate: rows }: DescribedParts,
  probabilities: ReturnType<typeof personaProbabilities>,
  input: 'context' | 'record' | 'none',
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
function auditOf(
  { population: gating, fit: gate }: DescribedParts,
  { training, validation, heldOut }: JobRecords,
  seed: number,
): AuditSample {
  const rows = gating.heldOut.length > 0 ? gating.heldOut : gating.training;
  return {
    from: gating.heldOut.length > 0 ? 'held-out' : 'training',
    records: auditSample({ gate, population: gating.population, seed }, rows, [...training, ...validation, ...heldOut]),
  };
}
