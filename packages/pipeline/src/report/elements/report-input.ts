import type { MopConfig } from '../../config/schema.js';
import { drawsOf } from '../../config/sections/method.js';
import { UserError } from '../../errors.js';
import type { RunFolder } from '../../run-folder/run-folder.js';
import { METRICS_FILE } from '../../artifacts/metrics.js';
import { REPORT_DATA } from '../../artifacts/report-data.js';
import { EXEMPLARS, PERSONAS, SYNTHETIC } from '../../artifacts/texts.js';
import { FIT_HISTORY } from '../../artifacts/fit.js';
import { personaNames } from './persona-names.js';

/**
 * Reads a finished run, whose configuration is `config`.
 * @throws UserError `no-gate` when its method has no gate; `unfinished-run` when a stage that the report shows is not done; `damaged-run` when a file was changed since
 */
export async function readReportInput(folder: RunFolder, config: MopConfig) {
  const { name } = config.method;
  if (drawsOf(name) !== 'gate') {
    const problem = `${folder.path} is a run of ${name}, which has no gate; reports and audits are of gates.`;
    throw new UserError('no-gate', problem, { remedy: `Its figures are in mop info ${folder.path}.` });
  }
  if (!folder.has('describe'))
    throw new UserError('unfinished-run', `${folder.path} is not finished, and a report shows a whole run.`, {
      remedy: 'Go on with mop run and the same settings.',
    });
  const personas = await folder.read(PERSONAS);
  return {
    manifest: folder.manifest,
    config,
    personas,
    /** Short, one per persona. */
    names: personaNames(personas.map(({ persona }) => persona)),
    exemplars: await folder.read(EXEMPLARS),
    rows: await folder.read(SYNTHETIC),
    fit: await folder.read(FIT_HISTORY),
    metrics: await folder.read(METRICS_FILE),
    data: await folder.read(REPORT_DATA),
  };
}

/** Everything the report is drawn from, as it lies in the run folder. */
export type ReportInput = Awaited<ReturnType<typeof readReportInput>>;
