import { datasetCard } from '../cards/card.js';
import { gateCard } from '../cards/gate-card.js';
import type { JobContext } from '../context/job-context.js';
import { requireNotAborted, type JobEnd, type JobResult } from './job-result.js';
import type { Outputs } from '../run-folder/run-folder.js';
import { stageResult } from '../context/stage.js';
import { compareStage } from '../stages/compare-stage.js';
import { describeStage } from '../stages/describe-stage.js';
import { embedRecords, type RecordEmbeddings } from '../stages/embed-records.js';
import { estimateCost } from '../stages/estimate-cost.js';
import { evaluateStage } from '../stages/evaluate-stage.js';
import { fitStage, HISTORY, type FitHistory } from '../stages/fit-stage.js';
import { gatePopulation } from '../stages/gate-population.js';
import { makePersonas } from '../stages/make-personas.js';
import { pickExemplars } from '../stages/pick-exemplars.js';
import type { JobRecords } from '../context/sample-records.js';
import { simulateBaselines, simulateStage, type SimulationParts } from '../stages/simulate-stage.js';
import { heldOutCaption, heldOutTable } from '../cards/tables.js';

/** The stages in their order, up to the one that is asked for. */
export async function runStages(job: JobContext, records: JobRecords, until: JobEnd): Promise<JobResult> {
  const embeddings = await embedRecords(job, records);
  const personas = await makePersonas(job, records, embeddings);
  if (until === 'personas') return resultOf(job);
  requireNotAborted(job.signal);
  const exemplars = await pickExemplars(job, records);
  const gating = await gatePopulation(job, { records, embeddings, personas, exemplars });
  if (!job.folder.has('fit')) await estimateCost(job, records, gating);
  const gate = await fitStage(job, gating);
  requireNotAborted(job.signal);
  const heldOut =
    job.gateModel === undefined ? await compareStage(job, { records, personas, gating, gate }) : undefined;
  const parts = { records, personas, exemplars, gating, gate, heldOut };
  if (until === 'fit') return { ...resultOf(job), ...(heldOut === undefined ? {} : { heldOut }) };
  // The result shows it again at the end; texts still to be sampled are long enough to be read by.
  if (heldOut !== undefined && !job.folder.has('simulate')) {
    job.reporter.table(heldOutTable(heldOut), heldOutCaption(heldOut));
  }
  return simulated(job, parts, { embeddings, until });
}

async function simulated(
  job: JobContext,
  parts: SimulationParts,
  { embeddings, until }: { embeddings: RecordEmbeddings; until: JobEnd },
): Promise<JobResult> {
  const { records, heldOut } = parts;
  const fitted = await simulateStage(job, parts);
  requireNotAborted(job.signal);
  const judged = heldOut === undefined ? {} : { heldOut };
  if (until === 'simulate') return { ...resultOf(job), ...judged };
  const baselines = await simulateBaselines(job, parts);
  requireNotAborted(job.signal);
  const both = { fitted, baselines };
  const evaluated = await evaluateStage(job, { records, embeddings, simulated: both, heldOut });
  await describeStage(job, { parts, embeddings, simulated: both, evaluated });
  const { metrics } = evaluated;
  await writtenStage(job, 'card', async () => ({
    'README.md': datasetCard({ manifest: job.folder.manifest, metrics, rows: fitted }),
    'GATE_CARD.md': await writtenGateCard(job, parts),
  }));
  await writtenStage(job, 'report', async () => {
    // The plot library takes half a second to load, which a run that stops earlier need not spend.
    const { reportFiles } = await import('../report/report-files.js');
    return reportFiles(job.folder);
  });
  await job.folder.removePartial('');
  return { ...resultOf(job), ...judged, metrics };
}

async function writtenGateCard({ folder, config }: JobContext, parts: SimulationParts): Promise<string> {
  const { manifest } = folder;
  const { personas, exemplars, records, gate, heldOut } = parts;
  const fit = JSON.parse(new TextDecoder().decode(await folder.read('fit', HISTORY))) as FitHistory;
  const sizes = { exemplars: exemplars.exemplars.length, records: records.training.length };
  return gateCard({ manifest, config, personas, ...sizes, temperatures: gate.temperatures, fit, heldOut });
}

/** A stage whose files are for people: nothing after it reads them. */
async function writtenStage({ folder }: JobContext, name: string, make: () => Promise<Outputs>): Promise<void> {
  await stageResult(folder, { name, make, load: () => Promise.resolve() });
}

function resultOf({ folder }: JobContext): JobResult {
  return { folder: folder.path, finished: Object.keys(folder.manifest.stages) };
}
