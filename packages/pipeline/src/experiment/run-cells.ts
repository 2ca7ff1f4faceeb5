import { join } from 'node:path';
import { z } from 'zod';
import { withGateInput } from '../config/gate-preset.js';
import { recordsFingerprint, sampleRecords, THE_RECORDS } from '../context/sample-records.js';
import type { EmbeddingContext } from '../engines/evaluated-sets.js';
import { realOpeners } from '../engines/model-openers.js';
import { durationText } from '../tables/duration.js';
import type { JobReporter, Progress, WorkLog } from '../log.js';
import { interrupted, problemOf, problemText, UserError } from '../errors.js';
import { filesOn } from '../run-folder/files.js';
import { runPipeline, type RunOptions } from '../job/run-pipeline.js';
import { changedSettings } from '../run-folder/manifest.js';
import { identityOf } from '../run-folder/run-config.js';
import { openExistingRun } from '../run-folder/run-folder.js';
import { METRICS_FILE, RESAMPLED, type RunMetrics } from '../artifacts/metrics.js';
import type { Cell } from './cells.js';
import { sharedEngines } from './shared-engines.js';
import { sharedSets } from './shared-sets.js';
import type { CellResult } from './summary.js';
import { figuresLine } from './tables.js';

/** File of the sentences that a cell's run noted. */
const NOTES = 'notes.json';

/** Failures that every later cell would meet as well. */
const ENDS_ALL = ['interrupted', 'ENOSPC', 'EIO', 'EROFS'];

/** A cell says how far it is at most this often, ms: the stages of small cells take less, and there may be fifty of them. */
const QUIET = 3000;

/** Options that the cells of an experiment share. */
export interface CellsOptions extends EmbeddingContext {
  /** Folder of the experiment: `scores/` and `embeddings/` lie in it beside the cells. */
  readonly output: string;
}

/**
 * Runs the cells one after the other, each in its own run folder, over one store of scores and one of embeddings. A finished cell is read back,
 * an unfinished one resumes where it stopped. Yields each cell's figures when it is done, or the reason why it failed; the others go on.
 * @throws `interrupted` when the user asked to stop, and a failure of the disk
 */
export async function* runCells(cells: readonly Cell[], options: CellsOptions): AsyncGenerator<CellResult> {
  const { output, reporter, signal, openers = realOpeners } = options;
  const engines = sharedEngines(openers, join(output, 'embeddings'));
  const shared = { signal, readSets: sharedSets(), openers: engines, scores: join(output, 'scores') };
  const failed = new Set<string>();
  try {
    for (const [i, cell] of cells.entries()) {
      if (signal.aborted) throw interrupted();
      const { dataset, method, seed, startsFrom } = cell;
      const keyOf = (row: string): string => JSON.stringify([dataset, row, seed]);
      const place = `[${i + 1}/${cells.length}]`;
      try {
        const missing = startsFrom.find((row) => failed.has(keyOf(row)));
        if (missing !== undefined)
          throw new UserError('not-run', `It starts from the run of ${missing}, which failed.`);
        yield await runCell(cell, { place, reporter, shared });
      } catch (error) {
        if (ENDS_ALL.includes(problemOf(error).code)) throw error;
        failed.add(keyOf(method));
        const problem = problemText(error);
        reporter.warn(`${place} ${nameOf(cell)} failed: ${problem}`);
        yield { dataset, method, seed, problem };
      }
    }
  } finally {
    await engines.closeAll();
  }
}

type SharedOptions = Omit<RunOptions, 'reporter'> & Required<Pick<RunOptions, 'readSets'>>;

/** Runs one cell, or reads it back. */
async function runCell(
  cell: Cell,
  { place, reporter, shared }: { place: string; reporter: WorkLog; shared: SharedOptions },
): Promise<CellResult> {
  const { dataset, method, point, seed, config } = cell;
  const name = nameOf(cell);
  const finished = await finishedFigures(cell, shared);
  reporter.info(`${place} ${name}${finished === undefined ? '' : ' (finished before)'}`);
  const started = performance.now();
  const noted: string[] = [];
  const reported = { ...shared, reporter: cellReporter(reporter, name, noted) };
  const metrics = finished ?? (await runPipeline(config, reported)).metrics;
  const notes = await cellNotes(config.output, finished === undefined ? noted : undefined);
  const { encoder, sets = [] } = metrics?.evaluation ?? {};
  const { figures, promptLabel } = sets[0] ?? {};
  const resampled = sets.find((set) => set.name === RESAMPLED)?.figures;
  if (figures === undefined) throw new UserError('damaged-run', `The run of ${name} ended without figures.`);
  const took = finished === undefined ? ` in ${durationText((performance.now() - started) / 1000)}` : '';
  reporter.info(`${place} ${figuresLine(figures)}${took}`);
  return { dataset, method, point, seed, figures, encoder, promptLabel, resampled, notes };
}

function nameOf({ dataset, method, seed }: Cell): string {
  return [dataset, method, `seed ${seed}`].filter((part) => part !== '').join(' · ');
}

/** The figures of a cell that an earlier process finished with the same settings and records; undefined otherwise. */
async function finishedFigures({ config: given }: Cell, { readSets }: SharedOptions): Promise<RunMetrics | undefined> {
  if ((await filesOn().read(join(given.output, 'manifest.json'))) === undefined) return undefined;
  const sets = await readSets(given);
  const config = withGateInput(given, sets);
  const folder = await openExistingRun(config.output);
  const { manifest } = folder;
  if (changedSettings(manifest, identityOf(config)).length > 0 || !folder.has('evaluate')) return undefined;
  const same = manifest.fingerprints[THE_RECORDS] === recordsFingerprint(sampleRecords(sets, config));
  return same ? folder.read(METRICS_FILE) : undefined;
}

/** Keeps what a cell's run noted beside it, so that a later start of the experiment counts it too. @returns the notes of the finished cell */
async function cellNotes(output: string, noted: readonly string[] | undefined): Promise<readonly string[]> {
  const files = filesOn();
  const path = join(output, NOTES);
  if (noted !== undefined) {
    await files.write(path, `${JSON.stringify(noted, null, 2)}\n`);
    return noted;
  }
  const bytes = await files.read(path);
  return bytes === undefined ? [] : z.array(z.string()).parse(JSON.parse(new TextDecoder().decode(bytes)));
}

/** A cell's progress under its name, a stage after the other, and its notes; its tables are left to `mop run`. */
function cellReporter(reporter: WorkLog, name: string, noted: string[]): JobReporter {
  let current: { readonly stage: string; readonly progress: Progress } | undefined;
  let said = performance.now();
  return {
    note: (sentence) => {
      noted.push(sentence);
      reporter.info(`${name}: ${sentence}`);
    },
    table: () => undefined,
    progress(stage, done, total, detail) {
      if (performance.now() - said < QUIET) return;
      said = performance.now();
      if (current?.stage !== stage) current = { stage, progress: reporter.progress(`${name}: ${stage}`) };
      current.progress.update(done, total, detail);
    },
  };
}
