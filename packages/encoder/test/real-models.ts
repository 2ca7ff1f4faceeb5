import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';

const root = new URL('../../../', import.meta.url).pathname;

/** The maintainers' folder of golden files and records; most clones do not have it. */
export const shared: string = join(root, '..', 'shared');

/** The small sentence encoder that `../shared/models/fetch` makes: MOP_MODELS, or `mop-models` in the user's cache folder. */
export const miniLm: string = join(
  process.env['MOP_MODELS'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mop-models'),
  'all-MiniLM-L6-v2',
);

/** Reason why tests of the real model cannot run, for their name; undefined when they can. */
export const missing: string | undefined = !existsSync(miniLm)
  ? 'skipped: there is no models folder (MOP_MODELS)'
  : !existsSync(shared)
    ? 'skipped: ../shared is not beside this clone'
    : undefined;
