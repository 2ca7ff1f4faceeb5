import { REPORT_PAGE } from '../artifacts/report-data.js';
import { acquireLock } from '../run-folder/lock.js';
import { configOf } from '../run-folder/run-config.js';
import { openExistingRun } from '../run-folder/run-folder.js';
import { readReportInput } from './elements/report-input.js';

/**
 * Writes `report.html` of a finished run again, from its folder alone; no model is opened.
 * @param path the run folder
 * @returns path of the report
 * @throws UserError when there is no run, the run is not finished or another process works in the folder
 */
export async function rewriteReport(path: string): Promise<string> {
  // Before the lock, which would make the folder.
  await openExistingRun(path);
  const lock = await acquireLock(`${path}/run.lock`);
  try {
    // The plot library takes half a second to load, which other callers of this package need not spend.
    const { reportPage } = await import('./page.js');
    const folder = await openExistingRun(path);
    const page = reportPage(await readReportInput(folder, configOf(folder)));
    await folder.commit(REPORT_PAGE.stage, REPORT_PAGE.file(page));
    return folder.file(REPORT_PAGE.name);
  } finally {
    await lock.release();
  }
}
