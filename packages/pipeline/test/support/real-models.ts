import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { sharedPath } from './shared-data.js';

const FOLDER =
  process.env['MOP_MODELS'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mop-models');

/** Folder of a model that `../shared/models/fetch` puts in place. */
export const modelPath = (name: string): string => join(FOLDER, name);

/** Tests that run real models; without them, one test says so by its name. */
export function describeWithModels(title: string, tests: () => void): void {
  const there = existsSync(FOLDER) && existsSync(sharedPath(''));
  if (there) describe(title, tests);
  else
    describe(title, () =>
      it('skipped: no models folder (MOP_MODELS) or no ../shared', () => expect(there).toBe(false)),
    );
}
