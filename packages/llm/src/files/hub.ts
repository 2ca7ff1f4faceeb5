import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { externalDataFiles, openModelSource, type HubOptions } from '@mixture-of-personas/models';
import { SETTINGS_FILES, weightNames, type WeightsWanted } from './model-folder.js';

/**
 * The folder of a model: the one named, or the cached snapshot of a hub id (`OWNER/NAME[@REVISION]`), its files downloaded first.
 * @throws ModelError `folder-missing`, `not-found` or `refused`
 */
export async function locateModel(model: string, wanted: WeightsWanted, options: HubOptions): Promise<string> {
  if (existsSync(model)) return model;
  const source = await openModelSource(model, options);
  for (const name of weightNames(wanted)) {
    const path = await source.find(name);
    if (path === undefined) continue;
    for (const part of await externalDataFiles(path)) await source.find(join(dirname(name), part));
    break;
  }
  for (const name of SETTINGS_FILES) await source.find(name);
  return source.folder;
}
