import { join } from 'node:path';
import { baseUrl, type HubOptions, type ServerChoice } from '@mixture-of-personas/models';
import { readConfigFile } from '../files/model-folder.js';
import { Endpoint } from './transport/endpoint.js';
import { EndpointPool } from './transport/endpoint-pool.js';
import { serverSettings, type ServerOptions } from './transport/server-options.js';
import { ServerModel } from './server.js';
import type { TemplateSettings } from '../tokenizing/chat-template.js';
import { openLocalTokenizer } from '../tokenizing/tokenizer-files.js';

/** The options of `openLanguageModel` that a server needs. */
export type ServerOpening = TemplateSettings & HubOptions & { readonly server?: ServerOptions | undefined };

/**
 * The engine for OpenAI-compatible servers; asks nothing yet.
 * @throws ModelError `no-tokenizer`, SettingError for an option out of range
 */
export async function openServerModel(choice: ServerChoice, options: ServerOpening): Promise<ServerModel> {
  const { server = {} } = options;
  const settings = serverSettings(server);
  const name = server.tokenizer ?? choice.model;
  const local = settings.api === 'chat' ? undefined : await openLocalTokenizer(name, options);
  const endpoints = choice.endpoints.map(({ url, weight }) => new Endpoint(baseUrl(url), weight, settings.concurrency));
  const pool = new EndpointPool(endpoints, settings);
  // A model may be able to say more tokens than its tokenizer has names for; bounds on the tail need them all.
  const size = local && (await readConfigFile(join(local.path, 'config.json')))['vocab_size'];
  const named = local?.tokenizer.vocabulary ?? 0;
  const vocabulary = typeof size === 'number' ? Math.max(named, size) : named;
  return new ServerModel({ id: `server:${choice.model}`, model: choice.model, pool, settings, local, vocabulary });
}
