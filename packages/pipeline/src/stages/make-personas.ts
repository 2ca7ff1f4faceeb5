import {
  classifyPersonas,
  keywordNote,
  keywordPersonas,
  preselectPersonas,
  randomPersonas,
  synthesizePersonas,
  type Persona,
} from '@mixture-of-personas/synthesis';
import { UserError } from '../errors.js';
import type { JobContext } from '../context/job-context.js';
import { PERSONAS } from '../artifacts/texts.js';
import { poolOf } from '../context/sample-records.js';
import { drawsPairs, type Stage } from '../context/stage.js';
import { encodeLines } from '../data/tables/jsonl.js';
import { readPersonas } from '../context/text-files.js';
import type { RecordEmbeddings } from './embed-records.js';

/** Describes the people behind the training records, or behind the pool where there is one: K personas. */
export const personasStage: Stage<'personas', { readonly embed: RecordEmbeddings }, readonly Persona[]> = {
  name: 'personas',
  does: 'Clusters the training records, or the pool, and describes the people behind them',
  part: 'personas',
  inputs: ['embed'],
  artifacts: [PERSONAS],
  when: drawsPairs,
  make: async (job, { embed }) => PERSONAS.file(await classified(job, await personasFrom(job, embed))),
  load: ({ folder }) => folder.read(PERSONAS),
};

/** With a class each by the language model, where `personas.classify` asks for it. */
async function classified(
  { config, model, template, signal }: JobContext,
  personas: readonly Persona[],
): Promise<readonly Persona[]> {
  return config.personas.classify ? classifyPersonas({ personas, model, template }, { signal }) : personas;
}

function personasFrom(
  job: JobContext,
  { training: target, pool: embeddings }: RecordEmbeddings,
): readonly Persona[] | Promise<readonly Persona[]> {
  const { template, config } = job;
  const { source, count } = config.personas;
  const from = { records: poolOf(job.records), embeddings, template };
  switch (source) {
    case 'llm':
      return describedPersonas(job, from);
    case 'keywords':
      return keywordPersonas(from, { count, seed: config.seed });
    case 'random':
      return randomPersonas(from, { count, seed: config.seed });
    case 'file':
      return chosenPersonas(job, target);
  }
}

/** One description a cluster by the language model; each is kept as soon as it is made. */
async function describedPersonas(
  job: JobContext,
  from: Pick<Parameters<typeof synthesizePersonas>[0], 'records' | 'embeddings' | 'template'>,
): Promise<Persona[]> {
  const { folder, config, model, reporter, signal } = job;
  const personas = [...((await folder.readPartial(PERSONAS)) ?? [])];
  await folder.writePartial(PERSONAS.name, encodeLines(personas));
  const { count, perCluster } = config.personas;
  const options = { count, perCluster, seed: config.seed, earlier: [...personas], signal };
  for await (const { persona, index, total } of synthesizePersonas({ ...from, model }, options)) {
    if (index < personas.length) continue;
    personas.push(persona);
    await folder.appendPartial(PERSONAS.name, encodeLines([persona]));
    reporter.progress('personas', personas.length, total);
  }
  const note = keywordNote(personas);
  if (note !== undefined) reporter.note(note.message);
  return personas;
}

/** The personas of the user's file; of more than K those that lie nearest to the target, and a random tenth. */
async function chosenPersonas(job: JobContext, target: RecordEmbeddings['training']): Promise<readonly Persona[]> {
  const { personas: settings, seed } = job.config;
  const { file, count } = settings;
  if (file === undefined)
    throw new UserError('bad-setting', 'personas.source is file, but personas.file names none.', {
      remedy: 'Give personas.file, or choose another source.',
    });
  const personas = await readPersonas(file);
  if (personas.length === count) return personas;
  if (personas.length > count) {
    const descriptions = personas.map(({ persona }) => persona);
    const candidates = await job.embed('persona library', descriptions);
    return preselectPersonas(personas, { candidates, target }, { count, seed }).personas;
  }
  throw new UserError('bad-setting', `personas.count asks for ${count}, but ${file} has ${personas.length} personas.`, {
    remedy: 'Lower it or give a longer file.',
  });
}
