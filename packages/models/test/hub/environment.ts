import { afterEach, beforeEach } from '@jest/globals';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { hubCacheFolder } from '../../src/index.js';
import { temporaryFolder } from '../temporary-folder.js';

const VARIABLES = ['HF_ENDPOINT', 'HF_TOKEN', 'HF_HOME', 'HF_HUB_CACHE', 'HF_HUB_OFFLINE', 'HTTP_PROXY', 'NO_PROXY'];

/** Runs each test of a file without the variables that the hub reads, and with a new cache in HF_HOME. */
export function cleanEnvironment(): void {
  const before = new Map<string, string | undefined>();
  beforeEach(() => {
    for (const name of VARIABLES) {
      before.set(name, process.env[name]);
      delete process.env[name];
    }
    process.env['HF_HOME'] = temporaryFolder();
  });
  afterEach(() => {
    for (const [name, value] of before) {
      if (value === undefined) delete process.env[name];
      else process.env[name] = value;
    }
  });
}

/** Whether a part of a file of so many bytes lies in the cache of `org/mini`. */
export function partIsKept(bytes: number): boolean {
  const blobs = join(hubCacheFolder(), 'models--org--mini/blobs');
  const parts = existsSync(blobs) ? readdirSync(blobs).filter((name) => name.endsWith('.incomplete')) : [];
  return parts.some((name) => statSync(join(blobs, name)).size === bytes);
}
