import type { Outputs, RunFolder } from '../run-folder/run-folder.js';
import { reportPage } from './page.js';
import { readReportInput } from './elements/report-input.js';

/** Name of the page in a run folder. */
export const REPORT_FILE = 'report.html';

/**
 * The report of a finished run, made from the run's own files without any model.
 * @throws UserError `unfinished-run`, `damaged-run`
 */
export async function reportFiles(folder: RunFolder): Promise<Outputs> {
  return { [REPORT_FILE]: reportPage(await readReportInput(folder)) };
}
