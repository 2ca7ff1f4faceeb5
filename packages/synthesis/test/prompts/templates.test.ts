import { describe, expect, it } from '@jest/globals';
import { parseTemplate, renderPrompt, templateFor, templateNames, type GenerateRole } from '../../src/index.js';

const GENERATE: GenerateRole[] = ['generate', 'generateFromTurn', 'generateFromQuote', 'generateFromProfile'];
const ROLES = [...GENERATE, 'zeroShot', 'describePersona', 'classifyPersona', 'mixPersonas'];

describe.each(templateNames.map((name) => [name]))('template %s', (name) => {
  const template = templateFor(name);

  it('is data: it survives JSON and the check of custom files', () => {
    expect(parseTemplate(JSON.parse(JSON.stringify(template)), name)).toEqual(template);
  });
  it('shares the persona, then the exemplar, at the beginning of all prompts that have them', () => {
    for (const role of GENERATE.filter((one) => template.roles[one] !== undefined)) {
      const prompt = (persona: string, exemplar: string, context: string): string =>
        JSON.stringify(renderPrompt(template, role, { persona, exemplar, context, label: context }));
      const shared = (a: string, b: string): string =>
        a.slice(
          0,
          [...a].findIndex((c, i) => c !== b[i]),
        );
      expect(shared(prompt('PERSONA', 'A', 'C'), prompt('PERSONA', 'B', 'C'))).toContain('PERSONA');
      expect(shared(prompt('PERSONA', 'EXEMPLAR', 'A'), prompt('PERSONA', 'EXEMPLAR', 'B'))).toContain('EXEMPLAR');
    }
  });
});

describe('templates', () => {
  it.each(['ag-news', 'yelp', 'sst-2', 'imdb', 'generic'])('%s has all roles', (name) => {
    expect(Object.keys(templateFor(name).roles).sort()).toEqual([...ROLES].sort());
  });
  it('has one prompt for the recommended way and the turn, which is the recommended one', () => {
    const { roles } = templateFor('ag-news');
    expect(roles.generate).toEqual(roles.generateFromTurn);
  });
  it('writes marks as the embedded model was trained on them', () => {
    const values = { persona: 'navy, war', exemplar: 'A great shock.', context: '1940s 1946' };
    expect(renderPrompt(templateFor('tokens'), 'generate', values)).toEqual({
      text: '<|persona|>navy, war<|example|>A great shock.<|context|>1940s 1946<|response|>',
    });
    expect(renderPrompt(templateFor('tokens'), 'zeroShot', {})).toEqual({ text: '<|response|>' });
    expect(renderPrompt(templateFor('tokens'), 'zeroShot', { context: '1940s 1946' })).toEqual({
      text: '<|context|>1940s 1946<|response|>',
    });
  });
  it('names the templates there are when asked for another', () => {
    expect(() => templateFor('agnews')).toThrow(
      'There is no template "agnews". Take one of ag-news, yelp, sst-2, imdb, generic, tokens',
    );
  });
});
