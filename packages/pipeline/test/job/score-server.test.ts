import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { realOpeners, type ModelOpeners } from '../../src/engines/model-openers.js';
import { runPipeline } from '../../src/job/run-pipeline.js';
import { fakeEncoder } from '../support/fake-engines.js';
import { smallJob } from '../support/small-job.js';

interface ScoreProcess {
  readonly url: string;
  kill(): Promise<void>;
}
const program: string = '../../../llm/bench/score-process.mjs';
const { pythonWithTorch, SCORE_SERVER, startScoreServer } = (await import(program)) as {
  pythonWithTorch: () => string | undefined;
  SCORE_SERVER: string;
  startScoreServer: (python: string, model: string, options: object) => Promise<ScoreProcess>;
};

jest.setTimeout(1_800_000); // PyTorch takes long to start on a busy machine
const python = pythonWithTorch() ?? '';
const FAMILIES = fileURLToPath(new URL('../../../../../shared/golden/families', import.meta.url));
const FAMILY = 'llama2';
const missing = python === '' ? 'no Python with torch and transformers' : existsSync(FAMILIES) ? '' : 'no ../shared';

const running: ScoreProcess[] = [];
afterEach(() => Promise.all(running.splice(0).map((server) => server.kill())));

/** All numbers of a result, in order. */
function numbersIn(value: unknown): number[] {
  if (typeof value === 'number') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(numbersIn) : [];
}

(missing === '' ? describe : describe.skip)(
  `a fit through a scoring server${missing && ` (skipped: ${missing})`}`,
  () => {
    it('ends with the same figures when the server is killed and started again, and again at another address', async () => {
      const models = mkdtempSync(join(tmpdir(), 'mop-scored-'));
      execFileSync(python, [join(SCORE_SERVER, 'tests/make_families.py'), FAMILIES, models, FAMILY], { stdio: 'pipe' });
      const start = async (port = '0'): Promise<ScoreProcess> => {
        const args = ['--port', port, '--batch-tokens', '512'];
        const server = await startScoreServer(python, join(models, FAMILY), { args });
        running.push(server);
        return server;
      };
      const notices: string[] = [];
      let scored = 0;
      let disturb = (): void => undefined;
      const openers: ModelOpeners = {
        openEncoder: () => Promise.resolve(fakeEncoder()),
        async openLanguageModel(name, threads, server) {
          const onNotice = (sentence: string): void => void notices.push(sentence);
          const model = await realOpeners.openLanguageModel(name, threads, { ...server, retryDelay: 50, onNotice });
          const score = model.score.bind(model);
          model.score = (requests, options) => {
            scored += requests.length;
            if (scored > 40) disturb();
            return score(requests, options);
          };
          return model;
        },
      };
      const run = async (url: string, output: string) => {
        const llm = { scorer: [url], tokenizer: join(FAMILIES, FAMILY) };
        const config = await smallJob(models, { llm, output });
        const result = await runPipeline(config, { until: 'fit', openers });
        return numbersIn(result.heldOut);
      };

      let server = await start();
      const undisturbed = await run(server.url, join(models, 'undisturbed'));
      expect(undisturbed.length).toBeGreaterThan(5);

      const { url } = server;
      let restarted: Promise<unknown> | undefined;
      scored = 0;
      disturb = () => {
        restarted ??= server.kill().then(async () => (server = await start(new URL(url).port)));
      };
      const disturbed = await run(url, join(models, 'disturbed'));
      await restarted;
      expect(notices.join(' ')).toMatch(/could not be reached|closed the connection/);
      expect(disturbed.length).toBe(undisturbed.length);
      disturbed.forEach((value, i) =>
        expect(Math.abs(value - undisturbed[i])).toBeLessThan(1e-3 * (1 + Math.abs(value))),
      );

      disturb = () => undefined;
      scored = 0;
      const elsewhere = await start();
      expect(await run(elsewhere.url, join(models, 'disturbed'))).toEqual(disturbed);
      expect(scored).toBe(0);
    });
  },
);
