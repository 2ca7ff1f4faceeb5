import { takeRows } from '@mixture-of-personas/numeric';
import { textSource, type AttributeFile, type SourceContext } from '@mixture-of-personas/synthesis';
import { readdir } from 'node:fs/promises';
import { join, sep } from 'node:path';
import type { JobContext } from '../context/job-context.js';
import { readText } from '../context/text-files.js';
import { aboutPath } from '../errors.js';
import { mixtureTemperature } from '../stages/starting-gate.js';
import { promptSettings, textSettings } from '../context/text-settings.js';
import { gateSource, type SourceParts, type TextSource } from '../stages/simulate-stage.js';

/** The source of the method that the run's settings name: the fitted gate, or a text source of `synthesis`. */
export const methodSource: TextSource = async (job, parts) => {
  const { method } = job.config;
  return method.name === 'mop'
    ? gateSource(job, parts)
    : textSource(method.name).make(await sourceContext(job, parts), method);
};

/** The material of a run as text sources take it: its models, records and settings, and the results of its earlier stages. */
async function sourceContext(job: JobContext, { embed, personas, exemplars }: SourceParts): Promise<SourceContext> {
  const { config, model, template, records, openers, signal } = job;
  const { seed, ...texts } = textSettings(config);
  return {
    model,
    template,
    records: records.training,
    seed,
    texts: { ...texts, ...promptSettings(config) },
    mixtureTemperature: await mixtureTemperature(job),
    signal,
    encoder: { embed: (texts) => job.embed('personas', texts) },
    personas: () => Promise.resolve(personas),
    exemplars: () =>
      Promise.resolve({ exemplars: exemplars.exemplars, embeddings: takeRows(embed.pool, exemplars.indices) }),
    readFile: readText,
    readFolder,
    openModel: (name) => openers.openLanguageModel(name, config.llm.threads ?? config.threads),
  };
}

async function readFolder(folder: string): Promise<AttributeFile[]> {
  try {
    const paths = await readdir(folder, { recursive: true, encoding: 'utf8' });
    const tables = paths.filter((path) => /\.(?:txt|jsonl)$/.test(path)).sort();
    return await Promise.all(
      tables.map(async (path) => ({ path: path.split(sep).join('/'), text: await readText(join(folder, path)) })),
    );
  } catch (error) {
    throw aboutPath(folder, error);
  }
}
