import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { openLanguageModel, type DescribedModel, type ScoreCurve } from '../src/index.js';
import { endTokensIn } from '../src/files/model-folder.js';
import { openTokenizer, type Tokenizer } from '../src/tokenizing/tokenizer.js';
import { excess, FAMILY_NAMES, promptOf, type Golden } from './golden-families.js';
import { describeWith, FAMILIES, readJson } from './models.js';

interface Contract {
  readonly url: string;
  close(): Promise<void>;
}

const program: string = '../../../tools/vllm-contract/server.mjs';
/** A row of docs/compatibility.md. */
interface Row {
  readonly name: string;
  readonly result: 'works';
  readonly detail: string;
}
const RESULTS = resolve(import.meta.dirname, '../../../docs/compatibility/families.json');
const rows: Row[] = [];

function rowOf(family: string, { cases, tolerance, temperatures, end_of_turn, chat, ...golden }: Golden): Row {
  const { nat_per_token: nat, derivative_per_token: slope } = tolerance;
  const detail = [
    `${2 * cases.length} pairs: ids equal, Σ log p within ${nat} nat a token and its derivative within ${slope} at τ ${temperatures.join(', ')}`,
    `turns end with \`${end_of_turn.text}\``,
    ...(chat ? [] : ['no chat template: messages are refused']),
    ...(golden.system_role_refused ? ["system text goes before the first user's"] : []),
    ...Object.entries(golden.template_variables).map(([name, value]) => `${name} = ${JSON.stringify(value)}`),
  ].join('; ');
  return { name: family, result: 'works', detail };
}

describe.each(FAMILY_NAMES)('the family %s', (family) => {
  const folder = join(FAMILIES, family);
  describeWith([folder], 'agrees with transformers', () => {
    let golden: Golden;
    let model: DescribedModel;
    let tokenizer: Tokenizer;
    beforeAll(async () => {
      golden = readJson(join(folder, 'golden.json'));
      model = await openLanguageModel(`onnx:${folder}`, { threads: 1 });
      tokenizer = await openTokenizer({ path: folder, endTokens: await endTokensIn(folder) });
    });
    afterAll(() => model.close());

    it('in rendered prompts and in the ids of prompts and completions', () => {
      for (const golden_ of golden.cases) {
        const { id, completion, rendered_prompt, prompt_ids, completion_ids, other } = golden_;
        const prompt = tokenizer.prepare(promptOf(golden_));
        const ids = [...tokenizer.encodeCompletion(prompt, completion, false)];
        expect([id, prompt.text, [...prompt.ids]]).toEqual([id, rendered_prompt, prompt_ids]);
        expect([completion_ids, other?.completion_ids]).toContainEqual(ids);
      }
      for (const { prompt, completion, tokenizer_default: expected } of golden.raw_cases) {
        const prepared = tokenizer.prepare({ text: prompt });
        const ids = [...tokenizer.encodeCompletion(prepared, completion, false)];
        expect([[...prepared.ids], ids]).toEqual([expected.prompt_ids, expected.completion_ids]);
      }
    });

    it('in the token that ends a turn, the variables of the template, and the context', () => {
      const { prompting, contextTokens } = model.description;
      const { id, text } = golden.end_of_turn;
      expect(prompting?.endOfTurn).toEqual({ id, text, from: golden.chat ? 'template' : 'tokenizer' });
      expect(prompting?.variables).toEqual(golden.template_variables);
      expect([prompting?.foldsSystem, contextTokens]).toEqual([golden.system_role_refused, golden.context_tokens]);
    });

    it('in Σ log p and its derivative at three temperatures, with and without the end, prefixes re-used or not', async () => {
      const asked = golden.cases.flatMap((golden_) =>
        [true, false].map((endOfTurn) => ({ golden_, endOfTurn, completion: golden_.completion })),
      );
      const requests = asked.map(({ golden_, ...rest }) => ({ ...rest, prompt: promptOf(golden_) }));
      const together = await model.score(requests);
      const alone: ScoreCurve[] = [];
      for (const request of requests.slice(0, 12).reverse()) alone.push(...(await model.score([request])));
      asked.forEach(({ golden_, endOfTurn }, i) => {
        const readings = [golden_, ...(golden_.other === undefined ? [] : [golden_.other])];
        const values = readings.map((reading) => (endOfTurn ? reading.with_end : reading.without_end));
        const curves = [together[i], ...(i < 12 ? [alone[11 - i]] : [])];
        for (const curve of curves)
          expect([golden_.id, excess(curve, values, golden) <= 1]).toEqual([golden_.id, true]);
        expect(model.measure?.(requests[i])?.tokens).toBe(golden_.prompt_ids.length + together[i].tokens);
      });
      rows.push(rowOf(family, golden));
    });

    it('through a server that answers as vLLM does, at τ = 1', async () => {
      const { startContractServer } = (await import(program)) as {
        startContractServer: (options: object) => Promise<Contract>;
      };
      const server = await startContractServer({ folder, name: family });
      const there = await openLanguageModel(`server:${server.url}#${family}`, {
        server: { tokenizer: folder, temperatures: 'fixed', tries: 1 },
      });
      try {
        const cases = golden.cases.filter(({ rendered_prompt }, i) => i % 6 === 0 && rendered_prompt.length < 500);
        const curves = await there.score(
          cases.map((each) => ({ prompt: promptOf(each), completion: each.completion })),
        );
        const at = golden.temperatures.indexOf(1);
        cases.forEach(({ id, with_end, other }, i) => {
          const off = [with_end, other?.with_end ?? with_end]
            .filter(({ tokens }) => tokens === curves[i].tokens)
            .map(({ tokens, log_p }) => Math.abs(curves[i].logProbability(1) - log_p[at]) / tokens);
          expect([id, Math.min(...off) <= golden.tolerance.nat_per_token]).toEqual([id, true]);
        });
        const findings = (await there.check?.('generate')) ?? [];
        expect(findings.filter(({ status }) => status === 'failed')).toEqual([]);
      } finally {
        await there.close();
        await server.close();
      }
    });

    it('in stopping at the end of a turn, and refuses a prompt longer than its context', async () => {
      expect(tokenizer.endTokens.has(golden.end_of_turn.id)).toBe(true);
      if (golden.too_long === null) return;
      const { prompt, completion, tokens } = golden.too_long;
      const request = { prompt: { text: prompt }, completion };
      expect(model.measure?.(request)?.tokens).toBeGreaterThanOrEqual(tokens);
      expect(model.measure?.(request)?.window).toBe(golden.context_tokens);
      await expect(model.score([request])).rejects.toMatchObject({ code: 'too-long' });
    });
  });
});

describeWith([FAMILIES], 'docs/compatibility', () => {
  it('has the rows of the families that were checked; MOP_WRITE_COMPATIBILITY=1 writes them', () => {
    const committed = readJson<{ readonly rows: readonly Row[] }>(RESULTS);
    if (process.env['MOP_WRITE_COMPATIBILITY'] === '1' && rows.length === FAMILY_NAMES.length) {
      writeFileSync(RESULTS, `${JSON.stringify({ ...committed, rows }, null, 2)}\n`);
    } else expect(committed.rows).toEqual(expect.arrayContaining(rows));
  });
});
