import {
  classifyPersonas,
  keywordPersonas,
  personasFromFile,
  randomPersonas,
  synthesizePersonas,
  type Persona,
} from '@mixture-of-personas/synthesis';
import { extname } from 'node:path';
import { UserError } from '../errors.js';
import type { JobContext } from '../context/job-context.js';
import { decodeLines, encodeLines } from '../run-folder/json-lines.js';
import { stageResult } from '../context/stage.js';
import { readText } from '../context/text-files.js';
import type { RecordEmbeddings } from './embed-records.js';
import type { JobRecords } from '../context/sample-records.js';

const FILE = 'personas.jsonl';

/** The stage `personas`: K descriptions of the people behind the training records. */
export async function makePersonas(
  job: JobContext,
  records: JobRecords,
  embeddings: RecordEmbeddings,
): Promise<readonly Persona[]> {
  return stageResult(job.folder, {
    name: 'personas',
    make: async () => ({ [FILE]: encodeLines(await classified(job, await personasFrom(job, records, embeddings))) }),
    load: async (read) => decodeLines(await read(FILE)) as Persona[],
  });
}

/** With a class each by the language model, where `personas.classify` asks for it. */
async function classified(
  { config, model, template, signal }: JobContext,
  personas: readonly Persona[],
): Promise<readonly Persona[]> {
  return config.personas.classify ? classifyPersonas({ personas, model, template }, { signal }) : personas;
}

function personasFrom(
  job: JobContext,
  { training }: JobRecords,
  { training: embeddings }: RecordEmbeddings,
): readonly Persona[] | Promise<readonly Persona[]> {
  const { template, config } = job;
  const { source, count } = config.personas;
  const from = { records: training, embeddings, template };
  switch (source) {
    case 'llm':
      return describedPersonas(job, from);
    case 'keywords':
      return keywordPersonas(from, { count, seed: config.seed });
    case 'random':
      return randomPersonas(from, { count, seed: config.seed });
    case 'file':
      return chosenPersonas(job);
  }
}

/** One description a cluster by the language model; each is kept as soon as it is made. */
async function describedPersonas(
  job: JobContext,
  from: Pick<Parameters<typeof synthesizePersonas>[0], 'records' | 'embeddings' | 'template'>,
): Promise<Persona[]> {
  const { folder, config, model, reporter, signal } = job;
  const kept = await folder.readPartial(FILE);
  const personas = kept === undefined ? [] : (decodeLines(kept) as Persona[]);
  await folder.writePartial(FILE, encodeLines(personas));
  const { count, perCluster } = config.personas;
  const options = { count, perCluster, seed: config.seed, earlier: [...personas], signal };
  for await (const { persona, index, total, warning } of synthesizePersonas({ ...from, model }, options)) {
    if (index < personas.length) continue;
    personas.push(persona);
    await folder.appendPartial(FILE, encodeLines([persona]));
    if (warning !== undefined) reporter.note(warning);
    reporter.progress('personas', personas.length, total);
  }
  return personas;
}

/** The first K personas of the user's file. */
async function chosenPersonas({ config }: JobContext): Promise<Persona[]> {
  const { file, count } = config.personas;
  if (file === undefined) {
    throw new UserError('bad-setting', 'personas.source is file, but personas.file names none.', {
      suggestion: 'Give personas.file, or choose another source.',
    });
  }
  const personas = personasFromFile(await readText(file), formatOf(file));
  if (personas.length >= count) return personas.slice(0, count);
  throw new UserError('bad-setting', `personas.count asks for ${count}, but ${file} has ${personas.length} personas.`, {
    suggestion: 'Lower it or give a longer file.',
  });
}

function formatOf(path: string): 'jsonl' | 'csv' | 'txt' {
  const extension = extname(path).toLowerCase();
  return extension === '.jsonl' ? 'jsonl' : extension === '.csv' ? 'csv' : 'txt';
}
