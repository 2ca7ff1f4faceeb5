import { existsSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { describe } from '@jest/globals';

/** The folder beside the clone that holds golden values and the small decoder. */
const SHARED = resolve(import.meta.dirname, '../../../../shared');
const models =
  process.env['MOP_MODELS'] ?? join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'mop-models');
/** SmolLM2-135M-Instruct, int8, 150 MB. */
export const SMOLLM2 = join(models, 'SmolLM2-135M-Instruct');
/** A decoder of 6 million parameters without a chat template, 7 MB. */
export const PILOT = join(SHARED, 'pilot/model');
/** Reference scores of SmolLM2. */
export const GOLDEN_SCORES = join(SHARED, 'golden/models/smollm2-scores.json');

/** `describe` where every path is there; else the block is reported as skipped, and its name says what is missing. */
export function describeWith(paths: readonly string[], name: string, body: () => void): void {
  const missing = paths.find((path) => !existsSync(path));
  if (missing === undefined) describe(name, body);
  else
    describe.skip(
      `${name} (skipped: ${missing.startsWith(SHARED) ? '../shared is not beside this clone' : `no model ${missing}`})`,
      body,
    );
}

/** A JSON file's content. */
export function readJson<Content>(path: string): Content {
  return JSON.parse(readFileSync(path, 'utf8')) as Content;
}

/** Golden values of language-model families: real tokenizers and templates, tiny random-weight decoders. */
export const FAMILIES = join(SHARED, 'golden/families');
/** Gemma 3 270M, base. */
export const GEMMA3 = join(models, 'gemma-3-270m');
