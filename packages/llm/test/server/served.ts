import { afterEach } from '@jest/globals';
import { openLanguageModel, type DescribedModel } from '../../src/index.js';
import { fakeServer, type FakeServer } from './fake-server.js';
import { tinyTokenizer } from './tiny-tokenizer.js';

export const tokenizer = tinyTokenizer();
const opened: FakeServer[] = [];
afterEach(() => Promise.all(opened.splice(0).map((server) => server.close())));

/** A fake server that is closed after the test. */
export async function serve(options: Parameters<typeof fakeServer>[0] = {}): Promise<FakeServer> {
  const server = await fakeServer(options);
  opened.push(server);
  return server;
}

/** The model of a fake server, impatient enough for a test. */
export const open = ({ url }: FakeServer, options: object = {}): Promise<DescribedModel> =>
  openLanguageModel(`server:${url}/v1/#tiny`, {
    server: { tokenizer, temperatures: 'fixed', tries: 2, retryDelay: 5, ...options },
  });
