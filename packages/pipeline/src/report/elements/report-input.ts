import type { Persona, PopulationRecord, SyntheticRow } from '@mixture-of-personas/synthesis';
import type { MopConfig } from '../../config/schema.js';
import { UserError } from '../../errors.js';
import { decodeLines } from '../../run-folder/json-lines.js';
import type { Manifest } from '../../run-folder/manifest.js';
import type { RunFolder } from '../../run-folder/run-folder.js';
import { REPORT_DATA } from '../../stages/describe-stage.js';
import type { RunMetrics } from '../../stages/evaluate-stage.js';
import type { FitHistory } from '../../stages/fit-stage.js';
import { personaNames } from './persona-names.js';
import type { ReportData } from '../../analysis/report-data.js';

/** Everything the report is drawn from, as it lies in the run folder. */
export interface ReportInput {
  readonly manifest: Manifest;
  /** Of the manifest. */
  readonly config: MopConfig;
  readonly personas: readonly Persona[];
  /** Short, one a persona. */
  readonly names: readonly string[];
  readonly exemplars: readonly PopulationRecord[];
  readonly rows: readonly SyntheticRow[];
  readonly fit: FitHistory;
  readonly metrics: RunMetrics;
  readonly data: ReportData;
}

/**
 * Reads a finished run.
 * @throws UserError `unfinished-run` when a stage that the report shows is not done; `damaged-run` when a file was changed since
 */
export async function readReportInput(folder: RunFolder): Promise<ReportInput> {
  if (!folder.has('describe')) {
    throw new UserError('unfinished-run', `${folder.path} is not finished, and a report shows a whole run.`, {
      suggestion: 'Go on with mop run and the same settings.',
    });
  }
  const lines = async <Row>(stage: string, file: string): Promise<Row[]> =>
    decodeLines(await folder.read(stage, file)) as Row[];
  const json = async <Value>(stage: string, file: string): Promise<Value> =>
    JSON.parse(new TextDecoder().decode(await folder.read(stage, file))) as Value;
  const personas = await lines<Persona>('personas', 'personas.jsonl');
  return {
    manifest: folder.manifest,
    config: folder.manifest.config as unknown as MopConfig,
    personas,
    names: personaNames(personas.map(({ persona }) => persona)),
    exemplars: await lines<PopulationRecord>('exemplars', 'exemplars.jsonl'),
    rows: await lines<SyntheticRow>('simulate', 'synthetic.jsonl'),
    fit: await json<FitHistory>('fit', 'fit.json'),
    metrics: await json<RunMetrics>('evaluate', 'metrics.json'),
    data: await json<ReportData>('describe', REPORT_DATA),
  };
}
