import { DEMO_PATH } from '../data/sources/addresses.js';

/** Settings as in `mop.yaml`. */
export type Settings = Readonly<Record<string, unknown>>;

const DEMO_GATE = { input: 'record', objective: 'marginal', design: { pairs: 160, perRecord: 24 } } as const;

/**
 * Settings of the demonstration, where they differ from the defaults: the State of the Union addresses since 1980 are the target, those of all
 * eras the pool. Chosen for a run of 90 seconds on two cores; docs/decisions/0131 has the figures.
 */
export const DEMO_SETTINGS: Settings = {
  population: { path: DEMO_PATH, format: 'sotu', split: 'train since 1980', records: 100, validation: 0 },
  pool: { path: DEMO_PATH, format: 'sotu', records: 400 },
  golden: { split: 'test since 1980' },
  llm: { model: 'embedded' },
  encoder: { model: 'embedded' },
  personas: { count: 10 },
  exemplars: { count: 24, choice: 'random' },
  gate: DEMO_GATE,
  evaluate: { pairs: 32, heldOut: 80, trainingRecords: 16, trainingPairs: 12, bootstrap: 50 },
  simulate: { count: 300, maxTokens: 100 },
  output: 'runs/demo',
};

/**
 * Settings with those of the demonstration where none were given, if they ask for it: `population.path` is `demo`, or no records were named
 * and there is no file that should have named them, or the format is that of the addresses.
 * @param hasFile whether there is a configuration file
 */
export function withDemo(draft: Settings, hasFile: boolean): Settings {
  const { population = {} } = draft;
  if (!isSection(population)) return draft;
  const { path, format } = population;
  const unnamed = path === undefined && (format === 'sotu' || (!hasFile && format === undefined));
  if (path !== DEMO_PATH && !unnamed) return draft;
  // Who names a part of the addresses has chosen another target, which is its own pool.
  const own = population['split'] === undefined ? {} : { pool: undefined, golden: undefined };
  return filledIn(draft, { ...DEMO_SETTINGS, ...own, gate: gateBeside(draft['gate']) });
}

/** The demonstration's gate beside given settings: the paper's procedure has no design; it, contexts and texts have aims of their own. */
function gateBeside(given: unknown): Settings {
  const { design, objective, input } = DEMO_GATE;
  const { preset, input: seen, texts } = asSection(given);
  const paper = preset === 'paper';
  const aim = paper || seen === 'context' || texts !== undefined ? {} : { objective };
  return { input, ...(paper ? {} : { design }), ...aim };
}

function filledIn(draft: Settings, defaults: Settings): Settings {
  const filled = Object.entries(defaults).map(([key, value]): [string, unknown] => {
    const given = draft[key];
    if (given === undefined) return [key, value];
    return [key, isSection(given) && isSection(value) ? filledIn(given, value) : given];
  });
  return { ...draft, ...Object.fromEntries(filled) };
}

/** A section of settings; an empty one for a value that is none. */
export function asSection(value: unknown): Settings {
  return isSection(value) ? value : {};
}

/** Whether a value is a section of settings. */
export function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
