import { constants } from 'node:fs';
import { access, statfs } from 'node:fs/promises';
import { availableParallelism, freemem, totalmem } from 'node:os';
import { dirname, resolve } from 'node:path';
import type { ScoreRequest } from '@mixture-of-personas/llm';
import { zeroShotRequests } from '@mixture-of-personas/synthesis';
import type { MopConfig } from '../config/schema.js';
import { requirePrompts, type MeasurePair } from './fitting-records.js';
import { loadRecordSets } from './record-sets.js';
import { loadTemplate } from './text-files.js';
import { codeOf, problemOf, problemText } from '../errors.js';
import { openBackend } from '../engines/engines.js';
import { serverOptions, type ModelOpeners, type OpenedModel } from '../engines/model-openers.js';
import { versionOf } from '../run-folder/versions.js';

/** Result of one check of `mop doctor`. */
export interface Check {
  readonly name: string;
  /** `failed`: a run cannot work like this; `warning`: it can, but a person should know. */
  readonly status: 'ok' | 'warning' | 'failed';
  readonly detail: string;
}

/** Oldest Node that the packages are tested on. */
const NODE_MINIMUM = [20, 19] as const;
/** Records by which a server is examined. */
export const JUDGED = 8;
/** A run of a few thousand texts stays well below this. */
const FREE_BYTES = 2 ** 30;

/** All checks, in the order a run needs the things they look at; none throws. */
export async function doctorChecks(config: MopConfig, openers: ModelOpeners): Promise<Check[]> {
  return [
    nodeCheck(process.versions.node),
    ...runtimeChecks(config),
    await backendCheck(config),
    await modelCheck('encoder', config.encoder.model, () => openers.openEncoder(config.encoder.model, config.threads)),
    ...(await languageModelChecks(config, openers)),
    await diskCheck(config.output),
    threadsCheck(config.threads),
    memoryCheck(),
  ];
}

/** Whether this Node is new enough. */
export function nodeCheck(version: string): Check {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const enough = major > NODE_MINIMUM[0] || (major === NODE_MINIMUM[0] && minor >= NODE_MINIMUM[1]);
  const detail = enough ? version : `${version}; install ${NODE_MINIMUM.join('.')} or newer`;
  return { name: 'Node', status: enough ? 'ok' : 'failed', detail };
}

/** The native runtime, which only models read here need. */
function runtimeChecks({ encoder, llm }: MopConfig): Check[] {
  const local = [encoder.model, llm.model].some((model) => !/^(server|scorer)(:|$)/.test(model));
  return local ? [runtimeCheck('onnxruntime-node'), runtimeCheck('@huggingface/tokenizers')] : [];
}

/**
 * Opens the language model and, where it is a server's, has it examined for all that a fit asks of it (or for writing, where it is a chat
 * endpoint): one check a finding.
 */
async function languageModelChecks(config: MopConfig, openers: ModelOpeners): Promise<Check[]> {
  const { llm, threads } = config;
  const name = 'language model';
  let findings: Check[] = [];
  const examine = async (): Promise<OpenedModel> => {
    const model = await openers.openLanguageModel(llm.model, llm.threads ?? threads, serverOptions(llm));
    const purpose = llm.api === 'chat' ? 'generate' : 'score';
    const pairs = model.check === undefined || purpose === 'generate' ? [] : await realPairs(config);
    findings = (await model.check?.(purpose, undefined, pairs)) ?? [];
    if (model.measure !== undefined) findings = [...findings, await promptCheck(config, model.measure.bind(model))];
    return model;
  };
  const opened = await modelCheck(name, llm.model, examine);
  return [opened, ...findings.map((finding) => ({ ...finding, name: `${name} ${finding.name}` }))];
}

/** Pairs of the run's own records; none where they cannot be read, which the run itself will say. */
async function realPairs(config: MopConfig): Promise<ScoreRequest[]> {
  try {
    const { train } = await loadRecordSets(config);
    return zeroShotRequests(await loadTemplate(config), train.slice(0, JUDGED), config.prompt);
  } catch {
    return [];
  }
}

/** Renders the prompts of the templates as the model gets them. */
async function promptCheck(config: MopConfig, measure: MeasurePair): Promise<Check> {
  const record = { id: 'example', text: 'A text of the population.', context: 'A context', label: 'a label' };
  return triedCheck('prompts', async () => {
    const template = await loadTemplate(config);
    requirePrompts(record, { config, template, measure });
    return `${template.name}, rendered`;
  });
}

/** A check that is passed with the detail that work gives, and failed with the problem that it meets. */
async function triedCheck(name: string, work: () => Promise<string>): Promise<Check> {
  return work().then(
    (detail) => ({ name, status: 'ok', detail }),
    (error: unknown) => ({ name, status: 'failed', detail: problemText(error) }),
  );
}

function runtimeCheck(name: string): Check {
  const version = versionOf(name);
  if (version !== undefined) return { name, status: 'ok', detail: version };
  return { name, status: 'failed', detail: `not installed; onnx: models need it (npm install ${name})` };
}

/** The backend that the configuration names. */
async function backendCheck(config: MopConfig): Promise<Check> {
  const name = 'gating backend';
  try {
    const { name: detail } = await openBackend(config);
    return { name, status: 'ok', detail };
  } catch (error) {
    return { name, status: 'failed', detail: problemOf(error).message };
  }
}

/** Opens a model and closes it again. */
function modelCheck(
  name: string,
  choice: string,
  open: () => Promise<{ readonly fingerprint: string; close(): Promise<void> }>,
): Promise<Check> {
  return triedCheck(name, async () => {
    const model = await open();
    await model.close();
    return `${choice} (${model.fingerprint.slice(0, 12)})`;
  });
}

/** Space and permission where the run folder is or will be: the nearest folder above it that exists. */
async function diskCheck(output: string): Promise<Check> {
  const name = 'run folder';
  const folder = await nearestFolder(resolve(output));
  try {
    await access(folder, constants.W_OK);
    const { bavail, bsize } = await statfs(folder);
    const free = bavail * bsize;
    const detail = `${resolve(output)}: ${gigabytes(free)} free`;
    if (free >= FREE_BYTES) return { name, status: 'ok', detail };
    return { name, status: 'warning', detail: `${detail}; a run of 100,000 pairs and its texts take up to 1 GB` };
  } catch (error) {
    return { name, status: 'failed', detail: `${folder} cannot be written to (${codeOf(error) ?? 'unknown reason'})` };
  }
}

async function nearestFolder(path: string): Promise<string> {
  for (let folder = path; ; folder = dirname(folder)) {
    const there = await access(folder).then(
      () => true,
      () => false,
    );
    if (there || folder === dirname(folder)) return folder;
  }
}

function threadsCheck(threads: number | undefined): Check {
  const cores = availableParallelism();
  const used = threads ?? cores;
  if (used <= cores) return { name: 'threads', status: 'ok', detail: `${used} of ${cores} cores` };
  return { name: 'threads', status: 'warning', detail: `${used} threads on ${cores} cores run slower than ${cores}` };
}

function memoryCheck(): Check {
  const detail = `${gigabytes(freemem())} free of ${gigabytes(totalmem())}`;
  return { name: 'memory', status: freemem() < FREE_BYTES ? 'warning' : 'ok', detail };
}

function gigabytes(bytes: number): string {
  return `${(bytes / 2 ** 30).toFixed(1)} GB`;
}
