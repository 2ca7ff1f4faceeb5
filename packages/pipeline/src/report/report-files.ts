import { REPORT_PAGE } from '../artifacts/report-data.js';
import type { Outputs, RunFolder } from '../run-folder/run-folder.js';
import { readReportInput } from './elements/report-input.js';
import { reportPage } from './page.js';

/**
 * The report of a finished run, made from the run's own files without any model.
 * @throws UserError `unfinished-run`, `damaged-run`
 */
export async function reportFiles(folder: RunFolder): Promise<Outputs> {
  return REPORT_PAGE.file(reportPage(await readReportInput(folder)));
}
