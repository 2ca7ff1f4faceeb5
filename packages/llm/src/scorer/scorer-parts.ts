import type { EndpointPool } from '../server/transport/endpoint-pool.js';
import type { ServerSettings } from '../server/transport/server-options.js';
import type { LocalTokenizer } from '../tokenizing/tokenizer-files.js';
import type { About } from './about.js';

/** Parts of a model behind scoring servers. */
export interface ScorerParts {
  readonly pool: EndpointPool;
  readonly settings: ServerSettings;
  readonly local: LocalTokenizer;
  readonly about: About;
}
