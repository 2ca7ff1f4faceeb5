import { stat } from 'node:fs/promises';
import { requireFigures, sampleRecords } from '../../context/sample-records.js';
import { textSource } from '@mixture-of-personas/synthesis';
import { isSection } from '../../config/demo.js';
import { PATHS } from '../../config/load.js';
import type { MopConfig } from '../../config/schema.js';
import { requireModelFolder } from '../../config/model-folder.js';
import { aboutPath, problemOf } from '../../errors.js';
import { formatTable, tableColumns, type TableContent } from '../../tables/table.js';
import type { Cell } from '../cells.js';
import { sharedSets } from '../shared-sets.js';
import { problemLines, type CellProblem } from './cell-problem.js';

/** Sizes of a data set of an experiment, and what its cells lack. */
export interface DatasetSurvey {
  readonly dataset: string;
  readonly cells: number;
  /** Records that can be read; null where they cannot. */
  readonly population: number | null;
  readonly golden: number | null;
  readonly labels: readonly string[];
  readonly problems: readonly CellProblem[];
}

/**
 * Reads the records of every data set of an experiment, and looks for the files and model folders that its cells name. Files that an earlier cell
 * writes are not looked for; models of the hub and servers are not asked.
 */
export async function surveyExperiment(cells: readonly Cell[]): Promise<DatasetSurvey[]> {
  const readSets = sharedSets();
  const found: DatasetSurvey[] = [];
  for (const dataset of new Set(cells.map((cell) => cell.dataset))) {
    const own = cells.filter((cell) => cell.dataset === dataset);
    const problems: CellProblem[] = [];
    let sizes: Pick<DatasetSurvey, 'population' | 'golden' | 'labels'> = { population: null, golden: null, labels: [] };
    for (const { config, method, startsFrom } of own) {
      const tell = (error: unknown): void => {
        problems.push({ dataset, method, problem: problemOf(error).message });
      };
      try {
        const sets = await readSets(config);
        const labels = new Set(sets.train.flatMap(({ label }) => label ?? []));
        sizes = { population: sets.train.length, golden: sets.golden.length, labels: [...labels].sort() };
        requireFigures(sampleRecords(sets, config), config);
      } catch (error) {
        tell(error);
      }
      await requireModelFolder('llm.model', config.llm.model).catch(tell);
      await requireModelFolder('encoder.model', config.encoder.model).catch(tell);
      for (const path of startsFrom.length > 0 ? [] : filesOf(config))
        await stat(path).catch((error: unknown) => tell(aboutPath(path, error)));
    }
    found.push({ dataset, cells: own.length, ...sizes, problems });
  }
  return found;
}

/** The survey for people, no wider than `width`. */
export function surveyText(found: readonly DatasetSurvey[], width: number): string {
  const table: TableContent = {
    columns: tableColumns('data set', ['population', 'golden', 'classes', 'cells']),
    rows: found.map(({ dataset, population, golden, labels, cells }) =>
      [dataset, population ?? '–', golden ?? '–', labels.length, cells].map(String),
    ),
  };
  return [formatTable(table, width), ...found.flatMap(({ problems }) => problemLines(problems))].join('\n');
}

/** Files and folders that a run reads besides its records; settings of methods that its own does not have are left out. */
function filesOf(config: MopConfig): string[] {
  const own = config.method.name === 'mop' ? {} : textSource(config.method.name).settings;
  return PATHS.filter((name) => !/^(?:population|pool|golden)\.|^output$/.test(name)).flatMap((name) => {
    const [section, key = ''] = name.split('.');
    if (section === 'method' && !(key in own)) return [];
    const value = Object.entries(config).find(([title]) => title === section)?.[1] as unknown;
    const path = isSection(value) ? value[key] : undefined;
    return typeof path === 'string' ? [path] : [];
  });
}
