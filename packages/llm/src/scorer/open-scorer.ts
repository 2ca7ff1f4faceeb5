import { parseModelChoice, type ServerChoice } from '@mixture-of-personas/models';
import { ModelError } from '../model/errors.js';
import type { DescribedModel } from '../model/model-description.js';
import type { LanguageModelChoice } from '../model/model-choice.js';
import { openServerModel, type ServerOpening } from '../server/open-server.js';
import { EndpointPool } from '../server/transport/endpoint-pool.js';
import { Endpoint } from '../server/transport/endpoint.js';
import { serverSettings } from '../server/transport/server-options.js';
import { openLocalTokenizer } from '../tokenizing/tokenizer-files.js';
import { sampledElsewhere } from './sampled-elsewhere.js';
import { ScorerClient } from './scorer-client.js';
import { ScorerModel } from './scorer-model.js';

/** Requests in flight at a scoring server: one computes, one is read, one is on its way. */
const IN_FLIGHT = 3;
/** Milliseconds: a request is worth seconds of a GPU, minutes of a processor, and waits behind others. */
const DEADLINE = 1_800_000;

/** Options with the addresses of scoring servers. */
type ScorerOpening = ServerOpening & { readonly server: { readonly scorer: readonly string[] } };

/**
 * Opens a model that scoring servers score: alone, or beside the servers that write with it. Asks one of them what it serves.
 * @param choice `server:URL#MODEL`, which writes, or `scorer` for scores alone
 * @throws ModelError `choice`, `no-tokenizer`, `server` when none answers, `refused`; SettingError for an option out of range
 */
export async function openScorer(choice: LanguageModelChoice, options: ScorerOpening): Promise<DescribedModel> {
  if (options.server.scorer.length === 0) {
    const remedy = 'Give them as llm.scorer.';
    throw new ModelError('choice', 'A model that is scored by scoring servers needs their addresses.', { remedy });
  }
  if (choice.kind !== 'server' && choice.kind !== 'scorer') {
    const remedy = 'Write llm.model as server:URL#MODEL, or leave it out.';
    const problem = 'Scoring servers stand alone or beside a model that a server writes with.';
    throw new ModelError('choice', problem, { remedy });
  }
  const scorer = await openAlone(options, choice.model);
  if (choice.kind === 'scorer') return scorer;
  const writers = (): Promise<DescribedModel[]> =>
    Promise.all(choice.endpoints.map((endpoint) => openServerModel({ ...choice, endpoints: [endpoint] }, options)));
  return sampledElsewhere(await openServerModel(choice, options), scorer, writers);
}

async function openAlone(options: ScorerOpening, named: string | undefined): Promise<ScorerModel> {
  const { concurrency = IN_FLIGHT, deadline = DEADLINE, ...server } = options.server;
  const settings = serverSettings({ ...server, concurrency, deadline, api: 'completions' });
  // Addresses as they are written for servers, weights included.
  const addresses = parseModelChoice(`server:${server.scorer.join(',')}#scorer`) as ServerChoice;
  const endpoints = addresses.endpoints.map(
    ({ url, weight }) => new Endpoint(url.replace(/\/+$/, ''), weight, concurrency),
  );
  // None that answers is waited for at the start.
  const impatient = new EndpointPool(endpoints, { ...settings, patience: 0 });
  const about = await new ScorerClient({ pool: impatient, settings }).about({});
  const local = await openLocalTokenizer(server.tokenizer ?? named ?? about.model, options);
  return new ScorerModel({ pool: new EndpointPool(endpoints, settings), settings, local, about });
}
