import type { ScoreRequest } from '@mixture-of-personas/llm';
import { realOpeners, serverOptions, type ModelOpeners } from '../../engines/model-openers.js';
import type { MopConfig } from '../../config/schema.js';
import { problemOf, UserError } from '../../errors.js';
import { formatTable, tableColumns, type TableContent } from '../../tables/table.js';
import type { Cell } from '../cells.js';
import { sharedSets } from '../shared-sets.js';
import { problemLines, type CellProblem } from './cell-problem.js';
import type { sampleRequests, Work } from './work.js';

/** Tokens a second that one engine reads and writes. */
export interface Rate {
  readonly read: number;
  readonly written: number;
}

/** Work of the cells of one method. */
export interface MethodCost extends Work {
  readonly method: string;
  readonly cells: number;
  /** Hours of one engine; null without a rate. */
  readonly hours: number | null;
}

/** Work of an experiment before it is run. */
export interface PlanCost {
  readonly methods: readonly MethodCost[];
  readonly total: Omit<MethodCost, 'method'>;
  /** Rates by language model; empty without any. */
  readonly rates: Readonly<Record<string, Rate>>;
  readonly measured: boolean;
  /** Cells that could not be counted. */
  readonly uncounted: readonly CellProblem[];
}

/** Options of `planCost`. */
export interface PlanCostOptions {
  /** `READ,WRITTEN` in tokens a second, or `measure`: a few pairs and texts are asked of each model. None leaves hours out. */
  readonly rate?: string | undefined;
  readonly openers?: ModelOpeners | undefined;
}

/** Pairs and texts that a measurement asks for. */
const SAMPLE = 8;

/**
 * Pairs, tokens, disk and, with a rate, hours of the cells of an experiment, at most: nothing is taken as finished or in the store.
 * @throws UserError when the rate is neither two positive numbers nor `measure`, or a measured model cannot be opened
 */
export async function planCost(
  cells: readonly Cell[],
  { rate, openers = realOpeners }: PlanCostOptions,
): Promise<PlanCost> {
  const given = rate === undefined || rate === 'measure' ? undefined : rateOf(rate);
  // What the stages are made of takes a while to load, which other commands need not spend.
  const { sampleRequests, sumOf, workOf } = await import('./work.js');
  const readSets = sharedSets();
  const rates = new Map<string, Rate>();
  const uncounted: CellProblem[] = [];
  const counted: { method: string; work: Work; hours: number | null }[] = [];
  for (const { dataset, method, config } of cells) {
    try {
      const sets = await readSets(config);
      const work = await workOf(config, sets);
      const { model } = config.llm;
      if (given !== undefined) rates.set(model, given);
      if (rate === 'measure' && !rates.has(model))
        rates.set(model, await measuredRate(config, await sampleRequests(config, sets, SAMPLE), openers));
      const known = rates.get(model);
      const hours = known === undefined ? null : (work.read / known.read + work.written / known.written) / 3600;
      counted.push({ method, work, hours });
    } catch (error) {
      uncounted.push({ dataset, method, problem: problemOf(error).message });
    }
  }
  const costOf = (own: typeof counted): Omit<MethodCost, 'method'> => ({
    cells: own.length,
    ...sumOf(own.map(({ work }) => work)),
    hours: own.some(({ hours }) => hours === null) ? null : own.reduce((sum, { hours }) => sum + (hours ?? 0), 0),
  });
  const methods = [...new Set(counted.map(({ method }) => method))].map((method) => ({
    method,
    ...costOf(counted.filter((one) => one.method === method)),
  }));
  return { methods, total: costOf(counted), rates: Object.fromEntries(rates), measured: rate === 'measure', uncounted };
}

/** The plan for people, no wider than `width`. */
export function planText({ methods, total, rates, measured, uncounted }: PlanCost, width: number): string {
  const row = (name: string, { cells, pairs, read, texts, written, hours, bytes }: Omit<MethodCost, 'method'>) => [
    name,
    ...[cells, pairs, read, texts, written].map((value) => value.toLocaleString('en-US')),
    hours === null ? '–' : hours.toPrecision(2),
    (bytes / 1e9).toPrecision(2),
  ];
  const table: TableContent = {
    columns: tableColumns('method', [
      'cells',
      'pairs',
      'tokens read',
      'texts',
      'tokens written',
      'hours',
      'GB on disk',
    ]),
    rows: [...methods.map((one) => row(one.method, one)), row('total', total)],
  };
  const source = measured ? `measured here on ${SAMPLE} pairs and ${SAMPLE} texts` : 'as given by --rate';
  const lines = Object.entries(rates).map(
    ([model, { read, written }]) =>
      `${model}: ${Math.round(read)} tokens read and ${Math.round(written)} written a second, ${source}.`,
  );
  return [
    formatTable(table, width),
    'At most: pairs that are drawn twice or were scored before cost nothing. Tokens are characters / 4; docs/scale.md has the arithmetic.',
    ...(lines.length > 0
      ? ['Hours are of one engine that works alone; several share them.', ...lines]
      : ['No hours without a rate: --rate READ,WRITTEN in tokens a second, or --rate measure.']),
    ...problemLines(uncounted).map((line) => `Not counted: ${line}`),
  ].join('\n');
}

function rateOf(text: string): Rate {
  const [read = 0, written = 0, ...more]: number[] = text.split(',').map(Number);
  if (read > 0 && written > 0 && more.length === 0) return { read, written };
  throw new UserError('bad-setting', `--rate must be two positive numbers, READ,WRITTEN, or measure; got ${text}.`);
}

async function measuredRate(
  { llm, threads }: MopConfig,
  { score, generate }: Awaited<ReturnType<typeof sampleRequests>>,
  openers: ModelOpeners,
): Promise<Rate> {
  const model = await openers.openLanguageModel(llm.model, llm.threads ?? threads, serverOptions(llm));
  try {
    const lengthOf = (request: ScoreRequest): number =>
      model.measure?.(request)?.tokens ?? JSON.stringify(request).length / 4;
    const read = score.reduce((sum, request) => sum + lengthOf(request), 0);
    const started = performance.now();
    await model.score(score, {});
    const between = performance.now();
    let written = 0;
    for await (const { tokens } of model.generate(generate, {})) written += tokens;
    const ended = performance.now();
    return { read: (1000 * read) / (between - started), written: (1000 * written) / (ended - between) };
  } finally {
    await model.close();
  }
}
