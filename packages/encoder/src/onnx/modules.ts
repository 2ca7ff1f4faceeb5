import { join } from 'node:path';
import { ModelError, property, readJson, readJsonObject, type ModelSource } from '@mixture-of-personas/models';
import { NORMALIZE, readDense, type VectorModule } from './vector-modules.js';
import { POOLING_MODES, type PoolingMode } from './pooling.js';

/** Modules that follow the token vectors. */
export interface Modules {
  /** Folder of the Transformer's own files, '' for the model's. */
  readonly transformer: string;
  /** Modes whose vectors stand one after the other in a row. */
  readonly pooling: readonly PoolingMode[];
  /** Whether the prompt's tokens are pooled. */
  readonly includePrompt: boolean;
  readonly after: readonly VectorModule[];
}

/**
 * Reads `modules.json` and the modules' own configs and weights: Transformer, Pooling, then Dense, Normalize and Dropout in any order.
 * Without it: `1_Pooling/config.json`, else mean pooling, as sentence-transformers does.
 * @throws ModelError `unsupported` naming a module or setting that is not known
 */
export async function readModules(source: ModelSource): Promise<Modules> {
  const path = await source.find('modules.json');
  if (path === undefined) return { transformer: '', ...(await readPooling(source, '1_Pooling')), after: [] };
  const list = await readJson(path);
  if (!Array.isArray(list)) throw unsupported(`${path} is not a list of modules`);
  const [first, second, ...others] = list.map(moduleIn);
  if (first?.kind !== 'Transformer')
    throw unsupported(`${path} begins with ${first?.kind ?? 'nothing'}, not a Transformer`);
  if (second?.kind !== 'Pooling')
    throw unsupported(`${path} has ${second?.kind ?? 'nothing'} where Pooling is expected`);
  const after: VectorModule[] = [];
  for (const { kind, path: folder } of others) {
    if (kind === 'Dense') after.push(await readDense(source, folder));
    else if (kind === 'Normalize') after.push(NORMALIZE);
    // Dropout does nothing outside training.
    else if (kind !== 'Dropout')
      throw unsupported(`${path} names the module ${kind}; Pooling, Dense and Normalize are known`);
  }
  return { transformer: first.path, ...(await readPooling(source, second.path)), after };
}

function moduleIn(entry: unknown): { readonly kind: string; readonly path: string } {
  const type = property(entry, 'type');
  const path = property(entry, 'path');
  const name = typeof type === 'string' ? type : 'without a type';
  // A module of the model's own code may do anything, whatever it is called.
  const kind = /^sentence_transformers\.(?:\w+\.)*(\w+)$/.exec(name)?.[1] ?? name;
  return { kind, path: typeof path === 'string' ? path : '' };
}

async function readPooling(source: ModelSource, folder: string): Promise<Pick<Modules, 'pooling' | 'includePrompt'>> {
  const path = await source.find(join(folder, 'config.json'));
  const config = path === undefined ? {} : await readJsonObject(path);
  const includePrompt = config['include_prompt'] !== false;
  const stated = config['pooling_mode'];
  // Named modes stand in the order given; the older switches in one fixed order.
  const switches = Object.keys(config).filter((key) => key.startsWith('pooling_mode_') && config[key] === true);
  const modes = stated === undefined ? switches.map(modeOf) : [stated].flat();
  const known = modes.filter((mode): mode is PoolingMode => POOLING_MODES.some((name) => name === mode));
  const unknown = modes.find((mode) => !known.some((name) => name === mode));
  if (unknown !== undefined) {
    const asked = typeof unknown === 'string' ? unknown : JSON.stringify(unknown);
    throw unsupported(`${path} asks for the pooling ${asked}; ${POOLING_MODES.join(', ')} are known`);
  }
  if (stated === undefined) known.sort((a, b) => POOLING_MODES.indexOf(a) - POOLING_MODES.indexOf(b));
  return { pooling: known.length === 0 ? ['mean'] : known, includePrompt };
}

/** `mean` of `pooling_mode_mean_tokens`. */
function modeOf(key: string): string {
  const name = key.slice('pooling_mode_'.length);
  return name === 'mean_sqrt_len_tokens' ? name : name.replace(/_tokens?$/, '');
}

function unsupported(problem: string): ModelError {
  return new ModelError('unsupported', `${problem}.`, { remedy: 'Choose another model, or export this one whole.' });
}
