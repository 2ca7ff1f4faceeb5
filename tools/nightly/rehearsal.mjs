// The rehearsal of the paper's tables and figures against the servers of the nightly test.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { root, run } from '../ci/processes.mjs';
import { log } from './mop.mjs';

/** Minutes that all nine files may take. */
const MINUTES = 60;
const data = join(root, '..', 'shared', 'data');

/** Starts `npm run rehearse` with the models of a folder, below `output`. */
function start({ models, output, flags }, files, options) {
  const encoder = existsSync(join(models, 'all-MiniLM-L6-v2')) ? [] : ['--encoder.model', 'embedded'];
  const words = [...files, '--minutes', String(MINUTES), '--output', output, ...encoder, ...flags];
  return run(process.execPath, [join(root, 'tools/rehearse.mjs'), ...words], {
    env: { MOP_MODELS: models },
    ...options,
  });
}

/** Cells that an experiment's figures are of; resampled exemplars are no cell. */
function cellsIn(entries) {
  const names = entries.map(({ dataset, method, seeds }) => JSON.stringify([dataset, method, seeds]));
  return new Set(names.filter((name) => !name.includes('resampled exemplars'))).size;
}

/**
 * Rehearses every table and figure: the servers write and score, PICLe's target is read in process.
 * @returns {string} what ran
 * @throws Error where a cell failed
 */
export function rehearse(setting) {
  if (!existsSync(data)) {
    log('no rehearsal of tables and figures: the data sets are not in ../shared/data');
    return 'no rehearsal, for want of data';
  }
  if (!start(setting, []).ok)
    throw new Error(`A cell of the rehearsal failed, or it took more than ${MINUTES} minutes.`);
  const names = readdirSync(setting.output);
  const results = names.map((name) => JSON.parse(readFileSync(join(setting.output, name, 'results.json'), 'utf8')));
  const cells = results.reduce((sum, { entries }) => sum + cellsIn(entries), 0);
  return log(`${names.length} tables and figures rehearsed (${cells} cells)`);
}

/** Starts `table-1` again when no server answers. @throws Error where a cell was made again */
export function rehearseAgain(setting) {
  if (!existsSync(data)) return;
  const { ok, output } = start(setting, [join(root, 'experiments/table-1.yaml')], { capture: true });
  const cells = output.split('\n').filter((line) => /^\[\d+\/\d+\] .* seed \d/.test(line));
  if (!ok || cells.length === 0 || !cells.every((line) => line.endsWith('(finished before)')))
    throw new Error(`A second start of table-1 did not read its cells back:\n${output.slice(-3000)}`);
  log(`a second start of table-1 needs no server: ${cells.length} cells finished before`);
}
