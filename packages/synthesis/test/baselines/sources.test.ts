import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { sourceSettings, textSource, textSources, type SourceNeed, type SyntheticRow } from '../../src/index.js';
import { all, sourceContext } from '../support/records.js';

const names = textSources.map(({ name }) => name);

/** Rows of a source that is given what it needs. */
async function rowsOf(name: string, count: number, settings = {}): Promise<SyntheticRow[]> {
  const write = await textSource(name).make(sourceContext(), settings);
  return all(write(0, count, []));
}

const GIVEN: Readonly<Record<string, object>> = {
  attrprompt: { inventAttributes: true },
  picle: { scores: 'scores.jsonl' },
  progen: { minRows: 8, every: 8, demonstrations: 2 },
};

describe('the table of text sources', () => {
  it('has different names in kebab case, and a name of a setting means one thing', () => {
    expect(new Set(names).size).toBe(names.length);
    expect(names.every((name) => /^[a-z]+(?:-[a-z]+)*$/.test(name))).toBe(true);
    for (const { settings } of textSources)
      for (const [name, fact] of Object.entries(settings)) expect(sourceSettings[name]).toBe(fact);
  });

  it('stands in the README', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const rows = textSources.map(({ name, title, paper, about }) => {
      return `| \`${name}\` | ${title}${paper === undefined ? '' : ` (arXiv ${paper})`} | ${about} |`;
    });
    const [, table] = /<!-- sources: start -->\n([^]*?)\n<!-- sources: end -->/.exec(readme) ?? [];
    expect(table?.split('\n').filter((line) => line.startsWith('| `'))).toEqual(rows);
  });

  it('names what there is when asked for another', () => {
    expect(() => textSource('gpt')).toThrow('There is no text source "gpt". Take one of uniform, nearest');
  });

  it.each(names)('%s touches nothing that it does not name, and resumes to the same rows', async (name) => {
    const { needs } = textSource(name);
    const asked = (need: SourceNeed, used: boolean) =>
      expect([need, !used || needs.includes(need)]).toEqual([need, true]);
    const context = sourceContext();
    const scores = context.records.map(({ id }, i) => `{"id":"${id}","logp_sft":${-i},"logp_ref":-3}`).join('\n');
    const lists = '1. one\n2. two\n3. three';
    const write = await textSource(name).make(
      {
        ...context,
        model: {
          ...context.model,
          score: (...call) => (asked('scores', true), context.model.score(...call)),
          async *generate(requests, options) {
            for await (const made of context.model.generate(requests, options))
              yield JSON.stringify(requests[made.index].prompt).includes('different values')
                ? { ...made, text: lists }
                : made;
          },
        },
        personas: () => (asked('personas', true), context.personas()),
        exemplars: () => (asked('exemplars', true), context.exemplars()),
        encoder: { embed: (texts) => (asked('encoder', true), context.encoder.embed(texts)) },
        readFile: () => Promise.resolve(scores),
      },
      { ...GIVEN[name] },
    );
    const rows = await all(write(0, 24, []));
    expect(rows.map(({ id }) => id)).toEqual(Array.from({ length: 24 }, (_, i) => `s${String(i).padStart(6, '0')}`));
    expect([...rows.slice(0, 16), ...(await all(write(16, 24, rows.slice(0, 16))))]).toEqual(rows);
  });

  it('checks settings by their facts', async () => {
    await expect(rowsOf('verbalized', 1, { candidates: 1 })).rejects.toThrow(
      'verbalized: candidates must be a whole number from 2, got 1',
    );
    await expect(rowsOf('progen', 1, { every: 0 })).rejects.toThrow('every must be a whole number from 1, got 0');
    await expect(rowsOf('progen', 1, { feedbackShare: 2 })).rejects.toThrow(
      'feedbackShare must be a number from 0 to 1, got 2',
    );
    await expect(rowsOf('picle', 1, { demonstrations: 0.5 })).rejects.toThrow('demonstrations must be a whole number');
    await expect(rowsOf('picle-pc', 1, { sampling: -1 })).rejects.toThrow('sampling must be a number from 0, got -1');
    await expect(rowsOf('zerogen', 1, { labels: 'yes' })).rejects.toThrow('labels must be true or false');
    await expect(rowsOf('zerogen', 1, { contexts: 'web' })).rejects.toThrow(
      'contexts must be one of none, records, llm',
    );
    await expect(rowsOf('zerogen', 1, { temperature: 0 })).rejects.toThrow(
      'temperature must be a number above 0, got 0',
    );
  });
});

describe('sources without a request of their own', () => {
  it('uniform has the temperatures of the mixture, one per persona, unless told otherwise', async () => {
    const rows = await rowsOf('uniform', 60);
    for (const { personaId, temperature } of rows)
      expect(temperature).toBe([0.5, 0.75, 1][Number(personaId.slice(-1))]);
    expect((await rowsOf('uniform', 4, { temperature: 2 })).every(({ temperature }) => temperature === 2)).toBe(true);
  });

  it('nearest shows each persona the exemplar of its topic', async () => {
    const rows = await rowsOf('nearest', 30);
    for (const { personaId, exemplarId } of rows)
      expect(Number(exemplarId.slice(1)) % 3).toBe(Number(personaId.slice(-1)));
  });

  it('resampled-exemplars are the exemplars, each as often as the others up to one, in an order of the seed', async () => {
    const rows = await rowsOf('resampled-exemplars', 15);
    const { exemplars } = await sourceContext().exemplars();
    const counts = exemplars.map(({ id }) => rows.filter(({ exemplarId }) => exemplarId === id).length);
    expect(new Set(counts)).toEqual(new Set([2, 3]));
    for (const { text, exemplarId } of rows) expect(text).toBe(exemplars.find(({ id }) => id === exemplarId)?.text);
    const other = await textSource('resampled-exemplars').make(sourceContext({ seed: 6 }), {});
    expect((await all(other(0, 15, []))).map(({ text }) => text)).not.toEqual(rows.map(({ text }) => text));
  });
});
