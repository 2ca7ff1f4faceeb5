import { readdir, stat } from 'node:fs/promises';
import { isAbsolute, join } from 'node:path';
import type { LoadedSets } from '../data/record-sets.js';
import { UserError } from '../errors.js';
import type { MopConfig } from './schema.js';

/**
 * Checks that there are as many records as the configuration asks for.
 * @throws UserError `too-few-records` naming the setting, what it asks and what there is
 */
export function requireFits(config: MopConfig, { train, golden }: LoadedSets): void {
  const { population, personas, exemplars, evaluate } = config;
  const training = population.records ?? train.length - population.validation;
  const wanted: readonly (readonly [string, number, number, string])[] = [
    [
      'population.records + population.validation',
      Math.max(1, training) + population.validation,
      train.length,
      'records in the population',
    ],
    ['personas.count', personas.source === 'file' ? 0 : personas.count, training, 'training records'],
    ['exemplars.count', exemplars.count, training, 'training records'],
    ['golden.records', config.golden.records ?? 1, golden.length, 'golden records'],
    ['evaluate.heldOut', evaluate.heldOut, golden.length, 'golden records'],
  ];
  const short = wanted.find(([, asked, there]) => asked > there);
  if (short === undefined) return;
  const [name, asked, there, what] = short;
  throw new UserError('too-few-records', `${name} asks for ${asked}, and there are ${there} ${what}.`, {
    suggestion: 'Lower the setting or give more records.',
  });
}

/**
 * Checks a model that is given as a folder: it must exist and hold ONNX weights. Hub ids are not asked for here.
 * @throws UserError `folder-missing` or `no-weights`, naming the setting and the folder
 */
export async function requireModelFolder(setting: string, model: string): Promise<void> {
  const folder = model.startsWith('onnx:') ? model.slice('onnx:'.length).replace(/#[^#]*\.onnx$/, '') : '';
  if (folder === '') return;
  const there = await stat(folder).catch(() => undefined);
  if (there === undefined) {
    if (isAbsolute(folder) || /^\.{1,2}[\\/]/.test(folder) || folder.split('/').length !== 2) {
      throw new UserError('folder-missing', `${setting}: there is no folder ${folder}.`, {
        suggestion: 'Give a folder in the Hugging Face ONNX layout, or a hub id such as owner/name.',
      });
    }
    return;
  }
  const files = [...(await readdir(folder)), ...(await readdir(join(folder, 'onnx')).catch(() => []))];
  if (files.some((name) => name.endsWith('.onnx'))) return;
  throw new UserError('no-weights', `${setting}: ${folder} holds no .onnx file.`, {
    suggestion: 'Give a folder in the Hugging Face ONNX layout: config.json, tokenizer.json and onnx/model.onnx.',
  });
}
