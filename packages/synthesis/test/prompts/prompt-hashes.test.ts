import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { expect, it } from '@jest/globals';
import {
  promptHash,
  renderPrompt,
  templateFor,
  templateNames,
  type PromptTemplate,
  type Role,
} from '../../src/index.js';

// Hashes of every prompt, computed before the templates were built from their words. Never renew them to make this test pass.
const url = new URL('./prompt-hashes.json', import.meta.url);
const before = JSON.parse(readFileSync(url, 'utf8')) as Record<string, Record<string, string[]>>;

const full = {
  persona: 'You keep bees.',
  context: 'a title',
  label: '1',
  records: '- one\n- two',
  keywords: 'bees, hive',
  labels: 'a, b',
  personas: '- x\n- y',
};
const bare = { ...full, context: undefined, label: undefined };

/** All values and none that may be absent; for one exemplar and, where a role shows any, for two. */
function hashesOf(template: PromptTemplate, role: Role): string[] {
  const shown = role.startsWith('generate') && role !== 'generateWithoutExemplar';
  return (shown ? [['An exemplar.'], ['First.', 'Second.']] : [[]]).flatMap((exemplars) =>
    [full, bare].map((values) =>
      promptHash(renderPrompt(template, role, { ...values, exemplar: exemplars }, { label: 'always' })),
    ),
  );
}

it.each(templateNames)('the prompts of %s are those of before, to the byte', (name) => {
  const template = templateFor(name);
  const { template: ofTemplate, ...roles } = before[name];
  expect(createHash('sha256').update(JSON.stringify(template)).digest('hex')).toBe(ofTemplate[0]);
  for (const [role, hashes] of Object.entries(roles)) expect(hashesOf(template, role as Role)).toEqual(hashes);
});
