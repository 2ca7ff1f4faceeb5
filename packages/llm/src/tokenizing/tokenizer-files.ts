import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { openModelSource, reasonOf, type HubOptions } from '@mixture-of-personas/models';
import { ModelError } from '../model/errors.js';
import { fingerprintOf, type ModelFile } from '../model/model-description.js';
import { contextIn, endTokensIn, fingerprintFiles, SETTINGS_FILES } from '../files/model-folder.js';
import type { TemplateSettings } from './chat-template.js';
import { openTokenizer, type Tokenizer } from './tokenizer.js';

/** The tokenizer of a model that is served elsewhere. */
export interface LocalTokenizer {
  readonly tokenizer: Tokenizer;
  /** Folder of its files. */
  readonly path: string;
  readonly files: readonly ModelFile[];
  /** SHA-256, hex, of its files and of how it renders prompts. */
  readonly hash: string;
  /** Tokens that the model takes, by its config; undefined when that does not say. */
  readonly contextTokens: number | undefined;
}

/**
 * Opens a tokenizer without its model's weights: from a folder, or from the hub, whose few small files are then kept.
 * @throws ModelError `no-tokenizer` when there is none
 */
export async function openLocalTokenizer(
  name: string,
  options: TemplateSettings & HubOptions = {},
): Promise<LocalTokenizer> {
  const path = await folderOf(name, options);
  const names = SETTINGS_FILES.filter((file) => existsSync(join(path, file)));
  if (!names.includes('tokenizer.json')) {
    const problem = `The folder ${path} has no tokenizer.json`;
    throw new ModelError('no-tokenizer', `${problem}; give the folder or hub id of the served model's tokenizer.`);
  }
  const tokenizer = await openTokenizer({ path, endTokens: await endTokensIn(path) }, options);
  const contextTokens = await contextIn(path);
  const { files, fingerprint } = await fingerprintFiles(path, names);
  return { tokenizer, path, files, hash: fingerprintOf(fingerprint, tokenizer.prompting), contextTokens };
}

async function folderOf(name: string, options: HubOptions): Promise<string> {
  try {
    const source = await openModelSource(name, options);
    for (const file of SETTINGS_FILES) await source.find(file);
    return source.folder;
  } catch (cause) {
    const problem = `The tokenizer ${name} could not be opened (${reasonOf(cause)}).`;
    const remedy = "Give the folder or hub id of the served model's tokenizer.";
    throw new ModelError('no-tokenizer', problem, { cause, remedy });
  }
}
