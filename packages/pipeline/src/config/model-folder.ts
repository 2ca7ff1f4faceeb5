import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import { UserError } from '../errors.js';

/**
 * Checks a model that is given as a folder: it must exist and hold ONNX weights. Hub ids are not asked for here.
 * @throws UserError `folder-missing` or `no-weights`, naming the setting and the folder
 */
export async function requireModelFolder(setting: string, model: string): Promise<void> {
  const folder = model.startsWith('onnx:') ? model.slice('onnx:'.length).replace(/#[^#]*\.onnx$/, '') : '';
  if (folder === '') return;
  const there = await stat(folder).catch(() => undefined);
  if (there === undefined) {
    if (isAbsolute(folder) || /^\.{1,2}[\\/]/.test(folder) || folder.split('/').length !== 2)
      throw new UserError('folder-missing', `${setting}: there is no folder ${folder}.`, {
        remedy: 'Give a folder in the Hugging Face ONNX layout, or a hub id such as owner/name.',
      });
    return;
  }
  const files = [...(await readdir(folder)), ...(await readdir(join(folder, 'onnx')).catch(() => []))];
  if (files.some((name) => name.endsWith('.onnx'))) return;
  throw new UserError('no-weights', `${setting}: ${folder} holds no .onnx file.`, {
    remedy: 'Give a folder in the Hugging Face ONNX layout: config.json, tokenizer.json and onnx/model.onnx.',
  });
}
