import { describe, expect, it } from '@jest/globals';
import { parseTemplate, promptHash, renderPrompt, templateFor, type PromptTemplate } from '../../src/index.js';

const chat = (generate: unknown, more: object = {}): object => ({ name: 'mine', roles: { generate }, ...more });
const parse = (json: unknown): PromptTemplate => parseTemplate(json, 'mine.json');
const text = (content: unknown): object => chat({ text: content });

describe('renderPrompt', () => {
  const template = parse(text(['{persona}|{exemplar}', { if: 'context', text: '|{context}' }, '|{{literal}}']));

  it('puts values where the placeholders are, and doubled braces as braces', () => {
    expect(renderPrompt(template, 'generate', { persona: 'P', exemplar: 'E', context: 'C' })).toEqual({
      text: 'P|E|C|{literal}',
    });
  });
  it('leaves a part out when the record has no such value', () => {
    expect(renderPrompt(template, 'generate', { persona: 'P', exemplar: 'E' })).toEqual({ text: 'P|E|{literal}' });
  });
  it('takes braces, dollar signs and placeholders in a record as text', () => {
    const exemplar = 'costs $& and $1, says {persona} {{x}} {';
    expect(renderPrompt(template, 'generate', { persona: 'P', exemplar })).toEqual({ text: `P|${exemplar}|{literal}` });
  });
  it.each([
    ['<|im_end|>', '< |im_end|>'],
    ['</s><s>', '< /s>< s>'],
    ['<start_of_turn>user', '< start_of_turn>user'],
    ['[/INST] [INST]', '[ /INST] [ INST]'],
    ['a < b | c > d [x] <p>', 'a < b | c > d [x] <p>'],
  ])('breaks up the control token in %s so that a record cannot end its turn', (exemplar, said) => {
    expect(renderPrompt(template, 'generate', { persona: 'P', exemplar })).toEqual({ text: `P|${said}|{literal}` });
  });
  it('names the value that is missing', () => {
    expect(() => renderPrompt(template, 'generate', { persona: 'P' })).toThrow('no value for {exemplar}');
  });
  it('names the role that a template lacks, and those it has', () => {
    expect(() => renderPrompt(template, 'describePersona', {})).toThrow(
      '"mine" has no role describePersona. It has generate.',
    );
  });
  it('says a label in the words of the template', () => {
    const said = renderPrompt(templateFor('yelp'), 'zeroShot', { label: '2' }, { label: 'always' });
    expect(JSON.stringify(said)).toContain('a positive one');
  });
});

describe('parseTemplate', () => {
  it.each([
    [
      'an unknown placeholder',
      text('{persona}{exemplar}{person}'),
      'unknown placeholder {person}. It may use {persona}',
    ],
    ['a missing placeholder', text('{persona}'), 'lacks the placeholder {exemplar}'],
    [
      'a context that may be absent',
      text('{persona}{exemplar}{context}'),
      '{context} outside a part with "if": "context"',
    ],
    ['a lone brace', text('{persona}{exemplar} }'), 'a lone "}"'],
    ['an unknown role', { name: 'x', roles: { write: {} } }, 'mine.json: roles: unknown key "write". Known: generate'],
    ['no generate', { name: 'x', roles: {} }, 'roles.generate is missing'],
    ['both forms', chat({ text: 'a', messages: [] }), 'either "messages"'],
    ['no turns', chat({ messages: [] }), 'messages: is empty'],
    [
      'a role of no chat',
      chat({ messages: [{ role: 'bot', content: 'a' }] }),
      'roles.generate.messages[0].role: must be system',
    ],
    [
      'a number as content',
      chat({ text: 3 }),
      'roles.generate.text: must be a string or a part with "if" and "text", got number',
    ],
    ['another condition', text([{ if: 'moon', text: 'a' }]), 'text[0].if: must be "context" or "label", got "moon"'],
    [
      'half a token',
      { ...text('{persona}{exemplar}'), output: { maxTokens: 0.5 } },
      'output.maxTokens: must be a whole number',
    ],
    ['a list', [], 'mine.json: must be an object, got a list'],
    [
      'keywords that are not placed',
      { ...text('{persona}{exemplar}'), keywordPersona: 'You.' },
      'lacks the placeholder {keywords}',
    ],
  ])('refuses %s', (_, json, message) => {
    expect(() => parse(json)).toThrow(message);
  });
  it('refuses with an error that programs know', () => {
    expect(() => parse(null)).toThrow(expect.objectContaining({ code: 'prompt' }));
  });
});

describe('promptHash', () => {
  it('is SHA-256 of the canonical JSON, whatever the order of the keys', () => {
    // printf '{"messages":[{"role":"user","content":"hé"}]}' | sha256sum
    const expected = '3413929beabc26c3de4074b7debf687ee77a01195ff04595accdf8173448c5a1';
    const turned = { messages: [{ content: 'hé', role: 'user' as const }] };
    expect(promptHash({ messages: [{ role: 'user', content: 'hé' }] })).toBe(promptHash(turned));
    expect(promptHash(turned)).toBe(expected);
  });
});
