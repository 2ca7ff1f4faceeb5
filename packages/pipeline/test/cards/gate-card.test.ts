import { describe, expect, it } from '@jest/globals';
import { parse } from 'yaml';
import { configSchema } from '../../src/config/schema.js';
import { gateCard, type GateCardParts } from '../../src/cards/gate-card.js';

const config = configSchema.parse({ population: { path: 'records.jsonl' }, gate: { input: 'context', epochs: 3 } });

const parts: GateCardParts = {
  manifest: { format: 1, config: {}, versions: {}, fingerprints: { 'the encoder': 'abc' }, stages: {} },
  config,
  personas: [{ id: 'p000', persona: 'You | <b>sell</b> things', source: 'llm' }],
  exemplars: 7,
  records: 40,
  temperatures: Float64Array.of(0.75),
  fit: {
    epoch: 0,
    initialHeldOutLogLikelihood: null,
    stoppedEarly: false,
    epochs: [],
    centres: { inputs: [], personas: [], exemplars: [] },
  },
  heldOut: undefined,
};

describe('the card of a gate', () => {
  it('says what it belongs to, how it was fitted and what it sees', () => {
    const card = gateCard(parts);
    expect(parse(card.split('---\n')[1])).toMatchObject({
      library_name: '@mixture-of-personas/gating',
      base_model: config.llm.model,
    });
    expect(card).toContain('1 personas and Ω over 7 exemplars');
    expect(card).toContain('- the encoder: `abc`');
    expect(card).toContain('It sees the context of a record.');
    expect(card).toContain('no epoch beat the initial gate, which is kept');
    expect(card).toContain('It was not judged on held-out records.');
  });

  it('lets no description be markup', () => {
    expect(gateCard(parts)).toContain('| p000 | You \\| &lt;b&gt;sell&lt;/b&gt; things | llm | 0.750 |');
  });
});
